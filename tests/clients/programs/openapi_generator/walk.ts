// Reads every list with the client of openapi-generator's typescript-fetch; prints what it found as JSON.

import * as sepolo from "./sepolo/index.js";

type Page = { data: unknown[]; nextCursor: string | null; hasMore: boolean };

const variable = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};
const connect = (apiKey: string) => new sepolo.Configuration({ basePath: variable("BASE_URL"), apiKey });
const full = connect(variable("API_KEY"));
const assets = new sepolo.AssetsApi(full);
const devices = new sepolo.DevicesApi(full);
const service = new sepolo.ServiceApi(full);
const commerce = new sepolo.CommerceApi(full);

async function rows(read: (cursor: string) => Promise<Page>): Promise<number> {
  let count = 0;
  let cursor = "";
  for (;;) {
    const page = await read(cursor);
    count += page.data.length;
    if (!page.hasMore) return count;
    cursor = page.nextCursor ?? "";
  }
}

async function refused(call: Promise<unknown>): Promise<sepolo.PublicApiError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof sepolo.ResponseError) return sepolo.PublicApiErrorFromJSON(await error.response.json());
    throw error;
  }
  throw new Error("the call was not refused");
}

const deviceId = "SEP-DEVICE-001";
const assetId = "451735d5-c080-4196-9063-6feeea49ea75";
const cycleId = "cyc_20260527_120000";
const hours = { fromUtc: new Date("2026-05-27T14:00:00+02:00"), toUtc: new Date("2026-05-27T18:00:00+02:00") };
const days = { fromUtc: new Date("2026-06-01T00:00:00+02:00"), toUtc: new Date("2026-06-30T00:00:00+02:00") };
const all = sepolo.ActivityStatus.All;

const lists: Record<string, (cursor: string) => Promise<Page>> = {
  listAssets: (cursor) => assets.listAssets({ cursor, status: all }),
  listAssetChildren: (cursor) => assets.listAssetChildren({ assetId, cursor, pageSize: 5 }),
  listDevices: (cursor) => devices.listDevices({ cursor, pageSize: 40 }),
  listDeviceTelemetry: (cursor) => devices.listDeviceTelemetry({ deviceId, cursor, ...hours }),
  listPointGuardCycles: (cursor) => devices.listPointGuardCycles({ deviceId, cursor, pageSize: 1, ...hours }),
  listPointGuardCycleSamples: (cursor) => devices.listPointGuardCycleSamples({ deviceId, cycleId, cursor }),
  listMovements: (cursor) => devices.listMovements({ deviceId, cursor, ...hours }),
  listIncidents: (cursor) => devices.listIncidents({ cursor, ...days }),
  listServiceReports: (cursor) => service.listServiceReports({ cursor, ...days }),
  listCustomers: (cursor) => commerce.listCustomers({ cursor, pageSize: 10 }),
  listInventoryParts: (cursor) => commerce.listInventoryParts({ cursor, status: all }),
  listServiceVisits: () => service.listServiceVisits(days),
  listAppointments: () => service.listAppointments(days),
  listVendors: () => commerce.listVendors(),
};

const found: Record<string, unknown> = {};
for (const [name, read] of Object.entries(lists)) found[name] = await rows(read);
found.getTelemetryDaily = (await new sepolo.AggregatesApi(full).getTelemetryDaily({ deviceId, ...days })).length;

const report = { publicApiCreateServiceReportRequest: { title: "Relay replaced", deviceId } };
const readOnly = new sepolo.ServiceApi(connect(variable("READ_ONLY_KEY")));
found.forbidden = (await refused(readOnly.createServiceReport(report))).message;
const reversed = { deviceId, fromUtc: hours.toUtc, toUtc: hours.fromUtc };
found.invalid = (await refused(devices.listMovements(reversed))).details?.[0]?.parameter;
const created = await service.createServiceReport({ ...report, idempotencyKey: variable("IDEMPOTENCY_KEY") });
found.created = (await service.getServiceReport({ serviceReportId: created.serviceReportId })).title;
console.log(JSON.stringify(found));
