"""Every parameter of every operation, with everything that can be wrong with it, as the contract lists them."""

from collections.abc import Iterator

import pytest

from sepolo_openapi.contract import Operation, Parameter, WindowRule
from tests.end_to_end import parameter_values
from tests.end_to_end.calls import OPERATIONS, READS, Call, Seen
from tests.end_to_end.harness import CONTRACT, InProcess, assert_refused, target

QUERY = [(o, p) for o in OPERATIONS for p in o.parameters if p.where == "query"]
PATH = [(o, p) for o in OPERATIONS for p in o.parameters if p.where == "path"]
WINDOWS = [o for o in OPERATIONS if o.window is not None]


def _names(cases: list[tuple[Operation, Parameter]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("operation", "parameter"), cases, ids=[f"{o.operation_id}-{p.name}" for o, p in cases]
    )


def _without(seen: Seen, operation: Operation, parameter: Parameter) -> str:
    """The operation's good call without a parameter, ready to have it appended."""
    call = seen.calls()[operation.operation_id].asking(**{parameter.name: None})
    return call.target + ("&" if "?" in call.target else "?")


def _segments(call: Call, name: str, value: bytes) -> bytes:
    """The call with a path parameter's bytes as they are."""
    raw = target(call.operation.path, None, {other: found for other, found in call.ids.items() if other != name})
    query = call.target.partition("?")[2]
    return raw.replace("{" + name + "}", "\0").encode().replace(b"\0", value) + b"?" + query.encode()


@_names(QUERY)
def test_wrong_values(operation: Operation, parameter: Parameter, sandbox: InProcess, seen: Seen) -> None:
    """A value that the schema rules out is refused with 400, named, and told what would be right."""
    good = _without(seen, operation, parameter).encode()
    for fault, value in parameter_values.wrong(parameter):
        answer = sandbox("GET", good + parameter.name.encode() + b"=" + value)
        assert answer.status == 400, (fault, answer)
        assert_refused(answer, 400, "validation_error", parameter.name)
        assert parameter_values.taught(parameter, answer.json["details"][0]["message"]), (fault, answer.json)


@_names(QUERY)
def test_empty_and_repeated(operation: Operation, parameter: Parameter, sandbox: InProcess, seen: Seen) -> None:
    """An empty value is refused, but for an empty cursor; a repeated one is refused even when both are the same."""
    good, name = _without(seen, operation, parameter), parameter.name
    allowed = CONTRACT.document["components"]["parameters"]["Cursor"]["name"]
    for empty in (f"{name}=", name, f"%{ord(name[0]):02X}{name[1:]}="):
        answer = sandbox("GET", good + empty)
        if name == allowed:
            assert answer.status == 200, answer
        else:
            assert_refused(answer, 400, "validation_error", name)
            assert "leave the parameter out" in answer.json["message"]
    for pair in (f"{name}=1&{name}=1", f"{name}=&{name}=", f"{name}=1&{name}=2&{name}=3"):
        answer = sandbox("GET", good + pair)
        assert_refused(answer, 400, "validation_error", name)
        assert "give it once" in answer.json["message"]


@pytest.mark.parametrize("operation", WINDOWS, ids=lambda operation: str(operation.operation_id))
def test_instants_that_exist(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """Either end takes every way to write an instant, the first and the last that RFC 3339 knows included."""
    window = operation.window
    assert window is not None
    good = seen.calls()[operation.operation_id].asking(**{window.start: None, window.end: None})
    for kind, value in parameter_values.INSTANTS.items():
        query = f"?{window.start}=".encode() + value + f"&{window.end}=".encode() + value
        answer = sandbox("GET", good.target.encode() + query)
        # An instant finer than a millisecond lies between two that the sandbox knows, so no row is in it.
        if kind in {"nanoseconds", "year 9999"}:
            assert answer.status in {200, 400}, (kind, answer)
        else:
            assert answer.status == 200, (kind, answer)


TEXT = [(o, p) for o, p in QUERY if p.schema.keys() & {"maxLength"} and "pattern" not in p.schema]


@_names(TEXT)
def test_odd_texts(operation: Operation, parameter: Parameter, sandbox: InProcess, seen: Seen) -> None:
    """Any text may be asked for: it finds nothing, and nothing of it reaches a header."""
    good = _without(seen, operation, parameter).encode()
    for kind, value in parameter_values.TEXTS.items():
        answer = sandbox("GET", good + parameter.name.encode() + b"=" + value)
        assert answer.status == 200, (kind, answer)
        assert "x-injected" not in answer.headers
        assert all(text.isprintable() and text.isascii() for text in answer.headers.values()), (kind, answer.headers)
        if parameter.name != "metrics":
            assert answer.json in ([], {"data": [], "nextCursor": None, "hasMore": False}), (kind, answer)


@_names(PATH)
def test_wrong_ids(operation: Operation, parameter: Parameter, sandbox: InProcess, seen: Seen) -> None:
    """An id that can't be one is refused with 400 and named."""
    call = seen.calls()[operation.operation_id]
    for fault, value in parameter_values.wrong(parameter):
        answer = sandbox("GET", _segments(call, parameter.name, value))
        assert answer.status == 400, (fault, answer)
        assert_refused(answer, 400, "validation_error", parameter.name)
        assert parameter_values.taught(parameter, answer.json["details"][0]["message"]), (fault, answer.json)


@_names([(o, p) for o, p in PATH if p.schema.get("format") != "uuid"])
def test_odd_ids(operation: Operation, parameter: Parameter, sandbox: InProcess, seen: Seen) -> None:
    """Any text may be an id, an encoded slash included: it names nothing, so 404."""
    call = seen.calls()[operation.operation_id]
    right = call.ids[parameter.name].encode()
    near = (right + b"%20", b"%20" + right, right.swapcase(), right + b"%2F", b".", b"..", b"%2E%2E", b"*", b";", b"@")
    for value in (*parameter_values.TEXTS.values(), *near):
        assert_refused(sandbox("GET", _segments(call, parameter.name, value)), 404, "not_found")


@_names(PATH)
def test_the_same_id_in_other_bytes(operation: Operation, parameter: Parameter, sandbox: InProcess, seen: Seen) -> None:
    """An id may be percent-encoded letter by letter, and a uuid written in capitals."""
    call = seen.calls()[operation.operation_id]
    wanted = call.send(sandbox)
    right = call.ids[parameter.name]
    ways = ["".join(f"%{ord(char):02x}" for char in right)]
    if parameter.schema.get("format") == "uuid":
        ways.append(right.upper())
    for way in ways:
        assert sandbox("GET", _segments(call, parameter.name, way.encode())).body == wanted.body


def _spellings(window: WindowRule, end: str) -> list[str]:
    return [end, *(alias for alias, named in window.aliases.items() if named == end)]


@pytest.mark.parametrize("operation", WINDOWS, ids=lambda operation: str(operation.operation_id))
def test_windows_that_are_none(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """A missing, reversed or too long window is refused by the name that the client gave the end at fault."""
    window = operation.window
    assert window is not None
    good = seen.calls()[operation.operation_id].asking(**{window.start: None, window.end: None})
    for start in _spellings(window, window.start):
        for end in _spellings(window, window.end):
            reversed_ = good.asking(**{start: "2026-06-01T00:00:00.001Z", end: "2026-06-01T00:00:00Z"})
            assert_refused(reversed_.send(sandbox), 400, "validation_error", start)
            huge = good.asking(**{start: "0001-01-01T00:00:00Z", end: "9999-12-31T23:59:59Z"})
            if window.max_days is None:
                assert huge.send(sandbox).status == 200
            else:
                answer = huge.send(sandbox)
                assert_refused(answer, 400, "validation_error", end)
                assert f"{window.max_days} days" in answer.json["message"]
    for given, missing in ((window.start, window.end), (window.end, window.start)):
        answer = good.asking(**{given: "2026-06-01T00:00:00Z"}).send(sandbox)
        if window.required:
            assert_refused(answer, 400, "validation_error", missing)
            assert all(spelling in answer.json["message"] for spelling in _spellings(window, missing))
        else:
            assert answer.status == 200
    if window.required:
        assert_refused(good.send(sandbox), 400, "validation_error", window.start, window.end)


@pytest.mark.parametrize("operation", [o for o in WINDOWS if o.window and o.window.aliases], ids=lambda o: str(o.path))
def test_aliases_that_differ(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """Two names of one end have to agree, as instants and not as texts."""
    window = operation.window
    assert window is not None
    good = seen.calls()[operation.operation_id]
    wanted = good.send(sandbox)
    for alias, end in window.aliases.items():
        agreed = good.asking(**{alias: good.query[end].replace("Z", ".000+00:00")}).send(sandbox)
        assert (agreed.status, agreed.json["data"]) == (200, wanted.json["data"])
        differs = good.asking(**{alias: "2026-06-01T12:00:00Z"}).send(sandbox)
        assert_refused(differs, 400, "validation_error", alias)
        assert end in differs.json["message"]


def _broken(operation: Operation) -> Iterator[tuple[str, bytes]]:
    for parameter in operation.parameters:
        if parameter.where == "query" and parameter.name != "cursor":
            yield parameter.name, parameter.name.encode() + b"=" + b"%FF"


@pytest.mark.parametrize("operation", [o for o in READS if len(o.parameters) > 2], ids=lambda o: str(o.operation_id))
def test_all_that_is_wrong_at_once(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """A refusal lists every parameter that is at fault, not the first one."""
    call = seen.calls()[operation.operation_id]
    broken = dict(_broken(operation))
    bare = Call(operation, call.ids).target.encode()
    assert_refused(sandbox("GET", bare + b"?" + b"&".join(broken.values())), 400, "validation_error", *broken)


@pytest.mark.parametrize("operation", READS, ids=lambda operation: str(operation.operation_id))
def test_unknown_parameters(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """Unknown parameters are ignored with a warning that is safe to print; unreadable ones are refused."""
    call = seen.calls()[operation.operation_id]
    wanted = call.send(sandbox)
    join = "&" if "?" in call.target else "?"
    for name, shown in (("PAGESIZE", "PAGESIZE"), ("x%0D%0Ay", "x??y"), ("%C3%A9", "?"), ("a%22b", "a?b")):
        answer = sandbox("GET", f"{call.target}{join}{name}=1")
        assert (answer.status, answer.body) == (200, wanted.body)
        assert answer.headers["x-sandbox-warning"] == f'unknown parameter "{shown}" ignored'
    for name in ("%00", "%FF", "%ZZ"):
        assert_refused(sandbox("GET", f"{call.target}{join}{name}=1"), 400, "validation_error", name)
    many = "&".join(f"p{number}=1" for number in range(2000))
    assert len(sandbox("GET", f"{call.target}{join}{many}").headers["x-sandbox-warning"]) < 500
    refused = sandbox("GET", call.target + join + "&".join(f"%ZZ{number}" for number in range(2000)))
    assert refused.status == 400
    assert len(refused.json["message"]) < 1_000
    assert len(refused.body) < 20_000
