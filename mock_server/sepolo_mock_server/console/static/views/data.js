// Data: assets as a tree, a device with its movements, telemetry and incidents, and one movement.

import { call as send, get, getAll } from "../api.js";
import { chart } from "../chart.js";
import { button, facts, field, fromField, h, input, number, table, time, toField } from "../dom.js";
import { callLine, keyNeeded } from "../parts.js";
import { drawMovement } from "./movement.js";

const DAY_MS = 86_400_000, FIRST = 25;
export const instant = (ms) => new Date(ms).toISOString().replace(".000Z", "Z");

export async function draw(place, view) {
  const { key, path, context } = view;
  if (!key) { place.append(keyNeeded(view, async () => { place.replaceChildren(); await draw(place, { ...view, ...context }); view.heading.focus(); })); return; }
  if (path[0] === "device" && path[2] === "movement") await drawMovement(place, view, path[1], path[3]);
  else if (path[0] === "device") await drawDevice(place, view, path[1]);
  else await drawAssets(place, view);
}

export const deviceLink = (deviceId, ...rest) => `#/data/${["device", deviceId, ...rest].map(encodeURIComponent).join("/")}`;

export function crumbs(...steps) {
  return h("nav.crumbs", { "aria-label": "Where you are" }, h("ol", steps.map(([text, address]) =>
    h("li", address ? h("a", { href: address }, text) : h("span", { "aria-current": "page" }, text)))));
}

async function drawAssets(place, { key, signal, organization }) {
  const { rows, call, more } = await getAll(key.text, "/api/v1/assets", { signal });
  const ids = new Set(rows.map((one) => one.assetId));
  const children = Map.groupBy(rows, (one) => (ids.has(one.parentAssetId) ? one.parentAssetId : null));
  const count = h("p.hint", { role: "status" });
  const tree = h("div.tree");
  const filter = input("filter", { type: "search", oninput: () => show(filter.value.trim().toLowerCase()) });
  place.append(crumbs([organization.name, null]), h("section.card", h("h2", `Assets of ${organization.name}`),
    field("Find", filter, "Name, type, customer or device id."), count, tree,
    callLine(call, more ? "and its next pages, of which the first 2000 rows are shown" : call.body.hasMore ? "and its next pages" : null)));
  show("");

  function show(text) {
    const wanted = (one) => [one.name, one.assetType, one.customerName, one.deviceId].some((value) => value?.toLowerCase().includes(text));
    const found = rows.filter(wanted);
    count.textContent = text ? `${found.length} of ${rows.length} assets` : `${rows.length} assets`;
    tree.replaceChildren(text ? h("ul", found.map((one) => h("li", leaf(one)))) : h("ul", (children.get(null) ?? []).map((one) => h("li", node(one)))));
  }

  function node(asset) {
    const below = children.get(asset.assetId);
    if (!below) return leaf(asset);
    const list = h("ul");
    const open = h("details", { ontoggle: () => { if (!list.children.length) list.append(...below.map((one) => h("li", node(one)))); } },
      h("summary", asset.name, h("span.dim", `${below.length} below`)), list);
    return asset.deviceId ? [open, h("a", { href: deviceLink(asset.deviceId) }, asset.deviceId)] : open;
  }

  function leaf(asset) {
    const name = asset.deviceId ? h("a", { href: deviceLink(asset.deviceId) }, asset.name) : asset.name;
    return [name, h("span.dim", [asset.assetType, asset.isActive ? null : "inactive", asset.isServiceOverdue ? "service overdue" : null].filter(Boolean).join(", "))];
  }
}

async function drawDevice(place, view, deviceId) {
  const { key, signal, organization, query, heading } = view;
  const device = await get(key.text, `/api/v1/devices/${encodeURIComponent(deviceId)}`, { signal });
  const one = device.body;
  heading.textContent = one.deviceName;
  const now = Date.parse(organization.clock.now);
  const from = query.get("from") ?? instant(now - 7 * DAY_MS), to = query.get("to") ?? instant(now);
  const movements = h("section.card"), daily = h("section.card"), incidents = h("section.card");
  place.append(crumbs([organization.name, "#/data"], [one.deviceName, null]),
    h("section.card", h("h2", one.deviceId), facts([
      ["Type", `${one.deviceType} ${one.model ?? ""}`], ["Status", one.statusText ?? String(one.status)], ["Online", one.isOnline ? "yes" : "no"],
      ["Battery", `${one.batteryPercentage ?? "–"} %`], ["Signal", `${one.signalStrength ?? "–"} dBm`], ["Last seen", `${time(one.lastSeen)} UTC`],
      ["Firmware", one.firmwareVersion ?? "–"], ["Asset group", organization.groups.find((group) => group.groupId === one.groupId)?.name ?? one.groupId ?? "–"],
    ]), callLine(device)), movements, daily, incidents);
  await Promise.all([
    part(movements, "Movements", () => drawMovements(movements, view, deviceId, from, to)),
    part(daily, "Telemetry by day", () => drawDaily(daily, view, deviceId, now)),
    part(incidents, "Incidents", () => drawIncidents(incidents, view, deviceId)),
  ]);
}

/** Draws a part of a view; a call that is refused, as for a missing scope, leaves the other parts as they are. */
export async function part(place, title, act) {
  place.append(h("h2", title));
  try {
    await act();
  } catch (error) {
    if (error.name === "AbortError" || error.status === undefined || error.status === 401) throw error;
    place.append(h("p.error", error.message));
  }
}

async function drawMovements(place, { key, signal }, deviceId, from, to) {
  const start = input("from", { type: "datetime-local", step: "1", value: toField(from) });
  const end = input("to", { type: "datetime-local", step: "1", value: toField(to) });
  const address = (values) => `${deviceLink(deviceId)}?${new URLSearchParams(values)}`;
  const form = h("form", { onsubmit: (event) => { event.preventDefault(); location.hash = address({ from: fromField(start.value) ?? from, to: fromField(end.value) ?? to }); } },
    h("div.row.end", field("From (UTC)", start), field("To (UTC)", end), h("button", { type: "submit" }, "Show"),
      button("A week earlier", () => { location.hash = address({ from: instant(Date.parse(from) - 7 * DAY_MS), to: from }); })));
  place.append(form);
  const { rows, call, more } = await getAll(key.text, `/api/v1/devices/${encodeURIComponent(deviceId)}/movements`, { query: { from, to }, signal });
  const anomalies = rows.filter((one) => one.isAnomalySuggested).length;
  const list = h("div"), score = h("div");
  const only = h("input", { type: "checkbox", id: "only", onchange: () => show() });
  place.append(h("p", { id: "movements-count" }, `${rows.length} movements, ${anomalies} with a suggested anomaly.`),
    anomalies ? h("div.check", only, h("label", { for: "only" }, "Anomalies only")) : "", score, list, callLine(call, more ? "and its next pages" : null));
  show();
  if (rows.length > 1) score.append(h("h3", "Anomaly score"), ...await scores());

  /** The score of each movement, with the incidents of the time as marks. */
  async function scores() {
    const incidents = await send(key.text, "/api/v1/incidents", { query: { deviceId, fromUtc: from, toUtc: to, pageSize: "20" }, signal });
    const marks = (incidents.status === 200 ? incidents.body.data : []).map((one) => ({ x: Date.parse(one.createdOn), text: `Incident ${time(one.createdOn, { seconds: false })}: ${one.title}` }));
    const stamp = (ms) => time(new Date(ms).toISOString(), { seconds: false });
    return [chart({ label: `Anomaly score of ${deviceId}`, x: rows.map((row) => Date.parse(row.start)), lines: [{ name: "Score of each movement", y: rows.map((row) => row.anomalyScore ?? null) }],
      marks, xTitle: "start (UTC)", yTitle: "score", xText: stamp, time: true, height: 200,
      readout: (index) => `${number(rows[index].anomalyScore)}${rows[index].isAnomalySuggested ? ", anomaly suggested" : ""}` }),
    callLine(incidents, "for the incidents")];
  }

  function show() {
    const found = rows.filter((one) => !only.checked || one.isAnomalySuggested).toReversed();
    list.replaceChildren(table("Movements, newest first", [
      ["Start (UTC)", (row) => h("a", { href: deviceLink(deviceId, "movement", row.id) }, time(row.start)), "when"],
      ["Direction", (row) => directionText(row.direction), "when"],
      ["Duration", (row) => `${number(row.duration)} s`, "num"],
      ["Average", (row) => `${number(row.averageCurrent)} A`, "num"],
      ["Peak", (row) => `${number(row.peakCurrent)} A`, "num"],
      ["Score", (row) => number(row.anomalyScore), "num"],
      ["Anomaly", (row) => anomalyText(row), "reason"],
    ], found, { empty: "No movement in this window.", limit: FIRST }));
  }
}

export const directionText = (text) => (text ? text.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase() : "–");

export function anomalyText(row) {
  if (!row.isAnomalySuggested) return row.anomalyDecisionAction ?? "–";
  const reasons = (row.anomalyReasons ?? []).join(", ");
  const decision = row.anomalyDecisionAction ? ` Decision: ${row.anomalyDecisionAction}${row.anomalyType ? `, ${row.anomalyType}` : ""}.` : "";
  return h("span", h("strong.bad", "suggested"), reasons ? ` by ${reasons}.` : ".", decision);
}

async function drawDaily(place, { key, signal }, deviceId, now) {
  const query = { deviceId, fromUtc: instant(now - 30 * DAY_MS), toUtc: instant(now) };
  const answer = await get(key.text, "/api/v1/reporting/telemetry-daily", { query, signal });
  const rows = answer.body;
  if (!rows.length) { place.append(h("p.empty", "No telemetry in the last 30 days."), callLine(answer)); return; }
  const x = rows.map((row) => Date.parse(row.date));
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  const made = [["averageTemperature", "Average temperature", "°C", {}], ["movements", "Movements a day", "", { bars: true }]]
    .filter(([member]) => rows.some((row) => row[member] !== null && row[member] !== undefined))
    .map(([member, name, unit, more]) => h("div", h("h3", name), chart({
      label: `${name} of ${deviceId}`, x, lines: [{ name: unit ? `${name} (${unit})` : name, y: rows.map((row) => row[member] ?? null) }],
      xTitle: "day (UTC)", yTitle: unit, xText: day, time: true, height: 210, zero: member === "movements", ...more,
      readout: (index) => `${number(rows[index][member])}${unit && ` ${unit}`}; ${rows[index].samples} samples`,
    })));
  place.append(h("div.grid", made), callLine(answer));
}

async function drawIncidents(place, { key, signal }, deviceId) {
  const answer = await get(key.text, "/api/v1/incidents", { query: { deviceId, pageSize: "50" }, signal });
  place.append(table("Incidents", [
    ["Created (UTC)", (row) => time(row.createdOn, { seconds: false }), "when"],
    ["Title", (row) => row.title],
    ["Severity", (row) => row.severityText ?? row.severity],
    ["State", (row) => row.stateText ?? row.state],
    ["Movement", (row) => (row.movementId ? h("a", { href: deviceLink(deviceId, "movement", row.movementId), "aria-label": `current curve: ${row.title}` }, "current curve") : "–")],
    ["Resolved (UTC)", (row) => time(row.resolvedOn, { seconds: false }), "when"],
  ], answer.body.data, { empty: "No incident of this device." }), callLine(answer));
}
