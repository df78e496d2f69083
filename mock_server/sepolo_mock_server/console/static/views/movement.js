// One movement: the current curve from the samples of its cycle, healthy cycles behind it, and its signature.

import { get, getAll, manageCall } from "../api.js";
import { chart } from "../chart.js";
import { button, facts, h, number, table, time } from "../dom.js";
import { callLine } from "../parts.js";
import { anomalyText, crumbs, deviceLink, directionText, instant, part } from "./data.js";

const DAY_MS = 86_400_000, DAYS = 14, HEALTHY = 10;

export async function drawMovement(place, view, deviceId, movementId) {
  const { key, signal, organization, heading } = view;
  const device = `/api/v1/devices/${encodeURIComponent(deviceId)}`;
  const signature = await get(key.text, `${device}/movements/${encodeURIComponent(movementId)}/signature`, { signal });
  const one = signature.body;
  const start = Date.parse(one.start), now = Date.parse(organization.clock.now);
  const window = { from: instant(start - DAYS * DAY_MS), to: instant(Math.min(now, start + DAY_MS)) };
  const around = await getAll(key.text, `${device}/movements`, { query: window, signal });
  const movement = around.rows.find((row) => row.id === movementId);
  const direction = directionText(movement?.direction);
  heading.textContent = `Movement of ${time(one.start)}`;
  const curve = h("section.card");
  place.append(crumbs([organization.name, "#/data"], [deviceId, deviceLink(deviceId)], [time(one.start), null]),
    movement ? h("section.card", h("h2", `${movement.isAnomalySuggested ? "Anomaly suggested" : "No anomaly suggested"}, ${direction}`), facts([
      ["Score", number(movement.anomalyScore)], ["Anomaly", anomalyText(movement)], ["Duration of the movement", `${number(movement.duration)} s`],
      ["Decided by", movement.anomalyDecisionBy ?? "–"], ["Note", movement.anomalyDecisionNote ?? "–"],
    ]), callLine(around.call, "in which it is one row")) : "", curve, features(signature));
  await part(curve, "Current of the motor", () => drawCurve(curve, view, deviceId, one, movement, around.rows));
}

async function drawCurve(place, view, deviceId, { cycleId, start }, movement, around) {
  const { key, signal } = view;
  const read = (cycle) => getAll(key.text, `/api/v1/devices/${encodeURIComponent(deviceId)}/pointguard/cycles/${encodeURIComponent(cycle)}/samples`, { signal });
  const { rows, call } = await read(cycleId);
  if (!rows.length) { place.append(h("p.empty", "This cycle has no samples."), callLine(call)); return; }
  const x = rows.map((row) => row.cycleSampleOffsetMs);
  const healthy = around.filter((row) => row.direction === movement?.direction && !row.isAnomalySuggested && row.cycleId && row.cycleId !== cycleId)
    .sort((a, b) => distance(a, start) - distance(b, start)).slice(0, HEALTHY);
  const ofBand = await Promise.all(healthy.map((row) => read(row.cycleId)));
  const others = ofBand.map((found) => found.rows);
  const band = others.length ? envelope(x, others) : null;
  if (band) band.name = `${others.length} healthy cycles of this device and direction, lowest to highest`;
  const outside = band && x.filter((_, index) => rows[index].current > band.high[index] + 0.05 || rows[index].current < band.low[index] - 0.05).length;
  place.append(
    chart({
      label: "Current of the motor", x, lines: [{ name: "This movement", y: rows.map((row) => row.current) }], band, xTitle: "ms from the start", yTitle: "A",
      xText: (ms) => `${Math.round(ms)} ms`, height: 360,
      readout: (index) => `${number(rows[index].current)} A${band && band.low[index] !== null ? `, healthy ${number(band.low[index])} to ${number(band.high[index])} A` : ""}`,
    }),
    band ? h("p.note", `${outside} of ${x.length} samples (${Math.round((outside / x.length) * 100)} %) lie outside what the healthy cycles show.`)
      : h("p.note", `No healthy cycle of this direction in the ${DAYS} days before, so there is no band.`),
    h("details", h("summary", `All ${rows.length} samples as a table`), table("Samples", [
      ["ms", (row) => String(row.cycleSampleOffsetMs), "num"], ["Current in A", (row) => String(row.current), "num"]], rows, { limit: Infinity })),
    callLine(call, call.body.hasMore ? "and its next pages" : null),
    band ? h("details", h("summary", `The band is made by ${ofBand.length} calls more, one for each healthy cycle`), ofBand.map((one) => callLine(one.call))) : "",
    truth(view, deviceId, start, movement));
}

/** The fault that the sandbox planted in this movement, when it is asked for. */
function truth({ organization, signal }, deviceId, start, movement) {
  const shown = h("div", { role: "status" });
  const show = button("Show the planted fault", async () => {
    const path = `/organizations/${organization.organizationId}/devices/${encodeURIComponent(deviceId)}/ground-truth`;
    const answer = await manageCall("GET", `${path}?${new URLSearchParams({ from: start, to: start })}`, undefined, signal);
    const [one] = answer.body.movements, [fault] = answer.body.faults;
    show.hidden = true;
    shown.replaceChildren(h("h3", "Ground truth"), h("p", truthText(one, movement)),
      one?.fault ? facts([["Planted fault", one.fault.replaceAll("_", " ")], ["Severity, 0 to 1", number(one.severity)], ["Shows in this curve", one.visible ? "yes" : "no"],
        ["Began", time(fault?.beganOn)], ["Reported", time(fault?.reportedOn)], ["Repaired", time(fault?.repairedOn)], ["Point machine", answer.body.pointMachine]]) : "",
      callLine(answer));
  });
  return h("div.truth", show, shown);
}

function truthText(one, movement) {
  if (!one) return "The sandbox knows no movement of this time.";
  const suggested = movement?.isAnomalySuggested;
  if (one.fault && one.visible) return suggested ? "A fault was planted, and the suggestion is right." : "A fault was planted, and nothing was suggested.";
  if (one.fault) return "A fault was planted, but it does not change the current of this movement.";
  return suggested ? "No fault was planted: the suggestion is a false alarm." : "No fault was planted: the machine is healthy.";
}

const distance = (row, start) => Math.abs(Date.parse(row.start) - Date.parse(start));

/** The lowest and highest current of cycles at each offset; null where fewer than half of them still run. */
export function envelope(x, cycles) {
  const low = [], high = [];
  const steps = cycles.map((rows) => new Map(rows.map((row) => [row.cycleSampleOffsetMs, row.current])));
  for (const ms of x) {
    const values = steps.map((one) => one.get(ms)).filter((value) => value !== undefined);
    const enough = values.length * 2 >= cycles.length;
    low.push(enough ? Math.min(...values) : null);
    high.push(enough ? Math.max(...values) : null);
  }
  return { low, high };
}

function features(signature) {
  const one = signature.body;
  const ampere = (value) => `${number(value)} A`;
  return h("section.card", h("h2", "Signature"), facts([
    ["Samples", String(one.sampleCount)], ["RMS", ampere(one.currentRms)], ["Mean", ampere(one.currentMean)], ["10th percentile", ampere(one.currentP10)],
    ["Median", ampere(one.currentP50)], ["90th percentile", ampere(one.currentP90)], ["Lowest", ampere(one.currentMin)], ["Highest", ampere(one.currentMax)],
    ["Standard deviation", ampere(one.currentStdDev)], ["Energy", number(one.energy)], ["Cycle", h("code", one.cycleId ?? "–")], ["Version", String(one.signatureVersion ?? "–")],
  ]), one.shapeJson ? h("details", h("summary", "shapeJson: the curve at 64 points"), h("pre", { tabindex: "0" }, h("code", one.shapeJson))) : null, callLine(signature));
}
