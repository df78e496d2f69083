// Organisations: choose one, make one with data of its own, delete it.

import { chosen, manage, secrets } from "../api.js";
import { announce, button, code, confirmed, field, h, input, select, table, time } from "../dom.js";
import { submit } from "../parts.js";

export async function draw(place, view) {
  const { session, context } = view;
  const operator = session.role === "operator";
  const shown = h("div"), list = h("section.card");
  place.append(shown, list, operator ? form() : h("p", "Only the operator of the sandbox can make organisations."));
  drawList();

  function drawList() {
    list.replaceChildren(h("h2", `${context.organizations.length} organisations`), table("Organisations", [
      ["Name", (one) => h("strong", one.name)], ["Id", (one) => h("code", one.organizationId)], ["Data", (one) => `${one.template}, seed ${one.seed}${one.examples ? ", with the page's examples" : ""}`],
      ["Clock (UTC)", (one) => (one.clock.mode === "wall" ? "real time" : time(one.clock.now, { seconds: false })), "when"],
      ["Actions", (one) => h("div.row",
        one.organizationId === context.organization.organizationId ? h("span.tag", "chosen") : named(button("Choose", () => context.choose(one.organizationId), "small"), one),
        one.ofProfile ? h("span.dim", "of the profile") : named(button("Delete", () => remove(one), "small"), one))],
    ], context.organizations, { stack: true }));
  }

  async function remove(one) {
    const text = "Its keys and its token stop working at once, and its fault rules and all that was written to it are deleted. This can't be undone.";
    if (!await confirmed(`Delete ${one.name}?`, text, "Delete")) return;
    const gone = await manage("DELETE", `/organizations/${one.organizationId}`);
    shown.replaceChildren();
    announce(`${one.name} is deleted with ${gone.keys} keys and ${gone.serviceReports} service reports.`);
    if (operator) { await context.refreshAll(); drawList(); } else location.reload();
  }

  function form() {
    const name = input("name", { required: true, maxlength: "80" }), seed = input("seed", { type: "number", min: "0", value: "1" });
    const template = select("template", session.templates.map((one) => [one, one]), session.templates.includes("demo") ? "demo" : session.templates[0]);
    const examples = h("input", { type: "checkbox", id: "examples", name: "examples" }), wall = h("input", { type: "checkbox", id: "wall", name: "clock" });
    const made = h("form.card", { onsubmit: (event) => { event.preventDefault(); submit(made, async () => {
      const body = { name: name.value.trim(), template: template.value, seed: Number(seed.value), examples: examples.checked, ...(wall.checked && { clock: "wall" }) };
      const { organization, key, token } = await manage("POST", "/organizations", body);
      secrets.keep(key.keyId, key.key);
      chosen.set("organization", organization.organizationId);
      await context.refreshAll();
      drawList();
      made.reset();
      shown.replaceChildren(h("section.card.secret", { tabindex: "-1", "aria-label": "New organisation" }, h("h2", `${organization.name} is made, and chosen`),
        h("p", "Copy both now: they are shown only here."), h("h3", "Key with every scope"), code(key.key, "key"),
        h("h3", "Address of the console for this organisation only"), code(`${location.origin}/console/#token=${token}`, "address of the console")));
      shown.firstChild.focus();
    }); } }, h("h2", "Make an organisation"), h("p", "It gets data, keys, a clock, faults and a log of its own, for one test or one partner."),
    h("div.fields", field("Name", name), field("Template", template), field("Seed", seed, "Equal template and seed: equal data.")),
    h("div.check", examples, h("label", { for: "examples" }, "The examples of the published page are in its data")),
    h("div.check", wall, h("label", { for: "wall" }, "Its clock follows the real time")), h("button.primary", { type: "submit" }, "Make the organisation"));
    return made;
  }
}

function named(made, one) {
  made.setAttribute("aria-label", `${made.textContent}: ${one.name}`);
  return made;
}
