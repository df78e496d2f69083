// The frame of the console: token, session, organisation and key in the bar, the view of the address, and reconnecting.

import { Failure, Offline, onReach, token } from "./api.js";
import { announce, button, field, h, input } from "./dom.js";
import { choose, clearBar, context, drawNav, load, readClock, refresh, refreshAll, showClock, takeToken, useKey, viewNamed } from "./session.js";

const RETRY_MS = 2000;

Object.assign(context, { refresh, refreshAll, choose, useKey, showClock });
let view = null;
let shown = null;
/** Whether somebody has begun to fill in a form of the view. */
let edited = false;

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const offline = document.getElementById("offline");

/** Reads the session and draws the view; with `keep`, the view stays as it is, unless its organisation is gone. */
async function start({ keep = false } = {}) {
  const before = context.organization?.organizationId;
  takeToken();
  if (!token.get()) return askForToken();
  try {
    await load(() => open({ focus: false }), (error) => show(main, error));
  } catch (error) {
    if (error instanceof Failure && error.status === 401) return askForToken(error.message);
    if (error instanceof Offline) return undefined;
    throw error;
  }
  return keep && context.organization?.organizationId === before ? undefined : open();
}

/** Draws the view of the address. Whatever the one before had started is ended. */
async function open({ focus = true } = {}) {
  const [path, query = ""] = location.hash.slice(2).split("?");
  const [name, ...rest] = path.split("/").map(decodeURIComponent);
  const [known, title] = viewNamed(name);
  view?.abort();
  view = new AbortController();
  edited = false;
  const { signal } = view;
  drawNav(known);
  document.title = `${title} – Sepolo sandbox`;
  const heading = h("h1", { tabindex: "-1" }, title);
  const place = h("div.view", { "aria-busy": "true" });
  main.replaceChildren(heading, place);
  if (focus && shown !== null) heading.focus({ preventScroll: true });
  if (shown !== null && shown !== location.hash) scrollTo(0, 0);
  const first = shown === null;
  shown = location.hash;
  try {
    // The data of a view end at the clock, which may have moved since it was read.
    const [{ draw }] = await Promise.all([import(`./views/${known}.js`), first ? null : readClock()]);
    if (!signal.aborted) await draw(place, { ...context, context, signal, path: rest, query: new URLSearchParams(query), heading });
  } catch (error) {
    if (!signal.aborted) show(place, error);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/** Shows an error where the view would stand. */
function show(place, error) {
  if (error instanceof Failure && error.status === 401) {
    if (error.ofKey) guarded(() => showRefusedKey(place, error));
    else askForToken(error.message);
    return;
  }
  place.append(h("div.error", { role: "alert" }, h("p", error.message),
    (error.details ?? []).map((one) => h("p", h("code", one.parameter), ` ${one.message}`)),
    error.status === 403 ? h("p", h("a", { href: "#/keys" }, "Use another key, or make one with this scope")) : null));
  if (!(error instanceof Failure || error instanceof Offline)) console.error(error);
}

/** A key that was revoked or has expired, perhaps between two pages of a list: why, and what works instead. */
async function showRefusedKey(place, error) {
  const { keyId, name } = context.key;
  await refresh();
  const { key } = context;
  place.append(h("div.error", { role: "alert" }, h("h2", `The sandbox refused the key “${name}”`), h("p", error.message),
    h("p", "What was being read is left out, as it was not read to its end."),
    h("div.row", key ? button(key.keyId === keyId ? "Try again" : `Go on with the key “${key.name}”`, () => open()) : null, h("a", { href: "#/keys" }, key ? "Choose another key, or make one" : "Make another key"))));
}

async function guarded(act) {
  try { await act(); } catch (error) { if (error.name !== "AbortError") show(main, error); }
}

function askForToken(reason = null) {
  view?.abort();
  token.forget();
  nav.hidden = true;
  clearBar();
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
  await guarded(() => start({ keep: edited }));
}

// Errors of buttons and forms end here; an error of the sandbox is shown, any other is one of the console.
addEventListener("unhandledrejection", (event) => {
  if (event.reason?.name === "AbortError") { event.preventDefault(); return; }
  if (event.reason instanceof Failure || event.reason instanceof Offline) {
    event.preventDefault();
    if (event.reason instanceof Failure) show(main.querySelector(".view") ?? main, event.reason);
  }
});
main.addEventListener("input", () => { edited = true; });
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
addEventListener("hashchange", () => { if (takeToken() || !context.session) guarded(start); else guarded(open); });
guarded(start);
