"""Verdicts on requirements and their findings: values that processes exchange as plain dictionaries."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from sepolo_conformance.model.printable import without_surrogates
from sepolo_conformance.model.requirement import MUST, SHOULD, Level


class Status(StrEnum):
    """The result of judging a requirement."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    WARN = "warn"
    VACUOUS = "vacuous"
    NOT_TESTED = "not-tested"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange in a report: keys are masked, and bodies are cut to a readable length."""

    curl: str
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: str | None
    status: int
    response_headers: tuple[tuple[str, str], ...]
    response_body: str
    request_id: str | None
    milliseconds: int

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Step":
        pairs = {name: tuple((key, value) for key, value in raw[name]) for name in _PAIRS}
        return cls(**(raw | pairs))


_MAX_LENGTH = 1_500
"""Characters of an expected or actual value that are kept."""
_PAIRS = ("request_headers", "response_headers")


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation from the contract: the expected and the actual behaviour, and the exchanges that show it."""

    expected: str
    actual: str
    steps: tuple[Step, ...] = ()

    @classmethod
    def brief(cls, expected: str, actual: str, steps: tuple[Step, ...]) -> "Finding":
        """Return a finding whose texts are cut to a length that can be printed."""
        return cls(_clip(expected), _clip(actual), steps)

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Finding":
        return cls(raw["expected"], raw["actual"], tuple(Step.of(step) for step in raw["steps"]))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one requirement.

    `reason` says why there is no verdict, or what went wrong with the run. `notes` name the parts of the check that
    gave no verdict. `requests` counts the requests of the check, which took `seconds`. `more` counts the findings
    beyond those kept. `known` is the reason given for a failure that the user expects.
    """

    id: str
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    notes: tuple[str, ...] = ()
    requests: int = 0
    seconds: float = 0.0
    more: int = 0
    known: str | None = field(default=None)

    def plain(self) -> dict[str, Any]:
        """Return the verdict as dictionaries, lists, strings in UTF-8 and numbers."""
        plain: dict[str, Any] = without_surrogates(asdict(self) | {"status": self.status.value})
        return plain

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Verdict":
        """Return the verdict of a dictionary that `plain` returned, also if it was converted to JSON and back."""
        return cls(
            **raw
            | {
                "status": Status(raw["status"]),
                "findings": tuple(Finding.of(finding) for finding in raw["findings"]),
                "notes": tuple(raw["notes"]),
            }
        )


def _clip(text: str) -> str:
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}… ({len(text)} characters in total)"


def broken(level: Level, run_level: Level) -> Status:
    """Return the status of a broken requirement of `level` in a run at `run_level`."""
    strict = tuple(Level).index(level) <= tuple(Level).index(run_level)
    return Status.FAIL if strict or level not in (MUST, SHOULD) else Status.WARN
