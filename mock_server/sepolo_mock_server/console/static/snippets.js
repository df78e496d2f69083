// The same call in five languages, as programs that run as they are pasted, without a package to install.

export const SNIPPETS = [
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
