// Reads every list with the client of openapi-generator; prints what it found as JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"example.com/reader/sepolo"
)

const (
	device = "SEP-DEVICE-001"
	asset  = "451735d5-c080-4196-9063-6feeea49ea75"
	cycle  = "cyc_20260527_120000"
)

var ctx = context.Background()

type page[T any] interface {
	GetData() []T
	GetHasMore() bool
	GetNextCursor() string
}

func connect(key string) *sepolo.APIClient {
	configuration := sepolo.NewConfiguration()
	configuration.Servers = sepolo.ServerConfigurations{{URL: os.Getenv("BASE_URL")}}
	configuration.AddDefaultHeader("X-Sepolo-Api-Key", key)
	return sepolo.NewAPIClient(configuration)
}

func must[T any](answer T, _ *http.Response, err error) T {
	if err != nil {
		panic(err)
	}
	return answer
}

func at(text string) time.Time {
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return instant
}

func rows[T any, P page[T]](read func(cursor string) (P, *http.Response, error)) int {
	count, cursor := 0, ""
	for {
		found := must(read(cursor))
		count += len(found.GetData())
		if !found.GetHasMore() {
			return count
		}
		cursor = found.GetNextCursor()
	}
}

func refused(err error) sepolo.PublicApiError {
	var failure *sepolo.GenericOpenAPIError
	if !errors.As(err, &failure) {
		panic("the call was not refused")
	}
	return failure.Model().(sepolo.PublicApiError)
}

func main() {
	full := connect(os.Getenv("API_KEY"))
	assets, devices, service, commerce := full.AssetsAPI, full.DevicesAPI, full.ServiceAPI, full.CommerceAPI
	from, to := at("2026-05-27T14:00:00+02:00"), at("2026-05-27T18:00:00+02:00")
	first, last := at("2026-06-01T00:00:00+02:00"), at("2026-06-30T00:00:00+02:00")
	daily := full.AggregatesAPI.GetTelemetryDaily(ctx).FromUtc(first).ToUtc(last).DeviceId(device)
	found := map[string]any{
		"listAssets": rows(func(c string) (*sepolo.PublicApiPageOfAsset, *http.Response, error) {
			return assets.ListAssets(ctx).Cursor(c).Status(sepolo.ALL).Execute()
		}),
		"listAssetChildren": rows(func(c string) (*sepolo.PublicApiPageOfAsset, *http.Response, error) {
			return assets.ListAssetChildren(ctx, asset).Cursor(c).PageSize(5).Execute()
		}),
		"listDevices": rows(func(c string) (*sepolo.PublicApiPageOfDevice, *http.Response, error) {
			return devices.ListDevices(ctx).Cursor(c).PageSize(40).Execute()
		}),
		"listDeviceTelemetry": rows(func(c string) (*sepolo.PublicApiPageOfTelemetry, *http.Response, error) {
			return devices.ListDeviceTelemetry(ctx, device).Cursor(c).FromUtc(from).ToUtc(to).Execute()
		}),
		"listPointGuardCycles": rows(func(c string) (*sepolo.PublicApiPageOfPointGuardCycle, *http.Response, error) {
			return devices.ListPointGuardCycles(ctx, device).Cursor(c).PageSize(1).From(from).To(to).Execute()
		}),
		"listPointGuardCycleSamples": rows(func(c string) (*sepolo.PublicApiPageOfTelemetry, *http.Response, error) {
			return devices.ListPointGuardCycleSamples(ctx, device, cycle).Cursor(c).Execute()
		}),
		"listMovements": rows(func(c string) (*sepolo.PublicApiPageOfMovement, *http.Response, error) {
			return devices.ListMovements(ctx, device).Cursor(c).FromUtc(from).ToUtc(to).Execute()
		}),
		"listIncidents": rows(func(c string) (*sepolo.PublicApiPageOfIncident, *http.Response, error) {
			return devices.ListIncidents(ctx).Cursor(c).FromUtc(first).ToUtc(last).Execute()
		}),
		"listServiceReports": rows(func(c string) (*sepolo.PublicApiPageOfServiceReport, *http.Response, error) {
			return service.ListServiceReports(ctx).Cursor(c).FromUtc(first).ToUtc(last).Execute()
		}),
		"listCustomers": rows(func(c string) (*sepolo.PublicApiPageOfCustomer, *http.Response, error) {
			return commerce.ListCustomers(ctx).Cursor(c).PageSize(10).Execute()
		}),
		"listInventoryParts": rows(func(c string) (*sepolo.PublicApiPageOfInventoryPart, *http.Response, error) {
			return commerce.ListInventoryParts(ctx).Cursor(c).Status(sepolo.ALL).Execute()
		}),
		"listServiceVisits": rows(func(string) (*sepolo.PublicApiPageOfServiceVisit, *http.Response, error) {
			return service.ListServiceVisits(ctx).FromUtc(first).ToUtc(last).Execute()
		}),
		"listAppointments": rows(func(string) (*sepolo.PublicApiPageOfAppointment, *http.Response, error) {
			return service.ListAppointments(ctx).FromUtc(first).ToUtc(last).Execute()
		}),
		"listVendors": rows(func(string) (*sepolo.PublicApiPageOfVendor, *http.Response, error) {
			return commerce.ListVendors(ctx).Execute()
		}),
		"getTelemetryDaily": len(must(daily.Execute())),
	}

	report := *sepolo.NewPublicApiCreateServiceReportRequest("Relay replaced")
	report.SetDeviceId(device)
	readOnly := connect(os.Getenv("READ_ONLY_KEY")).ServiceAPI
	_, _, err := readOnly.CreateServiceReport(ctx).PublicApiCreateServiceReportRequest(report).Execute()
	forbidden := refused(err)
	found["forbidden"] = forbidden.GetMessage()
	_, _, err = devices.ListMovements(ctx, device).FromUtc(to).ToUtc(from).Execute()
	invalid := refused(err)
	found["invalid"] = invalid.GetDetails()[0].GetParameter()
	create := service.CreateServiceReport(ctx).IdempotencyKey(os.Getenv("IDEMPOTENCY_KEY"))
	created := must(create.PublicApiCreateServiceReportRequest(report).Execute())
	found["created"] = must(service.GetServiceReport(ctx, created.GetServiceReportId()).Execute()).GetTitle()
	text, err := json.Marshal(found)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
