"""Windows: their ends, their length, what lies in them."""

from datetime import timedelta

from conformance.case import Case, describe, requirement


@requirement("WIN-001")
def ends_are_required(case: Case) -> None:
    """Leaves out one end, then the other, then both."""
    for operation in case.contract.operations.values():
        if operation.window is None or not operation.window.required:
            continue
        with case.part(operation.operation_id):
            call = case.home.call(operation.operation_id)
            for missing in (
                (operation.window.start,),
                (operation.window.end,),
                (operation.window.start, operation.window.end),
            ):
                case.status(case.call(call.having(dict.fromkeys(missing))), 400)


@requirement("WIN-002")
def far_too_long(case: Case) -> None:
    """Asks for about twice the longest window."""
    for operation in case.contract.operations.values():
        if operation.window is None or operation.window.max_days is None:
            continue
        with case.part(operation.operation_id):
            days = 2 * operation.window.max_days
            now = case.target.now()
            exchange = case.call(case.home.call(operation.operation_id).within(now - timedelta(days=days), now))
            cut = " (cut short without a word)" if exchange.ok else ""
            case.expect(exchange.status == 400, f"400 for {days} days", f"{describe(exchange)}{cut}")
