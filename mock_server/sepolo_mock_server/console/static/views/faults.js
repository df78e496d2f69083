// Faults: rules that make requests fail. The form says in words what the rule will do before it is made.

import { manage, operations } from "../api.js";
import { announce, button, field, h, input, number, select, table, time } from "../dom.js";
import { submit } from "../parts.js";

const EFFECTS = {
  status: ["An error status", (one) => `get the status ${one.status}`],
  delay: ["A late response", (one) => `get their response ${one.delaySeconds} s late`],
  close: ["A closed connection", () => "get no response: the connection is closed"],
  truncate: ["A body cut short", () => "get half a body, then the connection is closed"],
  rateLimit: ["429 with Retry-After", (one) => `get 429 with Retry-After: ${one.retryAfterSeconds ?? 1}`],
  staleCursor: ["A cursor that has ended", () => "get the 400 of an expired cursor, if they have a cursor"],
  duplicateRow: ["A row twice", () => "get the last row of the list twice"],
  invalidBody: ["A body that breaks the contract", () => "get a body without a required member"],
};
const STATUSES = [400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 500, 502, 503, 504];

export async function draw(place, { organization, context, signal }) {
  if (!organization) { place.append(h("p", "There is no organisation yet.")); return; }
  const path = `/organizations/${organization.organizationId}/faults`;
  const known = await operations();
  const list = h("section.card", { "aria-live": "polite" });
  const keyName = (id) => context.keys.find((key) => key.keyId === id)?.name ?? id;
  let rules = [];
  const read = async () => { rules = (await manage("GET", path, undefined, signal)).data; show(); };
  place.append(form(), list);
  await read();

  function show() {
    list.replaceChildren(h("div.row", h("h2", `Rules of ${organization.name}`), button("Read again", read, "small")), table("Fault rules", [
      ["What happens", (one) => ruleText(one, keyName)], ["Carried out", (one) => `${one.hits} times`, "num"],
      ["Left", (one) => (one.remaining === null ? "no end" : String(one.remaining)), "num"], ["Made (UTC)", (one) => time(one.createdOn), "when"],
      ["Actions", (one) => named(button("Delete", () => remove(one), "small"), ruleText(one, keyName))],
    ], rules, { empty: "No rule: all requests are answered as the contract says.", stack: true }),
    rules.length ? h("p.hint", "Rules are tried in this order; the first that applies is carried out. A rule whose count is used up is gone.") : "");
  }

  async function remove(one) {
    await manage("DELETE", `${path}/${one.faultId}`);
    announce("The rule is deleted.");
    await read();
  }

  function form() {
    const effect = select("effect", Object.entries(EFFECTS).map(([name, [text]]) => [name, text]), "status");
    const status = select("status", STATUSES.map((one) => [String(one), String(one)]), "500");
    const delay = input("delaySeconds", { type: "number", min: "0.001", max: "300", step: "any", value: "2" });
    const retry = input("retryAfterSeconds", { type: "number", min: "0", value: "1" });
    const key = select("keyId", [["", "every key"], ...context.keys.map((one) => [one.keyId, one.name])], "");
    const operation = select("operationId", [["", "every operation"], ...known.operations.map((one) => [one.operationId, `${one.operationId} – ${one.method} ${one.path.replace("/api/v1", "")}`])], "");
    const share = input("share", { type: "number", min: "1", max: "100", step: "any", value: "100" });
    const count = input("count", { type: "number", min: "1", max: "1000000", value: "1" });
    const before = h("p.note", { role: "status" });
    const fields = { status: field("Status", status), delaySeconds: field("Delay in seconds", delay), retryAfterSeconds: field("Retry-After in seconds", retry) };
    const body = () => {
      const given = { effect: effect.value, share: Number(share.value) / 100, count: count.value ? Number(count.value) : null, keyId: key.value || null, operationId: operation.value || null };
      if (effect.value === "status") given.status = Number(status.value);
      if (effect.value === "delay") given.delaySeconds = Number(delay.value);
      if (effect.value === "rateLimit") given.retryAfterSeconds = Number(retry.value);
      return given;
    };
    const tell = () => {
      for (const [name, one] of [["status", "status"], ["delaySeconds", "delay"], ["retryAfterSeconds", "rateLimit"]]) fields[name].hidden = effect.value !== one;
      before.textContent = `From now on, ${ruleText({ ...body(), left: true }, keyName)}`;
    };
    const made = h("form.card", { oninput: tell, onsubmit: (event) => { event.preventDefault(); submit(made, async () => {
      await manage("POST", path, body());
      announce("The rule is made.");
      await read();
    }); } }, h("h2", "Make a rule"), h("div.fields", field("What happens", effect), Object.values(fields), field("Key", key), field("Operation", operation),
      field("How often", count, "Number of requests, after which the rule is gone. Empty: no end."), field("Share in percent", share, "50: every second matching request.")),
    before, h("button.primary", { type: "submit" }, "Make the rule"));
    tell();
    return made;
  }
}

/** A rule as a sentence. */
export function ruleText(one, keyName) {
  const count = one.count === null ? "all requests" : one.count === 1 ? "the next request" : `the next ${one.count} requests`;
  const share = one.share < 1 ? ` (${number(one.share * 100)} % of them)` : "";
  const operation = one.operationId ? ` of ${one.operationId}` : "", key = one.keyId ? ` with the key ${keyName(one.keyId)}` : "";
  const words = EFFECTS[one.effect][1](one);
  return `${count}${operation}${key}${share} ${one.count === 1 ? words.replace(/^get their/, "gets its").replace(/^get/, "gets").replace("they have", "it has") : words}.`;
}

function named(made, text) {
  made.setAttribute("aria-label", `Delete the rule: ${text}`);
  return made;
}
