// Reads every list with openapi-fetch and the types of openapi-typescript; prints what it found as JSON.

import createClient from "openapi-fetch";
import type { components, paths } from "./sepolo.js";

type PublicApiError = components["schemas"]["PublicApiError"];
type Page = { data: unknown[]; nextCursor: string | null; hasMore: boolean };
type Answer<T> = Promise<{ data?: T; error?: PublicApiError }>;

const variable = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};
const connect = (key: string) =>
  createClient<paths>({ baseUrl: variable("BASE_URL"), headers: { "X-Sepolo-Api-Key": key } });
const full = connect(variable("API_KEY"));
const readOnly = connect(variable("READ_ONLY_KEY"));

async function rows(read: (cursor: string) => Answer<Page>): Promise<number> {
  let count = 0;
  let cursor = "";
  for (;;) {
    const { data, error } = await read(cursor);
    if (!data) throw new Error(error?.message);
    count += data.data.length;
    if (!data.hasMore) return count;
    cursor = data.nextCursor ?? "";
  }
}

function refused({ error }: { error?: PublicApiError }): PublicApiError {
  if (!error) throw new Error("the call was not refused");
  return error;
}

const deviceId = "SEP-DEVICE-001";
const assetId = "451735d5-c080-4196-9063-6feeea49ea75";
const cycleId = "cyc_20260527_120000";
const hours = { from: "2026-05-27T14:00:00+02:00", to: "2026-05-27T18:00:00+02:00" };
const days = { fromUtc: "2026-06-01T00:00:00+02:00", toUtc: "2026-06-30T00:00:00+02:00" };
const ofDevice = { path: { deviceId } };

const lists: Record<string, (cursor: string) => Answer<Page>> = {
  listAssets: (cursor) => full.GET("/api/v1/assets", { params: { query: { cursor, status: "all" } } }),
  listAssetChildren: (cursor) =>
    full.GET("/api/v1/assets/{assetId}/children", { params: { path: { assetId }, query: { cursor, pageSize: 5 } } }),
  listDevices: (cursor) => full.GET("/api/v1/devices", { params: { query: { cursor, pageSize: 40 } } }),
  listDeviceTelemetry: (cursor) =>
    full.GET("/api/v1/devices/{deviceId}/telemetry", { params: { ...ofDevice, query: { cursor, ...hours } } }),
  listPointGuardCycles: (cursor) =>
    full.GET("/api/v1/devices/{deviceId}/pointguard/cycles", {
      params: { ...ofDevice, query: { cursor, pageSize: 1, ...hours } },
    }),
  listPointGuardCycleSamples: (cursor) =>
    full.GET("/api/v1/devices/{deviceId}/pointguard/cycles/{cycleId}/samples", {
      params: { path: { deviceId, cycleId }, query: { cursor } },
    }),
  listMovements: (cursor) =>
    full.GET("/api/v1/devices/{deviceId}/movements", { params: { ...ofDevice, query: { cursor, ...hours } } }),
  listIncidents: (cursor) => full.GET("/api/v1/incidents", { params: { query: { cursor, ...days } } }),
  listServiceReports: (cursor) => full.GET("/api/v1/service-reports", { params: { query: { cursor, ...days } } }),
  listCustomers: (cursor) => full.GET("/api/v1/customers", { params: { query: { cursor, pageSize: 10 } } }),
  listInventoryParts: (cursor) => full.GET("/api/v1/inventory/parts", { params: { query: { cursor, status: "all" } } }),
  listServiceVisits: () => full.GET("/api/v1/service-visits", { params: { query: days } }),
  listAppointments: () => full.GET("/api/v1/appointments", { params: { query: days } }),
  listVendors: () => full.GET("/api/v1/vendors"),
};

const found: Record<string, unknown> = {};
for (const [name, read] of Object.entries(lists)) found[name] = await rows(read);
const daily = await full.GET("/api/v1/reporting/telemetry-daily", { params: { query: { deviceId, ...days } } });
found.getTelemetryDaily = daily.data?.length;

const body = { title: "Relay replaced", deviceId };
found.forbidden = refused(await readOnly.POST("/api/v1/service-reports", { body })).message;
const reversed = { fromUtc: hours.to, toUtc: hours.from };
const wrong = refused(
  await full.GET("/api/v1/devices/{deviceId}/movements", { params: { ...ofDevice, query: reversed } }),
);
found.invalid = wrong.details?.[0]?.parameter;
const created = await full.POST("/api/v1/service-reports", {
  params: { header: { "Idempotency-Key": variable("IDEMPOTENCY_KEY") } },
  body,
});
const serviceReportId = created.data?.serviceReportId ?? "";
const stored = await full.GET("/api/v1/service-reports/{serviceReportId}", { params: { path: { serviceReportId } } });
found.created = stored.data?.title;
console.log(JSON.stringify(found));
