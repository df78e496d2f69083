// The reference: Swagger UI over one of the two documents, with the key or the token of this tab filled in.

import { Failure, Offline, token } from "/console/api.js";
import { h } from "/console/dom.js";
import { clearBar, context, drawNav, load } from "/console/session.js";

const DOCUMENTS = {
  public: { url: "public.json", scheme: "ApiKeyHeader", secret: () => context.key?.text, said: publicCredential },
  management: { url: "management.json", scheme: "BearerToken", secret: () => token.get(), said: managementCredential },
};
const name = new URLSearchParams(location.search).get("document");
const shown = DOCUMENTS[name] ?? DOCUMENTS.public;
const credential = document.getElementById("credential");

function publicCredential() {
  const { key, organization } = context;
  return key ? ["Requests are sent to this sandbox with the key ", h("strong", key.name), ` of ${organization.name}. Choose another one in the bar.`]
    : ["This tab knows no key. ", h("a", { href: "/console/#/keys" }, "Make one in the console"), ", or paste one under Authorize."];
}

function managementCredential() {
  const whose = context.session.role === "operator" ? "the operator" : `the organisation ${context.organization.name}`;
  return [`Requests are sent to this sandbox with the token of ${whose}. They change it.`];
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

for (const link of document.querySelectorAll(".documents a")) {
  if (new URL(link.href).search === (shown === DOCUMENTS.public ? "" : location.search)) link.setAttribute("aria-current", "page");
}
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); document.getElementById("main").focus(); });
drawNav("reference");

/** Fills in the secret of this tab. It is kept in memory and sent in a header, and is never part of an address. */
function authorize() {
  const secret = shown.secret();
  if (secret) ui.preauthorizeApiKey(shown.scheme, secret);
  else ui.authActions.logout([shown.scheme]);
  credential.replaceChildren(...shown.said());
}

/** Reads what this tab may use; the documents can be read without it. */
async function prepare() {
  const without = (why) => { clearBar(); credential.replaceChildren(why, " Paste a key or a token under Authorize, or open the ", h("a", { href: "/console/" }, "console"), " in this tab first."); };
  if (!token.get()) { without("This tab has no key."); return; }
  try {
    await load(authorize);
    authorize();
  } catch (error) {
    if (!(error instanceof Failure || error instanceof Offline)) throw error;
    without(error.message);
  }
}

const ui = globalThis.SwaggerUIBundle({
  url: new URL(shown.url, location.href).href,
  domNode: document.getElementById("reference"),
  presets: [globalThis.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  syntaxHighlight: { theme: "obsidian" },
  tryItOutEnabled: true,
  validatorUrl: null,
  onComplete: prepare,
});
