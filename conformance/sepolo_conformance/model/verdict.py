"""Verdicts: how a requirement ended, and what was found.

Pure values that cross process borders as plain dictionaries, and the rule that turns a broken requirement
into a status. Nothing here knows of HTTP or pytest.
"""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from sepolo_conformance.model.requirement import MUST, SHOULD, Level

__all__ = ["Finding", "Status", "Step", "Verdict", "broken"]


class Status(StrEnum):
    """How a requirement ended."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    WARN = "warn"
    VACUOUS = "vacuous"
    NOT_TESTED = "not-tested"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange as a report shows it: keys masked, bodies cut to a readable length."""

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


_LONGEST = 1_500
_PAIRS = ("request_headers", "response_headers")


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation: what the contract has expected, what came, and the exchanges that show it."""

    expected: str
    actual: str
    steps: tuple[Step, ...] = ()

    @classmethod
    def brief(cls, expected: str, actual: str, steps: tuple[Step, ...]) -> "Finding":
        """Return a finding fit to print, whatever a server has put into its texts."""
        return cls(_clip(expected), _clip(actual), steps)

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Finding":
        return cls(raw["expected"], raw["actual"], tuple(Step.of(step) for step in raw["steps"]))


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one requirement ended.

    `reason` says why nothing was judged, or what went wrong with the run; `notes` name the parts that were
    left out of a verdict that was reached. `requests` were sent for it, in `seconds`. `more` findings beyond
    those kept were of the same kind.
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
        """Return the verdict as nothing but dictionaries, lists, strings and numbers."""
        return asdict(self) | {"status": self.status.value}

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Verdict":
        """Return the verdict that `plain` made `raw` of, also after a journey through JSON."""
        return cls(
            **raw
            | {
                "status": Status(raw["status"]),
                "findings": tuple(Finding.of(finding) for finding in raw["findings"]),
                "notes": tuple(raw["notes"]),
            }
        )


def _clip(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters in all)"


def broken(level: Level, asked: Level) -> Status:
    """Return what a broken requirement of `level` is in a run at level `asked`."""
    strict = tuple(Level).index(level) <= tuple(Level).index(asked)
    return Status.FAIL if strict or level not in (MUST, SHOULD) else Status.WARN
