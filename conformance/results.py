"""All verdicts of a run, counted and summed up. Pure: no pytest, no files."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.requirements import AREAS, Level, Requirement, catalogue
from conformance.settings import Settings
from conformance.verdict import Status, Verdict, broken

__all__ = ["EXIT_ERROR", "EXIT_FAIL", "EXIT_OK", "KeyFacts", "Results"]

EXIT_OK, EXIT_FAIL, EXIT_ERROR = 0, 1, 3


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key as a report names it: never the key itself. `facts` says in a phrase what `/me` says."""

    name: str
    mark: str
    facts: str


@dataclass
class Results:
    """The verdicts so far of a run of the requirements `chosen`."""

    settings: Settings
    chosen: tuple[Requirement, ...]
    keys: tuple[KeyFacts, ...] = ()
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False

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

    def exit_code(self) -> int:
        """Return 0 if the deployment conforms, 1 if not or if an expected failure is gone, 3 if the run failed."""
        if self.failed() or self.stale():
            return EXIT_FAIL
        return EXIT_ERROR if self.counts()[Status.ERROR] else EXIT_OK

    def headline(self) -> str:
        """Return the closing line, e.g. `41 of 43 MUST hold, 2 fail, 3 vacuous, 5 not tested (…)`."""
        parts = [self._held()]
        known = sum(bool(verdict.known) for verdict in self.verdicts.values())
        counts = self.counts()
        failing = counts[Status.FAIL] - known
        numbers = (
            (failing, "fail"),
            (known, "fail as expected"),
            (counts[Status.WARN], "warned of"),
            (counts[Status.ERROR], "ended in an error of the run"),
            (counts[Status.VACUOUS], "vacuous"),
            (counts[Status.NOT_TESTED], "not tested"),
        )
        parts.extend(f"{number} {word}" for number, word in numbers if number)
        advice = self._advice()
        return ", ".join(parts) + (f" ({advice})" if advice else "")

    def _held(self) -> str:
        """Return how much of what was judged holds, of the levels that can fail the run."""
        texts = []
        for level in Level:
            counts = self.counts(level)
            judged = counts[Status.PASS] + counts[Status.FAIL] + counts[Status.WARN]
            if judged and broken(level, self.settings.level) is Status.FAIL:
                texts.append(f"{counts[Status.PASS]} of {judged} {level.upper()}")
        return f"{', '.join(texts)} hold" if texts else "nothing was judged"

    def _advice(self) -> str:
        """Return the commonest reason why something wasn't judged: what went wrong, else what is missing."""
        for status in (Status.ERROR, Status.NOT_TESTED):
            reasons = Counter(v.reason for v in self.verdicts.values() if v.status is status and v.reason)
            if reasons:
                return reasons.most_common(1)[0][0]
        return ""
