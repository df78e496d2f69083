"""Mutants of the area `authentication`."""

import base64
import re

from tests.mutants.harness.alterations import PAGED, data, failing, only, refusals, refuse
from tests.mutants.harness.judging import PROFILE
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.wrapper import KEY_HEADER, Ask, Reply, Site, facts

__all__ = ["MUTANTS"]

WRONG = "sep_test_full_00000000000000000000"
_HEADER = "X-Sepolo-Api-Key"
_JSON = ("Content-Type", "application/json")
_REPORT = '{{"assetId": "{home.asset}", "title": "Looked at"}}'


def _bearer(secret: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {secret}"),)


def _by_bearer(ask: Ask) -> bool:
    return ask.header(b"authorization") is not None


async def _ignoring_bearer(ask: Ask, site: Site) -> Reply:
    return await site(ask.without(b"authorization"))


async def _case_sensitive_scheme(ask: Ask, site: Site) -> Reply:
    value = ask.header(b"authorization")
    return await site(ask if value is None or value.startswith(b"Bearer ") else ask.without(b"authorization"))


def _half_compared(presented: bytes | None, site: Site) -> bytes:
    """The key that shares the first twenty characters with the one presented."""
    start = (presented or b"")[:20]
    known = (fact.key.encode() for fact in site.keys.values())
    return next((key for key in known if len(start) == 20 and key.startswith(start)), presented or b"")


async def _comparing_the_start(ask: Ask, site: Site) -> Reply:
    presented = ask.header(KEY_HEADER)
    return await site(ask.having(KEY_HEADER, _half_compared(presented, site)) if presented else ask)


async def _any_bearer(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    if reply.status == 401 and _by_bearer(ask) and ask.operation:
        return await site(ask.as_key(site.master(ask)))
    return reply


async def _open_to_all(ask: Ask, site: Site) -> Reply:
    if ask.header(KEY_HEADER) is None and ask.header(b"authorization") is None:
        return await site(ask.as_key(site.master(ask)))
    return await site(ask)


async def _blank_is_default(ask: Ask, site: Site) -> Reply:
    blank = ask.header(KEY_HEADER)
    if blank is not None and not blank.strip() and ask.header(b"authorization") is None:
        return await site(ask.as_key(site.master(ask)))
    return await site(ask)


async def _key_in_query(ask: Ask, site: Site) -> Reply:
    secret = ask.value("api_key")
    plain = ask.asking(api_key=None)
    return await site(plain if secret is None else plain.having(KEY_HEADER, secret.encode()))


def _me_of_another(_ask: Ask, me: dict[str, object]) -> dict[str, object]:
    return {**me, "organizationId": "2b9e1c54-6d0e-4f0b-9a57-3f6c1e8d7a10"}


def _echoed(ask: Ask, reply: Reply) -> Reply:
    sent = (ask.header(KEY_HEADER) or ask.header(b"authorization") or b"").decode("latin-1")
    return reply.with_data({**reply.data, "message": f"The API key {sent} is not known."}) if sent else reply


def _whole_client_id(ask: Ask, me: dict[str, object]) -> dict[str, object]:
    return {**me, "clientId": ask.key.key} if ask.key else me


async def _first_header_counts(ask: Ask, site: Site) -> Reply:
    return await site(ask.without(b"authorization") if ask.header(KEY_HEADER) else ask)


async def _any_scheme(ask: Ask, site: Site) -> Reply:
    """The last word of Authorization is the key."""
    value = ask.header(b"authorization") or b""
    return await site(ask.having(KEY_HEADER, value.split()[-1]).without(b"authorization") if value.split() else ask)


async def _ids_first(ask: Ask, site: Site) -> Reply:
    """What is wrong with the request is told to whoever asks."""
    reply = await site(ask)
    if reply.status != 401 or ask.operation is None:
        return reply
    known = await site(ask.as_key(site.master(ask)))
    return known if known.status in (400, 404) else reply


def _fewer_scopes(_ask: Ask, me: dict[str, object]) -> dict[str, object]:
    scopes = me["scopes"]
    return {**me, "scopes": scopes[:-1] if isinstance(scopes, list) else scopes}


def _live(ask: Ask) -> bool:
    return b"sep_live_" in (ask.header(KEY_HEADER) or ask.header(b"authorization") or b"")


def _presented(ask: Ask) -> str:
    """The key that is sent, in whichever header, known or not."""
    given = ask.header(KEY_HEADER)
    if given is None:
        scheme, _, given = (ask.header(b"authorization") or b"").partition(b" ")
        given = given if scheme.lower() == b"bearer" else b""
    return given.strip().decode("latin-1")


async def _in_any_case(ask: Ask, site: Site) -> Reply:
    """Keys are compared as the database compares texts."""
    sent = _presented(ask).lower() if ask.key is None else ""
    found = next((fact for fact in site.keys.values() if fact.key.lower() == sent), None)
    return await site(ask.as_key(found) if found else ask)


async def _by_pattern(ask: Ask, site: Site) -> Reply:
    """Keys are looked up with LIKE."""
    sent = _presented(ask) if ask.key is None else ""
    pattern = re.compile(re.escape(sent).replace("%", ".*").replace("_", "."))
    found = next((fact for fact in site.keys.values() if len(sent) > 8 and pattern.fullmatch(fact.key)), None)
    return await site(ask.as_key(found) if found else ask)


async def _key_in_cursor(ask: Ask, site: Site) -> Reply:
    """A cursor says whose it is: by the key, after a mark and in base64."""
    held = base64.urlsafe_b64encode(f"k:{ask.key.key}".encode()).decode().rstrip("=") if ask.key else ""
    cursor = ask.value("cursor")
    if held and cursor and cursor.endswith(f"~{held}"):
        ask = ask.asking(cursor=cursor.removesuffix(f"~{held}"))
    reply = await site(ask)
    if not reply.ok or not reply.data["nextCursor"]:
        return reply
    return reply.with_data({**reply.data, "nextCursor": f"{reply.data['nextCursor']}~{held}"})


def _plain_words(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_data({**reply.data, "message": "The API key is not known."})


MUTANTS = (
    Mutant(
        "aut-bearer-refused",
        "authentication",
        ("AUT-003",),
        "A key after Authorization: Bearer isn't taken",
        subtle=False,
        fault=_ignoring_bearer,
        shows=(Look("/me", None, headers=_bearer("{keys[full]}")),),
    ),
    Mutant(
        "aut-bearer-scheme-case",
        "authentication",
        ("AUT-012",),
        "The word Bearer is taken in this spelling only",
        subtle=True,
        fault=_case_sensitive_scheme,
        shows=(Look("/me", None, headers=(("Authorization", "bearer {keys[full]}"),)),),
    ),
    Mutant(
        "aut-start-of-key-compared",
        "authentication",
        ("AUT-005",),
        "Only the first twenty characters of a key are compared",
        subtle=True,
        fault=_comparing_the_start,
        shows=(Look("/vendors", None, headers=((_HEADER, "{keys[full]}0"),)),),
    ),
    Mutant(
        "aut-any-bearer",
        "authentication",
        ("AUT-002",),
        "Any word after Bearer opens the device list",
        subtle=True,
        fault=only(_any_bearer),
        shows=(Look("/devices", None, headers=_bearer(WRONG)),),
    ),
    Mutant(
        "aut-vendors-open",
        "authentication",
        ("AUT-001",),
        "The vendors are shown without any key",
        subtle=False,
        fault=only(_open_to_all, "listVendors"),
        shows=(Look("/vendors", None),),
    ),
    Mutant(
        "aut-blank-key",
        "authentication",
        ("AUT-004",),
        "A blank key is taken for the first organisation's",
        subtle=True,
        fault=_blank_is_default,
        shows=(Look("/me", None, headers=((_HEADER, " "),)),),
    ),
    Mutant(
        "aut-missing-key-403",
        "authentication",
        ("AUT-001",),
        "A request without a key is answered 403",
        subtle=False,
        fault=refusals(lambda _ask, reply: reply.with_status(403), 401, when=lambda ask: ask.key is None),
        shows=(Look("/me", None),),
    ),
    Mutant(
        "aut-wrong-key-400",
        "authentication",
        ("AUT-002",),
        "An ill-formed key is a bad request",
        subtle=False,
        fault=refusals(
            lambda _ask, _reply: refuse(400, "validation_error", "The API key is not valid."),
            401,
            when=lambda ask: ask.header(KEY_HEADER) is not None,
        ),
        shows=(Look("/me", None, headers=((_HEADER, WRONG),)),),
    ),
    Mutant(
        "aut-bearer-other-organization",
        "authentication",
        ("AUT-003",),
        "The same key after Bearer means another organisation",
        subtle=True,
        fault=data(_me_of_another, "getMe", when=_by_bearer),
        shows=(Look("/me", None, headers=_bearer("{keys[full]}")),),
    ),
    Mutant(
        "aut-key-echoed",
        "authentication",
        ("AUT-008",),
        "The refusal of a wrong key repeats it",
        subtle=False,
        fault=refusals(_echoed, 401),
        shows=(Look("/me", None, headers=((_HEADER, WRONG),)),),
    ),
    Mutant(
        "aut-client-id-is-key",
        "authentication",
        ("AUT-009",),
        "clientId is the whole key",
        subtle=False,
        fault=data(_whole_client_id, "getMe"),
        shows=(Look("/me"),),
    ),
    Mutant(
        "aut-key-in-query",
        "authentication",
        ("AUT-013",),
        "A key in the query is taken",
        subtle=True,
        fault=_key_in_query,
        shows=(Look("/vendors?api_key={keys[full]}", None),),
    ),
    Mutant(
        "aut-401-without-challenge",
        "authentication",
        ("AUT-010",),
        "401 comes without WWW-Authenticate",
        subtle=False,
        fault=refusals(lambda _ask, reply: reply.without(b"www-authenticate"), 401),
        shows=(Look("/me", None),),
    ),
    Mutant(
        "aut-bearer-refused-by-vendors",
        "authentication",
        ("AUT-006",),
        "The vendors know X-Sepolo-Api-Key only",
        subtle=True,
        fault=only(_ignoring_bearer, "listVendors"),
        shows=(Look("/vendors", None, headers=_bearer("{keys[full]}")),),
    ),
    Mutant(
        "aut-post-open",
        "authentication",
        ("AUT-018",),
        "A report sent without a key is created",
        subtle=True,
        fault=only(_open_to_all, "createServiceReport"),
        shows=(Look("/service-reports", None, "POST", (("Content-Type", "application/json"),), '{{"title": "x"}}'),),
        writes=True,
    ),
    Mutant(
        "aut-bearer-fewer-scopes",
        "authentication",
        ("AUT-007",),
        "The same key after Bearer has a scope less",
        subtle=True,
        fault=data(_fewer_scopes, "getMe", when=_by_bearer),
        shows=(Look("/me", None, headers=_bearer("{keys[full]}")),),
    ),
    Mutant(
        "aut-first-header-counts",
        "authentication",
        ("AUT-015",),
        "Of two different keys the first counts",
        subtle=True,
        fault=_first_header_counts,
        shows=(Look("/me", headers=_bearer("{keys[other]}")),),
    ),
    Mutant(
        "aut-any-scheme",
        "authentication",
        ("AUT-016",),
        "Any scheme will do in place of Bearer",
        subtle=True,
        fault=_any_scheme,
        shows=(Look("/me", None, headers=(("Authorization", "Basic {keys[full]}"),)),),
    ),
    Mutant(
        "aut-ids-before-key",
        "authentication",
        ("AUT-017",),
        "Without a key one learns which ids are wrong",
        subtle=True,
        fault=_ids_first,
        shows=(Look("/assets/not-a-uuid", None),),
    ),
    Mutant(
        "aut-live-key-unknown",
        "authentication",
        ("AUT-014",),
        "A live key is refused as any other",
        subtle=True,
        fault=refusals(_plain_words, 401, when=_live),
        shows=(Look("/me", None, headers=((_HEADER, "sep_live_0123456789abcdef0123"),)),),
    ),
    Mutant(
        "aut-any-case",
        "authentication",
        ("AUT-005",),
        "Keys are compared without regard to case",
        subtle=True,
        fault=_in_any_case,
        shows=(Look("/me", None, headers=((_HEADER, facts(PROFILE)["full"].key.upper()),)),),
    ),
    Mutant(
        "aut-pattern",
        "authentication",
        ("AUT-005",),
        "Keys are looked up by a pattern, with % and _ for any characters",
        subtle=True,
        fault=_by_pattern,
        shows=(Look("/me", None, headers=((_HEADER, "{keys[full]:.12}%"),)),),
    ),
    Mutant(
        "aut-bearer-refused-by-post",
        "authentication",
        ("AUT-006",),
        "A key after Bearer isn't known to a POST",
        subtle=True,
        fault=failing(_by_bearer, "createServiceReport", status=401),
        shows=(Look("/service-reports", None, "POST", (*_bearer("{keys[full]}"), _JSON), _REPORT),),
        writes=True,
    ),
    Mutant(
        "aut-key-in-cursor",
        "authentication",
        ("AUT-008",),
        "A cursor holds the key, in base64",
        subtle=True,
        fault=only(_key_in_cursor, *PAGED),
        shows=(Look("/devices?pageSize=2"),),
    ),
)
