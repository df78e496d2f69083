"""Texts of a target in terminals, logs and JSON documents."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.model.printable import printable, printable_json, printable_lines, without_surrogates

COMMANDS = (
    *("::error::x", " ::set-env name=PATH::x", "\t::add-mask::x", "x ##[add-path]y"),
    *("x ##vso[task.setvariable variable=a]b", "##teamcity[buildStatus text='x']"),
)


@given(st.text())
def test_printable_text_is_one_line_without_control_characters(text: str) -> None:
    """It can be encoded in UTF-8 too."""
    shown = printable(text)
    assert shown.isprintable()
    assert shown.encode().decode() == shown


def test_control_characters_become_escapes() -> None:
    """The escapes are those of Python and JSON; other text is unchanged, also outside of ASCII."""
    assert printable("\x1b]0;x\x07\r\n\u202eé→\x9b\ud800") == r"\x1b]0;x\x07\r\n\u202eé→\x9b\ud800"
    assert printable_lines("a\r\n\x1bb\n\n") == "a\n\\x1bb\n\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_ci_systems_are_disarmed(command: str) -> None:
    """A line does not begin with `::`, and contains no `##[`, `##vso[` or `##teamcity[`."""
    for shown in (printable(command), printable_lines(f"x\n{command}").splitlines()[1]):
        assert not shown.lstrip().startswith("::")
        assert not any(word in shown for word in ("##[", "##vso[", "##teamcity["))
    assert json.loads(printable_json(json.dumps([command]))) == [command]
    assert "##" not in printable_json(json.dumps([command]))


def test_colons_within_a_line_are_unchanged() -> None:
    """IPv6 addresses and node ids contain two colons."""
    assert printable("target  http://[::1]:8080, a::b # c ## d") == "target  http://[::1]:8080, a::b # c ## d"


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_keeps_its_value(value: object) -> None:
    """Only lone surrogates change, and the document has no control character but line breaks."""
    shown = printable_json(json.dumps(value, indent=1, ensure_ascii=False))
    assert shown.replace("\n", "").isprintable()
    if without_surrogates(value) == value:
        assert json.loads(shown) == value


def test_lone_surrogates_become_escapes() -> None:
    """Names of members are changed too; other values are not."""
    assert without_surrogates({"\ud800": ["x\udfff", 1, None]}) == {"\\ud800": ["x\\udfff", 1, None]}
