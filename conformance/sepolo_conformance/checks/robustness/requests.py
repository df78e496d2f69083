"""Requests that several files of this area send: short valid calls, HEAD and OPTIONS; and the expectation of no 5xx."""

import re
from collections.abc import Iterator

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.checks.common.prepared_requests import head, methods_by_path
from sepolo_conformance.engine import Case, Exchange, Request, collect_once, describe
from sepolo_openapi.contract import Operation


def short_call(case: Case, operation: Operation) -> Call:
    """Return a call that returns data, in pages of two rows where the operation is paged."""
    return case.home.call(operation.operation_id).with_page_size(2)


def expect_no_server_error(case: Case, exchange: Exchange, detail: str = "") -> None:
    """Expect no 5xx; 501 is accepted for methods that a server may not implement.

    `detail` follows the name of the operation in the finding.
    """
    name = exchange.request.operation_id or exchange.request.target
    not_implemented = exchange.status == 501 and exchange.request.method not in ("GET", "POST")
    case.expect(exchange.status < 500 or not_implemented, f"no 5xx from {name}{detail}", describe(exchange), exchange)


@collect_once
def head_responses(case: Case) -> Iterator[tuple[Call, Exchange]]:
    """Return a call of each GET operation with the response to HEAD, requested once in a run."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            call = short_call(case, operation)
            yield call, head(case, call, case.home.reader(operation.operation_id))


@collect_once
def options_responses(case: Case) -> Iterator[Exchange]:
    """Return the response to OPTIONS of each path, requested once in a run, as a preflight request of a browser."""
    headers = (
        ("Origin", "https://example.com"),
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "x-sepolo-api-key"),
    )
    for path in methods_by_path(case.contract):
        yield case.send(Request("OPTIONS", re.sub(r"\{\w+\}", "x", path), headers))
