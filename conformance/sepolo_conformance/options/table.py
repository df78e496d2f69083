"""The table of options. The console script and the pytest plugin both build their options from it.

It imports nothing but values, because `sepolo-conformance list` and `explain` must start fast.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sepolo_conformance.model.settings import BUDGET_S, IN_FLIGHT, MAX_REQUESTS, SEED, TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a run.

    `name` is its key in the values that `options.parsing.parse` reads. `default` completes the help text. A `switch`
    takes no value. `console_only` options are not added to pytest, which has its own for the same purpose. Options
    other than `shared` get a prefix in pytest, because other plugins own names such as `--timeout` and `--html`.
    """

    name: str
    help: str
    metavar: str | None = None
    default: str | None = None
    short: str | None = None
    repeatable: bool = False
    switch: bool = False
    shared: bool = False
    console_only: bool = False

    @property
    def flag(self) -> str:
        """The option as the console script spells it, such as `--max-requests`."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def pytest_flag(self) -> str:
        """The option as pytest spells it, such as `--conformance-max-requests`."""
        return self.flag if self.shared else f"--conformance-{self.flag[2:]}"

    @property
    def text(self) -> str:
        """The help text with the default and whether the option is repeatable."""
        notes = [f"default: {self.default}"] * (self.default is not None) + ["repeatable"] * self.repeatable
        return f"{self.help} ({'; '.join(notes)})." if notes else f"{self.help}."


BASE_URL = Option("base_url", "Deployment to judge, with or without /api/v1", "URL", shared=True)
OPTIONS = (
    Option(
        "api_key",
        "API key, visible to other users of this machine. A key of a second organisation adds the isolation tests",
        "KEY",
        repeatable=True,
        shared=True,
    ),
    Option("api_key_env", "Environment variable that holds an API key", "NAME", repeatable=True, shared=True),
    Option("api_key_file", "File of API keys, one per line", "FILE", repeatable=True, shared=True),
    Option("key_scopes", "Scopes of a key that may not call /me", "NAME=a.read,…", repeatable=True),
    Option("level", "Lowest level that can fail the run: must, should or sandbox", "LEVEL", default="must"),
    Option("requirement", "Judge only these requirements, separated by commas", "ID", repeatable=True),
    Option("area", "Judge only these areas, separated by commas", "AREA", repeatable=True),
    Option("allow_writes", "Permit POST", default="reads only", switch=True),
    Option("write_body", "JSON body for POST, if the deployment requires more than the contract", "FILE"),
    Option("rate", "Highest request rate, e.g. 5/s. Limits of /me and Retry-After always apply", "RATE"),
    Option(
        "in_flight", "Requests that wait for a response at the same time, in each process", "N", default=str(IN_FLIGHT)
    ),
    Option("budget", "Longest duration of the run, e.g. 120s", "TIME", default=f"{BUDGET_S:g}s"),
    Option("timeout", "Longest wait for one complete response", "TIME", default=f"{TIMEOUT_S:g}s"),
    Option("max_requests", "Highest number of requests of the run", "N", default=str(MAX_REQUESTS)),
    Option("seed", "Seed of the random choices: the same seed sends the same requests", "N", default=str(SEED)),
    Option("device", "Id of a device that has data", "ID", default="discovered"),
    Option("window", "Time window with data, e.g. 2026-05-01/2026-06-01", "A/B", default="discovered"),
    Option("expected_failures", "YAML file of known deviations, one `ID: reason` per line", "FILE"),
    Option("json", "Write the report as JSON", "FILE"),
    Option("html", "Write the report as one HTML page", "FILE"),
    Option("badge", "Write a badge as JSON, for a shields.io endpoint", "FILE"),
    Option("junit", "Write the report as JUnit XML", "FILE", console_only=True),
    Option("processes", "Number of processes that share the work, or auto", "N", short="-n", console_only=True),
    Option("verbose", "Print every requirement and all findings in full", short="-v", switch=True, console_only=True),
    Option("quiet", "Print one line per finding and a table", short="-q", switch=True, console_only=True),
)
BY_NAME: Mapping[str, Option] = {option.name: option for option in (BASE_URL, *OPTIONS)}


def written(values: Mapping[str, Any]) -> Iterator[tuple[Option, str | None]]:
    """Yield each option that has a value, once per value, in the order of `values`; a switch has the value None."""
    for name, value in values.items():
        option = BY_NAME[name]
        if option.switch:
            if value:
                yield option, None
        elif value is not None:
            for entry in value if isinstance(value, (list, tuple)) else (value,):
                yield option, str(entry)
