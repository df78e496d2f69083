"""A service report that must not come to be: sent by those who may not write, and looked for afterwards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sepolo_conformance.api.calls import Call
from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.walk import Walk
from sepolo_conformance.model.verdict import NotTested, Vacuous
from sepolo_conformance.target.keys import Identity
from sepolo_conformance.transport.exchange import Exchange, Key

__all__ = ["Draft", "created", "draft"]

_PAGES = 4
_CREATE = "createServiceReport"


@dataclass(frozen=True, slots=True)
class Draft:
    """A body that would be taken from a key that may write; `title` tells it from all others."""

    title: str
    body: bytes

    def post(self, case: Case, key: Key | Identity | None, headers: Mapping[str, str] | None = None) -> Exchange:
        """Send it; end the check as not tested where the body was looked at first, and not liked.

        The page doesn't describe the body, nor whether it is looked at before the key.
        """
        exchange = case.post(_CREATE, self.body, key=key, headers=headers)
        if exchange.status in (400, 415, 422) and case.settings.write_body is None:
            case.not_tested(f"the suite's own body is refused with {exchange.status}: give a right one (--write-body)")
        return exchange


def draft(case: Case) -> Draft:
    """Return a report for an asset of the main organisation; raises Vacuous where there is none."""
    # Not of the run's seed: what an earlier run left behind must not count against this one.
    title = f"Conformance test, must not be created: {case.requirement.id} {uuid4().hex[:12]}"
    own: dict[str, Any] = {"title": title, **_subject(case)}
    path = case.settings.write_body
    if path is not None:
        given = json.loads(path.read_text(encoding="utf-8"))
        own = {name: value for name, value in ({**own, **given, "title": title}).items() if value is not None}
    return Draft(title, json.dumps(own).encode())


def created(case: Case, sent: Draft) -> Walk | None:
    """Return a walk over the reports of these days if the draft is among them, None if not.

    Raises NotTested where no key may look.
    """
    now = case.target.now()
    call = Call(case.operation("listServiceReports")).within(now - timedelta(days=1), now + timedelta(days=1))
    walk = case.walk(call.having(pageSize=500), pages=_PAGES)
    return walk if any(row.get("title") == sent.title for row in walk.rows) else None


def _subject(case: Case) -> dict[str, str]:
    """Return what the report is about: an asset, or a device where no key may read assets."""
    problem: Vacuous | NotTested = Vacuous("there is neither an asset nor a device to write a report for")
    for operation_id, member in (("listAssets", "assetId"), ("listDevices", "deviceId")):
        try:
            rows = case.home.listing(operation_id).rows
        except Vacuous:
            continue
        except NotTested as lacking:
            problem = lacking
            continue
        found = next(
            (row[member] for row in rows if isinstance(row.get(member), str) and row.get("isActive", True)), None
        )
        if found is not None:
            return {member: found}
    raise problem
