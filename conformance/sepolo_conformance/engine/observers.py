"""Gathers what observers see over a whole run, also over several processes, and turns it into verdicts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sepolo_conformance.engine.registry import Judge, Observer
from sepolo_conformance.model.verdict import Finding, Status, Verdict
from sepolo_conformance.transport.exchange import Exchange

__all__ = ["KEPT", "Observations", "Observers"]

KEPT = 12
"""Findings that are kept of one requirement; more are counted."""


@dataclass
class Observations:
    """What was seen of one requirement: answers judged, findings by kind, and how many more there were.

    `fault` says how the observer itself broke, if it did.
    """

    judged: int = 0
    findings: dict[str, Finding] = field(default_factory=dict)
    more: int = 0
    fault: str | None = None

    def add(self, kind: str, finding: Finding) -> None:
        """Keep the first finding of each kind, up to a bound; count the rest."""
        if kind in self.findings or len(self.findings) >= KEPT:
            self.more += 1
        else:
            self.findings[kind] = finding

    def verdict(self, requirement_id: str, broken: Status) -> Verdict:
        """Return the verdict over all that was seen; `broken` is the status of a broken requirement."""
        if self.findings:
            found = tuple(self.findings[kind] for kind in sorted(self.findings))
            return Verdict(requirement_id, broken, found, more=self.more)
        if self.fault is not None:
            return Verdict(requirement_id, Status.ERROR, reason=self.fault)
        if self.judged == 0:
            reason = "no answer of this run had any bearing on it"
            return Verdict(requirement_id, Status.VACUOUS, reason=reason)
        return Verdict(requirement_id, Status.PASS, notes=(f"{self.judged} answers judged",))

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, to cross a process border."""
        return asdict(self)

    def merge(self, raw: Mapping[str, Any]) -> None:
        """Add what another process saw, in the form of `plain`."""
        self.judged += raw["judged"]
        self.more += raw["more"]
        self.fault = self.fault or raw["fault"]
        for kind, finding in raw["findings"].items():
            self.add(kind, Finding.of(finding))


@dataclass
class Observers:
    """Shows every exchange to all observers. `mask` removes keys from what is kept."""

    judges: Mapping[str, Judge]
    mask: Callable[[str], str]
    observations: dict[str, Observations] = field(default_factory=dict)

    def observe(self, exchange: Exchange) -> None:
        """Let each observer judge an exchange."""
        for name, judge in self.judges.items():
            observer: Observer = judge.function  # type: ignore[assignment]
            try:
                mismatches = observer(exchange)
                if mismatches is not None:
                    self._note(name, mismatches, exchange)
            except Exception as error:  # noqa: BLE001 - a fault of a observer isn't one of the check that sent the request
                fault = f"the observer itself broke: {type(error).__name__}: {error}"
                self.observations.setdefault(name, Observations()).fault = self.mask(fault)

    def _note(self, name: str, mismatches: Iterable[Any], exchange: Exchange) -> None:
        seen = self.observations.setdefault(name, Observations())
        seen.judged += 1
        for mismatch in mismatches:
            if mismatch.kind in seen.findings:
                seen.more += 1
                continue
            steps = (exchange.step(self.mask),)
            seen.add(mismatch.kind, Finding.brief(self.mask(mismatch.expected), self.mask(mismatch.actual), steps))

    def drain(self) -> dict[str, dict[str, Any]]:
        """Return what was seen since the last call, as plain values, and begin anew."""
        seen, self.observations = self.observations, {}
        return {name: found.plain() for name, found in seen.items()}
