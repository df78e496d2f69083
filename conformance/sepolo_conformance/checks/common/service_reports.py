"""Service reports that the suite writes: bodies that a deployment ought to take, and how to see what became of them.

Every report is marked by its title, so that people can find and remove it. What is new is told by comparing the list
before and after; others may be writing at the same time, so a new row counts only if it may be ours.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.engine.case import Case, describe
from sepolo_conformance.model.outcomes import NotTested, Vacuous
from sepolo_conformance.target.discovery import Discovery
from sepolo_conformance.transport.exchange import Exchange, Request

__all__ = ["TITLE_PREFIX", "ServiceReports"]

TITLE_PREFIX = "Conformance test, to be deleted"
"""How every title begins."""

_PAGES = 8
_CREATE = "createServiceReport"


class ServiceReports:
    """Posts reports for one organisation, and lists which ones there are.

    `refused` is for posts that must be refused, which need no permission to write: they send no key, an unknown one,
    or one without the scope.
    """

    def __init__(self, case: Case, finder: Discovery, *, refused: bool = False) -> None:
        if not refused:
            case.need_writes()
        self.case = case
        self.finder = finder

    @property
    def key(self) -> Identity:
        """The key that may write; raises NotTested if there is none."""
        return self.finder.reader(_CREATE)

    @property
    def asset(self) -> str:
        """The asset that reports are written for; raises Vacuous where there is none."""
        for row in self.finder.listing("listAssets").rows:
            if row.get("isActive") is not False and isinstance(row.get("assetId"), str):
                return str(row["assetId"])
        raise Vacuous("there is no active asset to write a report for")

    @property
    def subject(self) -> dict[str, str]:
        """The asset that a report is about, or a device where no key may read assets."""
        try:
            return {"assetId": self.asset}
        except (Vacuous, NotTested):
            for row in self.finder.listing("listDevices").rows:
                if isinstance(row.get("deviceId"), str):
                    return {"deviceId": row["deviceId"]}
            raise

    def body(self, what: str, **changes: object) -> dict[str, Any]:
        """Return a body that ought to be taken: of an own asset, with a title of its own.

        Members of --write-body take the place of ours, null leaves one out; `changes` come last.
        """
        ours: dict[str, Any] = {
            **self.subject,
            "title": f"{TITLE_PREFIX}: {self.case.requirement.id} {what} {uuid4().hex[:12]}",
            "description": "Written by the conformance suite of the public API.",
        }
        path = self.case.settings.write_body
        if path is not None:
            given = json.loads(path.read_text(encoding="utf-8"))
            ours = {name: value for name, value in (ours | given).items() if value is not None}
            if given.get("title"):
                ours["title"] = f"{ours['title']} ({self.case.requirement.id} {what} {uuid4().hex[:12]})"
        return ours | changes

    def post(
        self,
        body: Mapping[str, Any] | list[Any] | str | bytes,
        *,
        key: Identity | None = None,
        headers: Mapping[str, str] | None = None,
        bearer: bool = False,
        anonymous: bool = False,
    ) -> Exchange:
        """Post a body, as JSON unless it is bytes.

        `bearer` sends the key in Authorization, `anonymous` sends none but what `headers` hold.
        """
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        if anonymous:
            return self.case.post(_CREATE, sent, key=None, headers=headers)
        if not bearer:
            return self.case.post(_CREATE, sent, key=key or self.key, headers=headers)
        operation, secret = self.case.operation(_CREATE), (key or self.key).key
        own = {"Authorization": f"Bearer {secret.secret}", "Content-Type": "application/json", **(headers or {})}
        return self.case.send(Request("POST", operation.path, tuple(own.items()), sent, secret, _CREATE))

    def expect_refused(self, exchange: Exchange, status: int, why: str) -> None:
        """Expect a status for a report that must be refused.

        Ends the check as not tested where the body was judged before the key: the page describes neither the body
        nor which is looked at first.
        """
        if exchange.status in (400, 415, 422) and self.case.settings.write_body is None:
            self.case.not_tested(f"the suite's body is refused with {exchange.status}: give a valid one (--write-body)")
        self.case.expect(exchange.status == status, f"status {status} {why}", describe(exchange), exchange)

    def expect_none_new(self, before: Mapping[str, Any], titles: Sequence[object], shown: Sequence[Exchange]) -> None:
        """Expect that no report was stored since `before` that may come from bodies of these titles."""
        found = self.new(before, *titles)
        listed = [row.get("title") for row in found]
        self.case.expect(not found, "no report stored", f"{len(found)} listed, with the titles {listed}", shown)

    def create(self, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Exchange:
        """Post a body that ought to be taken; end the check as not tested where it isn't."""
        exchange = self.post(body, headers=headers)
        if not exchange.ok:
            self.case.not_tested(
                f"the deployment refuses the report that the suite writes ({describe(exchange)}): "
                "give members that it wants by --write-body"
            )
        return exchange

    def id_of(self, exchange: Exchange) -> str:
        """Return the id of a created report; end the check where the answer has none."""
        found = exchange.member("serviceReportId")
        if not isinstance(found, str):
            self.case.vacuous("the answer has no serviceReportId, see WRT-002")
        return found

    def read(self, report: str, follows: Exchange, *, key: Identity | None = None) -> Exchange:
        """Read a report by its id."""
        key = key or self.finder.reader("getServiceReport")
        return self.case.get("getServiceReport", {"serviceReportId": report}, key=key, follows=follows)

    def reports(self, **query: object) -> dict[str, dict[str, Any]]:
        """Return the reports created about now, by id, further narrowed by filters."""
        operation, now = self.case.operation("listServiceReports"), self.case.target.now()
        window = Call(operation).within(now - timedelta(days=1), now + timedelta(days=1))
        walk = self.case.walk(
            window.having(query, pageSize=500), key=self.finder.reader("listServiceReports"), pages=_PAGES
        )
        if not walk.ended:
            self.case.vacuous(f"the reports of two days can't be read to their end: {walk.problem or 'too many'}")
        return {str(row.get("serviceReportId")).lower(): row for row in walk.rows}

    def new(self, before: Mapping[str, Any], *titles: object) -> list[dict[str, Any]]:
        """Return the reports that weren't there before and may come from bodies of these titles.

        That is: of one of the titles, of none that is shown, or about the asset that we write for and not of another
        check of ours.
        """
        wanted = {"None", *map(str, titles)}
        rows = [row for name, row in self.reports().items() if name not in before]
        return [row for row in rows if self._may_be(row, wanted)]

    def _may_be(self, row: Mapping[str, Any], titles: set[str]) -> bool:
        named = str(row.get("title"))
        return named in titles or (self.subject.items() <= row.items() and not named.startswith(TITLE_PREFIX))
