"""Concurrent requests with keys of two organisations, or with two keys of one."""

import json
from collections.abc import Iterator
from functools import partial

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.api.row_identity import identify
from sepolo_conformance.checks.common.clauses import SCOPED
from sepolo_conformance.compare.rows import fingerprint
from sepolo_conformance.engine import MUST, Case, Exchange, NotTested, RunError, describe, fetch_once, requirement
from sepolo_conformance.target.discovery import Discovery
from sepolo_openapi.contract import Operation

_ROUNDS, _THREADS = 2, 6
_FEW_ROWS = 5
_REQUESTS_PER_MINUTE = 600
"""Keys with a lower rate limit are not used."""


@requirement(
    "ROB-008",
    MUST,
    clause=SCOPED,
    title="Concurrent requests with different keys each get the data of their own key",
    exclusive=True,
)
def concurrent_requests_are_separate(case: Case) -> None:
    """Calls each operation with keys of two organisations at the same time, several times in several threads.

    No response may contain rows or an object that only the other organisation got before. The identity in /me has to be
    that of the key; without a second organisation, /me is called with two keys of one.
    """
    pairs = [pair for operation in reads(case.contract) for pair in _pairs(case, operation)]
    if not pairs:
        raise NotTested(f"needs two keys with at least {_REQUESTS_PER_MINUTE} requests a minute: --api-key")
    known = [[_known(case, side) for side in pair] for pair in pairs]
    sent = [side for pair in pairs for _ in range(_ROUNDS) for side in pair]
    exchanges = iter(case.together([partial(_exchange_or_error, case, side) for side in sent], _THREADS))
    for pair, contents in zip(pairs, known, strict=True):
        for _ in range(_ROUNDS):
            for place, side in enumerate(pair):
                exchange = next(exchanges)
                if isinstance(exchange, RunError):
                    raise exchange
                own, other = contents[place], contents[1 - place]
                expected = f"{side.text}: data of its own key, as when it is requested alone"
                received = _contents(side.call.operation, exchange)
                case.expect(bool(received) or not own, expected, f"{describe(exchange)} without data", exchange)
                shown = sorted(received & (other - own))
                case.expect(not shown, expected, f"data of {pair[1 - place].placeholder}: {shown[:1]}"[:300], exchange)


class _Side:
    """A call of one of the two keys."""

    def __init__(self, data: Discovery, who: Identity, call: Call) -> None:
        self.data, self.who, self.call = data, who, call
        self.placeholder = who.key.placeholder
        self.text = f"{call.operation.operation_id} with {self.placeholder}"


def _pairs(case: Case, operation: Operation) -> Iterator[tuple[_Side, _Side]]:
    """Yield the calls of an operation by two keys, of two organisations if possible."""
    name = operation.operation_id
    with case.part(name):
        sides = [_Side(data, data.reader(name), data.call(name)) for data in (case.home, *_away(case, operation))]
        if len(sides) == 1 and name == "getMe":
            others = [one for one in case.target.identities() if one.key != sides[0].who.key]
            sides += [_Side(case.home, one, sides[0].call) for one in others if _is_fast(one)][:1]
        if len(sides) == 2 and all(_is_fast(side.who) for side in sides):
            yield sides[0], sides[1]


def _away(case: Case, operation: Operation) -> list[Discovery]:
    """Return the data of the second organisation; a list of none if there is no key of one."""
    try:
        case.away.reader(operation.operation_id)
    except NotTested:
        if operation.operation_id != "getMe":
            raise
        return []
    return [case.away]


def _is_fast(identity: Identity) -> bool:
    return identity.per_minute is None or identity.per_minute >= _REQUESTS_PER_MINUTE


def _exchange_or_error(case: Case, side: _Side) -> Exchange | RunError:
    try:
        return case.call(side.call.with_page_size(_FEW_ROWS), key=side.who)
    except RunError as problem:
        return problem


def _known(case: Case, side: _Side) -> frozenset[str]:
    """Return what a key gets when it is the only one that sends a request."""
    operation = side.call.operation
    if operation.row_schema is not None:
        return _contents(operation, side.data.listing(operation.operation_id).exchange)
    return _contents(operation, fetch_once(case, side.call, side.who))


def _contents(operation: Operation, exchange: Exchange) -> frozenset[str]:
    """Return texts for the rows of a response, or for its object, that are equal only for the same data."""
    if not exchange.ok or exchange.fault is not None:
        return frozenset()
    if operation.row_schema is not None:
        found = (fingerprint(identify(operation, row), row) for row in exchange.rows)
        return frozenset(text for text in found if text is not None)
    if operation.operation_id == "getMe":
        return frozenset(f"{name} {exchange.member(name)}" for name in ("organizationId", "clientId"))
    return frozenset((json.dumps(exchange.data, sort_keys=True),))
