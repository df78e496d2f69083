"""The hooks that pytest loads in every session of the environment (entry point `pytest11`).

They declare the options of the suite, and activate it in sessions that collect it. Other sessions import nothing else
of the suite but the table of options.
"""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from sepolo_conformance.options.table import BASE_URL, OPTIONS, Option
from sepolo_conformance.pytest_plugin import PACKAGE

_SOURCE_ROOT = PACKAGE.parent if PACKAGE.parent.name == "conformance" else PACKAGE
"""In a checkout, `conformance/` names the suite too."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the options of the suite."""
    group = parser.getgroup("sepolo-conformance", "Sepolo conformance suite (pytest --pyargs sepolo_conformance)")
    base_url = () if _owned_elsewhere(pluginmanager) else (BASE_URL,)
    for option in (*base_url, *OPTIONS):
        if option.console_only:
            continue
        if option.switch:
            group.addoption(option.pytest_flag, dest=_dest(option), action="store_true", help=option.text)
        else:
            action = "append" if option.repeatable else "store"
            help_text, metavar = option.text, option.metavar
            group.addoption(option.pytest_flag, dest=_dest(option), action=action, help=help_text, metavar=metavar)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Activate the suite in sessions that collect it."""
    if collects_suite(config):
        from sepolo_conformance.pytest_plugin import activation  # noqa: PLC0415 - other sessions must not import it

        activation.activate(config, given_options(config))


def collects_suite(config: pytest.Config) -> bool:
    """Return whether the arguments of a session name this package, by import name or by path."""
    return any(_is_ours(str(argument).partition("::")[0], config) for argument in config.args)


def given_options(config: pytest.Config) -> dict[str, object]:
    """Return the values of the options by name, as `options.parsing.parse` reads them."""
    return {option.name: config.getoption(_dest(option), None) for option in (BASE_URL, *OPTIONS)}


def _is_ours(argument: str, config: pytest.Config) -> bool:
    if config.getoption("pyargs", default=False) and argument.partition(".")[0] == PACKAGE.name:
        return True
    if not argument:
        return False
    path = Path(os.path.abspath(config.invocation_params.dir / argument))  # noqa: PTH100 - resolve() follows links
    candidates = {path, path.resolve()}
    return any(PACKAGE in (found, *found.parents) or found == _SOURCE_ROOT for found in candidates)


def _dest(option: Option) -> str:
    # pytest-base-url stores its option under the same name.
    return option.name if option is BASE_URL else f"conformance_{option.name}"


def _owned_elsewhere(pluginmanager: pytest.PytestPluginManager) -> bool:
    """Return whether pytest-base-url declares --base-url in this session."""
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        return pluginmanager.hasplugin("base_url") or pluginmanager.hasplugin("pytest_base_url")
    return find_spec("pytest_base_url") is not None and not pluginmanager.is_blocked("base_url")
