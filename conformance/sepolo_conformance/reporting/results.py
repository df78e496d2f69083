"""The verdicts of a run, with their counts, the exit status and the last line. No pytest, no files."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.keys import KeyFacts
from sepolo_conformance.model.requirement import AREAS, Level, Requirement
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Status, Verdict, broken
from sepolo_conformance.reporting.clipping import clipped

EXIT_OK, EXIT_FAIL, EXIT_ERROR = 0, 1, 3


@dataclass
class Results:
    """The verdicts so far of a run of the requirements `chosen`.

    `write_error` says why a report could not be written. `remarks` are lines about the duration of the run.
    """

    settings: Settings
    chosen: tuple[Requirement, ...]
    keys: tuple[KeyFacts, ...] = ()
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False
    write_error: str | None = None
    remarks: list[str] = field(default_factory=list)

    def ordered(self) -> list[tuple[Requirement, Verdict]]:
        """Return requirements with their verdicts, by area and number."""
        return [(rule, self.verdicts[rule.id]) for rule in catalogue().values() if rule.id in self.verdicts]

    def counts(self, level: Level | None = None, area: str | None = None) -> Counter[Status]:
        """Return the number of requirements by status, of one level or area or of all."""
        return Counter(
            verdict.status
            for rule, verdict in self.ordered()
            if level in (None, rule.level) and area in (None, rule.area)
        )

    def counts_by_area(self) -> Mapping[str, Counter[Status]]:
        """Return the counts of each area that has a verdict."""
        found: dict[str, Counter[Status]] = {area: Counter() for area in AREAS.values()}
        for rule, verdict in self.ordered():
            found[rule.area][verdict.status] += 1
        return {area: counts for area, counts in found.items() if counts}

    def requests(self) -> int:
        """Return the number of requests that were sent for all verdicts."""
        return sum(verdict.requests for verdict in self.verdicts.values())

    def stale(self) -> list[str]:
        """Return the expected failures that passed: they must be removed from the file."""
        passed = {name for name, verdict in self.verdicts.items() if verdict.status is Status.PASS}
        return [name for name in self.settings.expected if name in passed]

    def failed(self) -> list[str]:
        """Return the requirements that fail the run: broken, and not expected to fail."""
        return [name for name, verdict in self.verdicts.items() if verdict.status is Status.FAIL and not verdict.known]

    def lacks_usable_key(self) -> bool:
        """Return whether requirements were not tested because no key can be used."""
        return not any(key.known for key in self.keys) and self.counts()[Status.NOT_TESTED] > 0

    def exit_code(self) -> int:
        """Return 0 if the deployment conforms, 1 for a failure or a stale expected failure, 3 if the run failed.

        A run without a usable key, or in which nothing could be judged, has failed: CI must not pass because a secret
        is missing.
        """
        if self.failed() or self.stale():
            return EXIT_FAIL
        _, judged = self.passed_and_judged()
        run_failed = self.counts()[Status.ERROR] or self.write_error or self.lacks_usable_key() or not judged
        return EXIT_ERROR if run_failed else EXIT_OK

    def passed_and_judged(self) -> tuple[int, int]:
        """Return the numbers of requirements that passed and that were judged, of the levels in `headline`."""
        counts = [self.counts(level) for level in self._headline_levels()]
        return sum(one[Status.PASS] for one in counts), sum(map(_judged, counts))

    def headline(self) -> str:
        """Return the last line, e.g. `41 of 43 MUST hold, 2 fail, 3 vacuous, 5 not tested (…)`."""
        texts = [
            f"{self.counts(level)[Status.PASS]} of {_judged(self.counts(level))} {level.upper()}"
            for level in self._headline_levels()
        ]
        parts = [f"{', '.join(texts)} hold" if texts else "nothing was judged"]
        counts = self.counts()
        known = sum(bool(verdict.known) for verdict in self.verdicts.values() if verdict.status is Status.FAIL)
        numbers = (
            (counts[Status.FAIL] - known, "fail"),
            (known, "fail as expected"),
            (len(self.stale()), "expected to fail but hold: remove them from the file"),
            (counts[Status.WARN], "warned"),
            (counts[Status.ERROR], f"ended in an error of the run{self._most_common_reason(Status.ERROR)}"),
            (counts[Status.VACUOUS], "vacuous"),
            (counts[Status.NOT_TESTED], f"not tested{self._most_common_reason(Status.NOT_TESTED)}"),
        )
        parts.extend(f"{number} {label}" for number, label in numbers if number)
        if self.write_error:
            parts.append(f"a report can't be written: {self.write_error}")
        return ", ".join(parts)

    def _headline_levels(self) -> list[Level]:
        """Return the judged levels that can fail the run; all judged levels if there is none."""
        judged = [level for level in Level if _judged(self.counts(level))]
        return [level for level in judged if broken(level, self.settings.level) is Status.FAIL] or judged

    def _most_common_reason(self, status: Status) -> str:
        """Return in brackets the most common reason of a status, with its count unless all share it."""
        reasons = Counter(v.reason for v in self.verdicts.values() if v.status is status and v.reason)
        if not reasons:
            return ""
        (longest, number), count = reasons.most_common(1)[0], self.counts()[status]
        reason = clipped(longest)
        return f" ({reason})" if number == count else f" ({number} of them: {reason})"


def _judged(counts: Counter[Status]) -> int:
    return counts[Status.PASS] + counts[Status.FAIL] + counts[Status.WARN]
