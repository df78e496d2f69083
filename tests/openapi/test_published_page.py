"""The contract says all that the published page says, as `published_page.yaml` tells it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import sepolo_openapi as openapi
from sepolo_openapi import Operation, WindowRule

CONTRACT = openapi.load()
TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("published_page.yaml").read_text("utf-8"))
PAGE: dict[str, dict[str, Any]] = TABLE["operations"]

# What the page's words for a type are in JSON Schema.
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
    """The contract has the page's 23 operations at their places, with their scopes, and no other."""
    expected = {name: (entry["call"], entry["scope"]) for name, entry in PAGE.items()}
    actual = {name: (f"{each.method} {each.path}", each.scope) for name, each in CONTRACT.operations.items()}
    assert expected == actual
    assert len(actual) == 23


def test_the_scopes_are_the_pages() -> None:
    """The contract lists the page's 14 scopes, in the order in which the page names them first."""
    first_named = dict.fromkeys(entry["scope"] for entry in PAGE.values())
    assert tuple(first_named) == CONTRACT.scopes
    assert len(CONTRACT.scopes) == 14


@entries
def test_both_schemes_ask_for_the_scope(name: str) -> None:
    """The key's own header and the bearer token are alternatives, each with the operation's scope."""
    operation = CONTRACT.operations[name]
    security = raw(operation)["security"]
    assert security == [{"ApiKeyHeader": [operation.scope]}, {"BearerToken": [operation.scope]}]


@entries
def test_the_parameters_are_the_pages(name: str) -> None:
    """An operation takes the page's query parameters with their types, their aliases, and no other."""
    expected = {parameter: TYPES[kind] for parameter, kind in PAGE[name].get("parameters", {}).items()}
    if "from" in expected:
        expected |= {"fromUtc": TYPES["date-time"], "toUtc": TYPES["date-time"]}
    parameters = [each for each in CONTRACT.operations[name].parameters if each.where == "query"]
    assert expected == {
        each.name: {key: each.schema[key] for key in ("type", "format", "enum") if key in each.schema}
        for each in parameters
    }
    # OpenAPI can't require one of two names, so none is required there; the window rule is.
    assert [each.name for each in parameters if each.required] == []


@entries
def test_the_path_parameters_are_those_of_the_path(name: str) -> None:
    """Each template of a path has its required parameter."""
    operation = CONTRACT.operations[name]
    templates = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    assert templates == [each.name for each in operation.parameters if each.where == "path" and each.required]


@entries
def test_the_windows_are_the_pages(name: str) -> None:
    """A window has the page's names, aliases and longest stretch, and is required where the page says so."""
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


def test_left_out_windows_have_a_default_where_they_have_a_maximum() -> None:
    """Without its ends, a window of limited length is the last 30 days, or the next 30 for appointments."""
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
    """A list with page parameters gives at most 500 rows, an envelope without them any number."""
    entry, page = PAGE[name], CONTRACT.operations[name].page
    limits = None if page is None else (page.maximum, page.default)
    if "pageSize" in entry.get("parameters", {}):
        assert limits == (500, 100)
    elif entry["returns"].startswith("PublicApiPage<"):
        assert limits == (None, None)
    else:
        assert limits is None


@entries
def test_the_answer_is_the_pages(name: str) -> None:
    """The return type is the page's, with `PublicApiPage<XDto>` written as a page component of its own."""
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
    """The example named `seed` is what the page prints, to the letter."""
    operation = CONTRACT.operations[name]
    content = raw(operation)["responses"][str(operation.status)]["content"]["application/json"]
    assert resolved(content["examples"]["seed"])["value"] == example_of(PAGE[name])


def test_the_error_example_is_the_pages() -> None:
    """The example named `seed` of a missing scope is what the page prints."""
    content = CONTRACT.document["components"]["responses"]["Forbidden"]["content"]["application/json"]
    assert content["examples"]["seed"]["value"] == TABLE["error"]


@entries
def test_the_curls_are_the_pages(name: str) -> None:
    """Each curl of the page is in the contract, with ids of the page's examples for its templates."""
    operation = CONTRACT.operations[name]
    ids = {key: value for key, value in TABLE["ids"].items() if f"{{{key}}}" in operation.path}
    curls = raw(operation)["x-sepolo-page-curl"]
    assert [{"path": operation.path, "ids": ids, "query": query} for query in PAGE[name].get("curls", [{}])] == [
        {key: curl[key] for key in ("path", "ids", "query")} for curl in curls
    ]


@entries
def test_the_curls_can_be_sent(name: str) -> None:
    """With what the page leaves out added, a curl gives every parameter needed, and only known ones."""
    operation = CONTRACT.operations[name]
    known = {each.name for each in operation.parameters if each.where == "query"}
    for curl in raw(operation)["x-sepolo-page-curl"]:
        given = {*curl["query"], *curl["adds"]}
        assert given - known == set()
        assert [group for group in operation.required_one_of if given.isdisjoint(group)] == []


@pytest.mark.parametrize("component", sorted(CONTRACT.document["components"]["schemas"]))
def test_documented_members_are_the_pages(component: str) -> None:
    """Only the members that the page prints are marked as documented, with the types of their values."""
    schema = CONTRACT.document["components"]["schemas"][component]
    expected = ENVELOPE if component.startswith("PublicApiPageOf") else TABLE["members"].get(component, {})
    actual = {
        name: word_of(member)
        for name, member in schema.get("properties", {}).items()
        if resolved(member).get("x-sepolo-basis") == "documented"
    }
    assert expected == actual


def test_the_table_of_members_is_complete() -> None:
    """Every member of every example on the page is in the table of members, in the page's order."""
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
    """Return the answer that the page prints, written out."""
    if "rows" in entry or entry["example"] == "empty page":
        return {"data": entry.get("rows", []), "nextCursor": None, "hasMore": False}
    return entry["example"]


def raw(operation: Operation) -> dict[str, Any]:
    """Return the operation as the document writes it."""
    found: dict[str, Any] = CONTRACT.document["paths"][operation.path][operation.method.lower()]
    return found


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to, or the node itself."""
    found: Any = node
    if "$ref" in node:
        found = CONTRACT.document
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key]
    return dict(found)


def word_of(member: dict[str, Any]) -> str:
    """Return a member's type as the table of members writes it."""
    schema = resolved(member["anyOf"][0] if "anyOf" in member else member)
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    return str(schema["format"] if schema.get("format") in ("uuid", "date-time") else kind)
