"""Reading a document into a Contract, and the errors for documents that break the conventions."""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

import sepolo_openapi as openapi
from sepolo_openapi import ContractError, Operation, PageRule, Parameter, WindowRule

CONTRACT = openapi.load()


def test_load_parses_once() -> None:
    """Two calls return the same contract."""
    assert openapi.load() is CONTRACT


def test_a_contract_is_immutable() -> None:
    """Operations and the mapping that holds them cannot be changed."""
    operation = CONTRACT.operations["listMovements"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        operation.scope = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        CONTRACT.operations["x"] = operation  # type: ignore[index]


def test_the_version_is_that_of_the_document() -> None:
    """The version of the contract is `info.version`."""
    assert CONTRACT.version == CONTRACT.document["info"]["version"] == "1.0.0"


def test_all_facts_of_a_list_are_read() -> None:
    """A paged list with a window gives its parameters, rules, order, schemas and status."""
    pointer = "/paths/~1api~1v1~1devices~1{deviceId}~1pointguard~1cycles/get"
    stamp = {"type": "string", "format": "date-time"}
    operation = CONTRACT.operations["listPointGuardCycles"]
    assert [(each.name, each.where, each.required, each.pointer) for each in operation.parameters] == [
        ("deviceId", "path", True, "/components/parameters/DeviceId"),
        ("from", "query", False, "/components/parameters/From"),
        ("fromUtc", "query", False, "/components/parameters/FromUtc"),
        ("to", "query", False, "/components/parameters/ToWithin31Days"),
        ("toUtc", "query", False, "/components/parameters/ToUtc"),
        ("pageSize", "query", False, "/components/parameters/PageSize"),
        ("cursor", "query", False, "/components/parameters/Cursor"),
    ]
    assert operation.parameters[1].schema == stamp
    assert dataclasses.replace(operation, parameters=()) == Operation(
        operation_id="listPointGuardCycles",
        method="GET",
        path="/api/v1/devices/{deviceId}/pointguard/cycles",
        summary="PointGuard cycles of a device",
        tag="Devices",
        scope="telemetry.read",
        parameters=(),
        window=WindowRule("from", "to", {"fromUtc": "from", "toUtc": "to"}, 31, default_days=None, required=True),
        page=PageRule(maximum=500, default=100, identity=("deviceId", "cycleId")),
        order=("start", "cycleId"),
        required_one_of=(("from", "fromUtc"), ("to", "toUtc")),
        status=200,
        returns="page",
        schema_name="PublicApiPageOfPointGuardCycle",
        row_schema="PublicApiPointGuardCycleDto",
        body_schema=None,
        pointer=pointer,
    )


def test_all_facts_of_a_post_are_read() -> None:
    """An operation with a request body gives the component of the body and the header parameter."""
    operation = CONTRACT.operations["createServiceReport"]
    key = operation.parameters[0]
    assert operation == Operation(
        operation_id="createServiceReport",
        method="POST",
        path="/api/v1/service-reports",
        summary="Enter a service report",
        tag="Service",
        scope="service_reports.write",
        parameters=(
            Parameter(
                name="Idempotency-Key",
                where="header",
                required=False,
                schema={"type": "string", "minLength": 1, "maxLength": 255},
                pointer="/components/parameters/IdempotencyKey",
                description=key.description,
            ),
        ),
        window=None,
        page=None,
        order=(),
        required_one_of=(),
        status=201,
        returns="object",
        schema_name="PublicApiCreatedServiceReportResponse",
        row_schema=None,
        body_schema="PublicApiCreateServiceReportRequest",
        pointer="/paths/~1api~1v1~1service-reports/post",
    )


def test_a_bare_array_is_read() -> None:
    """A bare array has a component for the whole and one for a row; it has an order and no page rule."""
    operation = CONTRACT.operations["getTelemetryDaily"]
    assert (operation.returns, operation.schema_name, operation.row_schema, operation.order, operation.page) == (
        "array",
        "PublicApiListOfTelemetryDaily",
        "PublicApiTelemetryDailyDto",
        ("date", "deviceId"),
        None,
    )


def test_an_inline_parameter_is_read() -> None:
    """The pointer of an inline parameter leads into the operation; a referenced schema is resolved."""
    status = next(each for each in CONTRACT.operations["listAssets"].parameters if each.name == "status")
    assert status.pointer == "/paths/~1api~1v1~1assets/get/parameters/3"
    assert status.schema is CONTRACT.document["components"]["schemas"]["ActivityStatus"]


def test_every_list_has_a_row_identity() -> None:
    """Each enveloped list names the members that identify its rows."""
    assert {name: each.page.identity for name, each in CONTRACT.operations.items() if each.page} == {
        "listAssets": ("assetId",),
        "listAssetChildren": ("assetId",),
        "listDevices": ("deviceId",),
        "listDeviceTelemetry": ("deviceId", "stamp", "telemetryType", "cycleId", "cycleSampleIndex"),
        "listPointGuardCycles": ("deviceId", "cycleId"),
        "listPointGuardCycleSamples": ("deviceId", "cycleId", "cycleSampleIndex"),
        "listMovements": ("id",),
        "listIncidents": ("incidentId",),
        "listServiceReports": ("serviceReportId",),
        "listServiceVisits": ("serviceVisitId",),
        "listAppointments": ("appointmentId",),
        "listCustomers": ("customerId",),
        "listVendors": ("vendorId",),
        "listInventoryParts": ("partId",),
    }


def small() -> dict[str, Any]:
    """Return a minimal document with everything that the reader looks at."""
    row = {"type": "object", "properties": {"id": {"type": "string"}, "at": {"type": "string"}}}
    page = {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
            "nextCursor": {"type": ["string", "null"]},
            "hasMore": {"type": "boolean"},
        },
    }
    operation = {
        "operationId": "listRows",
        "summary": "Rows",
        "tags": ["Tag"],
        "security": [{"A": ["rows.read"]}, {"B": ["rows.read"]}],
        "x-sepolo-window": {
            "from": "from",
            "to": "to",
            "aliases": {"since": "from"},
            "maxDays": 1,
            "defaultDays": None,
            "required": False,
        },
        "x-sepolo-page": {"maximum": 5, "default": 2, "identity": ["id"]},
        "x-sepolo-order": ["-at", "id"],
        "parameters": [
            {"name": "from", "in": "query", "schema": {"type": "string"}},
            {"name": "since", "in": "query", "schema": {"type": "string"}},
            {"name": "to", "in": "query", "schema": {"type": "string"}},
            {"name": "pageSize", "in": "query", "schema": {"type": "integer", "maximum": 5, "default": 2}},
        ],
        "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Rows"}}}}},
    }
    return {
        "info": {"version": "2"},
        "x-sepolo-scopes": {"rows.read": "Read rows."},
        "paths": {"/rows": {"summary": "not a method", "get": operation}},
        "components": {"schemas": {"Row": row, "Rows": page}},
    }


def test_another_document_is_read() -> None:
    """The reader takes any document that follows the conventions."""
    contract = openapi.read(small())
    operation = contract.operations["listRows"]
    assert (contract.version, contract.scopes, list(contract.operations)) == ("2", ("rows.read",), ["listRows"])
    assert operation.order == ("-at", "id")
    assert operation.window == WindowRule("from", "to", {"since": "from"}, 1, default_days=None, required=False)


Change = Callable[[dict[str, Any], dict[str, Any]], object]
HERE = "/paths/~1rows/get"
BROKEN: list[tuple[str, Change, str, str]] = [
    ("no scopes", lambda doc, _: doc.pop("x-sepolo-scopes"), "", "x-sepolo-scopes is missing"),
    ("no paths", lambda doc, _: doc.pop("paths"), "", "paths is missing"),
    ("no version", lambda doc, _: doc["info"].clear(), "/info", "version is missing"),
    ("no operationId", lambda _, get: get.pop("operationId"), HERE, "operationId is missing"),
    ("no security", lambda _, get: get.pop("security"), HERE, "security is missing"),
    (
        "the same operationId twice",
        lambda doc, get: doc["paths"]["/rows"].update(post=get),
        "/paths/~1rows/post",
        "operationId 'listRows' is used twice",
    ),
    (
        "two scopes",
        lambda _, get: get["security"][0].update(A=["rows.read", "rows.write"]),
        f"{HERE}/security",
        "each alternative must name the same single scope",
    ),
    (
        "different scopes",
        lambda _, get: get["security"][1].update(B=["rows.write"]),
        f"{HERE}/security",
        "each alternative must name the same single scope",
    ),
    (
        "an empty list of scopes",
        lambda _, get: get.update(security=[{"A": []}]),
        f"{HERE}/security",
        "each alternative must name the same single scope",
    ),
    (
        "an unlisted scope",
        lambda _, get: get.update(security=[{"A": ["rows.write"]}]),
        f"{HERE}/security",
        "scope 'rows.write' isn't listed in x-sepolo-scopes",
    ),
    (
        "a parameter without schema",
        lambda _, get: get["parameters"][0].pop("schema"),
        f"{HERE}/parameters/0",
        "schema is missing",
    ),
    (
        "a dangling parameter reference",
        lambda _, get: get["parameters"].append({"$ref": "#/components/parameters/X"}),
        f"{HERE}/parameters/4",
        "#/components/parameters/X leads nowhere",
    ),
    (
        "a window of an unknown parameter",
        lambda _, get: get["x-sepolo-window"].update(to="until"),
        f"{HERE}/x-sepolo-window",
        "'until' isn't a parameter of the operation",
    ),
    (
        "an alias of an unknown parameter",
        lambda _, get: get["x-sepolo-window"].update(aliases={"after": "from"}),
        f"{HERE}/x-sepolo-window",
        "'after' isn't a parameter of the operation",
    ),
    (
        "an incomplete window",
        lambda _, get: get["x-sepolo-window"].pop("maxDays"),
        f"{HERE}/x-sepolo-window",
        "maxDays is missing",
    ),
    (
        "an identity of unknown members",
        lambda _, get: get["x-sepolo-page"].update(identity=["rowId"]),
        f"{HERE}/x-sepolo-page",
        "'rowId' isn't a member of Row",
    ),
    (
        "a value for null of another member",
        lambda _, get: get["x-sepolo-page"].update(nulls={"at": ""}),
        f"{HERE}/x-sepolo-page",
        "'at' of nulls isn't a member of identity",
    ),
    (
        "an order by unknown members",
        lambda _, get: get.update({"x-sepolo-order": ["-on"]}),
        f"{HERE}/x-sepolo-order",
        "'on' isn't a member of Row",
    ),
    (
        "page sizes that differ from pageSize",
        lambda _, get: get["x-sepolo-page"].update(maximum=6),
        f"{HERE}/x-sepolo-page",
        "maximum and default differ from those of pageSize",
    ),
    (
        "a list without a page rule",
        lambda _, get: get.pop("x-sepolo-page"),
        HERE,
        "every enveloped list needs x-sepolo-page, and nothing else may have it",
    ),
    (
        "a page rule without a list",
        lambda doc, _: doc["components"]["schemas"]["Rows"]["properties"].pop("hasMore"),
        HERE,
        "every enveloped list needs x-sepolo-page, and nothing else may have it",
    ),
    (
        "no successful response",
        lambda _, get: get.update(responses={"400": {}}),
        f"{HERE}/responses",
        "a response with a status of 2xx is missing",
    ),
    (
        "a response without content",
        lambda _, get: get.update(responses={"200": {}}),
        f"{HERE}/responses/200",
        "content is missing",
    ),
    (
        "a response of another media type",
        lambda _, get: get.update(responses={"200": {"content": {"text/csv": {}}}}),
        f"{HERE}/responses/200/content",
        "application/json is missing",
    ),
    (
        "an inline body schema",
        lambda _, get: get.update(requestBody={"content": {"application/json": {"schema": {"type": "object"}}}}),
        f"{HERE}/requestBody/content/application~1json/schema",
        "must be a reference to a schema component",
    ),
]


@pytest.mark.parametrize(
    ("change", "pointer", "problem"),
    [(change, pointer, problem) for _, change, pointer, problem in BROKEN],
    ids=[name for name, *_ in BROKEN],
)
def test_a_document_that_breaks_a_convention_is_refused(change: Change, pointer: str, problem: str) -> None:
    """The error names the place in the document and the problem."""
    document = copy.deepcopy(small())
    change(document, document["paths"]["/rows"]["get"])
    with pytest.raises(ContractError) as caught:
        openapi.read(document)
    assert (caught.value.pointer, caught.value.problem) == (pointer, problem)
    assert str(caught.value) == f"{pointer or '/'}: {problem}"
