// Requests: the log, live; each request with its reason, headers and bodies, as curl, and sent again.

import { OWN_ID, authorization, call, manage, operations } from "../api.js";
import { announce, button, code, facts, field, h, input, number, select, time } from "../dom.js";
import { statusText, submit } from "../parts.js";
import { follow } from "../stream.js";

const SHOWN = 500;
const CLASSES = [["", "every status"], ["2xx", "2xx"], ["3xx", "3xx"], ["4xx", "4xx, refused"], ["5xx", "5xx"], ...["400", "401", "403", "404", "429", "500"].map((one) => [one, one])];

export async function draw(place, view) {
  const { session, organization, context, signal } = view;
  const known = await operations();
  if (signal.aborted) return;
  const operator = session.role === "operator";
  const whose = select("organizationId", [["", "all, and unknown keys"], ...context.organizations.map((one) => [one.organizationId, one.name])], "");
  const key = select("keyId", [["", "every key"], ...context.keys.map((one) => [one.keyId, one.name])], "");
  const operation = select("operationId", [["", "every operation"], ...known.operations.map((one) => [one.operationId, one.operationId])], "");
  const status = select("status", CLASSES, ""), text = input("text", { type: "search", maxlength: "200" });
  const live = h("span.tag", { role: "status" }, "connecting"), rows = h("tbody"), empty = h("p.empty"), detail = h("div");
  const own = h("input", { type: "checkbox", id: "own", onchange: () => show() });
  let log = [], paused = false, held = 0, connection = null;
  const pause = button("Pause", () => { paused = !paused; pause.textContent = paused ? "Go on" : "Pause"; if (!paused) { held = 0; show(); } state(); }, "small");

  const form = h("form", { "aria-label": "Filter", onsubmit: (event) => { event.preventDefault(); submit(form, open); }, onchange: (event) => { if (event.target !== own) submit(form, open); } },
    h("div.fields", operator ? field("Organisation", whose) : null, field("Key", key), field("Operation", operation), field("Status", status), field("Text", text, "In path, reason, key name or request id.")),
    h("div.check", own, h("label", { for: "own" }, "With the calls that the console makes to draw its views")),
    h("div.row", h("button.small", { type: "submit" }, "Filter"), button("Download as HAR", download, "small"), pause, live));
  place.append(h("section.card", h("h2", "Requests to the API, newest first"), form), detail,
    h("section.card", h("div.table", { tabindex: "0", role: "group", "aria-label": "Requests" }, h("table.log", h("caption.offscreen", "Requests"),
      h("thead", h("tr", ["Time (UTC)", "Status", "Request", "Key", "Took", "Reason"].map((one) => h("th", { scope: "col" }, one)))), rows)), empty));
  signal.addEventListener("abort", () => connection?.abort());
  await open();

  function query() {
    const given = { organizationId: whose.value, keyId: key.value, operationId: operation.value, status: status.value, text: text.value.trim() };
    return new URLSearchParams(Object.entries(given).filter(([, value]) => value));
  }

  /** Reads the newest requests, then follows those that arrive. */
  async function open() {
    connection?.abort();
    connection = new AbortController();
    const mine = connection;
    const wanted = query();
    const newest = (await manage("GET", "/requests?pageSize=1", undefined, mine.signal)).data[0]?.number ?? 0;
    log = (await manage("GET", `/requests?${new URLSearchParams([...wanted, ["pageSize", String(SHOWN)]])}`, undefined, mine.signal)).data;
    held = 0;
    show();
    follow(`/requests/stream?${wanted}`, mine.signal, String(newest), (name, data) => {
      if (name === "lost") announce(`${data.count} requests were dropped from the log before they could be shown.`);
      if (name !== "request" || log.some((one) => one.number === data.number && one.receivedOn === data.receivedOn)) return;
      // A sandbox that was started anew counts from one.
      if (log.length && data.number <= log[0].number) { log = []; show(); }
      log.unshift(data);
      log.length = Math.min(log.length, SHOWN);
      if (paused) { held += 1; state(); } else show(1);
    }, (connected) => { if (!mine.signal.aborted) state(connected); }).catch((error) => { if (!mine.signal.aborted) throw error; });
  }

  function state(connected = live.dataset.connected !== "no") {
    live.dataset.connected = connected ? "yes" : "no";
    const said = paused ? `paused, ${held} new` : connected ? "live" : "connection lost, trying again";
    if (live.textContent !== said) live.textContent = said;
  }

  /** Draws the rows, or only those that are new at the top. */
  function show(added = null) {
    const wanted = (one) => own.checked || !one.requestId?.startsWith(OWN_ID);
    if (added === null) rows.replaceChildren(...log.filter(wanted).map(row));
    else { rows.prepend(...log.slice(0, added).filter(wanted).map(row)); while (rows.children.length > SHOWN) rows.lastChild.remove(); }
    empty.textContent = rows.children.length ? "" : "No request yet. Send one, and it appears here.";
  }

  function row(one) {
    const cell = (title, kind, ...content) => h(kind ? `td.${kind}` : "td", { "data-title": title }, content);
    return h("tr", { "data-number": String(one.number) }, cell("Time", "when", time(one.receivedOn).slice(11)), cell("Status", "", statusText(one.status)),
      cell("Request", "", h("button.link", { type: "button", onclick: () => inspect(one) }, h("code", `${one.method} ${readable(one.path)}`))),
      cell("Key", "", one.keyName ?? "unknown"), cell("Took", "when", `${number(one.durationMs, 1)} ms`), cell("Reason", "reason", one.reason ?? "", one.faultId ? h("span.tag", "fault rule") : null));
  }

  async function inspect({ number: which }) {
    const one = await manage("GET", `/requests/${which}`, undefined, signal);
    const shut = () => { detail.replaceChildren(); rows.querySelector(`[data-number="${which}"] button`)?.focus(); };
    const again = h("div", { role: "status" });
    const owner = context.organizations.find((other) => other.organizationId === one.organizationId);
    const headers = (list) => list.map((header) => `${header.name}: ${header.value}`).join("\n");
    const body = (title, found) => [h("h3", title), found ? code(pretty(found.text), title) : h("p.empty", "Empty."), found?.cut ? h("p.hint", "Only the beginning is stored.") : null];
    const heading = h("h2", { tabindex: "-1" }, `Request ${one.number}`);
    detail.replaceChildren(h("section.card.secret", { "aria-label": `Request ${one.number}` }, h("div.row", heading, statusText(one.status), button("Close", shut, "small")),
      one.reason ? h("p.error", h("strong", "Reason: "), one.reason) : null,
      facts([["Received", `${time(one.receivedOn)} UTC`], ["Took", `${number(one.durationMs, 1)} ms`], ["Request id", h("code", one.requestId ?? "–")], ["Key", one.keyName ?? "unknown"],
        ["Organisation", owner?.name ?? one.organizationId ?? "–"], ["Operation", one.operationId ?? "none"], ["Sent", `${one.requestBytes} bytes`], ["Answered", `${one.responseBytes} bytes`]]),
      code(one.curl, "request as curl"),
      h("div.row", button("Send again", () => replay(one, again), "primary"), h("span.dim", context.key ? `with the key ${context.key.name} of ${organization.name}` : "needs a key: make one first")), again,
      h("div.grid", h("div", h("h3", "Request headers"), code(headers(one.requestHeaders), "request headers"), body("Request body", one.requestBody)),
        h("div", h("h3", "Response headers"), code(headers(one.responseHeaders), "response headers"), body("Response body", one.responseBody)))));
    detail.scrollIntoView({ block: "nearest" });
    heading.focus();
  }

  async function replay(one, again) {
    if (!context.key) { announce("There is no key to send it with."); return; }
    if (one.requestBody?.cut) { announce("The log has only the beginning of the body, so it can't be sent again."); return; }
    const answer = await call(context.key.text, one.path, { method: one.method, body: one.requestBody?.text, signal, shown: true });
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body, null, 2);
    again.replaceChildren(h("p", "Answered now: ", statusText(answer.status), ` in ${answer.ms.toFixed(0)} ms`), code(text, "answer of now"));
  }

  async function download() {
    const response = await fetch(`/sandbox/v1/requests/har?${query()}`, { headers: authorization(), signal });
    const url = URL.createObjectURL(await response.blob());
    h("a", { href: url, download: "sepolo-requests.har" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

export function readable(path) {
  return path.replaceAll("%3A", ":");
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}
