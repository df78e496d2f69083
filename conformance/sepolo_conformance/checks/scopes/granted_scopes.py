"""Scopes that a key has: those that /me lists, and the operations that they allow."""

from sepolo_conformance.checks.scopes.key_matrix import cells
from sepolo_conformance.engine import MUST, SANDBOX, Case, describe, requirement


@requirement(
    "SCP-001",
    MUST,
    clause="The published page lists one scope for each operation.",
    title="A key may call every operation whose scope /me lists: neither 401 nor 403",
)
def listed_scope_allows_operation(case: Case) -> None:
    """Calls each GET operation with each key that has its scope."""
    for cell in cells(case):
        if cell.held:
            name = cell.operation.operation_id
            expected = f"{name} allowed for {cell.key_and_scopes}: /me lists {cell.operation.scope}"
            case.expect(cell.exchange.status not in (401, 403), expected, describe(cell.exchange), cell.exchange)


@requirement(
    "SCP-010",
    SANDBOX,
    clause="Our own choice: the /me example of the published page does not list public_api.read.",
    title="/me lists public_api.read and only scopes of the contract, each once",
)
def me_lists_scopes_of_the_contract(case: Case) -> None:
    """Compares the scopes that /me lists for each key with those of the contract."""
    for identity in case.target.identities():
        if identity.me_response is not None:
            listed = identity.me_response.member("scopes")
            case.need(isinstance(listed, list), "scopes to be an array", repr(listed), identity.me_response)
            unknown = [scope for scope in listed if scope not in case.contract.scopes]
            held = not unknown and len(set(listed)) == len(listed) and "public_api.read" in listed
            expected = "public_api.read and scopes of the contract, each once"
            case.expect(held, expected, ", ".join(map(str, listed)), identity.me_response)
