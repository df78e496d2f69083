"""All verdicts of a run, counted and summed up. Pure: no pytest, no files."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.keys import KeyFacts
from sepolo_conformance.model.requirement import AREAS, Level, Requirement
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Status, Verdict, broken
from sepolo_conformance.reporting.clipping import clipped

__all__ = ["EXIT_ERROR", "EXIT_FAIL", "EXIT_OK", "Results"]

EXIT_OK, EXIT_FAIL, EXIT_ERROR = 0, 1, 3


@dataclass
class Results:
    """The verdicts so far of a run of the requirements `chosen`."""

    settings: Settings
    chosen: tuple[Requirement, ...]
    keys: tuple[KeyFacts, ...] = ()
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False
    unwritten: str | None = None
    """Why a report couldn't be written."""

    def ordered(self) -> list[tuple[Requirement, Verdict]]:
        """Return requirements with their verdicts, in catalogue order."""
        return [(rule, self.verdicts[rule.id]) for rule in catalogue().values() if rule.id in self.verdicts]

    def counts(self, level: Level | None = None, area: str | None = None) -> Counter[Status]:
        """Return how many requirements, of a level and area or of all, ended in which way."""
        return Counter(
            verdict.status
            for rule, verdict in self.ordered()
            if level in (None, rule.level) and area in (None, rule.area)
        )

    def by_area(self) -> Mapping[str, Counter[Status]]:
        """Return the counts of each area that was judged."""
        found = {area: self.counts(area=area) for area in AREAS.values()}
        return {area: counts for area, counts in found.items() if counts}

    def requests(self) -> int:
        """Return how many requests all verdicts took."""
        return sum(verdict.requests for verdict in self.verdicts.values())

    def stale(self) -> list[str]:
        """Return expected failures that hold by now, so that the file has to be mended."""
        good = (Status.PASS,)
        return [name for name in self.settings.expected if name in self.verdicts and self.verdicts[name].status in good]

    def failed(self) -> list[str]:
        """Return the requirements that fail the run: broken, and not known to be."""
        return [name for name, verdict in self.verdicts.items() if verdict.status is Status.FAIL and not verdict.known]

    def keyless(self) -> bool:
        """Return whether no key was of use and something would have needed one: then nothing much was judged."""
        return not any(key.known for key in self.keys) and self.counts()[Status.NOT_TESTED] > 0

    def exit_code(self) -> int:
        """Return 0 if the deployment conforms, 1 if not or if an expected failure is gone, 3 if the run failed.

        A run without a key that is of use, or in which nothing could be judged, has failed: it must not open a gate.
        """
        if self.failed() or self.stale():
            return EXIT_FAIL
        _, judged = self.held()
        troubled = self.counts()[Status.ERROR] or self.unwritten or self.keyless() or not judged
        return EXIT_ERROR if troubled else EXIT_OK

    def held(self) -> tuple[int, int]:
        """Return how many requirements hold, of how many that were judged, of the levels that `headline` tells."""
        counts = [self.counts(level) for level in self._told()]
        return sum(one[Status.PASS] for one in counts), sum(map(_judged, counts))

    def headline(self) -> str:
        """Return the closing line, e.g. `41 of 43 MUST hold, 2 fail, 3 vacuous, 5 not tested (…)`."""
        texts = [
            f"{self.counts(level)[Status.PASS]} of {_judged(self.counts(level))} {level.upper()}"
            for level in self._told()
        ]
        parts = [f"{', '.join(texts)} hold" if texts else "nothing was judged"]
        counts = self.counts()
        known = sum(bool(verdict.known) for verdict in self.verdicts.values() if verdict.status is Status.FAIL)
        numbers = (
            (counts[Status.FAIL] - known, "fail"),
            (known, "fail as expected"),
            (len(self.stale()), "expected to fail and hold: take them out of the file"),
            (counts[Status.WARN], "warned of"),
            (counts[Status.ERROR], f"ended in an error of the run{self._commonest(Status.ERROR)}"),
            (counts[Status.VACUOUS], "vacuous"),
            (counts[Status.NOT_TESTED], f"not tested{self._commonest(Status.NOT_TESTED)}"),
        )
        parts.extend(f"{number} {word}" for number, word in numbers if number)
        if self.unwritten:
            parts.append(f"a report can't be written: {self.unwritten}")
        return ", ".join(parts)

    def _told(self) -> list[Level]:
        """Return the levels that can fail the run, as far as they were judged; else all that were."""
        judged = [level for level in Level if _judged(self.counts(level))]
        return [level for level in judged if broken(level, self.settings.level) is Status.FAIL] or judged

    def _commonest(self, status: Status) -> str:
        """Return in brackets why most of a status weren't judged, and how many those are if they aren't all."""
        reasons = Counter(v.reason for v in self.verdicts.values() if v.status is status and v.reason)
        if not reasons:
            return ""
        (longest, number), count = reasons.most_common(1)[0], self.counts()[status]
        reason = clipped(longest)
        return f" ({reason})" if number == count else f" ({number} of them: {reason})"


def _judged(counts: Counter[Status]) -> int:
    return counts[Status.PASS] + counts[Status.FAIL] + counts[Status.WARN]
