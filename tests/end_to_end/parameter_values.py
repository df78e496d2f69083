"""Valid and invalid values by the type of a parameter's schema, as bytes for the request line.

The tables do not depend on the names of parameters.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sepolo_openapi.contract import Parameter

_MALFORMED = {
    "NUL": b"%00",
    "NUL inside": b"a%00b",
    "stray byte": b"%FF",
    "broken sequence": b"%C3%28",
    "cut sequence": b"%E2%82",
    "overlong": b"%C0%80",
    "surrogate": b"%ED%A0%80",
    "beyond Unicode": b"%F5%80%80%80",
    "bad escape": b"%ZZ",
    "cut escape": b"1%4",
    "lone percent": b"100%",
    "UTF-16 escape": b"%u0031",
    "raw stray byte": b"\xff",
    "raw broken sequence": b"\xc3(",
}
"""Bytes that are invalid in every parameter."""

_TOO_LONG = b"A" * 8192

_NOT_INTEGERS = {
    "word": b"abc",
    "fraction": b"1.5",
    "whole fraction": b"1.0",
    "exponent": b"1e1",
    "plus": b"%2B1",
    "raw plus": b"+1",
    "space": b"1%20",
    "line": b"1%0A",
    "zeros in front": b"007",
    "two signs": b"--1",
    "hexadecimal": b"0x10",
    "underscore": b"1_0",
    "comma": b"1,0",
    "Arabic digit": b"%D9%A3",
    "full-width digit": b"%EF%BC%91",
    "not a number": b"NaN",
    "infinity": b"Infinity",
    "null": b"null",
    "true": b"true",
    "beyond 32 bits": b"2147483648",
    "below 32 bits": b"-2147483649",
    "beyond 64 bits": b"9223372036854775808",
    "endless": b"9" * 5000,
}
_NOT_INSTANTS = {
    "word": b"yesterday",
    "date only": b"2026-06-01",
    "no offset": b"2026-06-01T00:00:00",
    "no offset, fraction": b"2026-06-01T00:00:00.5",
    "raw plus": b"2026-06-01T00:00:00+02:00",
    "space between": b"2026-06-01%2000:00:00Z",
    "no seconds": b"2026-06-01T00:00Z",
    "basic format": b"20260601T000000Z",
    "week date": b"2026-W23-1T00:00:00Z",
    "Unix time": b"1780272000",
    "empty fraction": b"2026-06-01T00:00:00.Z",
    "comma fraction": b"2026-06-01T00:00:00,5Z",
    "ten digits": b"2026-06-01T00:00:00.0123456789Z",
    "leap second": b"2026-06-30T23:59:60Z",
    "second 61": b"2026-06-30T23:59:61Z",
    "minute 60": b"2026-06-01T23:60:00Z",
    "hour 24": b"2026-06-01T24:00:00Z",
    "29 February": b"2026-02-29T00:00:00Z",
    "29 February of a century": b"2100-02-29T00:00:00Z",
    "30 February": b"2024-02-30T00:00:00Z",
    "day 0": b"2026-06-00T00:00:00Z",
    "month 0": b"2026-00-01T00:00:00Z",
    "month 13": b"2026-13-01T00:00:00Z",
    "year 0": b"0000-01-01T00:00:00Z",
    "year 10000": b"10000-01-01T00:00:00Z",
    "negative year": b"-2026-06-01T00:00:00Z",
    "before year 1": b"0001-01-01T00:00:00%2B00:01",
    "after year 9999": b"9999-12-31T23:59:59-00:01",
    "offset 24": b"2026-06-01T00:00:00%2B24:00",
    "offset minute 60": b"2026-06-01T00:00:00%2B01:60",
    "offset without minutes": b"2026-06-01T00:00:00%2B02",
    "two offsets": b"2026-06-01T00:00:00Z%2B02:00",
    "Arabic digits": "٢٠٢٦-06-01T00:00:00Z".encode(),
    "line": b"2026-06-01T00:00:00Z%0A",
    "space": b"%202026-06-01T00:00:00Z",
}
VALID_INSTANTS = {
    "UTC": b"2026-06-01T00:00:00Z",
    "lower case": b"2026-06-01t00:00:00z",
    "encoded plus": b"2026-06-01T02:00:00%2B02:00",
    "offset without colon": b"2026-06-01T02:00:00%2B0200",
    "minus": b"2026-05-31T22:00:00-02:00",
    "unknown local offset": b"2026-06-01T00:00:00-00:00",
    "milliseconds": b"2026-06-01T00:00:00.123Z",
    "nanoseconds": b"2026-06-01T00:00:00.000000001Z",
    "29 February": b"2024-02-29T12:00:00Z",
    "29 February of 2000": b"2000-02-29T12:00:00Z",
    "29 February of 2400": b"2400-02-29T12:00:00Z",
    "year 1": b"0001-01-01T00:00:00Z",
    "year 9999": b"9999-12-31T23:59:59.999999999Z",
    "percent-encoded": b"%32026-06-01T00%3A00%3A00%5A",
}
_NOT_UUIDS = {
    "word": b"x",
    "short": b"a33b5a5d-e55a-423d-9bdf-0bc2c61f7e6",
    "long": b"a33b5a5d-e55a-423d-9bdf-0bc2c61f7e633",
    "no hyphens": b"a33b5a5de55a423d9bdf0bc2c61f7e63",
    "braces": b"%7Ba33b5a5d-e55a-423d-9bdf-0bc2c61f7e63%7D",
    "urn": b"urn:uuid:a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63",
    "wrong digit": b"g33b5a5d-e55a-423d-9bdf-0bc2c61f7e63",
    "shifted hyphen": b"a33b5a5de-55a-423d-9bdf-0bc2c61f7e63",
    "line": b"a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63%0A",
    "Arabic digit": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e6٣".encode(),
    "list": b"a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63,a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63",
}
UNUSUAL_TEXTS = {
    "letters": b"Z%C3%BCrich",
    "emoji": b"%F0%9F%9A%82",
    "zero width": b"%E2%80%8B",
    "right to left": b"%E2%80%AEabc",
    "combining": b"e%CC%81",
    "line": b"a%0D%0AX-Injected:%201",
    "quotes": b"'%20OR%201=1;--%22",
    "slash": b"a%2Fb",
    "dots": b"..%2F..%2Fetc%2Fpasswd",
    "percent sign": b"100%25",
    "plus": b"a+b",
    "equals": b"a=b",
    "markup": b"%3Cscript%3E",
    "format": b"%25s%25n%7B0%7D$%7Bx%7D",
    "raw letters": "Zürich".encode(),
}
"""Unusual but valid texts, which match no row as a filter."""

Schema = Mapping[str, Any]


def invalid_values(parameter: Parameter) -> Iterator[tuple[str, bytes]]:
    """Yield a name and the bytes of values that the schema of the parameter forbids."""
    schema = parameter.schema
    yield from _MALFORMED.items()
    yield "far too long", _TOO_LONG
    match schema.get("type"), schema.get("format"):
        case "integer", _:
            yield from _NOT_INTEGERS.items()
            for keyword, step in (("minimum", -1), ("maximum", 1)):
                if keyword in schema:
                    yield f"beyond {keyword}", b"%d" % (schema[keyword] + step)
        case "string", "date-time":
            yield from _NOT_INSTANTS.items()
        case "string", "uuid":
            yield from _NOT_UUIDS.items()
        case "string", None if "enum" in schema:
            first = schema["enum"][0]
            for value in (first.upper(), first[:-1], f"{first} ", f"{first},{schema['enum'][1]}", "null", "1"):
                yield f"not {first}: {value!r}", value.replace(" ", "%20").encode()
        case "string", None:
            yield from _invalid_texts(schema)


def _invalid_texts(schema: Schema) -> Iterator[tuple[str, bytes]]:
    if "maxLength" in schema:
        yield "one too long", b"A" * (schema["maxLength"] + 1)
        yield "one too long in Unicode", b"%C3%A9" * (schema["maxLength"] + 1)
    if "pattern" in schema:
        for value in (b"!", b"1.5", b"%20", b"0%0A", b"%C3%A9", b"%D9%A3", b"1,2"):
            if not re.fullmatch(schema["pattern"].strip("^$"), value.decode()):
                yield f"ill-formed {value!r}", value


_MESSAGES: Mapping[str, str] = {
    "integer": r"an integer in plain digits, such as \d+|at (least|most) -?\d+",
    "date-time": (
        r"\d{4}-\d\d-\d\dT|date and time that exists|second 59|0001 to 9999|[+]02:00|%2B|nine digits"
        r"|: write a point|: leave (it|them) out"
    ),
    "uuid": r"a UUID such as [0-9a-f-]{36}",
    "enum": r"one of \w+, \w+, \w+",
    "pattern": r"must match \S+|start again without a cursor|at most \d+ characters",
    "text": r"at most \d+ characters|at least 1 character",
}
_COMMON_MESSAGES = (
    r"percent-encoding: each % must be followed|valid UTF-8|must not contain a NUL|give it once|must not be empty"
)


def says_what_is_valid(parameter: Parameter, message: str) -> bool:
    """Whether an error message describes the valid values of the parameter."""
    schema = parameter.schema
    form = str(schema.get("format"))
    kind = form if form in _MESSAGES else schema["type"]
    if kind == "string":
        kind = next((keyword for keyword in ("enum", "pattern") if keyword in schema), "text")
    return re.search(f"{_MESSAGES[kind]}|{_COMMON_MESSAGES}", message) is not None
