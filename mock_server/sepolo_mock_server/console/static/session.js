// The session of this tab: its token, the organisations and keys that the token reaches, and the bar that chooses among
// them. The console and the reference share it.

import { Failure, Offline, chosen, manage, manageAll, secrets, token } from "./api.js";
import { announce, field, h, select, time } from "./dom.js";

/** What every view gets: session, organisation, its keys, the key in use. */
export const context = { session: null, organizations: [], organization: null, keys: [], key: null };

const VIEWS = [
  ["start", "Start"],
  ["keys", "Keys"],
  ["data", "Data"],
  ["clock", "Clock"],
  ["faults", "Faults"],
  ["requests", "Requests"],
  ["organizations", "Organisations"],
];
const REFERENCE = "/reference/";
const bar = document.getElementById("bar");
const nav = document.getElementById("nav");
const CLOCK_MS = 20_000;
/** Event of the document: another program has moved the clock. */
export const CLOCK_MOVED = "clock-moved";
let onChoice = () => {}, onTrouble = () => {};
setInterval(watch, CLOCK_MS);
document.addEventListener("visibilitychange", watch);

/** Takes the token out of the address, where it would stay in the history. */
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return false;
  token.forget();
  token.set(given);
  history.replaceState(null, "", `${location.pathname}#/start`);
  return true;
}

/**
 * Reads the session, the organisations and the keys of the chosen one. `changed` is called after each choice in the bar,
 * and `refused` with the error if the sandbox refuses the token later on.
 */
export async function load(changed, refused) {
  [onChoice, onTrouble] = [changed, refused];
  [context.session, context.organizations] = await Promise.all([manage("GET", "/session"), manageAll("/organizations")]);
  await chooseKnown();
}

/** Reads organisations and keys again, and draws the bar. */
export async function refreshAll() {
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
export async function refresh() {
  const { organization } = context;
  const keys = organization ? await manageAll(`/organizations/${organization.organizationId}/keys`) : [];
  if (organization !== context.organization) return; // another one was chosen meanwhile
  context.keys = keys;
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

export async function choose(organizationId) {
  chosen.set("organization", organizationId);
  context.organization = context.organizations.find((one) => one.organizationId === organizationId);
  await refresh();
  announce(`Organisation: ${context.organization.name}`);
  await onChoice();
}

/** Makes a key the one that calls are made with. */
export function useKey(keyId) {
  chosen.set(context.organization.organizationId, keyId);
  context.key = context.keys.find((key) => key.keyId === keyId) ?? context.key;
  drawBar();
}

export function showClock(clock) {
  context.organization.clock = clock;
  drawBar();
}

/**
 * Reads the clock of the organisation again, as other programs move it and that of the real time runs. If the organisation
 * is deleted, takes another one and returns true.
 */
export async function readClock() {
  const { organization } = context;
  if (!organization) return false;
  const before = organization.clock;
  let clock;
  try {
    clock = await manage("GET", `/organizations/${organization.organizationId}/clock`);
  } catch (error) {
    if (!(error instanceof Failure) || error.status !== 404) throw error;
    await refreshAll();
    announce(`The organisation ${organization.name} is deleted.`);
    return true;
  }
  // Meanwhile, another organisation may have been chosen, or the clock may have been moved here.
  if (organization !== context.organization || organization.clock !== before) return false;
  organization.clock = clock;
  drawClock();
  if (clock.mode !== before.mode || (clock.mode === "fixed" && clock.now !== before.now)) document.dispatchEvent(new Event(CLOCK_MOVED));
  return false;
}

/** Follows what other programs do as long as the page is seen, and learns that the sandbox has ended or was started anew. */
async function watch() {
  if (document.hidden || !context.organization || !token.get()) return;
  try {
    if (await readClock()) await onChoice();
  } catch (error) {
    if (error instanceof Failure && error.status === 401) onTrouble(error);
    else if (!(error instanceof Failure || error instanceof Offline)) throw error;
  }
}

/** The bar without a choice, for a page whose token is missing or refused. */
export function clearBar() {
  bar.replaceChildren(h("p.brand", "Sepolo sandbox"));
}

function drawBar() {
  const { organization, organizations, key } = context;
  const choice = select("organization", organizations.map((one) => [one.organizationId, one.name]), organization?.organizationId,
    { onchange: (event) => choose(event.target.value) });
  const keys = select("key", usableKeys().map((one) => [one.keyId, one.name]), key?.keyId,
    { onchange: (event) => { useKey(event.target.value); return onChoice(); } });
  const clock = organization?.clock, focused = bar.querySelector("select:focus")?.name;
  bar.replaceChildren(
    h("p.brand", h("a", { href: "/console/#/start" }, "Sepolo sandbox")),
    h("div.chosen",
      organizations.length > 1 ? field("Organisation", choice) : h("p.only", h("span.name", "Organisation"), organization?.name ?? "none"),
      key ? field("Key for calls", keys) : h("p.only", h("span.name", "Key for calls"), "none"),
      clock ? h("p.only", h("span.name", { id: "bar-mode" }), h("a", { href: "/console/#/clock", id: "bar-clock" })) : null));
  if (clock) drawClock();
  // With the keyboard, somebody may go on to the next choice.
  if (focused) bar.querySelector(`[name=${focused}]`)?.focus();
}

/** Writes the clock into the bar, without drawing it anew: the focus may be in it. */
function drawClock() {
  const { clock } = context.organization;
  document.getElementById("bar-mode").textContent = clock.mode === "wall" ? "Clock follows the real time" : "Clock stands at";
  document.getElementById("bar-clock").textContent = `${time(clock.now)} UTC`;
}

/** Draws the links to the views and to the reference; `current` is the name of the view that is shown. */
export function drawNav(current) {
  const home = current === "reference" ? "/console/" : "";
  const links = [...VIEWS.map(([name, title]) => [name, title, `${home}#/${name}`]), ["reference", "Reference", REFERENCE]];
  nav.hidden = false;
  nav.replaceChildren(h("ul", links.map(([name, title, href]) =>
    h("li", h("a", { href, "aria-current": name === current ? "page" : null }, title)))));
}

/** Name and title of a view; the first one for a name that there is not. */
export const viewNamed = (name) => VIEWS.find(([one]) => one === name) ?? VIEWS[0];
