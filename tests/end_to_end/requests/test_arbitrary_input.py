"""Arbitrary text and bytes in every parameter and every id, judged by rules that are written a second time here."""

import re
from datetime import UTC, datetime
from urllib.parse import quote, quote_from_bytes
from uuid import UUID

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sepolo_openapi.contract import Operation, Parameter
from tests.end_to_end.calls import OPERATIONS, READS, ResourceIds
from tests.end_to_end.harness import InProcess, assert_error, rejected_parameters, target

QUERY = [(o, p) for o in OPERATIONS for p in o.parameters if p.where == "query" and p.name != "cursor"]
PATH = [(o, p) for o in OPERATIONS for p in o.parameters if p.where == "path"]

_near_numbers = st.from_regex(r"[+-]?0?[0-9]{1,12}(\.[0-9]+)?", fullmatch=True)
_near_instants = st.from_regex(
    r"[0-9]{4}-(0[0-9]|1[0-3])-[0-3][0-9][Tt ]([01][0-9]|2[0-5]):[0-6][0-9]:[0-6][0-9]"
    r"(\.[0-9]{0,10})?([Zz]|[+-][0-2][0-9]:[0-6][0-9])?",
    fullmatch=True,
).filter(lambda text: not text.startswith("9999-12-31"))
"""Without the last moments of time, where rounding up to a millisecond leads out of it."""
_near_uuids = st.uuids().map(str) | st.from_regex(r"[0-9A-Fa-f]{8}-?[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_texts = st.text(max_size=200) | st.sampled_from(["active", "inactive", "all", "1", "current", "-0", "null"])
VALUES = _texts | _near_numbers | _near_instants | _near_uuids


def is_int(text: str, schema: dict[str, int]) -> bool:
    """Plain digits within the schema's limits."""
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)", text, re.ASCII):
        return False
    return schema["minimum"] <= int(text) <= schema["maximum"]


def is_instant(text: str) -> bool:
    """RFC 3339 with an offset, of an existing time in the years 1 to 9999 of UTC."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", text, re.ASCII)
    if match is None or not match[2].startswith(tuple(f"{hour:02d}" for hour in range(24))):
        return False
    zone = "+00:00" if match[4] in "Zz" else match[4]
    if zone[4] > "5" or zone[1:3] > "23":
        return False
    try:
        datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def is_uuid(text: str) -> bool:
    """Five groups with hyphens, in any case."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def holds(parameter: Parameter, text: str) -> bool:
    """Whether the contract lets a text be the parameter's value."""
    schema = parameter.schema
    if "\0" in text or not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 10**6):
        return False
    if text == "" and parameter.where == "query":
        return False
    if schema["type"] == "integer":
        return is_int(text, schema)
    if "enum" in schema:
        return text in schema["enum"]
    if "pattern" in schema:
        return re.fullmatch(schema["pattern"].strip("^$"), text, re.ASCII) is not None
    return {"date-time": is_instant, "uuid": is_uuid}.get(schema.get("format", ""), bool)(text)


@given(case=st.sampled_from(QUERY), text=VALUES)
@hypothesis_settings(max_examples=800)
def test_text_in_the_query(
    case: tuple[Operation, Parameter], text: str, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """A value is answered if the contract allows it, and refused by name if not."""
    operation, parameter = case
    window = operation.window
    call = own_ids.calls()[operation.operation_id].with_query(
        pageSize=1 if operation.page and operation.page.maximum else None
    )
    if window is not None and parameter.name in {window.start, window.end, *window.aliases}:
        # Both ends the same, so that no rule about lengths or order speaks first.
        other = window.end if window.aliases.get(parameter.name, parameter.name) == window.start else window.start
        call = call.with_query(**{window.start: None, window.end: None, other: text})
    if parameter.name == "pageSize" or "pageSize" not in call.query:
        call = call.with_query(pageSize=None)
    response = call.with_query(**{parameter.name: text}).send(sandbox)
    if holds(parameter, text):
        # An instant finer than a millisecond lies between two of the sandbox's: as both ends it is no window.
        assert response.status == 200 or re.search(r"\.\d{4}", text), (parameter.name, text, response)
    else:
        assert_error(response, 400, "validation_error")
        assert parameter.name in rejected_parameters(response)


@given(case=st.sampled_from(PATH), text=st.text(min_size=1, max_size=200) | _near_uuids | st.sampled_from(["..", "/"]))
@hypothesis_settings(max_examples=250)
def test_text_in_the_path(
    case: tuple[Operation, Parameter], text: str, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """An id that can be one names nothing, and one that can't is refused by name."""
    operation, parameter = case
    call = own_ids.calls()[operation.operation_id]
    path = target(operation.path, call.query, {**call.ids, parameter.name: text})
    response = sandbox("GET", path)
    if holds(parameter, text):
        assert_error(response, 404, "not_found")
    else:
        assert_error(response, 400, "validation_error", parameter.name)


@given(operation=st.sampled_from(READS), query=st.binary(max_size=120) | st.text(max_size=60).map(str.encode))
@hypothesis_settings(max_examples=250)
def test_bytes_as_the_query(operation: Operation, query: bytes, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Any query string gives an response or a refusal that names what can't be read."""
    call = own_ids.calls()[operation.operation_id]
    query = query.replace(b"#", b"").replace(b"pageSize", b"")
    bare, _, own = call.target.partition("?")
    response = sandbox("GET", bare.encode() + b"?" + own.encode() + b"&" + query)
    if response.status != 200:
        assert_error(response, 400, "validation_error")
        assert rejected_parameters(response)


@given(name=st.sampled_from(sorted({p.name for _, p in QUERY})), value=st.binary(max_size=60), encoded=st.booleans())
@hypothesis_settings(max_examples=200)
def test_bytes_in_the_query(name: str, value: bytes, encoded: bool, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Bytes that are no text are refused in every parameter."""
    operation = next(o for o, p in QUERY if p.name == name)
    call = own_ids.calls()[operation.operation_id].with_query(**{name: None})
    raw = quote_from_bytes(b"\xff" + value).encode() if encoded else re.sub(rb"[&#%+]", b"", value) + b"%FF"
    join = b"&" if "?" in call.target else b"?"
    assert_error(
        sandbox("GET", call.target.encode() + join + name.encode() + b"=" + raw), 400, "validation_error", name
    )


@given(path=st.binary(max_size=80) | st.text(max_size=40).map(lambda text: quote(text).encode()))
@hypothesis_settings(max_examples=200)
def test_bytes_as_the_path(path: bytes, sandbox: InProcess) -> None:
    """A path that is none is 404; behind an operation's own path it may be an id that is refused."""
    path = path.replace(b"?", b"")
    assert_error(sandbox("GET", b"/" + path), 404, "not_found")
    response = sandbox("GET", b"/api/v1/devices/" + path)
    if response.status == 400:
        assert_error(response, 400, "validation_error", "deviceId")
    elif path:
        assert_error(response, 404, "not_found")
