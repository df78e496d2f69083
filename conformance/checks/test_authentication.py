"""Authentication: no key, a wrong key, the right key, in either header."""

from conformance.case import Case, describe, requirement

_WRONG = "sep_live_0000000000000000000000000000"


@requirement("AUT-001")
def no_key(case: Case) -> None:
    """Calls every operation that reads without a key."""
    for operation in case.contract.operations.values():
        if operation.method == "GET" and "{" not in operation.path:
            case.status(case.get(operation, key=None), 401)


@requirement("AUT-002")
def wrong_key(case: Case) -> None:
    """Calls /me with a made-up key in each header form."""
    for headers in ({"X-Sepolo-Api-Key": _WRONG}, {"Authorization": f"Bearer {_WRONG}"}):
        case.status(case.get("getMe", key=None, headers=headers), 401)


@requirement("AUT-003")
def either_header(case: Case) -> None:
    """Calls /me with each key in each header form and compares organizationId."""
    for identity in case.target.identities():
        if identity.answer is None:
            continue
        secret = identity.key.secret
        exchange = case.bare("getMe", {"Authorization": f"Bearer {secret}"}, identity.key)
        if case.expect(exchange.status == 200, "status 200, as with X-Sepolo-Api-Key", describe(exchange)):
            mine, other = identity.answer.member("organizationId"), exchange.member("organizationId")
            case.expect(mine == other, f"organizationId {mine}", other, (identity.answer, exchange))
