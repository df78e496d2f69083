"""Mutants that the checks of `authentication/key_secrecy.py` catch."""

import base64

from tests.mutants.harness.alterations import PAGED, change_error, on_operations
from tests.mutants.harness.messages import KEY_HEADER, Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import KEY, UNKNOWN_KEY
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _with_key_from_query(request: Request, upstream: Upstream) -> Response:
    secret = request.query_value("api_key")
    plain = request.with_query(api_key=None)
    return await upstream(plain if secret is None else plain.with_header(KEY_HEADER, secret.encode()))


def _with_key_in_message(request: Request, response: Response) -> Response:
    sent = (request.header(KEY_HEADER) or request.header(b"authorization") or b"").decode("latin-1")
    return response.with_members(message=f"The API key {sent} is not known.") if sent else response


async def _put_key_into_cursor(request: Request, upstream: Upstream) -> Response:
    """Append the key to each cursor, in base64 and with a prefix."""
    held = base64.urlsafe_b64encode(f"k:{request.key.key}".encode()).decode().rstrip("=") if request.key else ""
    cursor = request.query_value("cursor")
    if held and cursor and cursor.endswith(f"~{held}"):
        request = request.with_query(cursor=cursor.removesuffix(f"~{held}"))
    response = await upstream(request)
    if not response.ok or not response.json["nextCursor"]:
        return response
    return response.with_members(nextCursor=f"{response.json['nextCursor']}~{held}")


MUTANTS = (
    Mutant(
        "aut-key-echoed",
        ("AUT-008",),
        "The message of 401 repeats the key",
        subtle=False,
        fault=change_error(_with_key_in_message, 401),
        probes=(Probe("/me", None, headers=((KEY, UNKNOWN_KEY),)),),
    ),
    Mutant(
        "aut-key-in-query",
        ("AUT-013",),
        "A key in the query parameter api_key is accepted",
        fault=_with_key_from_query,
        probes=(Probe("/vendors?api_key={keys[full]}", None),),
    ),
    Mutant(
        "aut-key-in-cursor",
        ("AUT-008",),
        "A cursor contains the key in base64",
        fault=on_operations(_put_key_into_cursor, *PAGED),
        probes=(Probe("/devices?pageSize=2"),),
    ),
)
