"""Values of JSON that checks can compute with."""

import json

import pytest

from sepolo_conformance.transport.json_values import LARGEST, is_beyond_range, read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e400", float(LARGEST)),
        ("-1E+400", -float(LARGEST)),
        ("1" + "0" * 400, LARGEST),
        ("-1" + "0" * 400, -LARGEST),
        ("1" + "0" * 5_000, LARGEST),
        ("1" + "0" * 30, 10**30),
        ("1e-400", 0.0),
        ("1e300", 1e300),
        ('"\\ud800x"', "\N{REPLACEMENT CHARACTER}x"),
        ('{"\\uDFFF": ["\\ud83d\\ude00"]}', {"\N{REPLACEMENT CHARACTER}": ["\N{GRINNING FACE}"]}),
        ("[" * 64 + "]" * 64, json.loads("[" * 64 + "]" * 64)),
    ],
)
def test_value_can_be_computed_with(text: str, value: object) -> None:
    """Numbers beyond a double are the largest one, and text can be encoded in UTF-8."""
    found = read_json(text.encode())
    assert found == value
    assert json.dumps(found, ensure_ascii=False).encode()


def test_number_without_a_fraction_is_an_integer() -> None:
    """3.0 and 3 are the same number in JSON, and only 3 can be sent back in a query."""
    found = read_json(b'[3.0, -12.00, 0.0, 2.5, 3.05, 9007199254740993.0, "3.0", 1e1]')
    assert [(type(value), value) for value in found[:5]] == [
        (int, 3),
        (int, -12),
        (int, 0),
        (float, 2.5),
        (float, 3.05),
    ]
    assert found[5:] == [9007199254740992.0, "3.0", 10]


@pytest.mark.parametrize("text", ["[" * 66 + "]" * 66, '{"a":' * 70 + "1" + "}" * 70, "NaN", "[", ""])
def test_text_that_is_not_read(text: str) -> None:
    """Deeper nesting would exceed the stack of checks that call themselves for each level."""
    with pytest.raises(ValueError, match=r"JSON number|nested more than 64 levels deep|Expecting"):
        read_json(text.encode())


def test_number_beyond_the_range_of_a_double_is_recognised() -> None:
    """The oracle reports it."""
    assert [is_beyond_range(value) for value in read_json(b'[1e400, -1e400, 1e300, true, "1e400", null]')] == [
        *(True, True, False, False, False, False)
    ]
