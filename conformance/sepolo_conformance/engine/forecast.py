"""How long a run will take: by the duration of its first responses, by `--rate`, and by the rate limits of its keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sepolo_conformance.api.identity import Identity
from sepolo_conformance.engine.registry import checks
from sepolo_conformance.engine.session import Suite
from sepolo_conformance.engine.typical_requests import TYPICAL
from sepolo_conformance.model.outcomes import NotTested, RunError, Vacuous
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings

_OWN_WORK_S = 0.004
"""Seconds of work of a process for each request."""
_IDLE_SHARE = 1.2
"""How much longer a run takes than its requests one after the other, divided by those in flight."""
_HOME_SHARE, _AWAY_SHARE = 0.85, 0.08
"""Shares of the requests that are sent with keys of the first and of the second organisation."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The requests of a run, the seconds that they take, and whether the responses themselves are the limit.

    `cause` is what sets the pace, in a phrase.
    """

    requests: int
    seconds: float
    cause: str
    responses_limit: bool = True

    def lines(self, settings: Settings) -> Iterator[str]:
        """Yield the forecast for the user, and what to do if the budget is too small."""
        yield f"pace    {self.cause}: about {self.requests:,} requests take {duration(self.seconds)}"
        if self.seconds > settings.budget:
            more = ", several processes (-n 4)" if self.responses_limit else ""
            advice = f"give --budget {_round(1.5 * self.seconds)}s{more} or fewer areas (--area)"
            yield f"        the budget of {settings.budget:g} s will not do: {advice}"


def expected_requests(rules: Iterable[Requirement], *, writes: bool) -> int:
    """Return about how many requests the checks of a run send."""
    known = checks()
    found = (TYPICAL.get(rule.id, 1) for rule in rules if rule.id in known and (writes or rule.area != "writes"))
    return sum(found)


def by_responses(settings: Settings, requests: int, seconds: float, processes: int) -> Forecast:
    """Return the forecast for responses that take `seconds` each."""
    together = settings.in_flight * processes
    waited = requests * (seconds + _OWN_WORK_S) / together * _IDLE_SHARE
    longest = min(max(TYPICAL.values()), requests) * (seconds + _OWN_WORK_S)
    taken = max(waited, longest, requests * _OWN_WORK_S / processes)
    found = Forecast(requests, taken, f"{1_000 * seconds:.0f} ms a response, {together} in flight")
    if settings.rate is not None and requests / settings.rate > taken:
        return Forecast(requests, requests / settings.rate, f"--rate {settings.rate:g}/s", responses_limit=False)
    return found


def by_keys(suite: Suite, requests: int) -> Iterator[Forecast]:
    """Yield a forecast for each key with a rate limit that many requests use."""
    for identity, count in _requests_by_key(suite, requests).items():
        if identity.per_minute is not None:
            cause = f"{identity.key.placeholder} is allowed {identity.per_minute} requests a minute"
            yield Forecast(count, 60 * count / identity.per_minute, cause, responses_limit=False)


def slow_keys(forecasts: Sequence[Forecast], settings: Settings) -> Iterator[str]:
    """Yield the lines about keys whose rate limit makes the run longer than half of the budget."""
    for found in forecasts:
        if found.seconds > settings.budget / 2:
            yield from found.lines(settings)
            yield "        another key of the same organisation would share its requests"


def _requests_by_key(suite: Suite, requests: int) -> Mapping[Identity, int]:
    operations = [operation for operation in suite.contract.operations.values() if operation.method == "GET"]
    counts: dict[Identity, float] = {}
    for choose, share in ((suite.target.reader, _HOME_SHARE), (suite.target.other, _AWAY_SHARE)):
        for operation in operations:
            try:
                identity = choose(operation)
            except (NotTested, RunError, Vacuous):
                continue
            counts[identity] = counts.get(identity, 0.0) + share * requests / len(operations)
    return {identity: round(count) for identity, count in counts.items()}


def duration(seconds: float) -> str:
    """Return a duration for people: `45 s` or `12 min`."""
    return f"about {_round(seconds)} s" if seconds < 100 else f"about {seconds / 60:.0f} min"


def _round(seconds: float) -> int:
    """Round up to two digits, at least to whole seconds."""
    step = 10 if seconds >= 100 else 1
    return -(-int(seconds + 0.999) // step) * step
