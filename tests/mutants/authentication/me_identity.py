"""Mutants that the checks of `authentication/me_identity.py` catch."""

from tests.mutants.harness.alterations import change_json, change_request, without_bearer
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import uses_bearer
from tests.mutants.harness.probe_parts import bearer

__all__ = ["MUTANTS"]


def _with_other_organization(_request: Request, me: dict[str, object]) -> dict[str, object]:
    return {**me, "organizationId": "2b9e1c54-6d0e-4f0b-9a57-3f6c1e8d7a10"}


def _with_key_as_client_id(request: Request, me: dict[str, object]) -> dict[str, object]:
    return {**me, "clientId": request.key.key} if request.key else me


def _without_last_scope(_request: Request, me: dict[str, object]) -> dict[str, object]:
    scopes = me["scopes"]
    return {**me, "scopes": scopes[:-1] if isinstance(scopes, list) else scopes}


MUTANTS = (
    Mutant(
        "aut-bearer-refused",
        ("AUT-003",),
        "Authorization: Bearer is not accepted",
        subtle=False,
        fault=change_request(without_bearer),
        probes=(Probe("/me", None, headers=bearer("full")),),
    ),
    Mutant(
        "aut-bearer-other-organization",
        ("AUT-003",),
        "getMe names another organisation for a key after Bearer",
        fault=change_json(_with_other_organization, "getMe", when=uses_bearer),
        probes=(Probe("/me", None, headers=bearer("full")),),
    ),
    Mutant(
        "aut-client-id-is-key",
        ("AUT-009",),
        "clientId is the whole key",
        subtle=False,
        fault=change_json(_with_key_as_client_id, "getMe"),
        probes=(Probe("/me"),),
    ),
    Mutant(
        "aut-bearer-fewer-scopes",
        ("AUT-007",),
        "getMe lists one scope less for a key after Bearer",
        fault=change_json(_without_last_scope, "getMe", when=uses_bearer),
        probes=(Probe("/me", None, headers=bearer("full")),),
    ),
)
