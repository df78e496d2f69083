// Parts that several views share: the call behind a view, statuses, what to do without a key, errors of forms, tabs.

import { Failure, curl, manage, operations, secrets } from "./api.js";
import { announce, button, code, copyButton, h } from "./dom.js";

/** The API call that made what stands above it. */
export function callLine(answer, note = null) {
  const ms = `${answer.ms.toFixed(0)} ms`;
  return h("div.call", h("span", "Made by"), h("code", `${answer.method} ${answer.url.replaceAll("%3A", ":")}`), statusText(answer.status), h("span", ms),
    copyButton(() => curl(answer), `this call as curl: ${answer.url}`), note ? h("span", note) : null);
}

export function statusText(status) {
  const kind = status === null ? "warn" : status < 300 ? "good" : status < 400 ? "warn" : "bad";
  return h(`span.status.${kind}`, status === null ? "no response" : String(status));
}

/** What stands in a view that calls the API as long as there is no key: one button makes one. */
export function keyNeeded({ context, organization }, then) {
  const make = button("Make a key with every scope", async () => {
    make.disabled = true;
    const body = { name: "Console", scopes: Object.keys((await operations()).scopes) };
    const key = await manage("POST", `/organizations/${organization.organizationId}/keys`, body);
    secrets.keep(key.keyId, key.key);
    await context.refresh();
    context.useKey(key.keyId);
    announce("The key is made, and used for the calls of this console.");
    await then();
  }, "primary");
  return h("section.card", h("h2", "No key yet"),
    h("p", "Calls of the API need a key whose text this tab knows. The text of a key is shown once, when it is made."),
    h("div.row", make, h("a", { href: "#/keys" }, "Choose scopes and limits")));
}

/** The text of a new key, and a call that works with it. */
export async function newKey(key) {
  const first = (await operations()).operations.find((one) => one.method === "GET" && key.scopes.includes(one.scope) && !one.path.includes("{"));
  const command = first && curl({ method: "GET", url: first.path, key: key.key });
  return h("section.card.secret", { id: "new-key", tabindex: "-1", "aria-label": "New key" },
    h("h2", `Key “${key.name}” works from now on`),
    h("p", "Copy it now: the sandbox stores only its hash and never shows it again. This tab remembers it until it is closed."),
    code(key.key, "key"), command ? [h("p", `A call that it may make (${first.scope}):`), code(command, "call with the new key")] : null);
}

/** Runs the action of a form and shows a refusal above its button, with the names of what was refused. */
export async function submit(form, act) {
  form.querySelector(".error")?.remove();
  form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  const sent = form.querySelector("[type=submit]");
  sent.disabled = true;
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const details = error.details.map((one) => h("li", h("code", one.parameter), ` ${one.message}`));
    const shown = h("div.error", { role: "alert", tabindex: "-1" }, h("p", error.message), details.length ? h("ul", details) : null);
    sent.closest(".row, form").before(shown);
    if (shown.parentElement !== form && !form.contains(shown)) form.prepend(shown);
    for (const one of error.details) form.elements[one.parameter.split(/[.[]/)[0]]?.setAttribute?.("aria-invalid", "true");
    shown.focus();
  } finally {
    sent.disabled = false;
  }
}

/** Tabs with arrow keys; `tabs` are [title, function that makes the panel]. */
export function tabs(label, all) {
  const panel = h("div", { role: "tabpanel", id: "panel" });
  const heads = all.map(([title], index) => h("button", {
    type: "button", role: "tab", id: `tab-${index}`, "aria-controls": "panel", onclick: () => pick(index),
    onkeydown: (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      pick((index + step + all.length) % all.length);
      heads[(index + step + all.length) % all.length].focus();
    },
  }, title));
  function pick(index) {
    heads.forEach((head, other) => {
      head.setAttribute("aria-selected", String(other === index));
      head.tabIndex = other === index ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `tab-${index}`);
    panel.replaceChildren(all[index][1]());
  }
  pick(0);
  return h("div", h("div", { role: "tablist", "aria-label": label }, heads), panel);
}
