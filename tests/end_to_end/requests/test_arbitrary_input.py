"""Arbitrary text and bytes in every parameter, compared with a second implementation of the contract's rules."""

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

_almost_numbers = st.from_regex(r"[+-]?0?[0-9]{1,12}(\.[0-9]+)?", fullmatch=True)
_almost_instants = st.from_regex(
    r"[0-9]{4}-(0[0-9]|1[0-3])-[0-3][0-9][Tt ]([01][0-9]|2[0-5]):[0-6][0-9]:[0-6][0-9]"
    r"(\.[0-9]{0,10})?([Zz]|[+-][0-2][0-9]:?[0-6][0-9])?",
    fullmatch=True,
).filter(lambda text: not text.startswith("9999-12-31"))
"""Without the last day of year 9999, whose last millisecond can't be rounded up."""
_almost_uuids = st.uuids().map(str) | st.from_regex(r"[0-9A-Fa-f]{8}-?[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_texts = st.text(max_size=200) | st.sampled_from(["active", "inactive", "all", "1", "current", "-0", "null"])
VALUES = _texts | _almost_numbers | _almost_instants | _almost_uuids


def is_int(text: str, schema: dict[str, int]) -> bool:
    """Whether a text is an integer in plain digits, within the limits of the schema."""
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)", text, re.ASCII):
        return False
    return schema["minimum"] <= int(text) <= schema["maximum"]


def is_instant(text: str) -> bool:
    """Whether a text is an RFC 3339 date-time in the years 1 to 9999 of UTC; its offset may lack the colon."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:?\d\d)", text, re.ASCII)
    if match is None or not match[2].startswith(tuple(f"{hour:02d}" for hour in range(24))):
        return False
    zone = "+00:00" if match[4] in "Zz" else match[4]
    if zone[-2] > "5" or zone[1:3] > "23":
        return False
    try:
        datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID with hyphens, in any case."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def is_valid(parameter: Parameter, text: str) -> bool:
    """Whether the contract accepts a text as the value of the parameter."""
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
def test_arbitrary_query_value(
    case: tuple[Operation, Parameter], text: str, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """A query value that the contract accepts is a 200, and any other a 400 that names the parameter."""
    operation, parameter = case
    window = operation.window
    call = own_ids.calls()[operation.operation_id].with_query(
        pageSize=1 if operation.page and operation.page.maximum else None
    )
    if window is not None and parameter.name in {window.start, window.end, *window.aliases}:
        # Both ends are equal, so that the window is neither reversed nor too long.
        other = window.end if window.aliases.get(parameter.name, parameter.name) == window.start else window.start
        call = call.with_query(**{window.start: None, window.end: None, other: text})
    if parameter.name == "pageSize" or "pageSize" not in call.query:
        call = call.with_query(pageSize=None)
    response = call.with_query(**{parameter.name: text}).send(sandbox)
    if is_valid(parameter, text):
        # Ends round inwards to milliseconds: the same instant with more digits at both ends is a reversed window.
        assert response.status == 200 or re.search(r"\.\d{4}", text), (parameter.name, text, response)
    else:
        assert_error(response, 400, "validation_error")
        assert parameter.name in rejected_parameters(response)


@given(
    case=st.sampled_from(PATH), text=st.text(min_size=1, max_size=200) | _almost_uuids | st.sampled_from(["..", "/"])
)
@hypothesis_settings(max_examples=250)
def test_arbitrary_id(case: tuple[Operation, Parameter], text: str, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """An id that the contract accepts is a 404, and any other a 400 that names the parameter."""
    operation, parameter = case
    call = own_ids.calls()[operation.operation_id]
    path = target(operation.path, call.query, {**call.ids, parameter.name: text})
    response = sandbox("GET", path)
    if is_valid(parameter, text):
        assert_error(response, 404, "not_found")
    else:
        assert_error(response, 400, "validation_error", parameter.name)


@given(operation=st.sampled_from(READS), query=st.binary(max_size=120) | st.text(max_size=60).map(str.encode))
@hypothesis_settings(max_examples=250)
def test_arbitrary_query(operation: Operation, query: bytes, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """An arbitrary query is a 200, or a 400 that names a parameter."""
    call = own_ids.calls()[operation.operation_id]
    query = query.replace(b"#", b"").replace(b"pageSize", b"")
    response = sandbox("GET", call.target_with("").encode() + query)
    if response.status != 200:
        assert_error(response, 400, "validation_error")
        assert rejected_parameters(response)


@given(name=st.sampled_from(sorted({p.name for _, p in QUERY})), value=st.binary(max_size=60), encoded=st.booleans())
@hypothesis_settings(max_examples=200)
def test_malformed_bytes_in_the_query_are_rejected(
    name: str, value: bytes, encoded: bool, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """A value that is not UTF-8 is a 400 in every parameter."""
    operation = next(o for o, p in QUERY if p.name == name)
    call = own_ids.calls()[operation.operation_id].with_query(**{name: None})
    raw = quote_from_bytes(b"\xff" + value).encode() if encoded else re.sub(rb"[&#%+]", b"", value) + b"%FF"
    response = sandbox("GET", call.target_with(f"{name}=").encode() + raw)
    assert_error(response, 400, "validation_error", name)


@given(path=st.binary(max_size=80) | st.text(max_size=40).map(lambda text: quote(text).encode()))
@hypothesis_settings(max_examples=200)
def test_arbitrary_path(path: bytes, sandbox: InProcess) -> None:
    """An arbitrary path but the root is a 404; below /devices it may also be a 400 for a malformed id."""
    path = path.replace(b"?", b"")
    if path:
        assert_error(sandbox("GET", b"/" + path), 404, "not_found")
    response = sandbox("GET", b"/api/v1/devices/" + path)
    if response.status == 400:
        assert_error(response, 400, "validation_error", "deviceId")
    elif path:
        assert_error(response, 404, "not_found")
