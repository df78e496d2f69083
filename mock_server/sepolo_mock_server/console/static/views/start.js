// Start: base URL, a key that works, programs to paste, and the first three calls with their answers.

import { call, curl } from "../api.js";
import { button, code, facts, h } from "../dom.js";
import { keyNeeded, statusText, tabs } from "../parts.js";

const CALLS = [
  ["Who is this key?", "/api/v1/me", {}, "Organisation, scopes, limits and boundaries of the key."],
  ["Two assets", "/api/v1/assets", { pageSize: "2" }, "While hasMore is true, repeat the call with cursor set to nextCursor."],
  ["Movements of one day", "/api/v1/devices/{deviceId}/movements", { pageSize: "2" }, "A window of time: both ends are included."],
];
const DAY_MS = 86_400_000;

/** The same call in five languages, as programs that run as they are pasted, without a package to install. */
const SNIPPETS = [
  ["curl", (base, key) => `curl -H 'X-Sepolo-Api-Key: ${key}' '${base}/api/v1/devices?pageSize=5'`],
  ["Python", (base, key) => `import json
import urllib.request

request = urllib.request.Request(
    "${base}/api/v1/devices?pageSize=5",
    headers={"X-Sepolo-Api-Key": "${key}"},
)
with urllib.request.urlopen(request) as response:
    page = json.load(response)
for device in page["data"]:
    print(device["deviceId"], device["deviceName"])
`],
  ["JavaScript", (base, key) => `fetch("${base}/api/v1/devices?pageSize=5", {
  headers: { "X-Sepolo-Api-Key": "${key}" },
})
  .then((response) => response.json())
  .then((page) => {
    for (const device of page.data) console.log(device.deviceId, device.deviceName);
  });
`],
  ["C#", (base, key) => `using System.Net.Http.Json;
using System.Text.Json;

using var client = new HttpClient { BaseAddress = new Uri("${base}") };
client.DefaultRequestHeaders.Add("X-Sepolo-Api-Key", "${key}");
var page = await client.GetFromJsonAsync<JsonElement>("/api/v1/devices?pageSize=5");
foreach (var device in page.GetProperty("data").EnumerateArray())
{
    Console.WriteLine($"{device.GetProperty("deviceId")} {device.GetProperty("deviceName")}");
}
`],
  ["Power Query", (base, key) => `let
    Page = Json.Document(
        Web.Contents("${base}", [
            RelativePath = "api/v1/devices",
            Query = [pageSize = "5"],
            Headers = [#"X-Sepolo-Api-Key" = "${key}"]
        ])
    ),
    Devices = Table.FromRecords(Page[data], null, MissingField.UseNull)
in
    Devices
`],
];

export async function draw(place, view) {
  const { organization, key, context, signal } = view;
  if (!organization) { place.append(h("p", "There is no organisation yet. ", h("a", { href: "#/organizations" }, "Make one."))); return; }
  if (!key) {
    place.append(addresses(view), keyNeeded(view, async () => { place.replaceChildren(); await draw(place, { ...view, ...context }); place.querySelector("h2").focus?.(); }));
    return;
  }
  const answers = CALLS.map(() => h("div", { "aria-live": "off" }));
  place.append(addresses(view),
    h("section.card", h("h2", "Paste and run"), h("p", "Each program lists five devices. None of them needs a package."),
      tabs("Languages", SNIPPETS.map(([name, make]) => [name, () => code(make(location.origin, key.text), `program in ${name}`, name)]))),
    h("section", { "aria-labelledby": "calls" }, h("h2", { id: "calls" }, "The first three calls, answered now"),
      h("div.grid", CALLS.map(([title, , , text], index) => h("section.card", h("h3", `${index + 1}. ${title}`), h("p", text), answers[index],
        button("Call again", () => run(index), "small"))))));

  async function run(index) {
    const [, path, query] = CALLS[index];
    const answer = await call(key.text, ...(await request(path, query)));
    answers[index].replaceChildren(h("p", statusText(answer.status), ` in ${answer.ms.toFixed(0)} ms`),
      answer.status === 401 ? h("p", h("a", { href: "#/keys" }, "Choose another key, or make one")) : "",
      code(curl(answer), `call ${index + 1} as curl`), code(JSON.stringify(answer.body, null, 2), `answer ${index + 1}`));
  }

  /** The path with the first device, and the day before the clock. */
  async function request(path, query) {
    if (!path.includes("{")) return [path, { query, signal, shown: true }];
    const devices = await call(key.text, "/api/v1/devices", { query: { pageSize: "50" }, signal });
    const device = devices.body?.data?.find((one) => one.isPointGuard)?.deviceId ?? "SEP-DEVICE-001";
    const now = Date.parse(organization.clock.now);
    const window = { from: instant(now - DAY_MS), to: instant(now) };
    return [path.replace("{deviceId}", encodeURIComponent(device)), { query: { ...window, ...query }, signal, shown: true }];
  }

  await Promise.all(CALLS.map((_, index) => run(index)));
}

const instant = (ms) => new Date(ms).toISOString().replace(".000Z", "Z");

function addresses({ session, organization, key }) {
  return h("section.card", h("h2", { tabindex: "-1" }, "Address and key"),
    h("div.grid", h("div", h("h3", "Base URL"), code(location.origin, "base URL")),
      key ? h("div", h("h3", `Key “${key.name}”`), code(key.text, "key"),
        h("p.hint", key.ofProfile ? `${key.note}. A key of the profile is public: use it for trials only.` : `Made here, with ${key.scopes.length} of 14 scopes.`,
          " ", h("a", { href: "#/keys" }, "Make your own key"))) : null),
    facts([["Organisation", organization.name], ["Data", `template ${organization.template}, seed ${organization.seed}`],
      ["Version", session.version], ["You are", session.role === "operator" ? "the operator of this sandbox" : "a partner: this organisation only"]]));
}
