"""Mutants of the area `errors`."""

import re
from urllib.parse import unquote_to_bytes

from tests.mutants.harness.alterations import asks, failing, only, refusals, refuse, replies, unforeseen
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

UNKNOWN = "00000000-0000-4000-8000-000000000000"
_TRACE = (
    "System.FormatException: Input string was not in a correct format.\n"
    "   at System.Number.ThrowOverflowOrFormatException(ParsingStatus status)\n"
    "   at Sepolo.Api.Endpoints.AssetEndpoints.List(HttpContext context) in /src/Api/AssetEndpoints.cs:line 41"
)
_PAGE = b"<!DOCTYPE html><html><head><title>404</title></head><body><h1>Not Found</h1></body></html>"
_LARGEST = 2**31 - 1


def _problem(_ask: Ask, reply: Reply) -> Reply:
    found = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": reply.data["message"]}
    return reply.with_data(found).having(b"content-type", b"application/problem+json")


def _traced(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_data({**reply.data, "message": _TRACE})


def _without_error(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_data({name: value for name, value in reply.data.items() if name != "error"})


def _beyond_int(ask: Ask) -> bool:
    return any(abs(ask.number(name)) > _LARGEST for name in ("groupId", "state", "telemetryType", "minDurationSeconds"))


def _odd_id(ask: Ask) -> bool:
    return any(not value.isascii() for value in ask.ids.values())


def _nul(ask: Ask) -> bool:
    return b"\0" in unquote_to_bytes(ask.path) or b"\0" in unquote_to_bytes(ask.query)


async def _null_for_unknown(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    return refuse(200).with_data(None) if reply.status == 404 else reply


async def _newest_for_unknown(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    if reply.status != 404:
        return reply
    newest = await site(ask.to("listServiceReports", pageSize=1))
    return newest.with_data(newest.rows[0]) if newest.ok and newest.rows else reply


async def _swallowed_cursor(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    return refuse(500, "internal_error", "An unexpected error occurred.") if _of_cursor(reply) else reply


def _of_cursor(reply: Reply) -> bool:
    return reply.status == 400 and any(detail["parameter"] == "cursor" for detail in reply.data.get("details", ()))


async def _alike(ask: Ask, site: Site) -> Reply:
    """A device is looked up with LIKE."""
    wanted = ask.ids["deviceId"]
    reply = await site(ask)
    if reply.status != 404 or not re.search("[_%]", wanted):
        return reply
    pattern = re.compile(re.escape(wanted).replace("_", ".").replace("%", ".*"))
    every = await site(ask.to("listDevices", pageSize=500))
    found = [row for row in every.rows if pattern.fullmatch(row["deviceId"])] if every.ok else []
    return await site(ask.to("getDevice", {"deviceId": found[0]["deviceId"]})) if found else reply


def _with_rows(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_data({**reply.data, "data": [{"assetId": UNKNOWN, "name": "Point 1", "isActive": True}]})


def _cut_texts(ask: Ask) -> Ask:
    names = ("customerId", "deviceId", "externalSystem", "cycleId", "metrics")
    return ask.asking({name: value[:100] for name, value in ask.values.items() if name in names and len(value) > 100})


def _nearly(ask: Ask) -> Ask:
    """Numbers are read as generously as can be."""
    text = (ask.value("groupId") or "").strip().lstrip("+")
    try:
        return ask if text == ask.value("groupId") and text.isdigit() else ask.asking(groupId=int(float(text)))
    except (ValueError, OverflowError):
        return ask


def _other_request(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_data({**reply.data, "requestId": "req_0"})


def _bare_details(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_data({name: value for name, value in reply.data.items() if name != "details"})


MUTANTS = (
    Mutant(
        "err-403-problem",
        "errors",
        ("SCP-003",),
        "403 is application/problem+json",
        subtle=False,
        fault=refusals(_problem, 403),
        shows=(Look("/vendors", "only-assets.read"),),
    ),
    Mutant(
        "err-403-media-type",
        "errors",
        ("SCP-003",),
        "403 on incidents says that it is plain text",
        subtle=True,
        fault=refusals(
            lambda _ask, reply: reply.having(b"content-type", b"text/plain; charset=utf-8"),
            403,
            operations=("listIncidents",),
        ),
        shows=(Look("/incidents", "only-assets.read"),),
    ),
    Mutant(
        "err-stack-trace",
        "errors",
        ("ERR-010",),
        "A wrong groupId is answered with a stack trace",
        subtle=True,
        fault=refusals(_traced, 400, operations=("listAssets",), when=lambda ask: ask.value("groupId") is not None),
        shows=(Look("/assets?groupId=abc"),),
    ),
    Mutant(
        "err-404-html",
        "errors",
        ("ERR-002", "ERR-009"),
        "An unknown service report is answered with a web page",
        subtle=False,
        fault=refusals(lambda _ask, reply: reply.with_body(_PAGE, "text/html"), 404, operations=("getServiceReport",)),
        shows=(Look(f"/service-reports/{UNKNOWN}"),),
    ),
    Mutant(
        "err-400-without-error",
        "errors",
        ("ERR-002",),
        "400 has a message and no error",
        subtle=False,
        fault=refusals(_without_error, 400),
        shows=(Look("/assets?pageSize=abc"),),
    ),
    Mutant(
        "err-401-without-body",
        "errors",
        ("ERR-002",),
        "401 has no body",
        subtle=False,
        fault=refusals(lambda _ask, reply: reply.with_body(b""), 401),
        shows=(Look("/me", None),),
        traffic=("authentication",),
    ),
    Mutant(
        "err-int-overflow",
        "errors",
        ("ERR-005", "ERR-001"),
        "An integer beyond 32 bits fails with 500",
        subtle=True,
        fault=failing(_beyond_int),
        shows=(Look("/assets?groupId=99999999999"),),
    ),
    Mutant(
        "err-letters-in-id",
        "errors",
        ("ROB-003", "ERR-001"),
        "A letter beyond ASCII in an id fails with 500",
        subtle=True,
        fault=failing(_odd_id),
        shows=(Look("/devices/%C3%A6%C3%B8%C3%A5"),),
    ),
    Mutant(
        "err-nul",
        "errors",
        ("ROB-003",),
        "A NUL in an id fails with 500",
        subtle=True,
        fault=failing(_nul),
        shows=(Look("/devices/a%00b"),),
    ),
    Mutant(
        "err-cursor-fails",
        "errors",
        ("PAG-024",),
        "A cursor that can't be read fails with 500 on inventory parts",
        subtle=True,
        fault=only(_swallowed_cursor, "listInventoryParts"),
        shows=(Look("/inventory/parts?cursor=garbage"),),
    ),
    Mutant(
        "err-null-for-unknown",
        "errors",
        ("ERR-007",),
        "An unknown asset is answered 200 with null",
        subtle=True,
        fault=only(_null_for_unknown, "getAsset"),
        shows=(Look(f"/assets/{UNKNOWN}"),),
    ),
    Mutant(
        "err-newest-for-unknown",
        "errors",
        ("ERR-006",),
        "An unknown report is answered with the newest",
        subtle=True,
        fault=only(_newest_for_unknown, "getServiceReport"),
        shows=(Look(f"/service-reports/{UNKNOWN}"),),
    ),
    Mutant(
        "err-device-alike",
        "errors",
        ("ERR-006",),
        "A device is looked up with LIKE, so that an underscore or percent sign finds one",
        subtle=True,
        fault=only(_alike, "getDevice"),
        shows=(Look("/devices/TRY-00_"), Look("/devices/TRY%25")),
    ),
    Mutant(
        "err-year-9999",
        "errors",
        ("WIN-023", "ERR-001"),
        "A window up to the end of year 9999 fails with 500",
        subtle=True,
        fault=failing(lambda ask: any(value.startswith("9999-12-31") for value in ask.values.values())),
        shows=(Look("/incidents?toUtc=9999-12-31T23:59:59Z"),),
    ),
    Mutant(
        "err-bad-uuid",
        "errors",
        ("ERR-008",),
        "An id that is no UUID fails with 500 on children",
        subtle=True,
        fault=refusals(
            lambda _ask, _reply: refuse(500, "internal_error", "An unexpected error occurred."),
            400,
            operations=("listAssetChildren",),
        ),
        shows=(Look("/assets/not-a-uuid/children"),),
    ),
    Mutant(
        "err-empty-list-fails",
        "errors",
        ("ERR-001", "FLT-015"),
        "An empty list of incidents fails with 500",
        subtle=True,
        fault=replies(unforeseen, "listIncidents"),
        shows=(Look("/incidents?deviceId=nobody"),),
    ),
    Mutant(
        "err-unknown-device-400",
        "errors",
        ("ERR-007",),
        "An unknown device is a bad request",
        subtle=False,
        fault=refusals(lambda _ask, reply: reply.with_status(400), 404, operations=("getDevice",)),
        shows=(Look("/devices/nobody"),),
    ),
    Mutant(
        "err-refused-with-rows",
        "errors",
        ("ERR-011",),
        "A refused pageSize brings rows all the same",
        subtle=True,
        fault=refusals(_with_rows, 400, operations=("listAssets",), when=lambda ask: ask.value("pageSize") is not None),
        shows=(Look("/assets?pageSize=501"),),
    ),
    Mutant(
        "err-nearly-an-integer",
        "errors",
        ("ERR-004",),
        "groupId of assets is read from 1.0 and +1 as well",
        subtle=True,
        fault=asks(_nearly, "listAssets"),
        shows=(Look("/assets?groupId=1.0"),),
    ),
    Mutant(
        "err-other-request-id",
        "errors",
        ("ERR-013",),
        "requestId is another than in the header",
        subtle=False,
        fault=refusals(_other_request, 400, 401, 403, 404),
        shows=(Look("/me", None),),
    ),
    Mutant(
        "err-no-details",
        "errors",
        ("ERR-014",),
        "400 says nothing of the parameter but in its message",
        subtle=False,
        fault=refusals(_bare_details, 400),
        shows=(Look("/assets?pageSize=abc"),),
    ),
    Mutant(
        "err-405-without-allow",
        "errors",
        ("ERR-015",),
        "405 doesn't say what is allowed",
        subtle=False,
        fault=refusals(
            lambda _ask, reply: reply.without(b"allow").with_data({**reply.data, "error": "not_allowed"}), 405
        ),
        shows=(Look("/me", method="DELETE"),),
    ),
    Mutant(
        "err-no-route-html",
        "errors",
        ("ERR-016",),
        "A path that the API doesn't have is answered with a web page",
        subtle=False,
        fault=refusals(
            lambda _ask, reply: reply.with_body(_PAGE, "text/html"), 404, when=lambda ask: ask.operation is None
        ),
        shows=(Look("/nothing"),),
    ),
    Mutant(
        "err-code-of-404",
        "errors",
        ("ERR-012",),
        "The code of 404 is missing",
        subtle=False,
        fault=refusals(lambda _ask, reply: reply.with_data({**reply.data, "error": "missing"}), 404),
        shows=(Look("/devices/nobody"),),
    ),
    Mutant(
        "err-limit-of-text",
        "errors",
        ("ERR-017",),
        "A customerId or deviceId that is too long is cut",
        subtle=True,
        fault=asks(_cut_texts),
        shows=(Look(f"/incidents?deviceId={'x' * 200}"),),
    ),
)
