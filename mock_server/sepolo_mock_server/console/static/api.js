// Calls of the management API and of the public API, and what this tab remembers. Nothing here makes an element.

/** How request ids of calls begin that the console makes to draw its views. */
export const OWN_ID = "console-";

const TOKEN = "sepolo.token", SECRETS = "sepolo.secrets", CHOSEN = "sepolo.chosen";

/** A response that is an error, with the words of its body; `ofKey` tells that it was a call with an API key. */
export class Failure extends Error {
  constructor(status, body, ofKey = false) {
    super(body?.message ?? `The sandbox answered with status ${status}.`);
    this.status = status;
    this.details = body?.details ?? [];
    this.ofKey = ofKey;
  }
}

/** The sandbox did not respond. */
export class Offline extends Error {
  constructor() { super("The sandbox does not respond."); }
}

export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (text) => sessionStorage.setItem(TOKEN, text),
  forget: () => sessionStorage.clear(),
};

function stored(name) {
  try { return JSON.parse(sessionStorage.getItem(name)) ?? {}; } catch { return {}; }
}

function store(name, key, value) {
  sessionStorage.setItem(name, JSON.stringify({ ...stored(name), [key]: value }));
}

/** Texts of keys that were made in this tab, by id. They are forgotten when the tab is closed. */
export const secrets = { of: (keyId) => stored(SECRETS)[keyId] ?? null, keep: (keyId, text) => store(SECRETS, keyId, text) };

/** The chosen organisation, and the chosen key of each organisation. */
export const chosen = { get: (name) => stored(CHOSEN)[name] ?? null, set: (name, value) => store(CHOSEN, name, value) };

const listeners = new Set();
/** Calls `listener(true)` after each response, and `listener(false)` when the sandbox does not respond. */
export const onReach = (listener) => listeners.add(listener);

async function send(path, options) {
  try {
    const response = await fetch(path, { credentials: "omit", cache: "no-store", redirect: "error", ...options });
    listeners.forEach((tell) => tell(true));
    return response;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    listeners.forEach((tell) => tell(false));
    throw new Offline();
  }
}

async function parsed(response) {
  const text = await response.text();
  try { return text ? JSON.parse(text) : null; } catch { return text; }
}

export const authorization = () => ({ Authorization: `Bearer ${token.get()}` });

/** Calls the management API and returns the body; raises Failure for an error. */
export const manage = async (...given) => (await manageCall(...given)).body;

/** As `manage`, but returns status, body, time and the call itself, as `call` does. */
export async function manageCall(method, path, body = undefined, signal = undefined) {
  const url = `/sandbox/v1${path}`, headers = authorization(), started = performance.now();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await send(url, { method, headers, signal, body: body && JSON.stringify(body) });
  const answer = await parsed(response);
  if (!response.ok) throw new Failure(response.status, answer);
  return { method, url, bearer: token.get(), status: response.status, body: answer, ms: performance.now() - started };
}

/** Returns all rows of a list of the management API. */
export async function manageAll(path, signal) {
  const rows = [];
  for (let cursor = null; ;) {
    const query = new URLSearchParams({ pageSize: "500", ...(cursor && { cursor }) });
    const page = await manage("GET", `${path}?${query}`, undefined, signal);
    rows.push(...page.data);
    if (!page.hasMore) return rows;
    cursor = page.nextCursor;
  }
}

let known = null;

/** Returns the operations and scopes of the public API, which are read when they are first needed. */
export async function operations() {
  known ??= await parsed(await send("/console/operations.json", {}));
  return known;
}

/** Opens the live log as a response whose body is a stream of events. */
export async function openStream(path, signal, lastEventId) {
  const headers = { ...authorization(), Accept: "text/event-stream", ...(lastEventId && { "Last-Event-ID": lastEventId }) };
  const response = await send(`/sandbox/v1${path}`, { headers, signal });
  if (!response.ok) throw new Failure(response.status, await parsed(response));
  return response;
}

/**
 * Calls the public API with a key; returns status, body, time and the call itself, whatever the status. The log can
 * leave out the calls of the console, unless they are `shown`.
 */
export async function call(key, path, { query = {}, signal, method = "GET", body, shown = false } = {}) {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== ""));
  const url = [...given].length ? `${path}?${given}` : path;
  const started = performance.now();
  const own = shown ? {} : { "X-Request-Id": OWN_ID + crypto.getRandomValues(new Uint32Array(2)).join("-") };
  const headers = { "X-Sepolo-Api-Key": key, ...own, ...(body !== undefined && { "Content-Type": "application/json" }) };
  const response = await send(url, { method, headers, signal, body });
  const answer = await parsed(response);
  return { method, url, key, status: response.status, body: answer, ms: performance.now() - started };
}

/** As `call`, but raises Failure for an error. */
export async function get(key, path, options) {
  const answer = await call(key, path, options);
  if (answer.status >= 400) throw new Failure(answer.status, answer.body, true);
  return answer;
}

/** Returns the rows of a list of the public API and its first call; `more` tells whether rows were left out. */
export async function getAll(key, path, { query = {}, signal, limit = 2000 } = {}) {
  const rows = [];
  let first = null;
  for (let cursor = null; ;) {
    const answer = await get(key, path, { query: { ...query, pageSize: "500", cursor }, signal });
    first ??= answer;
    rows.push(...answer.body.data);
    if (!answer.body.hasMore || rows.length >= limit) return { rows, call: first, more: answer.body.hasMore };
    cursor = answer.body.nextCursor;
  }
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The call as a curl command. */
export function curl({ method, url, key, bearer, body }) {
  const secret = bearer ? `Authorization: Bearer ${bearer}` : `X-Sepolo-Api-Key: ${key}`;
  const parts = ["curl", ...(method === "GET" ? [] : ["-X", method]), "-H", quoted(secret)];
  if (body !== undefined && method !== "GET") parts.push("-H", quoted("Content-Type: application/json"), "-d", quoted(body));
  return [...parts, quoted(location.origin + url)].join(" ");
}
