"""Invalid, empty, repeated and unusual values of every parameter of every operation."""

from collections.abc import Iterator

import pytest

from sepolo_openapi.contract import Operation, Parameter, WindowRule
from tests.end_to_end import parameter_values
from tests.end_to_end.calls import OPERATIONS, READS, Call, ResourceIds, each_operation
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error, target

QUERY = [(o, p) for o in OPERATIONS for p in o.parameters if p.where == "query"]
PATH = [(o, p) for o in OPERATIONS for p in o.parameters if p.where == "path"]
WINDOWS = [o for o in OPERATIONS if o.window is not None]


def each_parameter(cases: list[tuple[Operation, Parameter]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("operation", "parameter"), cases, ids=[f"{o.operation_id}-{p.name}" for o, p in cases]
    )


def _target_without(own_ids: ResourceIds, operation: Operation, parameter: Parameter) -> str:
    """Return the target of a valid call without the parameter, ready to append a parameter."""
    return own_ids.calls()[operation.operation_id].with_query(**{parameter.name: None}).target_with("")


def _target_with(call: Call, name: str, value: bytes) -> bytes:
    """Return the target of a call with these bytes as a path parameter."""
    raw = target(call.operation.path, None, {other: found for other, found in call.ids.items() if other != name})
    query = call.target.partition("?")[2]
    return raw.replace("{" + name + "}", "\0").encode().replace(b"\0", value) + b"?" + query.encode()


@each_parameter(QUERY)
def test_invalid_value_is_rejected(
    operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """A value that the schema forbids is a 400 that names the parameter and says what is valid."""
    valid = _target_without(own_ids, operation, parameter).encode()
    for case, value in parameter_values.invalid_values(parameter):
        response = sandbox("GET", valid + parameter.name.encode() + b"=" + value)
        assert response.status == 400, (case, response)
        assert_error(response, 400, "validation_error", parameter.name)
        message = response.json["details"][0]["message"]
        assert parameter_values.says_what_is_valid(parameter, message), (case, message)


@each_parameter(QUERY)
def test_empty_and_repeated_values_are_rejected(
    operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """An empty value is a 400, except an empty cursor; a repeated parameter is a 400, even with equal values."""
    valid, name = _target_without(own_ids, operation, parameter), parameter.name
    allowed = CONTRACT.document["components"]["parameters"]["Cursor"]["name"]
    for empty in (f"{name}=", name, f"%{ord(name[0]):02X}{name[1:]}="):
        response = sandbox("GET", valid + empty)
        if name == allowed:
            assert response.status == 200, response
        else:
            assert_error(response, 400, "validation_error", name)
            assert "leave the parameter out" in response.json["message"]
    for pair in (f"{name}=1&{name}=1", f"{name}=&{name}=", f"{name}=1&{name}=2&{name}=3"):
        response = sandbox("GET", valid + pair)
        assert_error(response, 400, "validation_error", name)
        assert "give it once" in response.json["message"]


@each_operation(WINDOWS)
def test_valid_instants_are_accepted(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Both ends of a window accept every RFC 3339 form of an instant, from year 1 to 9999."""
    window = operation.window
    assert window is not None
    valid = own_ids.calls()[operation.operation_id].with_query(**{window.start: None, window.end: None})
    for kind, value in parameter_values.VALID_INSTANTS.items():
        query = f"?{window.start}=".encode() + value + f"&{window.end}=".encode() + value
        response = sandbox("GET", valid.target.encode() + query)
        # The ends round inwards to milliseconds: the same instant with nanoseconds at both ends is a reversed window.
        if kind in {"nanoseconds", "year 9999"}:
            assert response.status in {200, 400}, (kind, response)
        else:
            assert response.status == 200, (kind, response)


TEXT = [(o, p) for o, p in QUERY if p.schema.keys() & {"maxLength"} and "pattern" not in p.schema]


@each_parameter(TEXT)
def test_unusual_text_matches_nothing(
    operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """A filter accepts any text and returns an empty list; no part of the text is copied to a header."""
    valid = _target_without(own_ids, operation, parameter).encode()
    for kind, value in parameter_values.UNUSUAL_TEXTS.items():
        response = sandbox("GET", valid + parameter.name.encode() + b"=" + value)
        assert response.status == 200, (kind, response)
        assert "x-injected" not in response.headers
        assert all(text.isprintable() and text.isascii() for text in response.headers.values()), (
            kind,
            response.headers,
        )
        if parameter.name != "metrics":
            assert response.json in ([], {"data": [], "nextCursor": None, "hasMore": False}), (kind, response)


@each_parameter(PATH)
def test_malformed_id_is_rejected(
    operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """An id that its schema forbids is a 400 that names the parameter and says what is valid."""
    call = own_ids.calls()[operation.operation_id]
    for case, value in parameter_values.invalid_values(parameter):
        response = sandbox("GET", _target_with(call, parameter.name, value))
        assert response.status == 400, (case, response)
        assert_error(response, 400, "validation_error", parameter.name)
        message = response.json["details"][0]["message"]
        assert parameter_values.says_what_is_valid(parameter, message), (case, message)


@each_parameter([(o, p) for o, p in PATH if p.schema.get("format") != "uuid"])
def test_unusual_id_is_not_found(
    operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """An id may be any text, also with an encoded slash; an unknown one is a 404."""
    call = own_ids.calls()[operation.operation_id]
    known = call.ids[parameter.name].encode()
    similar = (known + b"%20", b"%20" + known, known.swapcase(), known + b"%2F", *b". .. %2E%2E * ; @".split())
    for value in (*parameter_values.UNUSUAL_TEXTS.values(), *similar):
        assert_error(sandbox("GET", _target_with(call, parameter.name, value)), 404, "not_found")


@each_parameter(PATH)
def test_encoded_id_is_accepted(
    operation: Operation, parameter: Parameter, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """A percent-encoded id, and a UUID in upper case, give the same response as the plain id."""
    call = own_ids.calls()[operation.operation_id]
    expected = call.send(sandbox)
    known = call.ids[parameter.name]
    encodings = ["".join(f"%{ord(char):02x}" for char in known)]
    if parameter.schema.get("format") == "uuid":
        encodings.append(known.upper())
    for encoding in encodings:
        assert sandbox("GET", _target_with(call, parameter.name, encoding.encode())).body == expected.body


def _names_of_end(window: WindowRule, end: str) -> list[str]:
    return [end, *(alias for alias, named in window.aliases.items() if named == end)]


@each_operation(WINDOWS)
def test_invalid_window_is_rejected(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A missing, reversed or too long window is a 400 that names the end at fault as the client did."""
    window = operation.window
    assert window is not None
    valid = own_ids.calls()[operation.operation_id].with_query(**{window.start: None, window.end: None})
    for start in _names_of_end(window, window.start):
        for end in _names_of_end(window, window.end):
            reversed_ = valid.with_query(**{start: "2026-06-01T00:00:00.001Z", end: "2026-06-01T00:00:00Z"})
            assert_error(reversed_.send(sandbox), 400, "validation_error", start)
            too_long = valid.with_query(**{start: "0001-01-01T00:00:00Z", end: "9999-12-31T23:59:59Z"})
            if window.max_days is None:
                assert too_long.send(sandbox).status == 200
            else:
                response = too_long.send(sandbox)
                assert_error(response, 400, "validation_error", end)
                assert f"{window.max_days} days" in response.json["message"]
    for given, missing in ((window.start, window.end), (window.end, window.start)):
        response = valid.with_query(**{given: "2026-06-01T00:00:00Z"}).send(sandbox)
        if window.required:
            assert_error(response, 400, "validation_error", missing)
            assert all(name in response.json["message"] for name in _names_of_end(window, missing))
        else:
            assert response.status == 200
    if window.required:
        assert_error(valid.send(sandbox), 400, "validation_error", window.start, window.end)


@each_operation([o for o in WINDOWS if o.window and o.window.aliases])
def test_names_of_one_end_must_agree(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Two names of one end may be given if they are the same instant; different instants are a 400."""
    window = operation.window
    assert window is not None
    valid = own_ids.calls()[operation.operation_id]
    expected = valid.send(sandbox)
    for alias, end in window.aliases.items():
        equal = valid.with_query(**{alias: valid.query[end].replace("Z", ".000+00:00")}).send(sandbox)
        assert (equal.status, equal.json["data"]) == (200, expected.json["data"])
        different = valid.with_query(**{alias: "2026-06-01T12:00:00Z"}).send(sandbox)
        assert_error(different, 400, "validation_error", alias)
        assert end in different.json["message"]


def _malformed_parameters(operation: Operation) -> Iterator[tuple[str, bytes]]:
    for parameter in operation.parameters:
        if parameter.where == "query" and parameter.name != "cursor":
            yield parameter.name, parameter.name.encode() + b"=" + b"%FF"


@each_operation([o for o in READS if len(o.parameters) > 2])
def test_every_invalid_parameter_is_named(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A 400 names every invalid parameter, not only the first."""
    call = own_ids.calls()[operation.operation_id]
    malformed = dict(_malformed_parameters(operation))
    bare = Call(operation, call.ids).target.encode()
    assert_error(sandbox("GET", bare + b"?" + b"&".join(malformed.values())), 400, "validation_error", *malformed)
