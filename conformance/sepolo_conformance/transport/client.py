"""HTTP client with pacing, retries, and limits on time, size and number of requests.

`on_exchange` is called with every exchange, for the requirements on all responses of a run.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sepolo_conformance.model.outcomes import RunError
from sepolo_conformance.transport.bounds import bounded, require_size
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.pacing import Budget, Clock, Pace
from sepolo_conformance.transport.response import BusyError, LostConnectionError, NoResponseError, Transport

AGENT = "sepolo-conformance/0.1"
_ATTEMPTS = 3
_FAILURES_ALLOWED = 3
"""After so many requests in a row without a response, the target counts as down."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class Client:
    """Sends requests to one deployment. `sent` counts them, retries included."""

    base_url: str
    transport: Transport
    budget: Budget
    pace: Pace
    clock: Clock
    on_exchange: Callable[[Exchange], None]
    sent: int = 0
    _failures: int = 0
    _down: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, request: Request, follows: Exchange | None = None) -> Exchange:
        """Return the exchange of a request; raise RunError if there is no response.

        A response with any status is a response, except that 429, and 503 with Retry-After, are retried.
        """
        if self._down is not None:
            raise RunError(self._down)
        try:
            exchange = self._until_not_busy(request, follows)
        except NoResponseError as error:
            self._count_failure(str(error))
            # Leave the URL out for 429 and 503, so that equal errors are grouped.
            where = "" if error.busy else f"{request.method} {request.target}: "
            raise RunError(f"{where}{error}") from error
        with self._lock:  # observers keep state, which threads must not change at the same time
            self._failures = 0
            self.on_exchange(exchange)
        return exchange

    def probe(self) -> None:
        """Let one more request find out whether a target that was down is up again."""
        if self._failures < 2 * _FAILURES_ALLOWED:
            self._down = None

    def _count_failure(self, problem: str) -> None:
        self._failures += 1
        if self._failures >= _FAILURES_ALLOWED:
            self._down = f"stopped after {self._failures} requests in a row without a response; the last: {problem}"

    def _until_not_busy(self, request: Request, follows: Exchange | None) -> Exchange:
        """Send a request, and retry it after a wait if the response is 429, or 503 with Retry-After."""
        for attempt in range(_ATTEMPTS):
            exchange = self._until_connected(request, follows)
            pause = _pause(exchange, self.clock, attempt)
            if pause is None:
                return exchange
            if attempt < _ATTEMPTS - 1:
                self.budget.wait(pause, f"the wait that a {exchange.status} requires")
        raise BusyError(f"still {exchange.status} after {_ATTEMPTS} attempts: lower --rate")

    def _until_connected(self, request: Request, follows: Exchange | None) -> Exchange:
        """Send a request, and retry it if the connection failed and the method is safe to repeat."""
        attempts = _ATTEMPTS if request.method in _SAFE and self._failures < _FAILURES_ALLOWED else 1
        for attempt in range(1, attempts):
            try:
                return self._send(request, follows)
            except LostConnectionError:
                self.budget.wait(0.1 * attempt, "a retry after the connection failed")
        return self._send(request, follows)

    def _send(self, request: Request, follows: Exchange | None) -> Exchange:
        secret = request.key.secret if request.key else None
        with self._lock:
            delay = self.pace.delay(secret)
            self.budget.spend(delay, "the pace (--rate, or the rate limit of the key)")
            self.pace.take(secret)
            self.sent += 1
        if delay > 0:
            self.clock.sleep(delay)
        begun = self.clock.now()
        response = self.transport.send(
            request.method,
            request.target,
            [("User-Agent", AGENT), ("Accept-Encoding", "identity"), *request.headers],
            request.body,
            timeout=max(0.05, self.budget.left()),
        )
        require_size(request, response)
        exchange = Exchange(
            base_url=self.base_url,
            request=request,
            status=response.status,
            headers=response.headers,
            body=response.body,
            seconds=self.clock.now() - begun,
            follows=follows,
            encoding_fault=response.encoding_fault,
        )
        return bounded(exchange)


def _pause(exchange: Exchange, clock: Clock, attempt: int) -> float | None:
    """Return the seconds to wait before a retry, None if the response is final."""
    after = exchange.header("retry-after")
    if exchange.status == 429:
        return _seconds(after, clock) if after is not None else 2.0**attempt
    if exchange.status == 503 and after is not None:
        return _seconds(after, clock)
    return None


def _seconds(retry_after: str, clock: Clock) -> float:
    """Return the seconds that a Retry-After header means: a number, or a date (RFC 9110, section 10.2.3)."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow to import, rarely needed

    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return 1.0
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.fromtimestamp(clock.now(), UTC)).total_seconds())
