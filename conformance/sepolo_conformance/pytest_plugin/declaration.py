"""Declares the options of the suite to pytest and returns their values. Only sessions that name the suite import it."""

from collections.abc import Iterable

import pytest

from sepolo_conformance.options.table import BASE_URL, OPTIONS

_DECLARED = [option for option in (BASE_URL, *OPTIONS) if not option.console_only]


def declare(parser: pytest.Parser) -> None:
    """Declare each option, unless a plugin or a conftest.py owns its name: pytest-base-url declares --base-url."""
    group = parser.getgroup("sepolo-conformance", "Sepolo conformance suite (pytest --pyargs sepolo_conformance)")
    for option in _DECLARED:
        if option.shared and _is_declared(parser, option.pytest_flag):
            continue
        dest = f"conformance_{option.name}"
        if option.switch:
            group.addoption(option.pytest_flag, dest=dest, action="store_true", help=option.text)
        else:
            action = "append" if option.repeatable else "store"
            group.addoption(option.pytest_flag, dest=dest, action=action, help=option.text, metavar=option.metavar)


def given_options(config: pytest.Config) -> dict[str, object]:
    """Return the values of the options by name, as `options.parsing.parse` reads them."""
    found = {option.name: config.getoption(option.pytest_flag, None) for option in _DECLARED}
    # An option that another plugin declared may have one value where the suite takes several.
    lists = {option.name for option in _DECLARED if option.repeatable}
    return {name: [value] if name in lists and isinstance(value, str) else value for name, value in found.items()}


def without_values(args: Iterable[str]) -> list[str]:
    """Return arguments without the options of the suite and their values."""
    flags = {option.pytest_flag for option in _DECLARED if not option.switch}
    remaining, arguments = [], iter(args)
    for argument in arguments:
        if argument in flags:
            next(arguments, None)
        else:
            remaining.append(argument)
    return remaining


def _is_declared(parser: pytest.Parser, flag: str) -> bool:
    try:
        _, unknown = parser.parse_known_and_unknown_args([f"{flag}=text"])
    except pytest.UsageError:  # it takes another type of value
        return True
    return bool(not unknown)
