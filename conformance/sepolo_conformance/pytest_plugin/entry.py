"""The hooks that pytest loads in every session of the environment (entry point `pytest11`).

They declare the options of the suite and activate it in sessions that name it. Other sessions have no such option, and
import nothing else of the suite.
"""

import os
from argparse import Namespace
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from sepolo_conformance.pytest_plugin import PACKAGE

_SOURCE_ROOT = PACKAGE.parent if PACKAGE.parent.name == "conformance" else PACKAGE
"""In a checkout, `conformance/` names the suite too."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None]:
    """Declare the options of the suite if the session names it, after those of conftest.py files.

    `args` include those of PYTEST_ADDOPTS and of the configuration.
    """
    known = early_config.known_args_namespace
    suite_is_named = _names_suite(_positional(parser, args), known, early_config)
    if suite_is_named:
        from sepolo_conformance.pytest_plugin import declaration  # noqa: PLC0415 - other sessions must not import it

        # Values of options that are not declared yet name no folders of conftest.py files.
        known.file_or_dir = _positional(parser, declaration.without_values(args))
    yield
    if suite_is_named:
        declaration.declare(parser)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Activate the suite in sessions that collect it."""
    if any(_is_ours(argument, config.option, config) for argument in config.args):
        from sepolo_conformance.pytest_plugin import activation, declaration  # noqa: PLC0415 - as above

        activation.activate(config, declaration.given_options(config))


def _positional(parser: pytest.Parser, args: list[str]) -> list[str]:
    """Return the arguments that are neither options nor values of declared options."""
    known, unknown = parser.parse_known_and_unknown_args(args)
    # pytest 8 counts positional arguments after an unknown option as unknown.
    return [*known.file_or_dir, *(argument for argument in unknown if not argument.startswith("-"))]


def _names_suite(arguments: Iterable[str], known: Namespace, config: pytest.Config) -> bool:
    """Return whether arguments name the suite, or whether pytest would collect it without any."""
    defaults = (*config.getini("testpaths"), config.invocation_params.dir)
    return any(_is_ours(str(argument), known, config) for argument in (*arguments, *defaults))


def _is_ours(argument: str, known: Namespace, config: pytest.Config) -> bool:
    """Return whether an argument names this package, by import name or by path."""
    name = argument.partition("::")[0]
    if known.pyargs and name.partition(".")[0] == PACKAGE.name:
        return True
    path = Path(os.path.abspath(config.invocation_params.dir / name))  # noqa: PTH100 - resolve() follows links
    return bool(name) and any(
        PACKAGE in (found, *found.parents) or found == _SOURCE_ROOT for found in (path, path.resolve())
    )
