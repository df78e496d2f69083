"""Scopes: the matrix of keys and operations."""

from conformance.calls import Call
from conformance.case import Case, describe, requirement

_NOWHERE = "00000000-0000-4000-8000-000000000000"


@requirement("SCP-001")
def held_scope_opens(case: Case) -> None:
    """Calls each operation that reads with a key that has its scope."""
    for operation in case.contract.operations.values():
        if operation.method != "GET":
            continue
        with case.part(operation.operation_id):
            exchange = case.call(case.home.call(operation.operation_id))
            case.expect(exchange.status not in (401, 403), f"{operation.scope} to be enough", describe(exchange))


@requirement("SCP-002")
def lacked_scope_shuts(case: Case) -> None:
    """Calls each operation that reads with a key that lacks its scope."""
    for operation in case.contract.operations.values():
        if operation.method != "GET":
            continue
        with case.part(operation.operation_id):
            key = case.target.without(operation.scope)
            names = [parameter.name for parameter in operation.parameters if parameter.where == "path"]
            call = Call(operation, dict.fromkeys(names, _NOWHERE))
            if operation.window is not None:
                now = case.target.now()
                call = call.within(now.replace(day=1), now)
            case.status(case.call(call, key=key), 403)
