"""The response to every GET operation with every key, and whether the key has the scope of the operation.

A key without a scope requests data that a key with the scope gets: of its own organisation and within its boundaries.
So only the missing scope can be the reason for a rejection.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.common.prepared_requests import valid_call
from sepolo_conformance.engine import Case, Exchange, NotTested, Vacuous, collect_once, fetch_once
from sepolo_conformance.target.discovery import Discovery
from sepolo_openapi.contract import Operation

_KEYS = 24
"""Maximum number of keys in the matrix."""
_RATE_SHARE = 30
"""A key with a rate limit sends at most this fraction of its requests per minute."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An operation called with a key. `held` says whether the key has the scope of the operation."""

    identity: Identity
    operation: Operation
    held: bool
    exchange: Exchange

    @property
    def key_and_scopes(self) -> str:
        """The placeholder of the key and its scopes, or their number where there are more than four."""
        scopes = sorted(self.identity.scopes or ())
        return f"{self.identity.key.placeholder} (scopes: {', '.join(scopes) if len(scopes) <= 4 else len(scopes)})"


@collect_once
def cells(case: Case) -> Iterator[Cell]:
    """Return the matrix, requested once in a run. Calls that cannot be made become notes."""
    for identity in _keys(case):
        yield from _row(case, identity)


def cells_without_scope(case: Case) -> list[Cell]:
    """Return the cells whose key lacks the scope, also by implication; raise NotTested if there are none."""
    found = [cell for cell in cells(case) if not cell.held and not may_be_implied(cell.identity, cell.operation)]
    if not found:
        raise NotTested("every key has every read scope: give a key with fewer scopes (--api-key)")
    return found


def may_be_implied(identity: Identity, operation: Operation) -> bool:
    """Return whether a key has the write scope and lacks the read scope: the published page leaves open whether
    writing implies reading."""
    subject, _, verb = operation.scope.rpartition(".")
    return verb == "read" and not identity.holds(operation.scope) and identity.holds(f"{subject}.write")


def call_for(case: Case, identity: Identity, operation: Operation) -> Call:
    """Return a call that a key of the same organisation with the scope gets 200 for.

    Raises Vacuous where there is no data for it, or where it is unknown which ids the key is allowed to see.
    """
    if "{" in operation.path and (identity.bounded or identity.organization_id is None):
        reason = "it has boundaries, or its organisation is unknown"
        raise Vacuous(f"{identity.key.placeholder} may not be allowed to see the id: {reason}")
    return valid_call(operation, lambda name: _finder(case, identity, operation).call(name))


def _keys(case: Case) -> list[Identity]:
    """Return the keys whose scopes are known, one of each identity, those with few scopes first."""
    known = [entry for entry in case.target.identities() if entry.scopes is not None]
    distinct = {
        (entry.organization_id, entry.scopes, entry.groups, entry.customers): entry for entry in reversed(known)
    }
    return sorted(distinct.values(), key=lambda entry: (len(entry.scopes or ()), entry.key.name))[:_KEYS]


def _row(case: Case, identity: Identity) -> Iterator[Cell]:
    allowed = None if identity.per_minute is None else max(2, identity.per_minute // _RATE_SHARE)
    operations = list(reads(case.contract))
    placeholder = identity.key.placeholder
    if allowed is not None and allowed < len(operations):
        operations = case.rng.sample(operations, allowed)
        case.notes.append(f"{placeholder} is limited to {identity.per_minute} requests a minute: {allowed} tried")
    for operation in operations:
        # The /me example of the published page does not list the scope that /me needs.
        if operation.scope == "public_api.read" and not identity.holds(operation.scope):
            continue
        with case.part(f"{operation.operation_id} with {placeholder}"):
            exchange = fetch_once(case, call_for(case, identity, operation), identity)
            yield Cell(identity, operation, identity.holds(operation.scope), exchange)


def _finder(case: Case, identity: Identity, operation: Operation) -> Discovery:
    main = case.target.main().organization_id
    if identity.organization_id in (main, None):
        return case.home
    if case.target.other(operation).organization_id != identity.organization_id:
        raise NotTested("the suite finds no data of a third organisation")
    return case.away
