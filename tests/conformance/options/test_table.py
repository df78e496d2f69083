"""The table of options, and how both entry points and the rerun line use it."""

import click
import pytest

from sepolo_conformance.cli import app
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.options.table import BASE_URL, BY_NAME, OPTIONS, Option, written
from sepolo_conformance.pytest_plugin.declaration import declare


def test_names_are_unique() -> None:
    """Each option stands once in the table."""
    assert len(BY_NAME) == len(OPTIONS) + 1


@pytest.mark.parametrize(
    ("option", "text"),
    [
        (Option("a", "Help"), "Help."),
        (Option("a", "Help", default="10s"), "Help (default: 10s)."),
        (Option("a", "Help", default="all", repeatable=True), "Help (default: all; repeatable)."),
    ],
)
def test_help_text_names_the_default_and_repeatability(option: Option, text: str) -> None:
    """The help text of an option is completed from its fields."""
    assert option.text == text


def test_defaults_in_help_texts_are_those_of_the_settings() -> None:
    """A changed default changes the help text."""
    settings = Settings("http://x")
    defaults = {name: BY_NAME[name].default for name in ("budget", "timeout", "max_requests", "seed", "level")}
    assert defaults == {
        "budget": f"{settings.budget:g}s",
        "timeout": f"{settings.timeout:g}s",
        "max_requests": str(settings.max_requests),
        "seed": str(settings.seed),
        "level": settings.level.value,
    }


def test_console_script_has_every_option() -> None:
    """`sepolo-conformance run` offers the options of the table and takes the URL as its argument."""
    run = app.commands["run"]
    assert [parameter.name for parameter in run.params] == [BASE_URL.name, *(option.name for option in OPTIONS)]
    flags = {parameter.name: parameter.opts for parameter in run.params if isinstance(parameter, click.Option)}
    assert (flags["max_requests"], flags["processes"]) == (["--max-requests"], ["-n"])
    assert flags["verbose"] == ["-v", "--verbose"]


def test_pytest_has_every_option_but_its_own() -> None:
    """pytest offers the options under prefixed names, except those for which it has counterparts."""
    parser = pytest.Config.fromdictargs({}, ["-p", "no:sepolo-conformance"])._parser
    declare(parser)
    declared = {flag for group in parser._groups for option in group.options for flag in option.names()}
    wanted = {option.pytest_flag for option in (BASE_URL, *OPTIONS) if not option.console_only}
    assert wanted <= declared
    assert [option.pytest_flag for option in OPTIONS if option.console_only and option.pytest_flag in declared] == []


def test_written_yields_an_entry_per_value() -> None:
    """Lists yield an entry per value, switches none; options without a value are left out."""
    values = {"api_key": ["a", "b"], "area": (), "seed": 7, "allow_writes": True, "verbose": False, "json": None}
    assert [(option.name, value) for option, value in written(values)] == [
        ("api_key", "a"),
        ("api_key", "b"),
        ("seed", "7"),
        ("allow_writes", None),
    ]
