"""The options of the suite in pytest, and the switch that turns the suite on.

pytest loads this module in every session of the environment (entry point `pytest11`), so it declares options
and nothing more; in a session that doesn't collect the suite nothing else of it is imported. Other plugins own
names such as `--timeout` and `--html`, hence the prefix.
"""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

__all__ = ["OPTIONS", "Option", "collects_suite", "given"]


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a run. `name` is its name for `settings.parse`; `action` is argparse's."""

    name: str
    flag: str
    help: str
    metavar: str | None = None
    action: str = "store"


_P = "--conformance-"
BASE_URL = Option("base_url", "--base-url", "deployment to judge, with or without /api/v1", "URL")
OPTIONS = (
    Option(
        "api_key", "--api-key", "API key; repeatable. A key of a second organisation proves isolation", "KEY", "append"
    ),
    Option("api_key_env", "--api-key-env", "environment variable that holds an API key; repeatable", "NAME", "append"),
    Option("api_key_file", "--api-key-file", "file of API keys, one a line; repeatable", "FILE", "append"),
    Option("key_scopes", f"{_P}key-scopes", "scopes of a key that may not call /me", "NAME=a.read,…", "append"),
    Option("level", f"{_P}level", "what can fail the run: must (default), should, sandbox", "LEVEL"),
    Option("area", f"{_P}area", "judge only these areas; repeatable, comma separated", "AREA", "append"),
    Option("requirement", f"{_P}requirement", "judge only these requirements; as --area", "ID", "append"),
    Option("allow_writes", f"{_P}allow-writes", "permit POST (default: reads only)", action="store_true"),
    Option(
        "write_body", f"{_P}write-body", "JSON body for POST, where a deployment wants more than the contract", "FILE"
    ),
    Option("rate", f"{_P}rate", "fastest pace, e.g. 5/s (also kept: what /me says, Retry-After)", "RATE"),
    Option("budget", f"{_P}budget", "longest run, e.g. 120s (default 300s)", "TIME"),
    Option("timeout", f"{_P}timeout", "longest wait for one whole answer (default 10s)", "TIME"),
    Option("max_requests", f"{_P}max-requests", "most requests of a run (default 10000)", "N"),
    Option("seed", f"{_P}seed", "the same seed sends the same requests (default 1)", "N"),
    Option("device", f"{_P}device", "a device that has data (default: discovered)", "ID"),
    Option("window", f"{_P}window", "a window with data, e.g. 2026-05-01/2026-06-01 (default: discovered)", "A/B"),
    Option("expected_failures", f"{_P}expected-failures", "YAML of known deviations, `ID: reason` a line", "FILE"),
    Option("json", f"{_P}json", "write the report as JSON", "FILE"),
    Option("html", f"{_P}html", "write the report as one HTML page", "FILE"),
    Option("badge", f"{_P}badge", "write a badge as JSON (shields.io endpoint)", "FILE"),
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the options."""
    group = parser.getgroup("sepolo-conformance", "Sepolo conformance suite (pytest --pyargs sepolo_conformance)")
    options = OPTIONS if _owned_elsewhere(pluginmanager) else (BASE_URL, *OPTIONS)
    for option in options:
        extra: dict[str, Any] = {} if option.metavar is None else {"metavar": option.metavar}
        group.addoption(option.flag, dest=_dest(option), action=option.action, help=option.help, default=None, **extra)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Turn the suite on, in sessions that collect it."""
    if collects_suite(config):
        from sepolo_conformance.pytest_plugin import plugin  # noqa: PLC0415 - a session of other tests must not pay for it

        plugin.activate(config)


def collects_suite(config: pytest.Config) -> bool:
    """Return whether the session was asked for this package, by name or by path."""
    return any(_is_ours(str(argument).partition("::")[0], config) for argument in config.args)


def given(config: pytest.Config) -> dict[str, Any]:
    """Return the options of the suite as they were given, by name."""
    return {option.name: config.getoption(_dest(option), None) for option in (BASE_URL, *OPTIONS)}


def _is_ours(argument: str, config: pytest.Config) -> bool:
    if config.getoption("pyargs", default=False) and argument.partition(".")[0] == __package__:
        return True
    if not argument:
        return False
    here = Path(__file__).parent
    path = Path(os.path.abspath(config.invocation_params.dir / argument))  # noqa: PTH100 - resolve() follows links
    if path.resolve() == here.parent and here.parent.name == "conformance":
        return True  # the source root, in a checkout
    return path == here or here in path.parents or path.resolve() == here or here in path.resolve().parents


def _dest(option: Option) -> str:
    # pytest-base-url keeps its own under this very name.
    return "base_url" if option is BASE_URL else f"conformance_{option.name}"


def _owned_elsewhere(pluginmanager: pytest.PytestPluginManager) -> bool:
    """Return whether pytest-base-url declares --base-url, or is about to."""
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        return pluginmanager.hasplugin("base_url") or pluginmanager.hasplugin("pytest_base_url")
    return find_spec("pytest_base_url") is not None and not pluginmanager.is_blocked("base_url")
