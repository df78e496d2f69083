// Reads every list with the client of openapi-generator and Java's own HTTP client; prints what it found as JSON.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AggregatesApi;
import org.openapitools.client.api.AssetsApi;
import org.openapitools.client.api.AssetsApi.*;
import org.openapitools.client.api.CommerceApi;
import org.openapitools.client.api.CommerceApi.*;
import org.openapitools.client.api.DevicesApi;
import org.openapitools.client.api.DevicesApi.*;
import org.openapitools.client.api.ServiceApi;
import org.openapitools.client.api.ServiceApi.*;
import org.openapitools.client.model.ActivityStatus;
import org.openapitools.client.model.PublicApiCreateServiceReportRequest;
import org.openapitools.client.model.PublicApiError;

public class Walk {
  static final ObjectMapper MAPPER = ApiClient.createDefaultObjectMapper();
  static final String DEVICE = "SEP-DEVICE-001";
  static final UUID STATION = UUID.fromString("451735d5-c080-4196-9063-6feeea49ea75");
  static final OffsetDateTime FROM = OffsetDateTime.parse("2026-05-27T14:00:00+02:00");
  static final OffsetDateTime TO = OffsetDateTime.parse("2026-05-27T18:00:00+02:00");
  static final OffsetDateTime FIRST = OffsetDateTime.parse("2026-06-01T00:00:00+02:00");
  static final OffsetDateTime LAST = OffsetDateTime.parse("2026-06-30T00:00:00+02:00");

  interface Read {
    Object page(String cursor) throws ApiException;
  }

  interface Call {
    Object send() throws ApiException;
  }

  static ApiClient connect(String key) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("BASE_URL"));
    client.setRequestInterceptor(request -> request.header("X-Sepolo-Api-Key", key));
    return client;
  }

  static int rows(Read read) throws ApiException {
    int count = 0;
    String cursor = "";
    while (true) {
      JsonNode page = MAPPER.valueToTree(read.page(cursor));
      count += page.get("data").size();
      if (!page.get("hasMore").booleanValue()) return count;
      cursor = page.get("nextCursor").textValue();
    }
  }

  static PublicApiError refused(Call call) throws Exception {
    try {
      call.send();
    } catch (ApiException error) {
      return MAPPER.readValue(error.getResponseBody(), PublicApiError.class);
    }
    throw new AssertionError("the call was not refused");
  }

  public static void main(String[] arguments) throws Exception {
    ApiClient full = connect(System.getenv("API_KEY"));
    AssetsApi assets = new AssetsApi(full);
    DevicesApi devices = new DevicesApi(full);
    ServiceApi service = new ServiceApi(full);
    CommerceApi commerce = new CommerceApi(full);
    Map<String, Read> lists = new LinkedHashMap<>();
    lists.put("listAssets", c -> assets.listAssets(
        APIListAssetsRequest.newBuilder().cursor(c).status(ActivityStatus.ALL).build()));
    lists.put("listAssetChildren", c -> assets.listAssetChildren(
        APIListAssetChildrenRequest.newBuilder().assetId(STATION).cursor(c).pageSize(5).build()));
    lists.put("listDevices", c -> devices.listDevices(
        APIListDevicesRequest.newBuilder().cursor(c).pageSize(40).build()));
    lists.put("listDeviceTelemetry", c -> devices.listDeviceTelemetry(
        APIListDeviceTelemetryRequest.newBuilder().deviceId(DEVICE).cursor(c).fromUtc(FROM).toUtc(TO).build()));
    lists.put("listPointGuardCycles", c -> devices.listPointGuardCycles(
        APIListPointGuardCyclesRequest.newBuilder().deviceId(DEVICE).cursor(c).pageSize(1).from(FROM).to(TO).build()));
    lists.put("listPointGuardCycleSamples", c -> devices.listPointGuardCycleSamples(
        APIListPointGuardCycleSamplesRequest.newBuilder()
            .deviceId(DEVICE).cycleId("cyc_20260527_120000").cursor(c).build()));
    lists.put("listMovements", c -> devices.listMovements(
        APIListMovementsRequest.newBuilder().deviceId(DEVICE).cursor(c).fromUtc(FROM).toUtc(TO).build()));
    lists.put("listIncidents", c -> devices.listIncidents(
        APIListIncidentsRequest.newBuilder().cursor(c).fromUtc(FIRST).toUtc(LAST).build()));
    lists.put("listServiceReports", c -> service.listServiceReports(
        APIListServiceReportsRequest.newBuilder().cursor(c).fromUtc(FIRST).toUtc(LAST).build()));
    lists.put("listCustomers", c -> commerce.listCustomers(
        APIListCustomersRequest.newBuilder().cursor(c).pageSize(10).build()));
    lists.put("listInventoryParts", c -> commerce.listInventoryParts(
        APIListInventoryPartsRequest.newBuilder().cursor(c).status(ActivityStatus.ALL).build()));
    lists.put("listServiceVisits", c -> service.listServiceVisits(
        APIListServiceVisitsRequest.newBuilder().fromUtc(FIRST).toUtc(LAST).build()));
    lists.put("listAppointments", c -> service.listAppointments(
        APIListAppointmentsRequest.newBuilder().fromUtc(FIRST).toUtc(LAST).build()));
    lists.put("listVendors", c -> commerce.listVendors());

    Map<String, Object> found = new LinkedHashMap<>();
    for (Map.Entry<String, Read> list : lists.entrySet()) found.put(list.getKey(), rows(list.getValue()));
    found.put("getTelemetryDaily", new AggregatesApi(full).getTelemetryDaily(
        AggregatesApi.APIGetTelemetryDailyRequest.newBuilder()
            .fromUtc(FIRST).toUtc(LAST).deviceId(DEVICE).build()).size());

    PublicApiCreateServiceReportRequest report =
        new PublicApiCreateServiceReportRequest().title("Relay replaced").deviceId(DEVICE);
    APICreateServiceReportRequest create = APICreateServiceReportRequest.newBuilder()
        .publicApiCreateServiceReportRequest(report).idempotencyKey(System.getenv("IDEMPOTENCY_KEY")).build();
    ServiceApi readOnly = new ServiceApi(connect(System.getenv("READ_ONLY_KEY")));
    found.put("forbidden", refused(() -> readOnly.createServiceReport(create)).getMessage());
    found.put("invalid", refused(() -> devices.listMovements(
        APIListMovementsRequest.newBuilder().deviceId(DEVICE).fromUtc(TO).toUtc(FROM).build()))
        .getDetails().get(0).getParameter());
    UUID id = service.createServiceReport(create).getServiceReportId();
    found.put("created", service.getServiceReport(
        APIGetServiceReportRequest.newBuilder().serviceReportId(id).build()).getTitle());
    System.out.println(MAPPER.writeValueAsString(found));
  }
}
