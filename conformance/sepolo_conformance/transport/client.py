"""HTTP client with pacing, retries, and limits on time, size and number of requests. Usable from several threads.

An exchange is added to the current trace, from which the observers get it in the order of the checks. Outside of a
trace `on_exchange` gets it at once.
"""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sepolo_conformance.model.outcomes import RunError
from sepolo_conformance.model.trace import current
from sepolo_conformance.transport.bounds import bounded, require_size
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.pacing import Budget, Clock, Pace
from sepolo_conformance.transport.response import BusyError, LostConnectionError, NoResponseError, Transport

AGENT = "sepolo-conformance/0.1"
_ATTEMPTS = 3
_FAILURES_ALLOWED = 3
"""After so many requests in a row without a response, times those in flight, the target counts as down."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class Client:
    """Sends requests to one deployment. `sent` counts them, retries included.

    `in_flight` is the number of threads that send requests. `responses` counts the responses since `take_pace`, which
    took `response_seconds`.
    """

    base_url: str
    transport: Transport
    budget: Budget
    pace: Pace
    clock: Clock
    on_exchange: Callable[[Exchange], None]
    in_flight: int = 1
    sent: int = 0
    responses: int = 0
    response_seconds: float = 0.0
    _failures: int = 0
    _down: str | None = None
    _ended: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turns: dict[str, threading.Lock] = field(default_factory=dict)

    def send(self, request: Request, follows: Exchange | None = None) -> Exchange:
        """Return the exchange of a request; raise RunError if there is no response.

        A response with any status is a response, except that 429, and 503 with Retry-After, are retried.
        """
        problem = self._ended or self._down
        if problem is not None:
            raise RunError(problem)
        try:
            exchange = self._until_not_busy(request, follows)
        except NoResponseError as error:
            self._count_failure(str(error))
            # Leave the URL out for 429 and 503, so that equal errors are grouped.
            where = "" if error.busy else f"{request.method} {request.target}: "
            raise RunError(f"{where}{error}") from error
        trace = current()
        with self._lock:
            self._failures = 0
            self.responses += 1
            self.response_seconds += exchange.seconds
            if trace is None:
                self.on_exchange(exchange)
        if trace is not None:
            trace.add(exchange, len(exchange.body))
        return exchange

    def take_pace(self) -> tuple[int, float]:
        """Return the number of responses since the last call, and the seconds that they took in total."""
        with self._lock:
            found, self.responses, self.response_seconds = (self.responses, self.response_seconds), 0, 0.0
        return found

    def end(self, reason: str) -> None:
        """Send no further request: each raises RunError with this reason."""
        self._ended = reason

    def probe(self) -> None:
        """Let one more request find out whether a target that was down is up again."""
        with self._lock:
            if self._failures < 2 * self._failures_allowed:
                self._down = None

    @property
    def _failures_allowed(self) -> int:
        return _FAILURES_ALLOWED * self.in_flight

    def _count_failure(self, problem: str) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._failures_allowed:
                count = f"{self._failures} requests in a row without a response"
                self._down = f"stopped after {count}; the last: {problem}"

    def _until_not_busy(self, request: Request, follows: Exchange | None) -> Exchange:
        """Send a request, and retry it after a wait if the response is 429, or 503 with Retry-After.

        After such a response, the requests of the key are sent one by one: in flight together they would be rejected
        together, again and again.
        """
        name = request.key.secret if request.key else ""
        attempt = 0
        while attempt < _ATTEMPTS:
            turn = self._turns.get(name)
            with turn or nullcontext():
                while attempt < _ATTEMPTS:
                    exchange = self._until_connected(request, follows)
                    pause = _pause(exchange, self.clock, attempt)
                    if pause is None:
                        return exchange
                    attempt += 1
                    if attempt < _ATTEMPTS:
                        self._pause_requests(name, pause, exchange.status)
                    if turn is None:
                        break
        raise BusyError(f"still {exchange.status} after {_ATTEMPTS} attempts: lower --rate")

    def _pause_requests(self, name: str, seconds: float, status: int) -> None:
        """Let the requests of a key wait after 429, and all requests after 503."""
        self.budget.require(seconds, f"the wait that a {status} requires")
        with self._lock:
            self._turns.setdefault(name, threading.Lock())
            self.pace.pause(name if status == 429 else None, seconds)

    def _until_connected(self, request: Request, follows: Exchange | None) -> Exchange:
        """Send a request, and retry it if the connection failed and the method is safe to repeat."""
        attempts = _ATTEMPTS if request.method in _SAFE and self._failures < self._failures_allowed else 1
        for attempt in range(1, attempts):
            try:
                return self._send(request, follows)
            except LostConnectionError:
                self.budget.wait(0.1 * attempt, "a retry after the connection failed")
        return self._send(request, follows)

    def _send(self, request: Request, follows: Exchange | None) -> Exchange:
        secret = request.key.secret if request.key else None
        trace = current()
        with self._lock:
            delay = self.pace.delay(secret)
            self.budget.spend(delay, "the pace (--rate, or the rate limit of the key)")
            self.pace.take(secret)
            self.sent += 1
            if trace is not None:
                trace.sent += 1
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
