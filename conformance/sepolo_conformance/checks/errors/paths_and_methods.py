"""Methods that a path does not offer, and paths that the API does not have."""

import re

from sepolo_conformance.api.identity import authorised
from sepolo_conformance.checks.common.prepared_requests import UNKNOWN_UUID, methods_by_path
from sepolo_conformance.checks.common.response_checks import excerpt, has_error_and_message
from sepolo_conformance.engine import SANDBOX, Case, Exchange, Request, describe, requirement

_METHODS = ("PUT", "DELETE", "PATCH", "POST")


@requirement(
    "ERR-015",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 15.5.6.",
    title="A method that a path does not offer is rejected with 405, and Allow lists the methods that it offers",
)
def unsupported_method_is_rejected(case: Case) -> None:
    """Sends a method that the path does not offer to each path, without a key, so that nothing can be changed."""
    for index, (path, known) in enumerate(methods_by_path(case.contract).items()):
        method = next(name for name in (*_METHODS[index % 4 :], *_METHODS) if name not in known)
        exchange = case.send(Request(method, re.sub(r"\{\w+\}", UNKNOWN_UUID, path), authorised(None)))
        if case.expect(exchange.status == 405, f"status 405 for {method}", describe(exchange), exchange):
            allowed = {name.strip() for name in (exchange.header("allow") or "").split(",")}
            held = known <= allowed and method not in allowed
            case.expect(held, f"Allow: {', '.join(sorted(known))}", allowed, exchange)
            _expect_error_and_message(case, exchange)


@requirement(
    "ERR-016",
    SANDBOX,
    clause="Our own choice: all errors have the same body, also outside the operations.",
    title="A path that the API does not have is answered with 404 and the usual error body",
)
def unknown_path_is_not_found(case: Case) -> None:
    """Requests paths that the API does not have: beside, above and below its own."""
    key = case.target.main().key
    for target in ("/api/v1/nothing", "/api/v1", "/api/v2/me", "/api/v1/me/me", "/api/v1/reporting"):
        exchange = case.send(Request("GET", target, authorised(key), key=key))
        case.status(exchange, 404)
        _expect_error_and_message(case, exchange)


def _expect_error_and_message(case: Case, exchange: Exchange) -> None:
    expected = "a JSON object with the strings error and message"
    case.expect(has_error_and_message(exchange), expected, excerpt(exchange), exchange)
