"""Requests that Schemathesis and Hypothesis generate from the contract around valid calls."""

from sepolo_conformance.api.calls import reads
from sepolo_conformance.checks.common.clauses import NO_5XX
from sepolo_conformance.checks.robustness.requests import expect_no_server_error, short_call
from sepolo_conformance.engine import MUST, Case, fetch_once, requirement
from sepolo_openapi.contract import Operation

_REPEATED_VALUES = 1
"""Values per operation that are sent again, although another operation has had them."""
_FUZZED_CALLS = 4
"""Calls per operation that Schemathesis generates."""
_CHAINS, _CALLS_PER_CHAIN = 2, 22


@requirement(
    "ROB-001", MUST, clause=NO_5XX, title="No value that Schemathesis derives from the contract causes a 5xx response"
)
def derived_values_cause_no_server_error(case: Case) -> None:
    """Sends values that Schemathesis derives from the contract, one at a time, in a valid call of each operation.

    They are the limits of each schema, wrong types and the examples. Each operation is also called with all query
    parameters at once. Each value is sent to at least one operation that has the parameter, chosen by the seed of the
    run.
    """
    case.target.main()
    from sepolo_conformance.checks.robustness.generated_calls import derived_values, with_all_parameters, with_value  # noqa: PLC0415 - slow to import

    used: set[tuple[str, str]] = set()
    operations = _operations_with_parameters(case)
    for operation in case.rng.sample(operations, len(operations)):
        with case.part(operation.operation_id):
            call = short_call(case, operation)
            values = derived_values(operation.operation_id)
            shuffled = case.rng.sample(values, len(values))
            chosen = {*shuffled[:_REPEATED_VALUES], *(value for value in shuffled if value not in used)}
            used |= chosen
            calls = (with_value(call, name, value) for name, value in sorted(chosen))
            for generated in (with_all_parameters(call), *calls):
                expect_no_server_error(case, fetch_once(case, generated))


@requirement(
    "ROB-002",
    MUST,
    clause=NO_5XX,
    title="No request that Schemathesis generates around valid ids and windows causes a 5xx response",
)
def fuzzed_calls_cause_no_server_error(case: Case) -> None:
    """Replaces some values of a valid call of each operation by values that Schemathesis generates, valid and invalid,
    chosen by the seed of the run."""
    case.target.main()
    from sepolo_conformance.checks.robustness.generated_calls import fuzzed_calls  # noqa: PLC0415 - slow to import

    for operation in _operations_with_parameters(case):
        with case.part(operation.operation_id):
            call = short_call(case, operation)
            case.forall(
                fuzzed_calls(call),
                lambda generated: expect_no_server_error(case, case.call(generated)),
                examples=_FUZZED_CALLS,
            )


@requirement(
    "ROB-020", MUST, clause=NO_5XX, title="No chain of calls with ids from earlier responses causes a 5xx response"
)
def call_chains_cause_no_server_error(case: Case) -> None:
    """Runs chains of calls that Hypothesis chooses, each with ids that earlier responses of the chain contain."""
    calls = []
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            calls.append(case.home.call(operation.operation_id))
    if not calls:
        return
    from sepolo_conformance.checks.robustness.call_chains import call_chain  # noqa: PLC0415 - slow to import

    case.machine(call_chain(case, calls), examples=_CHAINS, steps=_CALLS_PER_CHAIN)


def _operations_with_parameters(case: Case) -> list[Operation]:
    return [operation for operation in reads(case.contract) if operation.parameters]
