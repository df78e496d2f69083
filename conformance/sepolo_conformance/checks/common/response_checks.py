"""Status and error body of a response: accepted with 200, rejected with 400, `{"error": "...", "message": "..."}`."""

from sepolo_conformance.engine import Case, Exchange, describe


def outcome(page: Exchange) -> str:
    """Return the number of rows of a 200 response, otherwise its status and error message."""
    return f"200 with {len(page.rows)} rows" if page.ok else describe(page)


def expect_accepted(case: Case, what: str, page: Exchange) -> None:
    """Expect status 200; `what` names the operation and the value, such as "listAssets with pageSize=2"."""
    case.expect(page.status == 200, f"{what} is accepted with 200", describe(page), page)


def expect_rejected(case: Case, what: str, page: Exchange) -> None:
    """Expect status 400; `what` as in `expect_accepted`."""
    case.expect(page.status == 400, f"{what} is rejected with 400", outcome(page), page)


def has_error_and_message(exchange: Exchange) -> bool:
    """Return whether the body is a JSON object with the strings error and message."""
    return all(isinstance(exchange.member(name), str) for name in ("error", "message"))


def excerpt(exchange: Exchange) -> str:
    """Return the beginning of the body, or why it is not JSON."""
    return exchange.fault or exchange.body[:200].decode("utf-8", "replace")
