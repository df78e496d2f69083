// A line chart in SVG: axes, a band behind the line, bars, a readout by pointer and arrow keys, and zoom along x.
// SVG keeps the numbers in the page, follows light and dark, and needs no inline style.

import { button, h, s } from "./dom.js";

const HOUR_MS = 3_600_000, DAY_MS = 24 * HOUR_MS;
const LEFT = 46, RIGHT = 14, TOP = 12, BOTTOM = 34;

/**
 * Returns the element of a chart.
 *
 * `x` are ascending numbers; `lines` have `name`, `y` (null for a gap) and optionally `kind`; `band` has `name`, `low`
 * and `high`; `bars` are values from zero; `marks` are places on x with a `text`. `xText` and `readout(index)` put numbers into words. With `time`, x are instants in
 * milliseconds.
 */
export function chart({ label, x, lines, band = null, bars = false, xTitle, yTitle, xText, time = false, readout, marks = [], height = 300, zero = true }) {
  const place = h("div");
  const words = h("p.readout");
  const box = h("div.chart", {
    tabindex: "0", role: "slider", "aria-label": `${label}. Arrow keys read values, plus and minus zoom, 0 shows all.`,
    "aria-valuemin": "0", "aria-valuemax": String(x.length - 1), "aria-orientation": "horizontal",
  }, place);
  let from = x[0], to = x[x.length - 1], at = 0, width = 640, drag = null;
  const full = [from, to];
  const all = [...lines.flatMap((line) => line.y), ...(band ? [...band.low, ...band.high] : [])].filter((value) => value !== null);
  const ticks = steps(zero ? Math.min(0, ...all) : Math.min(...all), Math.max(...all), 5);
  const [bottom, top] = [ticks[0], ticks[ticks.length - 1]];
  const px = (value) => LEFT + ((value - from) / (to - from || 1)) * (width - LEFT - RIGHT);
  const py = (value) => TOP + ((top - value) / (top - bottom || 1)) * (height - TOP - BOTTOM);
  const value = (pixel) => from + ((pixel - LEFT) / (width - LEFT - RIGHT)) * (to - from);

  function draw() {
    const clip = `clip-${label.replaceAll(/\W+/g, "-")}`;
    const inside = s("g", { "clip-path": `url(#${clip})` });
    if (band) {
      const edge = (values) => x.flatMap((one, index) => (values[index] === null ? [] : [`${round(px(one))},${round(py(values[index]))}`]));
      inside.append(s("path.band", { d: `M${[...edge(band.high), ...edge(band.low).reverse()].join("L")}Z` }));
    }
    for (const line of lines) inside.append(bars ? barsOf(line) : s(line.kind ? `path.line.${line.kind}` : "path.line", { d: path(line.y), "data-name": line.name }));
    for (const one of marks) inside.append(s("g.mark", s("line", { x1: px(one.x), x2: px(one.x), y1: TOP, y2: height - BOTTOM }), s("title", one.text)));
    const cursor = s("line.cursor", { y1: TOP, y2: height - BOTTOM }), dot = s("circle.dot", { r: 4.5 }), zone = s("rect.zone", { y: TOP, height: height - TOP - BOTTOM });
    const svg = s("svg", {
      viewBox: `0 0 ${width} ${height}`, height, "aria-hidden": "true", "data-x-from": from, "data-x-to": to, "data-y-from": bottom, "data-y-to": top,
      "data-plot": [LEFT, TOP, width - RIGHT, height - BOTTOM].join(" "),
    },
    s("defs", s("clipPath", { id: clip }, s("rect", { x: LEFT, y: TOP - 4, width: width - LEFT - RIGHT, height: height - TOP - BOTTOM + 8 }))),
    ticks.map((tick) => [s("line.axis", { x1: LEFT, x2: width - RIGHT, y1: py(tick), y2: py(tick) }), s("text", { x: LEFT - 6, y: py(tick) + 4, "text-anchor": "end" }, String(tick))]),
    xTicks().map(([tick, text]) => s("text", { x: Math.min(px(tick), width - 24), y: height - BOTTOM + 16, "text-anchor": "middle" }, text)),
    s("text", { x: width - RIGHT, y: height - 3, "text-anchor": "end" }, xTitle), s("text", { x: 2, y: height - 3 }, yTitle),
    inside, zone, cursor, dot);
    place.replaceChildren(svg);
    mark(svg, cursor, dot);
    return { svg, zone };
  }

  /** Pairs of a place on x and its text: whole days or hours of instants, else round numbers. */
  function xTicks() {
    const inside = ([tick]) => tick >= from && tick <= to;
    const unit = !time ? 1 : to - from > 2 * DAY_MS ? DAY_MS : HOUR_MS;
    const text = (tick) => (!time ? String(tick) : new Date(tick).toISOString().slice(5, unit === DAY_MS ? 10 : 16).replace("T", " "));
    const count = Math.max(2, Math.floor(width / (unit === HOUR_MS ? 120 : 80)));
    return steps(from / unit, to / unit, count, time ? 1 : 0).map((tick) => [tick * unit, text(tick * unit)]).filter(inside);
  }

  function path(values) {
    let pen = "M";
    return values.map((one, index) => {
      if (one === null) { pen = "M"; return ""; }
      const step = `${pen}${round(px(x[index]))},${round(py(one))}`;
      pen = "L";
      return step;
    }).join("");
  }

  function barsOf(line) {
    const gap = x.length > 1 ? px(x[1]) - px(x[0]) : 30;
    return s("g", { "data-name": line.name }, line.y.map((one, index) => (one === null ? null : s("rect.bar", {
      x: round(px(x[index]) - gap * 0.38), width: round(gap * 0.76), y: round(py(one)), height: round(py(0) - py(one)) }))));
  }

  function mark(svg, cursor, dot) {
    const y = lines[0].y[at];
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, px(x[at]));
    dot.setAttribute("cx", px(x[at]));
    dot.setAttribute("cy", y === null ? -10 : py(y));
    const said = `${xText(x[at])}: ${readout(at)}`;
    words.textContent = said;
    box.setAttribute("aria-valuenow", String(at));
    box.setAttribute("aria-valuetext", said);
  }

  function move(index) {
    at = Math.max(0, Math.min(x.length - 1, index));
    const inside = x[at] >= from && x[at] <= to;
    if (!inside) { const half = (to - from) / 2; zoom(x[at] - half, x[at] + half); return; }
    const svg = place.firstChild;
    mark(svg, svg.querySelector(".cursor"), svg.querySelector(".dot"));
  }

  function zoom(start, end) {
    const least = (full[1] - full[0]) / Math.max(1, x.length - 1) * 4;
    const span = Math.min(full[1] - full[0], Math.max(least, end - start));
    const middle = (start + end) / 2;
    from = Math.max(full[0], Math.min(full[1] - span, middle - span / 2));
    to = from + span;
    draw();
  }

  const zoomBy = (factor) => { const half = (to - from) * factor / 2; zoom(x[at] - half, x[at] + half); };
  const nearest = (wanted) => x.reduce((best, one, index) => (Math.abs(one - wanted) < Math.abs(x[best] - wanted) ? index : best), 0);
  const pixel = (event) => { const area = place.getBoundingClientRect(); return (event.clientX - area.left) * width / area.width; };

  box.addEventListener("keydown", (event) => {
    const visible = x.filter((one) => one >= from && one <= to).length;
    const act = {
      ArrowRight: () => move(at + 1), ArrowLeft: () => move(at - 1), ArrowUp: () => move(at + 1), ArrowDown: () => move(at - 1),
      PageUp: () => move(at + Math.ceil(visible / 10)), PageDown: () => move(at - Math.ceil(visible / 10)),
      Home: () => move(0), End: () => move(x.length - 1),
      "+": () => zoomBy(0.5), "=": () => zoomBy(0.5), "-": () => zoomBy(2), 0: () => zoom(...full),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  place.addEventListener("pointermove", (event) => {
    const now = pixel(event);
    if (drag === null) { move(Math.min(x.length - 1, nearest(Math.max(from, Math.min(to, value(now)))))); return; }
    const zone = place.querySelector(".zone");
    zone.setAttribute("x", Math.min(drag, now));
    zone.setAttribute("width", Math.abs(now - drag));
  });
  place.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") { drag = pixel(event); place.setPointerCapture(event.pointerId); event.preventDefault(); box.focus({ preventScroll: true }); } });
  place.addEventListener("pointerup", (event) => {
    const started = drag;
    drag = null;
    if (started !== null && Math.abs(pixel(event) - started) > 8) zoom(...[value(started), value(pixel(event))].sort((a, b) => a - b));
    else place.querySelector(".zone").removeAttribute("width");
  });
  place.addEventListener("dblclick", () => zoom(...full));
  new ResizeObserver(() => {
    const now = Math.round(place.getBoundingClientRect().width);
    if (now && now !== width) { width = now; draw(); }
  }).observe(place);
  draw();
  const legend = h("ul.legend", lines.map((line) => h(line.kind ? `li.${line.kind}` : "li", line.name)), band ? h("li.band", band.name) : null,
    marks.map((one) => h("li.mark", one.text)));
  return h("div", legend, box, words, h("div.row",
    button("Zoom in", () => zoomBy(0.5), "small"), button("Zoom out", () => zoomBy(2), "small"), button("Show all", () => zoom(...full), "small"),
    height > 250 ? h("span.dim", "Drag over the curve to zoom, double-click to show all.") : null));
}

const round = (number) => Math.round(number * 100) / 100;

/** Round numbers from at most `low` to at least `high`, at least `least` apart. */
function steps(low, high, count, least = 0) {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = Math.max(least, [1, 2, 5, 10].map((one) => one * power).find((one) => span / one <= count));
  const made = [];
  for (let at = Math.floor(low / step + 1e-9); ; at++) {
    made.push(Number((at * step).toPrecision(12)));
    if (at * step >= high - step * 1e-9) return made;
  }
}
