"""Concurrent requests with keys of two organisations, or with two keys of one, and of one key for different data."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.api.filter_rules import rules_of, trials
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.api.row_identity import identify, same_id
from sepolo_conformance.checks.common.clauses import SCOPED
from sepolo_conformance.checks.common.cycles import cycle_lists
from sepolo_conformance.checks.common.window_calls import narrowed
from sepolo_conformance.compare.rows import fingerprint, texts
from sepolo_conformance.engine import (
    MUST,
    SHOULD,
    Case,
    Exchange,
    NotTested,
    RunError,
    describe,
    fetch_once,
    requirement,
)
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
    known = [(_known(case, one), _known(case, other)) for one, other in pairs]
    for pair, contents, exchanges in _sent_together(case, pairs, known):
        for place, (side, exchange) in enumerate(zip(pair, exchanges, strict=True)):
            own, other = contents[place], contents[1 - place]
            expected = f"{side.text}: data of its own key, as when it is requested alone"
            received = _contents(side.call.operation, exchange)
            case.expect(bool(received) or not own, expected, f"{describe(exchange)} without data", exchange)
            shown = sorted(received & (other - own))
            case.expect(not shown, expected, f"data of {pair[1 - place].placeholder}: {shown[:1]}"[:300], exchange)


@requirement(
    "ROB-028",
    SHOULD,
    clause="Path and query say which data are requested.",
    title="Concurrent requests of one key for different data each get their own",
    exclusive=True,
)
def concurrent_calls_are_separate(case: Case) -> None:
    """Calls each operation for two ids, or without and with a filter or a shorter window, at the same time, several
    times in several threads. No response may contain rows or an object that only the other call got before, and lists
    that fit on a page have to contain all rows that they had. If a response differs, the call is sent again alone, and
    what has changed is not judged."""
    pairs = [pair for operation in reads(case.contract) for pair in _two_calls(case, operation)]
    if not pairs:
        case.vacuous("no operation has two ids, a filter or a window to tell requests apart")
    alone = {id(side): fetch_once(case, side.sized, side.who) for pair in pairs for side in pair}
    known = [tuple(_contents(side.call.operation, alone[id(side)]) for side in pair) for pair in pairs]
    for pair, contents, exchanges in _sent_together(case, pairs, known):
        complete = not any(alone[id(side)].has_more for side in pair)
        if not (complete or pair[0].call.ids):
            continue
        for place, (side, exchange) in enumerate(zip(pair, exchanges, strict=True)):
            own, other = contents[place], contents[1 - place]
            expected = f"{side.call.target} beside {pair[1 - place].call.target}: its own data"
            received = _contents(side.call.operation, exchange)
            extra, missing = received & (other - own), own - received if complete or not received else frozenset()
            if extra or missing:
                now = _contents(side.call.operation, _exchange(case, side))
                extra, missing = extra - now, missing & now
            actual = f"{describe(exchange)}, also with {sorted(extra)[:1]}, without {sorted(missing)[:1]}"
            case.expect(not extra and not missing, expected, actual[:400], exchange)


class _Side:
    """A call of one of the two keys."""

    def __init__(self, data: Discovery, who: Identity, call: Call, size: int | None = _FEW_ROWS) -> None:
        self.data, self.who, self.call = data, who, call
        self.sized = call.with_page_size(size)
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


def _two_calls(case: Case, operation: Operation) -> Iterator[tuple[_Side, _Side]]:
    """Yield two calls of an operation that get different data, by a key with a sufficient rate limit."""
    name = operation.operation_id
    with case.part(name):
        who, call = case.home.reader(name), case.home.call(name)
        other = _other_ids(case, call) if "{" in operation.path else _part_of(case, call)
        if other is not None and _is_fast(who):
            size = _FEW_ROWS if call.ids else None
            yield _Side(case.home, who, call, size), _Side(case.home, who, other, size)


def _other_ids(case: Case, call: Call) -> Call | None:
    """Return the call for another resource: of the same list, or of another device or asset that has data."""
    name = call.operation.operation_id
    for source, link in DETAILS.items():
        if link.operation_id == name and source != "listAssetChildren":
            shown = texts(case.home.listing(source).rows, link.member)
            found = [value for value in shown if not same_id(value, call.ids[link.parameter])]
            return replace(call, ids={**call.ids, link.parameter: found[0]}) if found else None
    if name == "listAssetChildren":
        parents = texts(case.home.listing("listAssets").rows, "parentAssetId")
        found = [value for value in parents if not same_id(value, call.ids["assetId"])]
        return replace(call, ids={"assetId": found[0]}) if found else None
    devices = [listing.call.ids["deviceId"] for listing in cycle_lists(case)]
    found = [value for value in devices if not same_id(value, call.ids["deviceId"])]
    return replace(call, ids={"deviceId": found[0]}) if found else None


def _part_of(case: Case, call: Call) -> Call | None:
    """Return the call with a filter or, without filters, over a part of the window."""
    operation = call.operation
    if operation.operation_id == "getServicePerformance":
        window = narrowed(case.home.listing("listServiceVisits"), 0.2, 0.8).window
        return call.within(*window) if window is not None else None
    if operation.row_schema is None:
        return None
    listing = case.home.listing(operation.operation_id)
    for rule in rules_of(operation.operation_id):
        for one in trials(listing, rule, 1):
            return one.call
    return narrowed(listing, 0.2, 0.8) if operation.window is not None else None


def _sent_together(
    case: Case, pairs: Sequence[tuple[_Side, _Side]], known: Sequence[Sequence[frozenset[str]]]
) -> Iterator[tuple[tuple[_Side, _Side], Sequence[frozenset[str]], list[Exchange]]]:
    """Send the calls of all pairs in several rounds; yield each pair, what its calls get alone, and the responses."""
    sent = [side for pair in pairs for _ in range(_ROUNDS) for side in pair]
    exchanges = iter(case.together([partial(_exchange_or_error, case, side) for side in sent], _THREADS))
    for pair, contents in zip(pairs, known, strict=True):
        for _ in range(_ROUNDS):
            found = []
            for exchange in (next(exchanges), next(exchanges)):
                if isinstance(exchange, RunError):
                    raise exchange
                found.append(exchange)
            yield pair, contents, found


def _exchange_or_error(case: Case, side: _Side) -> Exchange | RunError:
    try:
        return _exchange(case, side)
    except RunError as problem:
        return problem


def _exchange(case: Case, side: _Side) -> Exchange:
    return case.call(side.sized, key=side.who)


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
