// Reads every list with the client of hey-api; prints what it found as JSON.

import { createClient, createConfig } from "./sepolo/client/index.js";
import * as api from "./sepolo/sdk.gen.js";
import type { PublicApiError } from "./sepolo/types.gen.js";

type Page = { data: unknown[]; nextCursor: string | null; hasMore: boolean };
type Answer<T> = Promise<{ data?: T; error?: PublicApiError }>;

const variable = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};
const connect = (key: string) =>
  createClient(createConfig({ baseUrl: variable("BASE_URL"), headers: { "X-Sepolo-Api-Key": key } }));
const client = connect(variable("API_KEY"));
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

const path = { deviceId: "SEP-DEVICE-001" };
const ofAsset = { assetId: "451735d5-c080-4196-9063-6feeea49ea75" };
const ofCycle = { ...path, cycleId: "cyc_20260527_120000" };
const hours = { fromUtc: "2026-05-27T14:00:00+02:00", toUtc: "2026-05-27T18:00:00+02:00" };
const days = { fromUtc: "2026-06-01T00:00:00+02:00", toUtc: "2026-06-30T00:00:00+02:00" };

const lists: Record<string, (cursor: string) => Answer<Page>> = {
  listAssets: (cursor) => api.listAssets({ client, query: { cursor, status: "all" } }),
  listAssetChildren: (cursor) => api.listAssetChildren({ client, path: ofAsset, query: { cursor, pageSize: 5 } }),
  listDevices: (cursor) => api.listDevices({ client, query: { cursor, pageSize: 40 } }),
  listDeviceTelemetry: (cursor) => api.listDeviceTelemetry({ client, path, query: { cursor, ...hours } }),
  listPointGuardCycles: (cursor) => api.listPointGuardCycles({ client, path, query: { cursor, pageSize: 1, ...hours } }),
  listPointGuardCycleSamples: (cursor) => api.listPointGuardCycleSamples({ client, path: ofCycle, query: { cursor } }),
  listMovements: (cursor) => api.listMovements({ client, path, query: { cursor, ...hours } }),
  listIncidents: (cursor) => api.listIncidents({ client, query: { cursor, ...days } }),
  listServiceReports: (cursor) => api.listServiceReports({ client, query: { cursor, ...days } }),
  listCustomers: (cursor) => api.listCustomers({ client, query: { cursor, pageSize: 10 } }),
  listInventoryParts: (cursor) => api.listInventoryParts({ client, query: { cursor, status: "all" } }),
  listServiceVisits: () => api.listServiceVisits({ client, query: days }),
  listAppointments: () => api.listAppointments({ client, query: days }),
  listVendors: () => api.listVendors({ client }),
};

const found: Record<string, unknown> = {};
for (const [name, read] of Object.entries(lists)) found[name] = await rows(read);
const daily = await api.getTelemetryDaily({ client, query: { ...path, ...days } });
found.getTelemetryDaily = daily.data?.length;

const body = { title: "Relay replaced", ...path };
found.forbidden = refused(await api.createServiceReport({ client: readOnly, body })).message;
const reversed = { fromUtc: hours.toUtc, toUtc: hours.fromUtc };
found.invalid = refused(await api.listMovements({ client, path, query: reversed })).details?.[0]?.parameter;
const headers = { "Idempotency-Key": variable("IDEMPOTENCY_KEY") };
const created = await api.createServiceReport({ client, body, headers });
const serviceReportId = created.data?.serviceReportId ?? "";
found.created = (await api.getServiceReport({ client, path: { serviceReportId } })).data?.title;
console.log(JSON.stringify(found));
