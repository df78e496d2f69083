// Keys: make one with chosen scopes, boundaries and limits; its text is shown once; rotate and revoke.

import { manage, operations, secrets } from "../api.js";
import { announce, button, confirmed, field, fromField, h, input, table, time } from "../dom.js";
import { newKey, submit } from "../parts.js";

export async function draw(place, view) {
  const { organization, context } = view;
  if (!organization) { place.append(h("p", "There is no organisation yet.")); return; }
  const path = `/organizations/${organization.organizationId}/keys`;
  // A key may have been revoked elsewhere, or have expired.
  const [known] = await Promise.all([operations(), context.refresh()]);
  const shown = h("div"), list = h("section.card"), ofProfile = h("section.card");
  place.append(shown, list, form(), ofProfile);
  drawList();

  function drawList() {
    const [own, public_] = [false, true].map((wanted) => context.keys.filter((key) => key.ofProfile === wanted));
    list.replaceChildren(h("h2", `Keys made for ${organization.name}`), keysTable("Keys that were made here", own));
    ofProfile.hidden = !public_.length;
    const open = ofProfile.querySelector("details")?.open;
    ofProfile.replaceChildren(h("h2", "Keys of the profile"), h("p", "They are public and can't be changed: one for each case that a client should try."),
      h("details", { open }, h("summary", `${public_.length} keys`), keysTable("Keys of the profile", public_)));
  }

  function keysTable(caption, keys) {
    return table(caption, [
      ["Name", (key) => [h("strong", key.name), key.note ? h("span.dim", ` ${key.note}`) : null]],
      ["Begins with", (key) => h("code", key.shown)],
      ["Scopes", (key) => h("details", h("summary", { "aria-label": `Scopes of ${key.name}: ${key.scopes.length}` }, String(key.scopes.length)), key.scopes.map((one) => h("div", h("code", one))))],
      ["Sees", (key) => boundary(key)],
      ["Limits", (key) => limits(key)],
      ["State", (key) => [h(`span.${key.state === "active" ? "good" : "bad"}`, key.state), key.expiresOn ? h("span.dim", ` until ${time(key.expiresOn, { seconds: false })}`) : null]],
      ["Actions", (key) => actions(key)],
    ], keys, { empty: "No key yet. Make one below.", stack: true });
  }

  function boundary(key) {
    const names = key.allowedGroupIds.map((id) => organization.groups.find((one) => one.groupId === id)?.name ?? id);
    return [...names, ...key.allowedCustomerIds].join(", ") || "everything";
  }

  function actions(key) {
    const inUse = context.key?.keyId === key.keyId;
    const parts = [];
    if (key.text && key.state === "active") {
      parts.push(inUse ? h("span.tag", "used here") : named(button("Use here", () => { context.useKey(key.keyId); drawList(); announce(`${key.name} is used for calls.`); }, "small"), key));
    }
    if (key.ofProfile) return h("div.row", parts.length ? parts : "–");
    return h("div.row", parts, named(button("Rotate", () => rotate(key), "small"), key), named(button("Revoke", () => revoke(key), "small"), key));
  }

  async function rotate(key) {
    if (!await confirmed(`Rotate “${key.name}”?`, "The key gets a new text. The old text stops working at once, and cursors that it got end.", "Rotate")) return;
    await made(await manage("POST", `${path}/${key.keyId}/rotate`));
  }

  async function revoke(key) {
    if (!await confirmed(`Revoke “${key.name}”?`, "The key stops working at once, in the middle of a page walk too. It can't be brought back.", "Revoke")) return;
    await manage("DELETE", `${path}/${key.keyId}`);
    shown.replaceChildren();
    await context.refresh();
    drawList();
    announce(`${key.name} is revoked.`);
  }

  async function made(key) {
    secrets.keep(key.keyId, key.key);
    await context.refresh();
    context.useKey(key.keyId);
    drawList();
    shown.replaceChildren(await newKey(key));
    shown.firstChild.scrollIntoView();
    shown.firstChild.focus();
  }

  function form() {
    const boxes = [];
    const groups = [...Map.groupBy(scopesWithCalls(known), (one) => one.tag)].map(([tag, scopes]) =>
      h("fieldset", h("legend", tag), scopes.map((one) => {
        const box = h("input", { type: "checkbox", name: "scopes", id: `scope-${one.scope}`, value: one.scope });
        boxes.push(box);
        return h("div.check", box, h("label", { for: box.id }, h("code", one.scope), ` ${one.text}`, h("span.dim", `Opens ${one.calls.join(", ")}`)));
      })));
    const tick = (wanted) => boxes.forEach((box) => { box.checked = wanted(box.value); });
    const groupBoxes = organization.groups.map((group) => h("div.check", h("input", { type: "checkbox", name: "allowedGroupIds", id: `group-${group.groupId}`, value: group.groupId }),
      h("label", { for: `group-${group.groupId}` }, group.name, h("span.dim", `groupId ${group.groupId}`))));
    const name = input("name", { required: true, maxlength: "80" });
    const customers = input("allowedCustomerIds"), minute = input("requestsPerMinute", { type: "number", min: "1" });
    const day = input("requestsPerDay", { type: "number", min: "1" }), expiry = input("expiresOn", { type: "datetime-local", step: "1" });
    const made_ = h("form.card", {
      onsubmit: (event) => {
        event.preventDefault();
        submit(made_, async () => {
          const ticked = (of) => [...made_.querySelectorAll(`[name=${of}]:checked`)].map((one) => one.value);
          await made(await manage("POST", path, {
            name: name.value.trim(),
            scopes: ticked("scopes"),
            allowedGroupIds: ticked("allowedGroupIds").map(Number),
            allowedCustomerIds: customers.value.split(/[\s,]+/).filter(Boolean),
            requestsPerMinute: minute.value ? Number(minute.value) : null,
            requestsPerDay: day.value ? Number(day.value) : null,
            expiresOn: fromField(expiry.value),
          }));
          made_.reset();
        });
      },
    }, h("h2", "Make a key"), field("Name", name, "Clients see it as clientName of GET /api/v1/me."),
    h("h3", "Scopes"), h("div.row", button("All", () => tick(() => true), "small"), button("All that read", () => tick((one) => one.endsWith("read")), "small"), button("None", () => tick(() => false), "small")),
    h("div.scopes", groups),
    h("h3", "Boundaries, limits and expiry (optional)"),
    h("div.grid.wide", h("fieldset", h("legend", "Asset groups that the key sees"), h("p.hint", "None ticked: all groups."), groupBoxes),
      h("div", field("Customers that the key sees", customers, "Customer ids with commas, such as C-10001, C-10002. Empty: all."),
        h("div.fields", field("Requests a minute", minute, "Empty: no limit."), field("Requests a day", day, "Empty: no limit.")),
        field("Expires (UTC)", expiry, `By the organisation's clock, now ${time(organization.clock.now)}. A time in the past makes an expired key, to try its 401.`))),
    h("div.row", h("button.primary", { type: "submit" }, "Make the key")));
    return made_;
  }
}

/** Scopes in the order of the API, each with the tag of its first operation and the calls that it opens. */
export function scopesWithCalls({ scopes, operations }) {
  return Object.entries(scopes).map(([scope, text]) => {
    const opened = operations.filter((one) => one.scope === scope);
    return { scope, text, tag: opened[0].tag, calls: opened.map((one) => `${one.method} ${one.path.replace("/api/v1", "")}`) };
  });
}

function named(made, key) {
  made.setAttribute("aria-label", `${made.textContent}: ${key.name}`);
  return made;
}

function limits(key) {
  const parts = [key.requestsPerMinute && `${key.requestsPerMinute} a minute`, key.requestsPerDay && `${key.requestsPerDay} a day`];
  return parts.filter(Boolean).join(", ") || "none";
}
