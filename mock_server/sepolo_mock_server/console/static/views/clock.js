// Clock: advance, set, follow the real time, reset. Each form says what will happen before it is sent.

import { manage } from "../api.js";
import { announce, button, confirmed, facts, field, fromField, h, input, time, toField } from "../dom.js";
import { submit } from "../parts.js";
import { CLOCK_MOVED } from "../session.js";

const STEPS = [["10 minutes", "PT10M"], ["1 hour", "PT1H"], ["1 day", "P1D"], ["1 week", "P1W"], ["4 weeks", "P4W"]];
const UNITS_MS = { W: 604_800_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 };

export async function draw(place, view) {
  await drawClock(place, view);
  // A form that somebody fills in stays as it is.
  const moved = () => { if (!place.querySelector(":focus")) drawClock(place, { ...view, ...view.context }); };
  document.addEventListener(CLOCK_MOVED, moved, { signal: view.signal });
}

async function drawClock(place, { organization, context }) {
  if (!organization) { place.append(h("p", "There is no organisation yet.")); return; }
  const path = `/organizations/${organization.organizationId}`;
  const clock = await manage("GET", `${path}/clock`);
  context.showClock(clock);
  place.replaceChildren();
  const fixed = clock.mode === "fixed";
  const redraw = async (changed, text) => {
    context.showClock(changed);
    announce(text);
    await drawClock(place, { organization: context.organization, context });
    place.querySelector("#clock-now").focus();
  };

  place.append(h("section.card", h("h2", { id: "clock-now", tabindex: "-1" }, `${time(clock.now)} UTC`),
    h("p", fixed ? "The clock stands until you move it. The data end at this time." : "The clock follows the real time, and the data grow with it."),
    facts([["Earliest", time(clock.earliest)], ["Latest", time(clock.latest)],
      ["A reset returns to", clock.startMode === "wall" ? "the real time" : time(clock.startNow)]])),
  h("div.grid.wide", advance(), set(), follow(), reset()));

  function advance() {
    const by = input("by", { value: "P1D", required: true, maxlength: "64" });
    const before = h("p.note", { role: "status" });
    const tell = () => { before.textContent = advanceText(clock, by.value.trim()); };
    by.addEventListener("input", tell);
    const form = h("form.card", { onsubmit: (event) => { event.preventDefault(); submit(form, async () => {
      const changed = await manage("POST", `${path}/clock/advance`, { by: by.value.trim() });
      await redraw(changed, `The clock stands at ${time(changed.now)} UTC.`);
    }); } }, h("h2", "Advance"), h("div.row", STEPS.map(([text, value]) => button(text, () => { by.value = value; tell(); }, "small"))),
    field("By", by, "ISO 8601: P1D is a day, PT10M ten minutes, P2W two weeks."), before, h("button.primary", { type: "submit", disabled: !fixed }, "Advance the clock"));
    tell();
    if (!fixed) before.textContent = "A clock that follows the real time can't be advanced. Set it to a time first.";
    return form;
  }

  function set() {
    const to = input("now", { type: "datetime-local", step: "1", value: toField(clock.now), required: true });
    const before = h("p.note", { role: "status" });
    const tell = () => { before.textContent = setText(clock, fromField(to.value)); };
    to.addEventListener("input", tell);
    const form = h("form.card", { onsubmit: (event) => { event.preventDefault(); submit(form, async () => {
      const changed = await manage("PUT", `${path}/clock`, { mode: "fixed", now: fromField(to.value) });
      await redraw(changed, `The clock stands at ${time(changed.now)} UTC.`);
    }); } }, h("h2", "Set"), field("Time (UTC)", to), before, h("button", { type: "submit" }, "Set the clock"));
    tell();
    return form;
  }

  function follow() {
    const form = h("form.card", { onsubmit: (event) => { event.preventDefault(); submit(form, async () =>
      redraw(await manage("PUT", `${path}/clock`, { mode: "wall" }), "The clock follows the real time.")); } },
    h("h2", "Follow the real time"), h("p.note", `The clock will show ${time(new Date().toISOString())} UTC and run. New rows appear as time passes. Cursors of the present time end.`),
    h("button", { type: "submit", disabled: !fixed }, fixed ? "Follow the real time" : "It follows already"));
    return form;
  }

  function reset() {
    const back = clock.startMode === "wall" ? "follows the real time" : `stands at ${time(clock.startNow)} UTC`;
    const what = `Deletes the service reports and idempotency keys that were written to ${organization.name}, and its fault rules. Its clock then ${back}. Cursors over service reports end. Keys stay, and other organisations notice nothing.`;
    const form = h("form.card", { onsubmit: async (event) => {
      event.preventDefault();
      if (!await confirmed(`Reset ${organization.name}?`, what, "Reset")) return;
      submit(form, async () => {
        const gone = await manage("POST", `${path}/reset`);
        await redraw(await manage("GET", `${path}/clock`), `Reset: ${gone.serviceReports} service reports, ${gone.idempotencyKeys} idempotency keys and ${gone.faults} fault rules deleted.`);
      });
    } }, h("h2", "Reset"), h("p.note", what), h("button.danger", { type: "submit" }, "Reset the organisation"));
    return form;
  }
}

/** Milliseconds of a duration of weeks, or of days, hours, minutes and seconds; null for another text. */
export function durationMs(text) {
  const weeks = /^P(\d+)W$/.exec(text);
  if (weeks) return weeks[1] * UNITS_MS.W;
  const found = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  return found && ["D", "H", "M", "S"].reduce((sum, unit, index) => sum + (found[index + 1] ?? 0) * UNITS_MS[unit], 0);
}

function advanceText(clock, text) {
  const ms = durationMs(text);
  if (ms === null) return "The sandbox will say whether this is a duration.";
  const after = new Date(Date.parse(clock.now) + ms);
  if (Number.isNaN(after.getTime()) || after > new Date(clock.latest)) return `That is later than the clock may show: ${time(clock.latest)} UTC.`;
  return `The clock goes from ${time(clock.now)} to ${time(after.toISOString())} UTC. The telemetry, movements and incidents of that time appear, and visits are completed. Cursors of the present time end.`;
}

function setText(clock, text) {
  if (!text) return "Give a time.";
  if (text < clock.earliest || new Date(text) > new Date(clock.latest)) return `The clock may show ${time(clock.earliest)} to ${time(clock.latest)} UTC.`;
  const back = new Date(text) < new Date(clock.now);
  return back ? `The clock goes back to ${time(text)} UTC. What happened later is hidden until the clock reaches it again; service reports that were written stay. Cursors of the present time end.`
    : `The clock will stand at ${time(text)} UTC, with the data up to then. Cursors of the present time end.`;
}
