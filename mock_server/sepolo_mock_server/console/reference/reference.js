// The reference: Swagger UI over one of the two documents, with the key or the token of this tab filled in.

import { Failure, Offline, token } from "/console/api.js";
import { announce, h } from "/console/dom.js";
import { clearBar, context, drawNav, load } from "/console/session.js";
import { amend, plugin } from "./accessibility.js";

const DOCUMENTS = {
  public: { url: "public.json", scheme: "ApiKeyHeader", secret: () => context.key?.text, said: publicCredential },
  management: { url: "management.json", scheme: "BearerToken", secret: () => token.get(), said: managementCredential },
};
const name = new URLSearchParams(location.search).get("document") === "management" ? "management" : "public";
const shown = DOCUMENTS[name];
const place = document.getElementById("reference");
const credential = document.getElementById("credential");
let ui = null;

function publicCredential() {
  const { key, organization } = context;
  return key ? ["Requests are sent to this sandbox with the key ", h("strong", key.name), ` of ${organization.name}. Choose another one in the bar.`]
    : ["This tab knows no key. ", h("a", { href: "/console/#/keys" }, "Make one in the console"), ", or paste one under Authorize."];
}

function managementCredential() {
  const whose = context.session.role === "operator" ? "the operator" : `the organisation ${context.organization.name}`;
  return ["Requests are sent to this sandbox with the token of ", h("strong", whose), ". They change it."];
}

/** Fills in the secret of this tab. It is kept in memory and sent in a header, and is never part of an address. */
function authorize() {
  const secret = shown.secret();
  if (secret) ui.preauthorizeApiKey(shown.scheme, secret);
  else ui.authActions.logout([shown.scheme]);
  credential.replaceChildren(...shown.said());
}

/** Reads what this tab may use; returns why there is nothing. The documents can be read without it. */
async function signIn() {
  if (!token.get()) return "This tab has no key.";
  try {
    // The organisation is part of the document, so that another one needs another document.
    await load(() => (name === "management" ? location.reload() : authorize()), refuse);
    return null;
  } catch (error) {
    if (!(error instanceof Failure || error instanceof Offline)) throw error;
    return error.message;
  }
}

/** Reads the document; its forms get the chosen organisation. */
async function start() {
  const [refused, specification] = await Promise.all([signIn(), fetch(shown.url).then((response) => response.json())]);
  amend(place);
  const parameter = specification.components.parameters.OrganizationId;
  if (parameter && context.organization) parameter.example = context.organization.organizationId;
  ui = globalThis.SwaggerUIBundle({
    spec: specification,
    domNode: place,
    presets: [globalThis.SwaggerUIBundle.presets.apis],
    plugins: [plugin],
    layout: "Reference",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    docExpansion: "list",
    filter: true,
    syntaxHighlight: { theme: "obsidian" },
    tryItOutEnabled: true,
    validatorUrl: null,
    responseInterceptor: (response) => { announce(`The sandbox answered with ${response.status}.`); return response; },
    onComplete: () => { if (refused === null) authorize(); },
  });
  if (refused !== null) refuse({ message: refused });
}

/** Tells why this tab can't fill in a secret. */
function refuse({ message }) {
  clearBar();
  credential.replaceChildren(message, " Paste a key or a token under Authorize, or open the ", h("a", { href: "/console/" }, "console"), " in this tab first.");
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

document.querySelector(`.documents [data-name=${name}]`).setAttribute("aria-current", "page");
document.getElementById("document").href = shown.url;
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); document.getElementById("main").focus(); });
drawNav("reference");
start().catch((error) => { credential.replaceChildren(`The reference can't be shown: ${error.message}. Load the page again.`); throw error; });
