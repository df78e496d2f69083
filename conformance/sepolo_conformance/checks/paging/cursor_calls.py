"""Requests with a cursor that a walk would not send, and the expectation that their response shows no foreign rows."""

from collections.abc import Sequence
from typing import Any

from sepolo_conformance.api.calls import Call
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE, walk_again, walk_once
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.engine.case import Case, describe
from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import Exchange

__all__ = ["expect_no_foreign_rows", "page_after"]


def page_after(case: Case, call: Call, cursor: str, key: Key | None = None) -> Exchange:
    """Return the response to a page of two rows after a cursor, requested once in a run."""
    call = call.having(pageSize=2, cursor=cursor)

    def send() -> Exchange:
        return case.call(call) if key is None else case.call(call, key=key)

    return case.once(("cursor", call.target, key.name if key else None), send)


def expect_no_foreign_rows(case: Case, cursor: str, page: Exchange, *lists: Call) -> None:
    """Expect a response without 5xx and without rows that none of the lists contains.

    The lists are read again before a finding, as they may have gained rows. `cursor` describes the cursor.
    """
    name = lists[0].operation.operation_id
    expected = f"{name} with cursor {cursor}: rejected, or only rows of that list"
    if not case.expect(page.status < 500, expected, describe(page), page) or not page.rows:
        return
    walks = [walk_once(case, call, MAX_PAGE_SIZE) for call in lists]
    if not all(walk.ended for walk in walks):
        return
    foreign = _foreign_rows(page, [walk.reading for walk in walks])
    if foreign:
        foreign = _foreign_rows(page, [walk_again(case, call, MAX_PAGE_SIZE).reading for call in lists])
    shown = "; ".join(", ".join(map(str, value))[:160] for value in foreign[:2])
    case.expect(not foreign, expected, f"{len(foreign)} rows of other lists: {shown}", page)


def _foreign_rows(page: Exchange, readings: Sequence[Reading]) -> list[tuple[Any, ...]]:
    """Return the identities of the rows of a page that none of the readings contains."""
    known = {row_id.value for reading in readings for row_id in reading.row_ids}
    found = Reading(readings[0].operation, tuple(page.rows), ended=False).row_ids
    return [row_id.value for row_id in found if row_id.value not in known]
