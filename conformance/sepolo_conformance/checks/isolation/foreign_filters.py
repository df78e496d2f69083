"""Cursors and filter values of another organisation."""

from sepolo_conformance.api.calls import Call, Listing, paged_lists
from sepolo_conformance.checks.common.clauses import SCOPED
from sepolo_conformance.checks.isolation.foreign_tenants import TenantPair, expect_no_foreign_rows, tenant_pairs
from sepolo_conformance.checks.isolation.operations import FILTER_SOURCES
from sepolo_conformance.engine import MUST, Case, requirement


@requirement("ISO-005", MUST, clause=SCOPED, title="A cursor of another organisation returns none of its rows")
def foreign_cursor_returns_no_foreign_rows(case: Case) -> None:
    """Sends the cursor of each list's first page with a key of the other organisation, and compares the rows with those
    of the cursor's owner."""
    for pair in tenant_pairs(case):
        for operation in paged_lists(case.contract):
            with case.part(f"{operation.operation_id} with a cursor of another organisation"):
                owned = pair.owner_list(operation.operation_id)
                key = pair.key(operation.operation_id)
                size = 2 if len(owned.rows) > 2 else 1
                first = case.call(owned.call.having(pageSize=size), key=owned.reader)
                cursor = first.member("nextCursor")
                if not isinstance(cursor, str):
                    case.vacuous("there is one page only")
                changes = {"pageSize": size, "cursor": cursor}
                calls = [call.having(changes) for call in _owner_and_own_path(pair, owned)]
                responses = [case.call(call, key=key, follows=first) for call in calls]
                theirs = owned.rows
                if not owned.complete:
                    theirs = (*theirs, *case.call(owned.call.having(changes), key=owned.reader, follows=first).rows)
                for exchange in responses:
                    expect_no_foreign_rows(case, operation, exchange, theirs, pair.own_rows(operation.operation_id))


@requirement(
    "ISO-006", MUST, clause=SCOPED, title="A filter by a value of another organisation returns none of its rows"
)
def foreign_filter_value_returns_no_foreign_rows(case: Case) -> None:
    """Filters each list by a group, customer, device, asset, user or vendor of the other organisation."""
    for pair in tenant_pairs(case):
        for name, member, source in FILTER_SOURCES:
            with case.part(f"{name} by {member} of another organisation"):
                owned, key = pair.owner_list(name), pair.key(name)
                own = pair.own_list(source)
                own_values = own.values(member) if own else ()
                # A value that the requester has as well may be the only one.
                values = sorted(pair.owner_list(source).values(member), key=lambda value: value in own_values)
                if not values:
                    case.vacuous(f"no row shows {member}")
                call = owned.call.having({member: values[0]}).with_page_size()
                exchange = case.call(call, key=key)
                theirs = owned.rows
                if not owned.complete:
                    theirs = (*theirs, *case.call(call, key=owned.reader).rows)
                expect_no_foreign_rows(case, owned.operation, exchange, theirs, pair.own_rows(name))


def _owner_and_own_path(pair: TenantPair, owned: Listing) -> list[Call]:
    """Return the owner's call, and the same call with the ids of the requester's own list where they differ."""
    own = pair.own_list(owned.operation.operation_id)
    if own is None or own.call.ids == owned.call.ids:
        return [owned.call]
    return [owned.call, Call(owned.operation, own.call.ids, owned.call.query)]
