"""The text of the Power Query file, run by an interpreter of M against a sandbox: rows, requests, waits and errors.

What runs is the file itself, from the syntax tree of Microsoft's parser, so that no second description of its requests
can differ from it. The interpreter and the functions of the library are in `interpreter` and `library`.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sepolo_mock_server.powerquery import document
from sepolo_openapi import Operation, reader
from tests.end_to_end.harness import InProcess, in_process, target
from tests.harness.in_process import Response
from tests.mock_server.powerquery.interpreter import MError, evaluate
from tests.mock_server.powerquery.library import Refresh
from tests.mock_server.powerquery.reading import read_m

CONTRACT = reader.load()
URL = "https://api.sepolo.app"
PAGE = Path(__file__).parents[3] / "docs/power-bi.md"
Rows = list[dict[str, Any]]
Open = Callable[..., tuple[Refresh, dict[str, Any]]]
END = datetime(2026, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[InProcess]:
    with asyncio.Runner() as runner:
        client = in_process(runner, profile="small")
        yield client
        client.close()


@pytest.fixture(scope="module")
def tree() -> dict[str, Any]:
    found: dict[str, Any] = read_m(document(CONTRACT, URL))["tree"]
    return found


@pytest.fixture(name="report")
def _report(sandbox: InProcess, tree: dict[str, Any]) -> Open:
    """Return a function that opens the file in a report: a refresh, and the record of functions."""

    def start(key: str = "full", **faults: Any) -> tuple[Refresh, dict[str, Any]]:
        refresh = Refresh(sandbox, URL, **faults)
        return refresh, evaluate(tree, refresh.library())(sandbox.keys[key].key)

    return start


def call(functions: dict[str, Any], name: str, *arguments: Any) -> Rows:
    rows: Rows = functions[name].get()(*arguments)
    return rows


def walk(sandbox: InProcess, operation: Operation, ids: dict[str, str], query: dict[str, str]) -> Rows:
    """Return the rows of a list, read page by page without the file."""
    found: Rows = []
    parameters = dict(query)
    while True:
        response = sandbox("GET", target(operation.path, parameters, ids))
        assert response.status == 200, response.body
        body = response.json
        if not isinstance(body, dict) or "data" not in body:
            return body if isinstance(body, list) else [body]
        found += body["data"]
        if not body["hasMore"]:
            return found
        parameters = query | {"cursor": body["nextCursor"]}


def plain(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return a row of the API with the columns of the table, and its times as instants."""
    return {name: _instant(row.get(name)) for name in names}


def _instant(value: Any) -> Any:
    try:
        return datetime.fromisoformat(value) if "T" in value else datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007
    except (TypeError, ValueError):
        return value


def _ids(sandbox: InProcess, operation: Operation) -> dict[str, str]:
    """Return ids that have rows: an asset with children, a device with cycles and one of its cycles."""
    found: dict[str, str] = {}
    names = [parameter.name for parameter in operation.parameters if parameter.where == "path"]
    if "assetId" in names:
        rows = walk(sandbox, CONTRACT.operations["listAssets"], {}, {"status": "all"})
        found["assetId"] = next(row["parentAssetId"] for row in rows if row["parentAssetId"])
    if "deviceId" in names:
        window = {"from": _text(END - timedelta(days=31)), "to": _text(END)}
        for device in walk(sandbox, CONTRACT.operations["listDevices"], {}, {}):
            ids = {"deviceId": device["deviceId"]}
            if cycles := walk(sandbox, CONTRACT.operations["listPointGuardCycles"], ids, window):
                return found | {name: {**ids, "cycleId": cycles[0]["cycleId"]}[name] for name in names}
    return found


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


READ = [one for one in CONTRACT.operations.values() if one.method == "GET" and (one.row_schema or "{" not in one.path)]


@pytest.mark.parametrize("operation", READ, ids=lambda operation: operation.operation_id)
def test_table_has_the_rows_of_the_list(operation: Operation, sandbox: InProcess, report: Open) -> None:
    """The table of a function has the rows that a walk over the list finds, with typed columns, and no others."""
    refresh, functions = report()
    ids = _ids(sandbox, operation)
    window = operation.window
    days = 2 if operation.operation_id == "listDeviceTelemetry" else 25
    ends = (END - timedelta(days=days), END) if window and (window.max_days or window.required) else ()
    query = {} if not ends or window is None else {window.start: _text(ends[0]), window.end: _text(ends[1])}
    expected = walk(sandbox, operation, ids, query)
    table = call(functions, operation.operation_id.removeprefix("list").removeprefix("get"), *ids.values(), *ends)
    volatile = {"serverTimeUtc", "generatedOn"}
    names = [name for name in CONTRACT.members(operation.row_schema or operation.schema_name) if name not in volatile]
    assert [{name: row[name] for name in names} for row in table] == [plain(row, names) for row in expected]
    assert expected or operation.operation_id == "listVendors"  # the profile has none
    assert refresh.waits == []


def test_requests_are_those_of_the_contract(report: Open) -> None:
    """Pages are as large as allowed and follow nextCursor, with all other parameters unchanged, up to the last one."""
    refresh, functions = report()
    rows = call(functions, "Devices", {"status": "1"})
    queries = [parse_qs(urlsplit(one).query) for one in refresh.targets]
    maximum = str(CONTRACT.operations["listDevices"].page.maximum)  # type: ignore[union-attr]
    assert {one.partition("?")[0] for one in refresh.targets} == {"/api/v1/devices"}
    assert [{name: value for name, value in query.items() if name != "cursor"} for query in queries] == [
        {"status": ["1"], "pageSize": [maximum]}
    ] * len(queries)
    assert ["cursor" in query for query in queries] == [False, *[True] * (len(queries) - 1)]
    assert rows


def test_long_window_is_cut(sandbox: InProcess, report: Open) -> None:
    """70 days of telemetry are asked for in windows of 31, 31 and 8 days; rows on the borders come once."""
    operation = CONTRACT.operations["listPointGuardCycles"]
    ids = _ids(sandbox, CONTRACT.operations["listPointGuardCycleSamples"])
    refresh, functions = report()
    start = END - timedelta(days=70)
    table = call(functions, "PointGuardCycles", ids["deviceId"], start, END)
    windows = list(dict.fromkeys((query["from"][0], query["to"][0]) for query in map(_query, refresh.targets)))
    borders = [start, start + timedelta(days=31), start + timedelta(days=62), END]
    assert windows == [(_text(one), _text(other)) for one, other in pairwise(borders)]
    expected: dict[str, None] = {}
    for one, other in windows:
        rows = walk(sandbox, operation, {"deviceId": ids["deviceId"]}, {"from": one, "to": other})
        expected |= dict.fromkeys(row["cycleId"] for row in rows)
    assert [row["cycleId"] for row in table] == list(expected)


def test_border_row_comes_once(sandbox: InProcess, report: Open) -> None:
    """A cycle that starts on the border of two windows is in both, and once in the table."""
    ids = _ids(sandbox, CONTRACT.operations["listPointGuardCycles"])
    window = {"from": _text(END - timedelta(days=31)), "to": _text(END)}
    cycle = walk(sandbox, CONTRACT.operations["listPointGuardCycles"], ids, window)[-1]
    border = datetime.fromisoformat(cycle["start"]).replace(microsecond=0)
    if _instant(cycle["start"]) != border:
        pytest.skip("the cycle starts between two seconds")
    _, functions = report()
    table = call(
        functions, "PointGuardCycles", ids["deviceId"], border - timedelta(days=31), border + timedelta(days=2)
    )
    assert [row["cycleId"] for row in table].count(cycle["cycleId"]) == 1


@pytest.mark.parametrize("name", ["ServiceVisits", "Appointments", "TelemetryDaily"])
def test_366_days_are_one_request(name: str, report: Open) -> None:
    """A window as long as the contract allows is not cut; one day more is."""
    counts = []
    for days in (366, 367):
        refresh, functions = report()
        call(functions, name, END - timedelta(days=days), END)
        counts.append(len(refresh.targets))
    assert counts == [1, 2]


def _query(request: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request).query)


def fault(status: int, **headers: str) -> Response:
    return Response(status, headers, b'{"error": "fault", "message": "A fault."}')


@pytest.mark.parametrize(
    ("name", "days", "ids"), [("TelemetryDaily", 800, ()), ("DeviceTelemetry", 4, ("LITEN-1",))], ids=["window", "page"]
)
def test_429_in_the_middle_is_waited_for(name: str, days: int, ids: tuple[str, ...], report: Open) -> None:
    """429 and 503 between windows or pages: the same request is sent again after Retry-After, and no row is lost."""
    arguments = (*ids, END - timedelta(days=days), END)
    whole, functions = report()
    expected = call(functions, name, *arguments)
    refresh, functions = report(
        faults={1: fault(429, **{"retry-after": "12"}), 2: fault(503, **{"retry-after": "30"}), 4: fault(503)}
    )
    assert call(functions, name, *arguments) == expected
    assert refresh.waits == [12, 30, 5]
    first, second, third, *others = whole.targets
    assert [_cursors(one) for one in (first, second, third)] == ([0, 1, 1] if ids else [0, 0, 0])
    assert refresh.targets == [first, second, second, second, third, third, *others]
    assert refresh.retries == [False, False, True, True, False, True, *[False] * len(others)]


def _cursors(request: str) -> int:
    return len(_query(request).get("cursor", ()))


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        (dict.fromkeys(range(20), fault(429, **{"retry-after": "1"})), [1] * 10),
        ({0: fault(429, **{"retry-after": "3600"})}, []),
    ],
    ids=["too often", "too long"],
)
def test_endless_429_is_an_error(faults: dict[int, Response], waits: list[float], report: Open) -> None:
    """After ten repetitions, or if an hour is to be waited, the refresh ends with the message of the API."""
    refresh, functions = report(faults=faults)
    with pytest.raises(MError) as error:
        call(functions, "Vendors")
    assert (error.value.record["Reason"], error.value.record["Message"]) == ("Sepolo 429", "A fault.")
    assert refresh.waits == waits


def test_error_shows_the_message_of_the_api(report: Open) -> None:
    """An asset that does not exist ends the refresh with the sentence of the API."""
    _, functions = report()
    with pytest.raises(MError) as error:
        call(functions, "AssetChildren", "00000000-0000-4000-8000-000000000000")
    assert error.value.record == {
        "Reason": "Sepolo 404",
        "Message": "No such resource belongs to the API key's organization.",
        "Detail": "/api/v1/assets/00000000-0000-4000-8000-000000000000/children",
    }


def test_wrong_key_ends_the_refresh(sandbox: InProcess, tree: dict[str, Any]) -> None:
    """The sandbox answers 401, which the refresh shows with its sentence."""
    refresh = Refresh(sandbox, URL)
    functions = evaluate(tree, refresh.library())("sep_test_wrong")
    with pytest.raises(MError, match=r"^Sepolo 401: The API key is not known to this sandbox"):
        call(functions, "Devices")


FORMULAS = re.findall(r"^ *\|[^|]*\| `= (.*)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_of_the_page_work(formula: str, sandbox: InProcess, tree: dict[str, Any]) -> None:
    """A formula of docs/power-bi.md is a table, with a device and an asset of this sandbox."""
    device = _ids(sandbox, CONTRACT.operations["listPointGuardCycles"])["deviceId"]
    asset = _ids(sandbox, CONTRACT.operations["listAssetChildren"])["assetId"]
    formula = formula.replace("SEP-DEVICE-001", device).replace("a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63", asset)
    refresh = Refresh(sandbox, URL)
    library = refresh.library()
    report = {"Sepolo": evaluate(tree, library), "SepoloApiKey": sandbox.keys["full"].key}
    assert isinstance(evaluate(read_m(formula)["tree"], library | report), list)
    assert refresh.targets


def test_error_without_json_shows_the_status(report: Open) -> None:
    """A page of a proxy is named by its status."""
    _, functions = report(faults={0: Response(500, {}, b"<html>")})
    with pytest.raises(MError) as error:
        call(functions, "Vendors")
    assert str(error.value) == "Sepolo 500: The API answered with status 500"


def test_unknown_filter_is_an_error(report: Open) -> None:
    """A filter that the list does not have is refused before a request, as the API would ignore it."""
    refresh, functions = report()
    with pytest.raises(MError) as error:
        call(functions, "Devices", {"grupId": 12})
    assert error.value.record["Message"] == "There is no filter grupId"
    assert "groupId" in error.value.record["Detail"]
    assert refresh.targets == []


def test_filters_are_written_as_the_api_reads_them(report: Open) -> None:
    """Instants are in UTC with Z, numbers in plain digits, and null is left out."""
    refresh, functions = report()
    since = datetime.fromisoformat("2026-06-01T02:00:00+02:00")
    call(functions, "Assets", {"updatedSince": since, "groupId": 12, "status": "all", "customerId": None})
    query = _query(refresh.targets[0])
    assert query == {
        "updatedSince": ["2026-06-01T00:00:00Z"],
        "groupId": ["12"],
        "status": ["all"],
        "pageSize": ["500"],
    }
