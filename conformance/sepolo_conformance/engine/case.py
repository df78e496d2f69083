"""What a check holds in its hands: the target, requests, expectations, and the ways to say that it can't judge.

A check is a function of one Case that is registered with `@requirement`. It sends what it needs, says what it
expects, and ends; its verdict follows from that:

- `expect` records a finding where something doesn't hold and goes on; `need` records it and ends the check;
- `vacuous` and `not_tested` end it without a verdict, with the reason;
- inside `with case.part("listAssets"):` these two end only the part, and the check goes on with the next;
- a check that expected nothing at all is VACUOUS, never PASS;
- a transport failure ends it as ERROR. Nothing is ever asked twice to see whether it holds the second time.
"""

import random
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from sepolo_conformance.api.calls import Call, Listing, Query, target_of
from sepolo_conformance.api.identity import Identity, authorised
from sepolo_conformance.engine.registry import observe, requirement
from sepolo_conformance.engine.walk import Walk, walk
from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.outcomes import NotTested, RunError, Stop, Vacuous
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Finding
from sepolo_conformance.target.discovery import Discovery
from sepolo_conformance.target.keys import Target
from sepolo_conformance.transport.exchange import SHOWN, SHOWN_BEFORE, Exchange, Request
from sepolo_openapi.contract import Contract, Operation

if TYPE_CHECKING:
    from hypothesis.stateful import RuleBasedStateMachine
    from hypothesis.strategies import SearchStrategy

    from sepolo_conformance.engine.session import Suite

__all__ = ["Case", "describe", "observe", "requirement"]

KEPT = 12
"""Findings that a check keeps; more are counted."""
_MINE = object()
T = TypeVar("T")


class Case:
    """One run of one check.

    `home` finds data of the main organisation, `away` those of a second one. `rng` is seeded by the run's seed and
    the requirement's id, so that a part of the suite sends what the whole would.
    """

    def __init__(self, suite: "Suite", rule: Requirement) -> None:
        self._suite = suite
        self.requirement = rule
        self.findings: list[Finding] = []
        self.more = 0
        self.judged = 0
        self.notes: list[str] = []
        self.lacking: list[NotTested] = []
        self.last: Exchange | None = None
        self.strict = False
        self.ended: Exception | None = None
        self.rng = random.Random(f"{suite.settings.seed}/{rule.id}")  # noqa: S311 - reproducible on purpose

    @property
    def settings(self) -> Settings:
        return self._suite.settings

    @property
    def contract(self) -> Contract:
        return self._suite.contract

    @property
    def target(self) -> Target:
        return self._suite.target

    @property
    def home(self) -> Discovery:
        return self._suite.home

    @property
    def away(self) -> Discovery:
        return self._suite.away

    def operation(self, operation_id: str) -> Operation:
        """Return an operation of the contract."""
        return self.contract.operations[operation_id]

    # -- Requests --------------------------------------------------------------------------------------------

    def get(
        self,
        operation: Operation | str,
        ids: Mapping[str, str] | None = None,
        query: Query = (),
        *,
        key: Key | Identity | None = _MINE,  # type: ignore[assignment]
        headers: Mapping[str, str] | None = None,
        follows: Exchange | None = None,
    ) -> Exchange:
        """Call an operation and return the exchange.

        `key` is by default the one that `home.reader` picks; None sends none. `headers` are sent besides.
        """
        operation = self.operation(operation) if isinstance(operation, str) else operation
        chosen = self._key(operation, key)
        request = Request(
            method="GET",
            target=target_of(operation, ids or {}, query),
            headers=(*authorised(chosen), *(headers or {}).items()),
            key=chosen,
            operation_id=operation.operation_id,
        )
        return self.send(request, follows)

    def bare(self, operation: Operation | str | Call, headers: Mapping[str, str], key: Key | None = None) -> Exchange:
        """Make a call with exactly these headers; `key` is masked in what is shown."""
        operation = self.operation(operation) if isinstance(operation, str) else operation
        call = operation if isinstance(operation, Call) else Call(operation)
        name = call.operation.operation_id
        return self.send(Request("GET", call.target, tuple(headers.items()), None, key, name))

    def hide(self, secret: str, mark: str) -> Key:
        """Return a made-up key that gives much of a real one away, masked from here on wherever it turns up."""
        self._suite.redactor.hide(secret, mark)
        return Key("made up", mark, secret)

    def call(self, call: Call, *, key: Key | Identity | None = _MINE, follows: Exchange | None = None) -> Exchange:  # type: ignore[assignment]
        """Make a call and return the exchange; `key` as in `get`."""
        return self.get(call.operation, call.ids, call.query, key=key, follows=follows)

    def send(self, request: Request, follows: Exchange | None = None) -> Exchange:
        """Send any request and return the exchange. Anything but GET, HEAD and OPTIONS needs `allow_writes`."""
        if self.ended is not None:
            raise self.ended  # Hypothesis runs what failed again, but the target isn't asked twice
        if request.method not in ("GET", "HEAD", "OPTIONS") and not self._harmless(request):
            self.need_writes()
        try:
            exchange = self._suite.client.send(request, follows)
        except RunError as error:
            self._end(error)
        self.last = exchange
        return exchange

    def walk(self, call: Call, *, key: Key | Identity | None = _MINE, pages: int = 20) -> Walk:  # type: ignore[assignment]
        """Read a list page by page, `pages` at most; set `pageSize` by `call.having(pageSize=2)`."""
        return walk(call, lambda current, before: self.call(current, key=key, follows=before), pages)

    def once(self, name: Hashable, produce: Callable[[], T]) -> T:
        """Return the result of `produce`, which is called once in a run, for data that several checks read."""
        return self._suite.memory.once(name, produce)

    def post(
        self,
        operation: Operation | str,
        body: bytes,
        *,
        key: Key | Identity | None = _MINE,  # type: ignore[assignment]
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Post a body, JSON unless `headers` name another Content-Type."""
        operation = self.operation(operation) if isinstance(operation, str) else operation
        chosen = self._key(operation, key)
        request = Request(
            method="POST",
            target=operation.path,
            headers=(
                *authorised(chosen),
                *({"Content-Type": "application/json"} | dict(headers or {})).items(),
            ),
            body=body,
            key=chosen,
            operation_id=operation.operation_id,
        )
        return self.send(request)

    def _key(self, operation: Operation, key: Key | Identity | object | None) -> Key | None:
        if key is _MINE:
            return self.home.reader(operation.operation_id).key
        if isinstance(key, Identity):
            return key.key
        return key if isinstance(key, Key) else None

    def _harmless(self, request: Request) -> bool:
        """Return whether a POST can't create anything: its key is known to lack the scope for it."""
        operation = self.contract.operations.get(request.operation_id or "")
        if operation is None or request.key is None:
            return request.key is None
        identity = self.target.identity(request.key)
        return identity.scopes is not None and not identity.holds(operation.scope)

    # -- Verdicts --------------------------------------------------------------------------------------------

    def expect(
        self, holds: bool, expected: str, actual: object, exchanges: Exchange | Sequence[Exchange] | None = None
    ) -> bool:
        """Record a finding unless something holds, and return whether it does.

        `exchanges` show it, by default the last one; each brings the chain of those it followed.
        """
        self.judged += 1
        if not holds:
            self._find(expected, str(actual), exchanges)
            if self.strict:
                self._end(Stop())
        return holds

    def need(
        self, holds: bool, expected: str, actual: object, exchanges: Exchange | Sequence[Exchange] | None = None
    ) -> None:
        """As `expect`, and end the check, or the part of it, where it doesn't hold."""
        if not self.expect(holds, expected, actual, exchanges):
            self._end(Stop())

    def status(self, exchange: Exchange, *allowed: int) -> bool:
        """Expect one of some statuses, and return whether it came."""
        wanted = " or ".join(map(str, allowed))
        return self.expect(exchange.status in allowed, f"status {wanted}", describe(exchange), exchange)

    def json(self, exchange: Exchange) -> Any:
        """Return the body as JSON values; end the check with a finding where it isn't JSON."""
        self.need(exchange.fault is None, "a body of JSON in UTF-8", exchange.fault, exchange)
        return exchange.data

    def rows(self, exchange: Exchange) -> list[dict[str, Any]]:
        """Return the rows of a 200 answer; end the check with a finding where it is something else."""
        self.need(exchange.status == 200, "status 200", describe(exchange), exchange)
        self.json(exchange)
        return exchange.rows

    def vacuous(self, reason: str) -> NoReturn:
        """End the check: the data couldn't have shown a fault."""
        self._end(Vacuous(reason))

    def not_tested(self, reason: str) -> NoReturn:
        """End the check: something is missing, and `reason` says what to supply."""
        self._end(NotTested(reason))

    def need_writes(self) -> None:
        """End the check unless POST is permitted."""
        if not self.settings.allow_writes:
            self._end(NotTested("needs permission to write: --allow-writes"))

    def _end(self, outcome: Exception) -> NoReturn:
        if self.strict:
            self.ended = outcome
        raise outcome

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Let one part of a check end without a verdict, or with a finding, while the others go on."""
        try:
            yield
        except Vacuous as reason:
            self.notes.append(f"{name}: {reason}")
        except NotTested as reason:
            self.lacking.append(reason)
            self.notes.append(f"{name}: {reason}")
        except Stop:
            pass

    def listings(self, operations: Sequence[Operation], *, small: bool = False) -> Iterator[Listing]:
        """Yield a listing with rows of each operation that has one; the others become notes.

        `small` asks for lists of few rows, see `Discovery.small`.
        """
        for operation in operations:
            found = None
            with self.part(operation.operation_id):
                find = self.home.small if small else self.home.listing
                found = find(operation.operation_id)
            if found is not None:
                yield found

    def _find(self, expected: str, actual: str, exchanges: Exchange | Sequence[Exchange] | None) -> None:
        if len(self.findings) >= KEPT:
            self.more += 1
            return
        given = exchanges if exchanges is not None else self.last
        shown = [given] if isinstance(given, Exchange) else list(given or ())
        # A chain is shown once, however many of its members were named.
        chain = dict.fromkeys(id(link) for exchange in shown for link in exchange.chain)
        known = {id(link): link for exchange in shown for link in exchange.chain}
        mask, asked = self._suite.mask, {id(exchange) for exchange in shown}
        # What led there is shown in brief: a walk of twenty pages would fill the report.
        steps = tuple(known[name].step(mask, SHOWN if name in asked else SHOWN_BEFORE) for name in chain)
        self.findings.append(Finding.brief(mask(expected), mask(actual), steps))

    # -- Properties ------------------------------------------------------------------------------------------

    def forall(self, strategy: "SearchStrategy[Any]", judge: Callable[[Any], None], examples: int = 20) -> None:
        """Judge `examples` values that Hypothesis draws; `judge` uses this very case.

        Seeded by the run's seed and the requirement. The first finding ends the property: nothing is asked again,
        so nothing is shrunk. Write strategies that draw simple values first.
        """
        from sepolo_conformance.engine.property_testing import forall  # noqa: PLC0415 - Hypothesis is slow to import

        forall(self, strategy, judge, examples)

    def machine(self, machine: "type[RuleBasedStateMachine]", *, examples: int = 5, steps: int = 15) -> None:
        """Run a Hypothesis state machine, seeded as in `forall`; its rules use the case that its class was given."""
        from sepolo_conformance.engine.property_testing import run_machine  # noqa: PLC0415

        run_machine(self, machine, examples, steps)


def describe(exchange: Exchange) -> str:
    """Return status and error message of an answer, in a phrase."""
    message = exchange.member("message")
    text = f": {message}" if isinstance(message, str) and message else ""
    where = f" to {location}" if (location := exchange.header("location")) and 300 <= exchange.status < 400 else ""
    return f"{exchange.status}{where}{text}"
