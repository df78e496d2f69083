// Elements, texts and small controls that all views use. Nothing here calls the sandbox.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element: `h("button.primary", { type: "button", onclick }, "Text", child, …)`. Null children are left out. */
export function h(selector, ...rest) {
  const [tag, ...classes] = selector.split(".");
  return fill(document.createElement(tag), tag, classes, rest);
}

/** Makes an SVG element. */
export function s(selector, ...rest) {
  const [tag, ...classes] = selector.split(".");
  return fill(document.createElementNS(SVG, tag), tag, classes, rest);
}

function fill(element, tag, classes, rest) {
  if (classes.length) element.setAttribute("class", classes.join(" "));
  const given = isProperties(rest[0]) ? rest.shift() : {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "value" && tag !== "input") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...rest.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function isProperties(value) {
  return value !== null && typeof value === "object" && !(value instanceof Node) && !Array.isArray(value);
}

/** Says something to screen readers, and shows it for some seconds. */
export function announce(text) {
  const place = document.getElementById("status");
  place.textContent = text;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => { place.textContent = ""; }, 5000);
}

let labels = 0;

/** A form field: the label, the control and a hint that belongs to it. */
export function field(label, control, hint = null) {
  control.id ||= `f${++labels}`;
  const note = hint ? h("p.hint", { id: `${control.id}-hint` }, hint) : null;
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div.field", h("label", { for: control.id }, label), control, note);
}

export function input(name, properties = {}) {
  return h("input", { name, type: "text", autocomplete: "off", spellcheck: "false", ...properties });
}

/** A select of [value, text] pairs. */
export function select(name, options, chosen, properties = {}) {
  const made = options.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
  return h("select", { name, ...properties }, made);
}

export function button(text, onclick, kind = "") {
  return h(kind ? `button.${kind}` : "button", { type: "button", onclick }, text);
}

/** A button that copies a text, with a name that says which. */
export function copyButton(text, what) {
  const made = button("Copy", async () => {
    await copy(typeof text === "function" ? text() : text);
    announce(`Copied: ${what}`);
    made.textContent = "Copied";
    setTimeout(() => { made.textContent = "Copy"; }, 1500);
  }, "small");
  made.setAttribute("aria-label", `Copy ${what}`);
  return made;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers offer the clipboard on https and loopback only.
    const area = h("textarea.offscreen", { "aria-hidden": "true", value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** A text in fixed width with a copy button. */
export function code(text, what, language = "") {
  const shown = h("pre", { tabindex: "0", role: "group", "aria-label": what, "data-language": language }, h("code", text));
  return h("div.code", shown, copyButton(text, what));
}

/**
 * A table; `columns` are [title, cell of a row, class]. More rows than `limit` are drawn when they are asked for. With
 * `stack`, a row becomes a block on a narrow screen.
 */
export function table(caption, columns, rows, { empty = "None.", limit = 200, stack = false } = {}) {
  if (!rows.length) return h("p.empty", empty);
  const row = (one) => h("tr", columns.map(([title, cell, kind]) => h(kind ? `td.${kind}` : "td", { "data-title": title }, cell(one))));
  const body = h("tbody", rows.slice(0, limit).map(row));
  const made = h(stack ? "div.table.stack" : "div.table", { tabindex: "0", role: "group", "aria-label": caption }, h("table", h("caption.offscreen", caption),
    h("thead", h("tr", columns.map(([title, , kind]) => h(kind ? `th.${kind}` : "th", { scope: "col" }, title)))), body));
  if (rows.length <= limit) return made;
  const all = button(`Show all ${rows.length}`, () => { body.append(...rows.slice(limit).map(row)); all.remove(); made.focus(); }, "small");
  return h("div", made, all);
}

/** Pairs of a name and a value. */
export function facts(pairs) {
  return h("dl.facts", pairs.filter((pair) => pair).map(([name, ...value]) => h("div", h("dt", name), h("dd", value))));
}

/** Asks before something that cannot be undone; resolves to whether it was confirmed. */
export function confirmed(title, text, action) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { "aria-labelledby": "dialog-title" },
      h("h2", { id: "dialog-title" }, title), h("p", text),
      h("div.row", button(action, () => dialog.close("yes"), "danger"), button("Cancel", () => dialog.close(""))));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("button:last-child").focus();
  });
}

/** An instant as "2026-07-01 12:00:00" in UTC. */
export function time(text, { seconds = true } = {}) {
  if (!text) return "–";
  const shown = new Date(text).toISOString();
  return `${shown.slice(0, 10)} ${shown.slice(11, seconds ? 19 : 16)}`;
}

export const number = (value, digits = 2) => (value === null || value === undefined ? "–" : Number(value.toFixed(digits)).toString());

/** An instant of the form fields, which hold UTC without an offset. */
export const fromField = (text) => (text ? `${text.length === 16 ? `${text}:00` : text}Z` : null);
export const toField = (text) => (text ? new Date(text).toISOString().slice(0, 19) : "");
