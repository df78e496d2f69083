"""The contract agrees with the published page, which `published_page.yaml` records as a table."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import sepolo_openapi as openapi
from sepolo_openapi import Operation, WindowRule

CONTRACT = openapi.load()
TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("published_page.yaml").read_text("utf-8"))
PAGE: dict[str, dict[str, Any]] = TABLE["operations"]

# The types that the page names, as JSON Schema.
TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "date-time": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer", "format": "int32"},
    "active, inactive or all": {"type": "string", "enum": ["active", "inactive", "all"]},
}

ENVELOPE = {"data": "array", "nextCursor": "string", "hasMore": "boolean"}

entries = pytest.mark.parametrize("name", PAGE)


def test_the_operations_are_the_pages() -> None:
    """The contract has exactly the 23 operations of the page, with their methods, paths and scopes."""
    expected = {name: (entry["call"], entry["scope"]) for name, entry in PAGE.items()}
    actual = {name: (f"{each.method} {each.path}", each.scope) for name, each in CONTRACT.operations.items()}
    assert expected == actual
    assert len(actual) == 23


def test_the_scopes_are_the_pages() -> None:
    """The contract lists the 14 scopes of the page, in the order of their first mention."""
    first_named = dict.fromkeys(entry["scope"] for entry in PAGE.values())
    assert tuple(first_named) == CONTRACT.scopes
    assert len(CONTRACT.scopes) == 14


@entries
def test_both_schemes_require_the_scope(name: str) -> None:
    """The key header and the bearer token are alternatives, each with the scope of the operation."""
    operation = CONTRACT.operations[name]
    security = raw(operation)["security"]
    assert security == [{"ApiKeyHeader": [operation.scope]}, {"BearerToken": [operation.scope]}]


@entries
def test_the_parameters_are_the_pages(name: str) -> None:
    """An operation has exactly the query parameters of the page, with their types and aliases."""
    expected = {parameter: TYPES[kind] for parameter, kind in PAGE[name].get("parameters", {}).items()}
    if "from" in expected:
        expected |= {"fromUtc": TYPES["date-time"], "toUtc": TYPES["date-time"]}
    parameters = [each for each in CONTRACT.operations[name].parameters if each.where == "query"]
    assert expected == {
        each.name: {key: each.schema[key] for key in ("type", "format", "enum") if key in each.schema}
        for each in parameters
    }
    # OpenAPI cannot require one of two names: x-sepolo-required-one-of does.
    assert [each.name for each in parameters if each.required] == []


@entries
def test_the_path_parameters_are_those_of_the_path(name: str) -> None:
    """Each template in a path has a required path parameter."""
    operation = CONTRACT.operations[name]
    templates = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    assert templates == [each.name for each in operation.parameters if each.where == "path" and each.required]


@entries
def test_the_windows_are_the_pages(name: str) -> None:
    """A window has the names, aliases and maximum length of the page, and is required where the page says so."""
    operation = CONTRACT.operations[name]
    parameters, days = PAGE[name].get("parameters", {}), PAGE[name].get("days")
    window = operation.window
    if "from" in parameters:
        aliases = {"fromUtc": "from", "toUtc": "to"}
        assert window == WindowRule("from", "to", aliases, days, default_days=None, required=True)
        assert operation.required_one_of == (("from", "fromUtc"), ("to", "toUtc"))
    elif "fromUtc" in parameters:
        assert window is not None
        assert window == WindowRule("fromUtc", "toUtc", {}, days, window.default_days, required=False)
        assert operation.required_one_of == ()
    else:
        assert (window, days) == (None, None)


def test_optional_windows_with_a_maximum_have_a_default() -> None:
    """An optional window with a maximum defaults to the last 30 days, for appointments to the next 30."""
    assert {
        name: each.window.default_days
        for name, each in CONTRACT.operations.items()
        if each.window is not None and not each.window.required
    } == {
        "listIncidents": None,
        "listServiceReports": None,
        "listServiceVisits": -30,
        "listAppointments": 30,
        "getServicePerformance": -30,
        "getTelemetryDaily": -30,
    }


@entries
def test_the_page_rules_are_the_pages(name: str) -> None:
    """A list with page parameters returns at most 500 rows a page; an enveloped list without them has no limit."""
    entry, page = PAGE[name], CONTRACT.operations[name].page
    limits = None if page is None else (page.maximum, page.default)
    if "pageSize" in entry.get("parameters", {}):
        assert limits == (500, 100)
    elif entry["returns"].startswith("PublicApiPage<"):
        assert limits == (None, None)
    else:
        assert limits is None


@entries
def test_the_response_is_the_pages(name: str) -> None:
    """The response type is that of the page; `PublicApiPage<XDto>` is a component of its own."""
    operation = CONTRACT.operations[name]
    outer, _, inner = PAGE[name]["returns"].rstrip(">").partition("<")
    expected: tuple[str, str, str | None]
    match outer:
        case "PublicApiPage":
            short = inner.removeprefix("PublicApi").removesuffix("Dto")
            expected = ("page", f"PublicApiPageOf{short}", inner)
        case "IReadOnlyList":
            expected = ("array", "PublicApiListOfTelemetryDaily", inner)
        case _:
            expected = ("object", outer, None)
    assert expected == (operation.returns, operation.schema_name, operation.row_schema)
    assert operation.status == (201 if operation.method == "POST" else 200)


@entries
def test_the_seed_example_is_the_pages(name: str) -> None:
    """The example named `seed` is identical to the example of the page."""
    operation = CONTRACT.operations[name]
    content = raw(operation)["responses"][str(operation.status)]["content"]["application/json"]
    assert CONTRACT.resolve(content["examples"]["seed"])["value"] == example_of(PAGE[name])


def test_the_error_example_is_the_pages() -> None:
    """The example named `seed` of a missing scope is identical to the example of the page."""
    content = CONTRACT.document["components"]["responses"]["Forbidden"]["content"]["application/json"]
    assert content["examples"]["seed"]["value"] == TABLE["error"]


@entries
def test_the_curls_are_the_pages(name: str) -> None:
    """The contract has each curl of the page, with the ids of the page's examples."""
    operation = CONTRACT.operations[name]
    ids = {key: value for key, value in TABLE["ids"].items() if f"{{{key}}}" in operation.path}
    curls = raw(operation)["x-sepolo-page-curl"]
    assert [{"path": operation.path, "ids": ids, "query": query} for query in PAGE[name].get("curls", [{}])] == [
        {key: curl[key] for key in ("path", "ids", "query")} for curl in curls
    ]


@entries
def test_the_curls_can_be_sent(name: str) -> None:
    """With the parameters that the page omits added, each curl has all required parameters and no unknown one."""
    operation = CONTRACT.operations[name]
    known = {each.name for each in operation.parameters if each.where == "query"}
    for curl in raw(operation)["x-sepolo-page-curl"]:
        given = {*curl["query"], *curl["adds"]}
        assert given - known == set()
        assert [group for group in operation.required_one_of if given.isdisjoint(group)] == []


@pytest.mark.parametrize("component", sorted(CONTRACT.document["components"]["schemas"]))
def test_documented_members_are_the_pages(component: str) -> None:
    """Exactly the members that the page shows are marked as documented, with the types of their values."""
    schema = CONTRACT.document["components"]["schemas"][component]
    expected = ENVELOPE if component.startswith("PublicApiPageOf") else TABLE["members"].get(component, {})
    actual = {
        name: type_of(member)
        for name, member in schema.get("properties", {}).items()
        if CONTRACT.basis(member) == "documented"
    }
    assert expected == actual


def test_the_table_of_members_is_complete() -> None:
    """The table lists every member of every example of the page, in order."""
    members = TABLE["members"]
    for name, entry in PAGE.items():
        operation = CONTRACT.operations[name]
        example = example_of(entry)
        rows = example["data"] if operation.returns == "page" else example
        for row in rows if isinstance(rows, list) else [rows]:
            assert list(row) == list(members[operation.row_schema or operation.schema_name])
    assert list(PAGE["getMe"]["example"]["rateLimit"]) == list(members["PublicApiRateLimit"])
    signature = PAGE["listMovements"]["rows"][0]["currentSignature"]
    assert list(signature) == list(members["PublicApiMovementCurrentSignatureDto"])


def example_of(entry: dict[str, Any]) -> Any:
    """Return the response body that the page shows."""
    if "rows" in entry or entry["example"] == "empty page":
        return {"data": entry.get("rows", []), "nextCursor": None, "hasMore": False}
    return entry["example"]


def raw(operation: Operation) -> dict[str, Any]:
    """Return the operation object of the document."""
    found: dict[str, Any] = CONTRACT.document["paths"][operation.path][operation.method.lower()]
    return found


def type_of(member: dict[str, Any]) -> str:
    """Return the type of a member as the table of members writes it."""
    schema = CONTRACT.resolve(member)
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    return str(schema["format"] if schema.get("format") in ("uuid", "date-time") else kind)
