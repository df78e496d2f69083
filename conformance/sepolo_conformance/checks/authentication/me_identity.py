"""The identity that /me returns for a key: the same with either header, and a client id that hides the key."""

from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.common.clauses import BOTH_HEADERS
from sepolo_conformance.checks.common.prepared_requests import bearer_headers
from sepolo_conformance.compare.rows import same_value
from sepolo_conformance.engine import MUST, SHOULD, Case, Exchange, describe, once_in_run, requirement

_IDENTITY = ("clientId", "clientName", "scopes", "allowedGroupIds", "allowedCustomerIds")
_HIDDEN_CHARACTERS = 8
"""Characters at the end of a key that clientId must not contain."""


@requirement(
    "AUT-003",
    MUST,
    clause=BOTH_HEADERS,
    title="A valid key is accepted in either header and identifies the same organisation",
)
def both_headers_give_the_same_organisation(case: Case) -> None:
    """Calls /me with each key in each header and compares organizationId."""
    for identity, by_header, by_bearer in _me_in_both_headers(case):
        if case.expect(by_bearer.status == 200, "status 200 for a Bearer token", describe(by_bearer), by_bearer):
            expected, actual = by_header.member("organizationId"), by_bearer.member("organizationId")
            case.expect(
                same_value(expected, actual),
                f"organizationId {expected} for {identity.key.placeholder}",
                actual,
                (by_header, by_bearer),
            )


@requirement(
    "AUT-007",
    SHOULD,
    clause=BOTH_HEADERS,
    title="Both authentication headers give the same client, scopes and boundaries",
)
def both_headers_give_the_same_identity(case: Case) -> None:
    """Calls /me with each key in each header and compares client, scopes and boundaries."""
    for _, by_header, by_bearer in _me_in_both_headers(case):
        if by_bearer.status == 200:
            one, other = _identity(by_header), _identity(by_bearer)
            differing = [name for name in _IDENTITY if one[name] != other[name]]
            expected = f"the same with either header: {', '.join(differing) or 'all'}"
            actual = "; ".join(f"{name} {_difference(one[name], other[name])}" for name in differing)
            case.expect(not differing, expected, actual, (by_header, by_bearer))


@requirement(
    "AUT-009",
    SHOULD,
    clause="The published page shows clientId as a shortened key: `sep_live_...`.",
    title="clientId shows at most the beginning of the key, and does not change between calls",
)
def client_id_hides_the_key(case: Case) -> None:
    """Compares the clientId of each key with the key, and the clientIds of two calls with each other."""
    for identity, first, second in _me_in_both_headers(case):
        client_id, secret = first.member("clientId"), identity.key.secret
        if not isinstance(client_id, str) or len(secret) < 2 * _HIDDEN_CHARACTERS:
            continue
        end, beginning = secret[-_HIDDEN_CHARACTERS:], secret[:-_HIDDEN_CHARACTERS]
        case.expect(end not in client_id, "clientId without the end of the key", client_id, first)
        case.expect(beginning not in client_id, "clientId with at most the beginning of the key", client_id, first)
        if second.status == 200:
            again = second.member("clientId")
            case.expect(client_id == again, f"clientId {client_id!r} in each call", repr(again), (first, second))


@once_in_run
def _me_in_both_headers(case: Case) -> list[tuple[Identity, Exchange, Exchange]]:
    """Return each key with the responses of /me to X-Sepolo-Api-Key and to Bearer, requested once in a run."""
    return [
        (identity, identity.me_response, case.bare("getMe", bearer_headers(identity.key), identity.key))
        for identity in case.target.identities()
        if identity.me_response is not None
    ]


def _identity(exchange: Exchange) -> dict[str, object]:
    found = {name: exchange.member(name) for name in _IDENTITY}
    return {name: sorted(map(str, value)) if isinstance(value, list) else value for name, value in found.items()}


def _difference(by_header: object, by_bearer: object) -> str:
    """Return how two values of a member differ; of lists, the entries that only one of them has."""
    if isinstance(by_header, list) and isinstance(by_bearer, list):
        missing = [entry for entry in by_header if entry not in by_bearer]
        added = [entry for entry in by_bearer if entry not in by_header]
        return f"without {missing}" * bool(missing) + f" with {added}" * bool(added) + " as Bearer token"
    return f"{by_header!r}, as Bearer token {by_bearer!r}"
