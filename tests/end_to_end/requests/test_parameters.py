"""Every parameter of every operation, with everything that can be wrong with it, as the contract lists them."""

from collections.abc import Iterator

import pytest

from sepolo_openapi.contract import Operation, Parameter, WindowRule
from tests.end_to_end import parameter_values
from tests.end_to_end.calls import OPERATIONS, READS, Call, ResourceIds, each_operation
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error, target

QUERY = [(o, p) for o in OPERATIONS for p in o.parameters if p.where == "query"]
PATH = [(o, p) for o in OPERATIONS for p in o.parameters if p.where == "path"]
WINDOWS = [o for o in OPERATIONS if o.window is not None]


def _names(cases: list[tuple[Operation, Parameter]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("operation", "parameter"), cases, ids=[f"{o.operation_id}-{p.name}" for o, p in cases]
    )


def _without(own_ids: ResourceIds, operation: Operation, parameter: Parameter) -> str:
    """The operation's good call without a parameter, ready to have it appended."""
    call = own_ids.calls()[operation.operation_id].with_query(**{parameter.name: None})
    return call.target + ("&" if "?" in call.target else "?")


def _segments(call: Call, name: str, value: bytes) -> bytes:
    """The call with a path parameter's bytes as they are."""
    raw = target(call.operation.path, None, {other: found for other, found in call.ids.items() if other != name})
    query = call.target.partition("?")[2]
    return raw.replace("{" + name + "}", "\0").encode().replace(b"\0", value) + b"?" + query.encode()


@_names(QUERY)
def test_wrong_values(operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A value that the schema rules out is refused with 400, named, and told what would be right."""
    good = _without(own_ids, operation, parameter).encode()
    for fault, value in parameter_values.wrong(parameter):
        response = sandbox("GET", good + parameter.name.encode() + b"=" + value)
        assert response.status == 400, (fault, response)
        assert_error(response, 400, "validation_error", parameter.name)
        assert parameter_values.taught(parameter, response.json["details"][0]["message"]), (fault, response.json)


@_names(QUERY)
def test_empty_and_repeated(
    operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """An empty value is refused, but for an empty cursor; a repeated one is refused even when both are the same."""
    good, name = _without(own_ids, operation, parameter), parameter.name
    allowed = CONTRACT.document["components"]["parameters"]["Cursor"]["name"]
    for empty in (f"{name}=", name, f"%{ord(name[0]):02X}{name[1:]}="):
        response = sandbox("GET", good + empty)
        if name == allowed:
            assert response.status == 200, response
        else:
            assert_error(response, 400, "validation_error", name)
            assert "leave the parameter out" in response.json["message"]
    for pair in (f"{name}=1&{name}=1", f"{name}=&{name}=", f"{name}=1&{name}=2&{name}=3"):
        response = sandbox("GET", good + pair)
        assert_error(response, 400, "validation_error", name)
        assert "give it once" in response.json["message"]


@each_operation(WINDOWS)
def test_instants_that_exist(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Either end takes every way to write an instant, the first and the last that RFC 3339 knows included."""
    window = operation.window
    assert window is not None
    good = own_ids.calls()[operation.operation_id].with_query(**{window.start: None, window.end: None})
    for kind, value in parameter_values.INSTANTS.items():
        query = f"?{window.start}=".encode() + value + f"&{window.end}=".encode() + value
        response = sandbox("GET", good.target.encode() + query)
        # An instant finer than a millisecond lies between two that the sandbox knows, so no row is in it.
        if kind in {"nanoseconds", "year 9999"}:
            assert response.status in {200, 400}, (kind, response)
        else:
            assert response.status == 200, (kind, response)


TEXT = [(o, p) for o, p in QUERY if p.schema.keys() & {"maxLength"} and "pattern" not in p.schema]


@_names(TEXT)
def test_odd_texts(operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Any text may be asked for: it finds nothing, and nothing of it reaches a header."""
    good = _without(own_ids, operation, parameter).encode()
    for kind, value in parameter_values.TEXTS.items():
        response = sandbox("GET", good + parameter.name.encode() + b"=" + value)
        assert response.status == 200, (kind, response)
        assert "x-injected" not in response.headers
        assert all(text.isprintable() and text.isascii() for text in response.headers.values()), (
            kind,
            response.headers,
        )
        if parameter.name != "metrics":
            assert response.json in ([], {"data": [], "nextCursor": None, "hasMore": False}), (kind, response)


@_names(PATH)
def test_wrong_ids(operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """An id that can't be one is refused with 400 and named."""
    call = own_ids.calls()[operation.operation_id]
    for fault, value in parameter_values.wrong(parameter):
        response = sandbox("GET", _segments(call, parameter.name, value))
        assert response.status == 400, (fault, response)
        assert_error(response, 400, "validation_error", parameter.name)
        assert parameter_values.taught(parameter, response.json["details"][0]["message"]), (fault, response.json)


@_names([(o, p) for o, p in PATH if p.schema.get("format") != "uuid"])
def test_odd_ids(operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Any text may be an id, an encoded slash included: it names nothing, so 404."""
    call = own_ids.calls()[operation.operation_id]
    right = call.ids[parameter.name].encode()
    near = (right + b"%20", b"%20" + right, right.swapcase(), right + b"%2F", b".", b"..", b"%2E%2E", b"*", b";", b"@")
    for value in (*parameter_values.TEXTS.values(), *near):
        assert_error(sandbox("GET", _segments(call, parameter.name, value)), 404, "not_found")


@_names(PATH)
def test_the_same_id_in_other_bytes(
    operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """An id may be percent-encoded letter by letter, and a uuid written in capitals."""
    call = own_ids.calls()[operation.operation_id]
    wanted = call.send(sandbox)
    right = call.ids[parameter.name]
    ways = ["".join(f"%{ord(char):02x}" for char in right)]
    if parameter.schema.get("format") == "uuid":
        ways.append(right.upper())
    for way in ways:
        assert sandbox("GET", _segments(call, parameter.name, way.encode())).body == wanted.body


def _spellings(window: WindowRule, end: str) -> list[str]:
    return [end, *(alias for alias, named in window.aliases.items() if named == end)]


@each_operation(WINDOWS)
def test_windows_that_are_none(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A missing, reversed or too long window is refused by the name that the client gave the end at fault."""
    window = operation.window
    assert window is not None
    good = own_ids.calls()[operation.operation_id].with_query(**{window.start: None, window.end: None})
    for start in _spellings(window, window.start):
        for end in _spellings(window, window.end):
            reversed_ = good.with_query(**{start: "2026-06-01T00:00:00.001Z", end: "2026-06-01T00:00:00Z"})
            assert_error(reversed_.send(sandbox), 400, "validation_error", start)
            huge = good.with_query(**{start: "0001-01-01T00:00:00Z", end: "9999-12-31T23:59:59Z"})
            if window.max_days is None:
                assert huge.send(sandbox).status == 200
            else:
                response = huge.send(sandbox)
                assert_error(response, 400, "validation_error", end)
                assert f"{window.max_days} days" in response.json["message"]
    for given, missing in ((window.start, window.end), (window.end, window.start)):
        response = good.with_query(**{given: "2026-06-01T00:00:00Z"}).send(sandbox)
        if window.required:
            assert_error(response, 400, "validation_error", missing)
            assert all(spelling in response.json["message"] for spelling in _spellings(window, missing))
        else:
            assert response.status == 200
    if window.required:
        assert_error(good.send(sandbox), 400, "validation_error", window.start, window.end)


@each_operation([o for o in WINDOWS if o.window and o.window.aliases])
def test_aliases_that_differ(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Two names of one end have to agree, as instants and not as texts."""
    window = operation.window
    assert window is not None
    good = own_ids.calls()[operation.operation_id]
    wanted = good.send(sandbox)
    for alias, end in window.aliases.items():
        agreed = good.with_query(**{alias: good.query[end].replace("Z", ".000+00:00")}).send(sandbox)
        assert (agreed.status, agreed.json["data"]) == (200, wanted.json["data"])
        differs = good.with_query(**{alias: "2026-06-01T12:00:00Z"}).send(sandbox)
        assert_error(differs, 400, "validation_error", alias)
        assert end in differs.json["message"]


def _broken(operation: Operation) -> Iterator[tuple[str, bytes]]:
    for parameter in operation.parameters:
        if parameter.where == "query" and parameter.name != "cursor":
            yield parameter.name, parameter.name.encode() + b"=" + b"%FF"


@each_operation([o for o in READS if len(o.parameters) > 2])
def test_all_that_is_wrong_at_once(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A refusal lists every parameter that is at fault, not the first one."""
    call = own_ids.calls()[operation.operation_id]
    broken = dict(_broken(operation))
    bare = Call(operation, call.ids).target.encode()
    assert_error(sandbox("GET", bare + b"?" + b"&".join(broken.values())), 400, "validation_error", *broken)


@each_operation(READS)
def test_unknown_parameters(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Unknown parameters are ignored with a warning that is safe to print; unreadable ones are refused."""
    call = own_ids.calls()[operation.operation_id]
    wanted = call.send(sandbox)
    join = "&" if "?" in call.target else "?"
    for name, shown in (("PAGESIZE", "PAGESIZE"), ("x%0D%0Ay", "x??y"), ("%C3%A9", "?"), ("a%22b", "a?b")):
        response = sandbox("GET", f"{call.target}{join}{name}=1")
        assert (response.status, response.body) == (200, wanted.body)
        assert response.headers["x-sandbox-warning"] == f'unknown parameter "{shown}" ignored'
    for name in ("%00", "%FF", "%ZZ"):
        assert_error(sandbox("GET", f"{call.target}{join}{name}=1"), 400, "validation_error", name)
    many = "&".join(f"p{number}=1" for number in range(2000))
    assert len(sandbox("GET", f"{call.target}{join}{many}").headers["x-sandbox-warning"]) < 500
    refused = sandbox("GET", call.target + join + "&".join(f"%ZZ{number}" for number in range(2000)))
    assert refused.status == 400
    assert len(refused.json["message"]) < 1_000
    assert len(refused.body) < 20_000
