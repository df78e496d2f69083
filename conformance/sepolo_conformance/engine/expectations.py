"""The expectations of a check: findings, and the ways to end without a verdict."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sepolo_conformance.model.outcomes import NotTested, Stop, Vacuous
from sepolo_conformance.model.verdict import Finding
from sepolo_conformance.transport.exchange import SHOWN, SHOWN_BEFORE, Exchange

KEPT = 12
"""Findings of one requirement that are kept; further ones are only counted."""

Shown = Exchange | Sequence[Exchange] | None


@dataclass
class Effects:
    """What the production of a shared result changes in a check; `used` are the effects of other shared results."""

    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    judged: int = 0
    notes: list[str] = field(default_factory=list)
    untested: list[NotTested] = field(default_factory=list)
    last: Exchange | None = None
    used: list["Effects"] = field(default_factory=list)


class Expectations:
    """What a check found. `mask` replaces keys in every text that is kept.

    `judged` counts the expectations, `more` the findings beyond those kept. `notes` are reasons of parts that ended
    without a verdict, `untested` those of parts for which a key or permission was missing. `last` is the exchange
    shown by default. With `stop_at_first` the first finding ends the check, and `ended` is the exception that did so.
    """

    def __init__(self, mask: Callable[[str], str]) -> None:
        self._mask = mask
        self.findings: list[Finding] = []
        self.more = 0
        self.judged = 0
        self.notes: list[str] = []
        self.untested: list[NotTested] = []
        self.last: Exchange | None = None
        self.stop_at_first = False
        self.ended: Exception | None = None
        self._used: list[Effects] = []
        self._captures = 0

    def apply(self, effects: Effects) -> None:
        """Add the effects of a shared result, once for each check that uses the result."""
        if any(effects is known for known in self._used):
            return
        self._used.append(effects)
        self.last = effects.last or self.last
        if self._captures:  # the effects are collected for another shared result, which refers to this one
            return
        for other in effects.used:
            self.apply(other)
        kept = effects.findings[: max(0, KEPT - len(self.findings))]
        self.findings += kept
        self.more += effects.more + len(effects.findings) - len(kept)
        self.judged += effects.judged
        self.notes += effects.notes
        self.untested += effects.untested

    @contextmanager
    def captured(self) -> Iterator[Effects]:
        """Collect the effects of what runs inside, instead of adding them to this check."""
        before = self.findings, self.more, self.judged, self.notes, self.untested, self.last, self._used
        effects = Effects()
        self.findings, self.notes, self.untested, self._used = [], [], [], effects.used
        self.more, self.judged, self.last = 0, 0, None
        self._captures += 1
        try:
            yield effects
        finally:
            self._captures -= 1
            effects.findings, effects.more, effects.judged = self.findings, self.more, self.judged
            effects.notes, effects.untested, effects.last = self.notes, self.untested, self.last
            self.findings, self.more, self.judged, self.notes, self.untested, self.last, self._used = before

    def expect(self, holds: bool, expected: str, actual: object, exchanges: Shown = None) -> bool:
        """Record a finding if `holds` is False, and return `holds`.

        The finding shows `exchanges`, by default the last one, each with the exchanges that it followed.
        """
        self.judged += 1
        if not holds:
            self._find(expected, str(actual), exchanges)
            if self.stop_at_first:
                self._end(Stop())
        return holds

    def need(self, holds: bool, expected: str, actual: object, exchanges: Shown = None) -> None:
        """Like `expect`, but a finding also ends the check, or the part of it."""
        if not self.expect(holds, expected, actual, exchanges):
            self._end(Stop())

    def status(self, exchange: Exchange, *allowed: int) -> bool:
        """Expect one of the allowed statuses, and return whether the response has one."""
        wanted = " or ".join(map(str, allowed))
        return self.expect(exchange.status in allowed, f"status {wanted}", describe(exchange), exchange)

    def json(self, exchange: Exchange) -> Any:
        """Return the body as JSON values; a body that is not JSON is a finding and ends the check."""
        self.need(exchange.fault is None, "a body of JSON in UTF-8", exchange.fault, exchange)
        return exchange.data

    def rows(self, exchange: Exchange) -> list[dict[str, Any]]:
        """Return the rows of a 200 response; any other response is a finding and ends the check."""
        self.need(exchange.status == 200, "status 200", describe(exchange), exchange)
        self.json(exchange)
        return exchange.rows

    def vacuous(self, reason: str) -> NoReturn:
        """End the check without a verdict: the data cannot show a fault."""
        self._end(Vacuous(reason))

    def not_tested(self, reason: str) -> NoReturn:
        """End the check without a verdict: something is missing, and `reason` says what to supply."""
        self._end(NotTested(reason))

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Run a part of a check, such as one operation. A part that ends early does not end the check."""
        try:
            yield
        except Vacuous as reason:
            self.notes.append(f"{name}: {reason}")
        except NotTested as reason:
            self.untested.append(reason)
            self.notes.append(f"{name}: {reason}")
        except Stop:
            pass

    def _end(self, outcome: Exception) -> NoReturn:
        if self.stop_at_first:
            self.ended = outcome
        raise outcome

    def _find(self, expected: str, actual: str, exchanges: Shown) -> None:
        if len(self.findings) >= KEPT:
            self.more += 1
            return
        given = exchanges if exchanges is not None else self.last
        shown = [given] if isinstance(given, Exchange) else list(given or ())
        # Two shown exchanges may share a part of their chains, which is listed once.
        chain = {id(link): link for exchange in shown for link in exchange.chain}
        named = {id(exchange) for exchange in shown}
        # The exchanges that led to the finding are cut shorter: a walk of twenty pages would fill the report.
        steps = tuple(link.step(self._mask, SHOWN if name in named else SHOWN_BEFORE) for name, link in chain.items())
        self.findings.append(Finding.brief(self._mask(expected), self._mask(actual), steps))


def describe(exchange: Exchange) -> str:
    """Return the status of a response, with the target of a redirect and the error message if there are any."""
    message = exchange.member("message")
    text = f": {message}" if isinstance(message, str) and message else ""
    where = f" to {location}" if (location := exchange.header("location")) and 300 <= exchange.status < 400 else ""
    return f"{exchange.status}{where}{text}"
