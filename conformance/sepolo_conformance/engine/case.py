"""The one argument of every check: the target, its data, requests and expectations.

A check is a function of one Case, declared with `@requirement`. Its verdict follows from what it does:

- `expect` records a finding and goes on; `need` records a finding and ends the check;
- `vacuous` and `not_tested` end the check without a verdict, with a reason;
- within `with case.part("listAssets"):` these two end only the part, and the check goes on;
- a check without any expectation is VACUOUS, never PASS;
- a failure of the transport ends the check as ERROR.
"""

import random
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zlib import crc32

from sepolo_conformance.api.calls import Call, Listing, Query, target_of
from sepolo_conformance.api.identity import Identity, authorised
from sepolo_conformance.engine.expectations import Effects, Expectations
from sepolo_conformance.engine.session import Suite
from sepolo_conformance.engine.walk import Walk, walk
from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.outcomes import NotTested, RunError, Vacuous
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.trace import Trace, current, traced
from sepolo_conformance.target.discovery import Discovery
from sepolo_conformance.target.keys import Target
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi.contract import Contract, Operation

if TYPE_CHECKING:
    from hypothesis.stateful import RuleBasedStateMachine
    from hypothesis.strategies import SearchStrategy

_READER = object()
"""Default of `key` parameters: the key that `home.reader` chooses for the operation."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
T = TypeVar("T")


class Case(Expectations):
    """One run of one check.

    `home` finds data of the main organisation, `away` data of a second one. `rng` is seeded by the run's seed and
    the requirement's id, so a check draws the same values whichever other requirements are selected.
    """

    def __init__(self, suite: Suite, rule: Requirement) -> None:
        super().__init__(suite.mask)
        self._suite = suite
        self.requirement = rule
        self.rng = self._generator(rule.id)
        self._seed = crc32(f"{suite.settings.seed}/{rule.id}".encode())

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

    def seen_by(self, identity: Identity) -> Discovery:
        """Return the data that one key sees, such as a key with boundaries."""
        return self._suite.seen_by(identity)

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
        key: Key | Identity | None = _READER,  # type: ignore[assignment]
        headers: Mapping[str, str] | None = None,
        follows: Exchange | None = None,
    ) -> Exchange:
        """Call an operation and return the exchange.

        `key` defaults to the one that `home.reader` chooses; None sends no key. `headers` are added to the usual ones.
        `follows` is the exchange that a cursor or an id was taken from.
        """
        operation = self._operation(operation)
        chosen = self._key(operation, key)
        request = Request(
            method="GET",
            target=target_of(operation, ids or {}, query),
            headers=(*authorised(chosen), *(headers or {}).items()),
            key=chosen,
            operation_id=operation.operation_id,
        )
        return self.send(request, follows)

    def call(self, call: Call, *, key: Key | Identity | None = _READER, follows: Exchange | None = None) -> Exchange:  # type: ignore[assignment]
        """Make a call and return the exchange; `key` and `follows` as in `get`."""
        return self.get(call.operation, call.ids, call.query, key=key, follows=follows)

    def bare(self, operation: Operation | str | Call, headers: Mapping[str, str], key: Key | None = None) -> Exchange:
        """Make a call with exactly these headers; `key` is the one in them, to be masked in reports."""
        call = operation if isinstance(operation, Call) else Call(self._operation(operation))
        name = call.operation.operation_id
        return self.send(Request("GET", call.target, tuple(headers.items()), None, key, name))

    def post(
        self,
        operation: Operation | str,
        body: bytes,
        *,
        key: Key | Identity | None = _READER,  # type: ignore[assignment]
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Post a body, with Content-Type application/json unless `headers` contain another."""
        operation = self._operation(operation)
        chosen = self._key(operation, key)
        request = Request(
            method="POST",
            target=operation.path,
            headers=(*authorised(chosen), *({"Content-Type": "application/json"} | dict(headers or {})).items()),
            body=body,
            key=chosen,
            operation_id=operation.operation_id,
        )
        return self.send(request)

    def send(self, request: Request, follows: Exchange | None = None) -> Exchange:
        """Send any request and return the exchange. A request that may write needs `--allow-writes`."""
        if self.ended is not None:
            raise self.ended  # Hypothesis repeats a failing example, but its requests must not be sent again
        if request.method not in _SAFE and not self._is_harmless(request):
            self.need_writes()
        try:
            exchange = self._suite.client.send(request, follows)
        except RunError as error:
            self._end(error)
        self.last = exchange
        return exchange

    def walk(
        self,
        call: Call,
        *,
        key: Key | Identity | None = _READER,  # type: ignore[assignment]
        pages: int = 20,
        share: float = 1.0,
        first: Exchange | None = None,
    ) -> Walk:
        """Read a list page by page, `pages` at most; set the page size with `call.having(pageSize=2)`.

        The walk is abandoned when it has taken a `share` of the time budget. `first` is the first page, if it is known.
        """
        late = self._suite.clock.now() + share * self.settings.budget
        return walk(
            call,
            lambda current, before: self.call(current, key=key, follows=before),
            pages,
            first=first,
            is_late=lambda: self._suite.clock.now() > late,
        )

    def once(self, name: tuple[Hashable, ...], produce: Callable[[], T]) -> T:
        """Return the result of `produce`, which is called once in a run, for data that several checks read.

        Every check that uses the result gets its findings, notes and outcome, whichever check asked first.
        """
        made: list[Effects] = []

        def shared() -> tuple[T | None, Exception | None, Effects]:
            own, self.rng = self.rng, self._generator(*(str(part) for part in name if isinstance(part, str)))
            try:
                with self.captured() as effects:
                    made.append(effects)
                    try:
                        return produce(), None, effects
                    except (Vacuous, NotTested, RunError) as outcome:
                        return None, outcome, effects
            finally:
                self.rng = own

        try:
            result, outcome, effects = self._suite.memory.once(name, shared)
        except BaseException:
            for effects in made:
                self.apply(effects)
            raise
        self.apply(effects)
        if outcome is not None:
            self._end(outcome)
        return cast("T", result)

    def together(self, calls: Sequence[Callable[[], T]], threads: int) -> list[T]:
        """Make calls at the same time, in several threads, and return their results in the order of the calls."""
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - few checks need it

        traces = [Trace() for _ in calls]

        def run(call: Callable[[], T], trace: Trace) -> T:
            with traced(trace):
                return call()

        with ThreadPoolExecutor(threads) as pool:
            made = [pool.submit(run, call, trace) for call, trace in zip(calls, traces, strict=True)]
        if (whole := current()) is not None:
            for trace in traces:
                whole.extend(trace)
        return [one.result() for one in made]

    def _generator(self, *names: str) -> random.Random:
        seed = "/".join((str(self.settings.seed), *names))
        return random.Random(seed)  # noqa: S311 - reproducible on purpose

    def listings(self, operations: Sequence[Operation]) -> Iterator[Listing]:
        """Yield a listing with rows of each operation; an operation without rows becomes a note."""
        for operation in operations:
            found = None
            with self.part(operation.operation_id):
                found = self.home.listing(operation.operation_id)
            if found is not None:
                yield found

    def hide(self, secret: str, placeholder: str) -> Key:
        """Return a made-up key that contains much of a real one; from now on reports show its placeholder."""
        self._suite.redactor.hide(secret, placeholder)
        return Key("made up", placeholder, secret)

    def need_writes(self) -> None:
        """End the check unless the run may write."""
        if not self.settings.allow_writes:
            self.not_tested("needs permission to write: --allow-writes")

    def _operation(self, operation: Operation | str) -> Operation:
        return self.operation(operation) if isinstance(operation, str) else operation

    def _key(self, operation: Operation, key: Key | Identity | object | None) -> Key | None:
        if key is _READER:
            return self.home.reader(operation.operation_id).key
        if isinstance(key, Identity):
            return key.key
        return key if isinstance(key, Key) else None

    def _is_harmless(self, request: Request) -> bool:
        """Return whether a POST cannot create anything: it sends no key, or one that lacks the scope."""
        operation = self.contract.operations.get(request.operation_id or "")
        if operation is None or request.key is None:
            return request.key is None
        identity = self.target.identity(request.key)
        return identity.scopes is not None and not identity.holds(operation.scope)

    # -- Properties ------------------------------------------------------------------------------------------

    def forall(self, strategy: "SearchStrategy[Any]", judge: Callable[[Any], None], examples: int = 20) -> None:
        """Judge `examples` values that Hypothesis draws; `judge` uses this case.

        Seeded by the run's seed and the requirement. The first finding ends the property. No request is repeated, so
        Hypothesis does not shrink: write strategies that draw simple values first.
        """
        from sepolo_conformance.engine.property_testing import forall  # noqa: PLC0415 - Hypothesis is slow to import

        forall(self, self._seed, strategy, judge, examples)

    def machine(self, machine: "type[RuleBasedStateMachine]", *, examples: int = 5, steps: int = 15) -> None:
        """Run a Hypothesis state machine, seeded as in `forall`. Its rules use the case that its class holds."""
        from sepolo_conformance.engine.property_testing import run_machine  # noqa: PLC0415 - as in forall

        run_machine(self, self._seed, machine, examples, steps)
