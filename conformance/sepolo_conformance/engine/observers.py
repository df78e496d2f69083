"""Observers judge every exchange of a run. Their observations are merged over processes and become verdicts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sepolo_conformance.engine.expectations import KEPT
from sepolo_conformance.engine.registry import Judge, Mismatch, Observer
from sepolo_conformance.model.printable import without_surrogates
from sepolo_conformance.model.verdict import Finding, Status, Verdict
from sepolo_conformance.transport.exchange import Exchange


@dataclass
class Observations:
    """What the observer of one requirement found.

    `judged` counts responses, `findings` are by kind, `more` counts the findings beyond those kept. `fault` is the
    exception that the observer itself raised, if any.
    """

    judged: int = 0
    findings: dict[str, Finding] = field(default_factory=dict)
    more: int = 0
    fault: str | None = None

    def add(self, kind: str, finding: Finding) -> None:
        """Keep the first finding of each kind, up to KEPT of them; count the others."""
        if self.keeps(kind):
            self.findings[kind] = finding
        else:
            self.more += 1

    def keeps(self, kind: str) -> bool:
        """Return whether another finding of a kind is kept."""
        return kind not in self.findings and len(self.findings) < KEPT

    def verdict(self, requirement_id: str, broken: Status) -> Verdict:
        """Return the verdict on the requirement; `broken` is its status if there are findings."""
        if self.findings:
            found = tuple(self.findings[kind] for kind in sorted(self.findings))
            return Verdict(requirement_id, broken, found, more=self.more)
        if self.fault is not None:
            return Verdict(requirement_id, Status.ERROR, reason=self.fault)
        if self.judged == 0:
            return Verdict(requirement_id, Status.VACUOUS, reason="no response of this run is subject to it")
        return Verdict(requirement_id, Status.PASS, notes=(f"{self.judged} responses judged",))

    def plain(self) -> dict[str, Any]:
        """Return the observations as plain values, to send them to another process."""
        plain: dict[str, Any] = without_surrogates(asdict(self))
        return plain

    def merge(self, raw: Mapping[str, Any]) -> None:
        """Add the observations of another process, in the form of `plain`."""
        self.judged += raw["judged"]
        self.more += raw["more"]
        self.fault = self.fault or raw["fault"]
        for kind, finding in raw["findings"].items():
            self.add(kind, Finding.of(finding))


@dataclass
class Observers:
    """All observers of a run, by requirement. `mask` replaces keys in every text that is kept."""

    judges: Mapping[str, Judge]
    mask: Callable[[str], str]
    observations: dict[str, Observations] = field(default_factory=dict)

    def observe(self, exchange: Exchange) -> None:
        """Let each observer judge an exchange."""
        for name, judge in self.judges.items():
            observer: Observer = judge.function
            try:
                mismatches = observer(exchange)
                if mismatches is not None:
                    self._add(name, mismatches, exchange)
            except Exception as error:  # noqa: BLE001 - must not become a fault of the check that sent the request
                fault = f"the observer raised an exception: {type(error).__name__}: {error}"
                self.observations.setdefault(name, Observations()).fault = self.mask(fault)

    def _add(self, name: str, mismatches: Iterable[Mismatch], exchange: Exchange) -> None:
        found = self.observations.setdefault(name, Observations())
        found.judged += 1
        for mismatch in mismatches:
            if not found.keeps(mismatch.kind):  # masking a response takes some ms
                found.more += 1
                continue
            steps = (exchange.step(self.mask),)
            found.add(mismatch.kind, Finding.brief(self.mask(mismatch.expected), self.mask(mismatch.actual), steps))

    def drain(self) -> dict[str, dict[str, Any]]:
        """Return the observations since the last call as plain values, and delete them."""
        found, self.observations = self.observations, {}
        return {name: observed.plain() for name, observed in found.items()}
