"""The requirement on `updatedOn`, on deployments whose records change with every request."""

from collections.abc import Callable

import pytest

from sepolo_conformance.model.verdict import Status
from tests.mutants.harness.alterations import Row, on_operations
from tests.mutants.harness.judging import PROFILE, SEED, Wanted, judge
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.request_windows import shift_timestamp
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Alteration, Altered, Upstream, facts, sandbox


def changing(change: Callable[[Row, int], Row], *operations: str) -> Alteration:
    """Change each row by the number of requests before."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if not response.ok:
            return response
        step = upstream.count("requests")
        return response.with_rows([change(row, step) for row in response.rows])

    return on_operations(altered, *operations)


def new_phone(row: Row, step: int) -> Row:
    return {**row, "phone": f"+47 55 00 {step % 100:02d} 00"}


def updated(row: Row, step: int) -> Row:
    return {**new_phone(row, step), "updatedOn": shift_timestamp(row["updatedOn"], step)}


def backdated(row: Row, step: int) -> Row:
    return {**new_phone(row, step), "updatedOn": shift_timestamp(row["updatedOn"], -step)}


def touched(row: Row, step: int) -> Row:
    return {**row, "updatedOn": shift_timestamp(row["updatedOn"], step)}


def without_updated_on(row: Row, step: int) -> Row:
    return {name: value for name, value in new_phone(row, step).items() if name != "updatedOn"}


def drained(row: Row, step: int) -> Row:
    return {**row, "batteryPercentage": step % 100, "signalStrength": -step, "isOnline": step % 2 == 0}


@pytest.mark.parametrize(
    ("change", "operation", "expected"),
    [
        (updated, "listCustomers", Status.PASS),
        (new_phone, "listCustomers", Status.FAIL),
        (backdated, "listCustomers", Status.FAIL),
        (touched, "listCustomers", Status.VACUOUS),
        (without_updated_on, "listCustomers", Status.VACUOUS),
        (drained, "listDevices", Status.VACUOUS),
    ],
)
def test_only_changed_records_are_judged(
    change: Callable[[Row, int], Row], operation: str, expected: Status, direct: Direct
) -> None:
    """A changed record needs a later updatedOn. A record that shows none, or is only measured, gives no verdict."""
    app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), changing(change, operation))
    run = judge(app, direct, PROFILE, Wanted(ids=frozenset({"CON-042"})))
    assert run.verdicts["CON-042"].status == expected


def test_records_that_left_the_first_page_are_read_by_id(direct: Direct) -> None:
    """An updated record may move to the end of a list; its state is then read by its id."""

    async def moved(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if not response.ok:
            return response
        if "data" not in response.json:
            return response.with_json({**response.json, "name": "Renamed"})
        return response.with_rows(response.rows[1:] if upstream.count("lists") else response.rows)

    app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), on_operations(moved, "listAssets", "getAsset"))
    run = judge(app, direct, PROFILE, Wanted(ids=frozenset({"CON-042"})))
    assert run.verdicts["CON-042"].status == Status.FAIL
    assert "Renamed" in run.verdicts["CON-042"].findings[0].expected
