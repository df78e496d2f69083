"""Concurrent requests with two keys."""

from collections.abc import Mapping
from functools import partial

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.common.clauses import SCOPED
from sepolo_conformance.engine import MUST, Case, Exchange, NotTested, RunError, requirement

_ROUNDS, _THREADS = 8, 6
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
    """Calls /me and lists with two keys, of two organisations if possible, first one by one and then in several
    threads.

    The identity in /me has to be the same. A list must not contain ids that only the other key got before.
    """
    calls = _calls_with_two_keys(case)
    sequential = {number: case.call(call, key=who) for number, (who, call) in enumerate(calls)}
    numbers = list(range(len(calls))) * _ROUNDS
    exchanges = case.together([partial(_exchange_or_error, case, *calls[number]) for number in numbers], _THREADS)
    foreign = _foreign_ids(case, sequential)
    for number, exchange in zip(numbers, exchanges, strict=True):
        if isinstance(exchange, RunError):
            raise exchange
        who, call = calls[number]
        placeholder, name, before = who.key.placeholder, call.operation.operation_id, sequential[number]
        expected = f"{name} with {placeholder} the same as before: {_identity(before)}"
        case.expect(_identity(exchange) == _identity(before), expected, _identity(exchange), (before, exchange))
        leaked = sorted(_ids(exchange) & foreign.get(placeholder, frozenset()))
        expected = f"{name} with {placeholder} to return data of its own organisation only"
        case.expect(not leaked, expected, f"ids of another organisation: {leaked[:3]}", exchange)


def _calls_with_two_keys(case: Case) -> list[tuple[Identity, Call]]:
    """Return calls of /me and of lists with the main key and one other, of another organisation if there is one."""
    main = case.target.main()
    fast = [
        entry
        for entry in case.target.identities()
        if entry.per_minute is None or entry.per_minute >= _REQUESTS_PER_MINUTE
    ]
    fast.sort(key=lambda entry: (entry.key != main.key, entry.organization_id == main.organization_id))
    found = [
        (who, Call(operation).with_page_size(5))
        for who in fast[:2]
        for operation in map(case.operation, ("getMe", "listDevices", "listAssets"))
        if who.holds(operation.scope)
    ]
    if not found:
        raise NotTested(f"needs a key with at least {_REQUESTS_PER_MINUTE} requests a minute: --api-key")
    return found


def _exchange_or_error(case: Case, who: Identity, call: Call) -> Exchange | RunError:
    try:
        return case.call(call, key=who)
    except RunError as problem:
        return problem


def _identity(exchange: Exchange) -> str:
    """Return the status, and the organisation and client that /me names."""
    found = [f"{name} {exchange.member(name)}" for name in ("organizationId", "clientId") if exchange.member(name)]
    return ", ".join((str(exchange.status), *found))


def _ids(exchange: Exchange) -> frozenset[str]:
    found = (row.get("deviceId") or row.get("assetId") for row in exchange.rows)
    return frozenset(name for name in found if isinstance(name, str))


def _foreign_ids(case: Case, exchanges: Mapping[int, Exchange]) -> dict[str, frozenset[str]]:
    """Return by key placeholder the ids that only the other key got; none if both are of one organisation."""
    keys = {exchange.request.key for exchange in exchanges.values() if exchange.request.key is not None}
    if len({case.target.identity(key).organization_id for key in keys}) < len(keys):
        return {}
    own = {
        key.placeholder: frozenset().union(*(_ids(page) for page in exchanges.values() if page.request.key == key))
        for key in keys
    }
    everything = frozenset().union(*own.values())
    return {placeholder: everything - ids for placeholder, ids in own.items()}
