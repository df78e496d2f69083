// The frame of the console: token, session, organisation and key in the bar, the view of the address, and reconnecting.

import { Failure, Offline, chosen, manage, manageAll, onReach, secrets, token } from "./api.js";
import { announce, button, field, h, input, select, time } from "./dom.js";

const VIEWS = [
  ["start", "Start"],
  ["keys", "Keys"],
  ["data", "Data"],
  ["clock", "Clock"],
  ["faults", "Faults"],
  ["requests", "Requests"],
  ["organizations", "Organisations"],
];
const RETRY_MS = 2000;

/** What every view gets: session, organisation, its keys, the key in use, the operations of the API. */
const context = {
  session: null,
  operations: null,
  organizations: [],
  organization: null,
  keys: [],
  key: null,
  refresh,
  refreshAll,
  choose,
  useKey,
  showClock,
};
let view = null;
let shown = null;

const main = document.getElementById("main");
const bar = document.getElementById("bar");
const nav = document.getElementById("nav");
const offline = document.getElementById("offline");

/** Takes the token out of the address, where it would stay in the history. */
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return false;
  token.forget();
  token.set(given);
  history.replaceState(null, "", `${location.pathname}#/start`);
  return true;
}

async function start() {
  takeToken();
  if (!token.get()) return askForToken();
  try {
    [context.session, context.operations, context.organizations] = await Promise.all([
      manage("GET", "/session"), readOperations(), manageAll("/organizations")]);
    await chooseKnown();
  } catch (error) {
    if (error instanceof Failure && error.status === 401) return askForToken(error.message);
    if (error instanceof Offline) return undefined;
    throw error;
  }
  nav.hidden = false;
  return open();
}

async function readOperations() {
  try { return await (await fetch("operations.json")).json(); } catch { throw new Offline(); }
}

/** Reads organisations and keys again, and draws the bar. */
async function refreshAll() {
  context.organizations = await manageAll("/organizations");
  await chooseKnown();
}

/** Takes the organisation that was chosen in this tab, or the first one. */
async function chooseKnown() {
  const wanted = chosen.get("organization");
  context.organization = context.organizations.find((one) => one.organizationId === wanted) ?? context.organizations[0] ?? null;
  await refresh();
}

/** Reads the keys of the organisation again, and draws the bar. */
async function refresh() {
  const { organization } = context;
  context.keys = organization ? await manageAll(`/organizations/${organization.organizationId}/keys`) : [];
  for (const key of context.keys) key.text = key.key ?? secrets.of(key.keyId);
  const usable = usableKeys();
  const wanted = organization && chosen.get(organization.organizationId);
  context.key = usable.find((key) => key.keyId === wanted) ?? usable[0] ?? null;
  drawBar();
}

/** Keys whose text this tab knows. A key of the profile works only if the sandbox accepts them. */
function usableKeys() {
  return context.keys.filter((key) => key.text && key.state === "active" && (!key.ofProfile || context.session.demoKeys));
}

async function choose(organizationId) {
  chosen.set("organization", organizationId);
  context.organization = context.organizations.find((one) => one.organizationId === organizationId);
  await refresh();
  announce(`Organisation: ${context.organization.name}`);
  await open();
}

/** Makes a key the one that the console calls with. */
function useKey(keyId) {
  chosen.set(context.organization.organizationId, keyId);
  context.key = context.keys.find((key) => key.keyId === keyId) ?? context.key;
  drawBar();
}

function showClock(clock) {
  context.organization.clock = clock;
  drawBar();
}

function drawBar() {
  const { organization, organizations, key } = context;
  const choice = select("organization", organizations.map((one) => [one.organizationId, one.name]), organization?.organizationId,
    { onchange: (event) => guarded(() => choose(event.target.value)) });
  const keys = select("key", usableKeys().map((one) => [one.keyId, one.name]), key?.keyId,
    { onchange: (event) => guarded(() => { useKey(event.target.value); return open(); }) });
  const clock = organization?.clock;
  bar.replaceChildren(
    h("p.brand", h("a", { href: "#/start" }, "Sepolo sandbox")),
    h("div.chosen",
      organizations.length > 1 ? field("Organisation", choice) : h("p.only", h("span.name", "Organisation"), organization?.name ?? "none"),
      key ? field("Key for calls", keys) : h("p.only", h("span.name", "Key for calls"), "none"),
      clock ? h("p.only", h("span.name", clock.mode === "wall" ? "Clock follows the real time" : "Clock stands at"),
        h("a", { href: "#/clock", id: "bar-clock" }, `${time(clock.now)} UTC`)) : null));
}

function drawNav(current) {
  nav.replaceChildren(h("ul", VIEWS.map(([name, title]) =>
    h("li", h("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, title)))));
}

/** Draws the view of the address. Whatever the one before had started is ended. */
async function open({ focus = true } = {}) {
  const [path, query = ""] = location.hash.slice(2).split("?");
  const [name, ...rest] = path.split("/").map(decodeURIComponent);
  const [known, title] = VIEWS.find(([one]) => one === name) ?? VIEWS[0];
  view?.abort();
  view = new AbortController();
  const { signal } = view;
  drawNav(known);
  document.title = `${title} – Sepolo sandbox`;
  const heading = h("h1", { tabindex: "-1" }, title);
  const place = h("div.view", { "aria-busy": "true" });
  main.replaceChildren(heading, place);
  if (focus && shown !== null) heading.focus({ preventScroll: true });
  if (shown !== null && shown !== location.hash) scrollTo(0, 0);
  shown = location.hash;
  try {
    const { draw } = await import(`./views/${known}.js`);
    if (!signal.aborted) await draw(place, { ...context, context, signal, path: rest, query: new URLSearchParams(query), heading });
  } catch (error) {
    if (!signal.aborted) show(place, error);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/** Shows an error where the view would stand. */
function show(place, error) {
  if (error instanceof Failure && error.status === 401) { askForToken(error.message); return; }
  place.append(h("div.error", { role: "alert" }, h("p", error.message),
    (error.details ?? []).map((one) => h("p", h("code", one.parameter), ` ${one.message}`)),
    error.status === 403 ? h("p", h("a", { href: "#/keys" }, "Use another key, or make one with this scope")) : null));
  if (!(error instanceof Failure || error instanceof Offline)) console.error(error);
}

async function guarded(act) {
  try { await act(); } catch (error) { if (error.name !== "AbortError") show(main, error); }
}

function askForToken(reason = null) {
  view?.abort();
  token.forget();
  nav.hidden = true;
  bar.replaceChildren(h("p.brand", "Sepolo sandbox"));
  document.title = "Token needed – Sepolo sandbox";
  const given = input("token", { type: "password", required: true });
  const form = h("form.card", { onsubmit: (event) => { event.preventDefault(); token.set(given.value.trim()); guarded(start); } },
    field("Management token", given, "Starts with sep_mgmt_, unless the operator chose another one. An API key is no token."),
    h("button.primary", { type: "submit" }, "Open the console"));
  const heading = h("h1", { tabindex: "-1" }, "The console needs a token");
  main.replaceChildren(heading,
    reason ? h("div.error", { role: "alert" }, h("p", "The sandbox refused the token of this tab: "), h("p", reason)) : "",
    h("p", "Use the address that the sandbox printed when it started. It looks like this, and a new start prints a new one:"),
    h("pre", { tabindex: "0" }, h("code", `  Console   ${location.origin}/console/#token=sep_mgmt_…`)),
    h("p", "For a sandbox that somebody else runs, ask them for the token of your organisation."), form);
  heading.focus();
}

let waiting = null;

/** Tells that the sandbox is gone, tries again, and draws the view again when it is back. */
onReach((reached) => {
  if (reached || waiting) return;
  offline.hidden = false;
  offline.replaceChildren(h("p", "The sandbox does not respond. The console tries again every few seconds."),
    button("Try now", () => retry()));
  waiting = setTimeout(retry, RETRY_MS);
});

async function retry() {
  clearTimeout(waiting);
  try {
    await fetch("/healthz", { cache: "no-store", credentials: "omit" });
  } catch {
    waiting = setTimeout(retry, RETRY_MS);
    return;
  }
  waiting = null;
  offline.hidden = true;
  offline.replaceChildren();
  announce("The sandbox responds again.");
  await guarded(start);
}

// Errors of buttons and forms end here; an error of the sandbox is shown, any other is one of the console.
addEventListener("unhandledrejection", (event) => {
  if (event.reason?.name === "AbortError") { event.preventDefault(); return; }
  if (event.reason instanceof Failure || event.reason instanceof Offline) {
    event.preventDefault();
    if (event.reason instanceof Failure) show(main.querySelector(".view") ?? main, event.reason);
  }
});
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
addEventListener("hashchange", () => { if (takeToken() || !context.session) guarded(start); else guarded(open); });
guarded(start);
