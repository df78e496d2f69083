"""Keys of one organisation that have the same boundaries, or none."""

from collections.abc import Iterator

from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.common.clauses import DATA_BOUNDARIES
from sepolo_conformance.checks.common.list_changes import end_if_changed
from sepolo_conformance.compare.sequences import Reading, describe_rows, same_rows
from sepolo_conformance.engine import SHOULD, Case, fetch_once, requirement
from sepolo_openapi.contract import Operation

_LISTS = ("listAssets", "listDevices", "listCustomers")
"""Lists whose rows depend on groups and customers."""


@requirement(
    "ISO-030",
    SHOULD,
    clause=DATA_BOUNDARIES,
    title="Keys of one organisation whose boundaries in /me are equal list the same rows",
)
def equal_boundaries_give_equal_rows(case: Case) -> None:
    """Compares the first page of assets, devices and customers for the main key with the page of each other key of its
    organisation that has the same boundaries."""
    for name in _LISTS:
        with case.part(name):
            listing, operation = case.home.listing(name), case.operation(name)
            call = listing.call.with_page_size()
            for identity in _equal_keys(case, operation):
                own, other = fetch_once(case, call), fetch_once(case, call, identity)
                case.need(other.ok, f"{name} for {identity.key.placeholder}: 200", other.status, other)
                one, two = (Reading(operation, tuple(page.rows), not page.has_more) for page in (own, other))
                if not same_rows(one, two):
                    end_if_changed(case, call, one, pages=1)
                apart = [*(set(one.row_ids) ^ set(two.row_ids))]
                expected = f"{name} for {identity.key.placeholder}, whose boundaries are those of {_name(case, name)}"
                case.expect(not apart, f"{expected}: the same rows", describe_rows(operation, apart), (own, other))


def _equal_keys(case: Case, operation: Operation) -> Iterator[Identity]:
    """Yield the other keys of the organisation that may read a list within the boundaries of its reader."""
    reader = case.home.reader(operation.operation_id)
    found = [
        identity
        for identity in case.target.identities()
        if identity.key != reader.key
        and identity.organization_id == reader.organization_id
        and (identity.groups, identity.customers) == (reader.groups, reader.customers)
        and identity.holds(operation.scope)
    ]
    if not found:
        case.not_tested("needs a second key of the organisation with equal boundaries: --api-key")
    yield from found


def _name(case: Case, operation_id: str) -> str:
    return case.home.reader(operation_id).key.placeholder
