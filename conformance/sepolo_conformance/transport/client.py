"""Requests with manners: paced, bounded in time, size and number, retried only where the network failed.

Every exchange goes to the one who listens (`heard`), so that what holds for all answers is judged on all.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sepolo_conformance.model.outcomes import RunError
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.http_transport import BusyError, LostConnectionError, NoAnswerError, Transport
from sepolo_conformance.transport.pacing import Budget, Clock, Pace

__all__ = ["AGENT", "CEILING", "Client"]

AGENT = "sepolo-conformance/0.1"
CEILING = 32 * 2**20
"""Bytes of an answer that are read at most."""
_TRIES = 3
_PATIENCE = 3
"""Requests in a row without an answer after which the target is taken for gone."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class Client:
    """Sends requests to one deployment and records what came back."""

    base_url: str
    transport: Transport
    budget: Budget
    pace: Pace
    clock: Clock
    heard: Callable[[Exchange], None]
    sent: int = 0
    _silent: int = 0
    _gone: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ear: threading.Lock = field(default_factory=threading.Lock)

    def send(self, request: Request, follows: Exchange | None = None) -> Exchange:
        """Return the exchange of `request`; raise RunError if no answer can be had.

        An answer is anything with a status. 429, and 503 with Retry-After, are waited for.
        """
        if self._gone is not None:
            raise RunError(self._gone)
        try:
            exchange = self._patiently(request, follows)
        except NoAnswerError as error:
            self._count_silence(str(error))
            # Whoever is busy is so at every address; named, it would hide that the reason is one.
            where = "" if error.busy else f"{request.method} {request.target}: "
            raise RunError(f"{where}{error}") from error
        with self._lock:  # watchers remember what they saw
            self._silent = 0
            self.heard(exchange)
        return exchange

    def probe(self) -> None:
        """Let one more request find out whether a target that was taken for gone is back."""
        if self._silent < 2 * _PATIENCE:
            self._gone = None

    def _count_silence(self, problem: str) -> None:
        self._silent += 1
        if self._silent >= _PATIENCE:
            self._gone = f"given up after {self._silent} requests in a row without an answer; the last: {problem}"

    def _patiently(self, request: Request, follows: Exchange | None) -> Exchange:
        """Wait for those who ask to be asked later, at most three times."""
        for attempt in range(_TRIES):
            exchange = self._stubbornly(request, follows)
            pause = _pause(exchange, self.clock, attempt)
            if pause is None:
                return exchange
            if attempt < _TRIES - 1:
                self.budget.wait(pause, f"the wait that a {exchange.status} asked for")
        raise BusyError(f"still {exchange.status} after {_TRIES} tries: lower --rate")

    def _stubbornly(self, request: Request, follows: Exchange | None) -> Exchange:
        """Ask again where the connection failed and asking twice does no harm."""
        tries = _TRIES if request.method in _SAFE and self._silent < _PATIENCE else 1
        for attempt in range(tries):
            try:
                return self._once(request, follows)
            except LostConnectionError:
                if attempt == tries - 1:
                    raise
                self.budget.wait(0.1 * (attempt + 1), "trying again after the connection broke")
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def _once(self, request: Request, follows: Exchange | None) -> Exchange:
        secret = request.key.secret if request.key else None
        with self._lock:
            delay = self.pace.delay(secret)
            self.budget.spend(delay, "the pace (--rate, or the rate limit of the key)")
            self.pace.take(secret)
            self.sent += 1
        if delay > 0:
            self.clock.sleep(delay)
        begun = self.clock.now()
        answer = self.transport.send(
            request.method,
            request.target,
            [("User-Agent", AGENT), ("Accept-Encoding", "identity"), *request.headers],
            request.body,
            timeout=max(0.05, self.budget.left()),
        )
        return Exchange(
            base_url=self.base_url,
            request=request,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            seconds=self.clock.now() - begun,
            follows=follows,
            packed=answer.packed,
        )


def _pause(exchange: Exchange, clock: Clock, attempt: int) -> float | None:
    """Return how long to wait before asking again, None if the answer stands as it is."""
    after = exchange.header("retry-after")
    if exchange.status == 429:
        return _seconds(after, clock) if after is not None else 2.0**attempt
    if exchange.status == 503 and after is not None:
        return _seconds(after, clock)
    return None


def _seconds(retry_after: str, clock: Clock) -> float:
    """Return the wait that a Retry-After means: seconds, or a date (RFC 9110, section 10.2.3)."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return 1.0
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.fromtimestamp(clock.now(), UTC)).total_seconds())
