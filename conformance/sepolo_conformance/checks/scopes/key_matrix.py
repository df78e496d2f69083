"""Every key on every operation that reads: what the key's scopes say, and what was answered.

One fault a request: who lacks a scope asks for what a key with the scope would be shown, in its own organisation and
inside its boundaries, so that nothing but the scope can be the reason for a refusal.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.shared_responses import collect_once, fetch_once
from sepolo_conformance.model.outcomes import NotTested, Vacuous
from sepolo_conformance.target.discovery import Discovery
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation

__all__ = ["Cell", "call_for", "cells", "implied", "lacking"]

_KEYS = 24
"""Keys that are tried; more would say the same."""
_SHARE = 30
"""A key with a limit gives this part of a minute's requests."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A key on an operation. `held` says whether the key has the operation's scope."""

    identity: Identity
    operation: Operation
    held: bool
    exchange: Exchange

    @property
    def whose(self) -> str:
        """The key and what it may, in a phrase."""
        scopes = sorted(self.identity.scopes or ())
        return f"{self.identity.key.placeholder} (scopes: {', '.join(scopes) if len(scopes) <= 4 else len(scopes)})"


def cells(case: Case) -> list[Cell]:
    """Return the matrix, asked for once in a run. What can't be asked becomes a note."""
    return collect_once(case, ("scopes", "matrix"), lambda: (cell for who in _keys(case) for cell in _row(case, who)))


def lacking(case: Case) -> list[Cell]:
    """Return the cells where a scope is missing and no other stands in for it; raise NotTested if there are none."""
    found = [cell for cell in cells(case) if not cell.held and not implied(cell.identity, cell.operation)]
    if not found:
        raise NotTested("every key may read everything: give one with fewer scopes (--api-key)")
    return found


def implied(identity: Identity, operation: Operation) -> bool:
    """Return whether a key lacks a scope to read and has the one to write: the page doesn't say what that means."""
    subject, _, verb = operation.scope.rpartition(".")
    return verb == "read" and not identity.holds(operation.scope) and identity.holds(f"{subject}.write")


def call_for(case: Case, identity: Identity, operation: Operation) -> Call:
    """Return a call that a key of the same organisation with the scope would be answered 200.

    Raises Vacuous where there are no data for it, or where it isn't known which the key may see.
    """
    by_id = "{" in operation.path
    if by_id and (identity.bounded or identity.organization_id is None):
        raise Vacuous(
            f"{identity.key.placeholder} may not be allowed to see the id: it has boundaries, or its organisation is unknown"
        )
    try:
        return _finder(case, identity, operation).call(operation.operation_id)
    except (Vacuous, NotTested):
        if by_id:
            raise
        return Call(operation)


def _keys(case: Case) -> list[Identity]:
    """Return the keys whose scopes are known, without those that are like another, those of few scopes first."""
    known = [entry for entry in case.target.identities() if entry.scopes is not None]
    alike = {(entry.organization_id, entry.scopes, entry.groups, entry.customers): entry for entry in reversed(known)}
    return sorted(alike.values(), key=lambda entry: (len(entry.scopes or ()), entry.key.name))[:_KEYS]


def _row(case: Case, identity: Identity) -> Iterator[Cell]:
    allowed = None if identity.per_minute is None else max(2, identity.per_minute // _SHARE)
    operations = list(reads(case.contract))
    if allowed is not None and allowed < len(operations):
        operations = case.rng.sample(operations, allowed)
        case.notes.append(
            f"{identity.key.placeholder} is limited to {identity.per_minute} requests a minute: {allowed} tried"
        )
    for operation in operations:
        # The page's own /me example doesn't list the scope that /me needs.
        if operation.scope == "public_api.read" and not identity.holds(operation.scope):
            continue
        with case.part(f"{operation.operation_id} with {identity.key.placeholder}"):
            exchange = fetch_once(case, call_for(case, identity, operation), identity)
            yield Cell(identity, operation, identity.holds(operation.scope), exchange)


def _finder(case: Case, identity: Identity, operation: Operation) -> Discovery:
    main = case.target.main().organization_id
    if identity.organization_id in (main, None):
        return case.home
    if case.target.other(operation).organization_id != identity.organization_id:
        raise NotTested("data of a third organisation aren't looked for")
    return case.away
