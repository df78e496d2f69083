"""Service reports that the suite creates: valid bodies, requests, and which reports are new.

Every title begins with the same prefix, so that people can find and delete the reports. New reports are found by
comparing the list before and after. Other clients may write at the same time, so only reports that may come from the
suite count.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.api.row_identity import normal_id
from sepolo_conformance.engine import Case, Exchange, NotTested, Request, Vacuous, describe
from sepolo_conformance.target.discovery import Discovery

TITLE_PREFIX = "Conformance test, to be deleted"
"""The prefix of every title."""

_PAGES = 8
_CREATE = "createServiceReport"


class ServiceReports:
    """Creates and lists the reports of one organisation.

    `finder` is `case.home` or `case.away`. `rejected` is for requests that must be rejected, without a key, with an
    unknown one or with one that lacks the scope: they need no permission to write.
    """

    def __init__(self, case: Case, finder: Discovery, *, rejected: bool = False) -> None:
        if not rejected:
            case.need_writes()
        self.case = case
        self.finder = finder

    @property
    def key(self) -> Identity:
        """The key that may write; raises NotTested if there is none."""
        return self.finder.reader(_CREATE)

    @property
    def asset(self) -> str:
        """The id of the active asset that reports are about; raises Vacuous if there is none."""
        for row in self.finder.listing("listAssets").rows:
            if row.get("isActive") is not False and isinstance(row.get("assetId"), str):
                return str(row["assetId"])
        raise Vacuous("there is no active asset to write a report for")

    @property
    def subject(self) -> dict[str, str]:
        """The assetId of a report, or a deviceId if no key may read assets."""
        try:
            return {"assetId": self.asset}
        except (Vacuous, NotTested):
            for row in self.finder.listing("listDevices").rows:
                if isinstance(row.get("deviceId"), str):
                    return {"deviceId": row["deviceId"]}
            raise

    def body(self, what: str, **changes: object) -> dict[str, Any]:
        """Return a valid body with a unique title that contains `what`.

        Members of --write-body replace those of the suite, and null removes one; `changes` are applied last.
        """
        members: dict[str, Any] = {
            **self.subject,
            "title": f"{TITLE_PREFIX}: {self.case.requirement.id} {what} {uuid4().hex[:12]}",
            "description": "Written by the conformance suite of the public API.",
        }
        path = self.case.settings.write_body
        if path is not None:
            given = json.loads(path.read_bytes())  # with or without a byte order mark
            members = {name: value for name, value in (members | given).items() if value is not None}
            if given.get("title"):
                members["title"] = f"{members['title']} ({self.case.requirement.id} {what} {uuid4().hex[:12]})"
        return members | changes

    def post(
        self,
        body: Mapping[str, Any] | list[Any] | str | bytes,
        *,
        key: Identity | None = None,
        headers: Mapping[str, str] | None = None,
        bearer: bool = False,
        anonymous: bool = False,
    ) -> Exchange:
        """Post a body, converted to JSON unless it is bytes.

        `bearer` sends the key in the Authorization header. `anonymous` sends no key except one in `headers`.
        """
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        if anonymous:
            return self.case.post(_CREATE, sent, key=None, headers=headers)
        if not bearer:
            return self.case.post(_CREATE, sent, key=key or self.key, headers=headers)
        operation, secret = self.case.operation(_CREATE), (key or self.key).key
        own = {"Authorization": f"Bearer {secret.secret}", "Content-Type": "application/json", **(headers or {})}
        return self.case.send(Request("POST", operation.path, tuple(own.items()), sent, secret, _CREATE))

    def expect_rejected(self, exchange: Exchange, status: int, why: str) -> None:
        """Expect a report to be rejected with a status.

        Ends the check as not tested if the deployment validates the body before the key and rejects the body of the
        suite: the published page describes neither the body nor the order of the two.
        """
        if exchange.status in (400, 415, 422) and self.case.settings.write_body is None:
            self.case.not_tested(f"the body is rejected with {exchange.status}: give a valid one (--write-body)")
        self.case.expect(exchange.status == status, f"status {status} {why}", describe(exchange), exchange)

    def expect_none_new(self, before: Mapping[str, Any], titles: Sequence[object], shown: Sequence[Exchange]) -> None:
        """Expect that no report with one of the titles was stored since `before`, see `new`."""
        found = self.new(before, *titles)
        listed = [row.get("title") for row in found]
        self.case.expect(not found, "no new report", f"{len(found)} new reports with the titles {listed}", shown)

    def create(self, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Exchange:
        """Create a report; end the check as not tested if the deployment rejects the body."""
        exchange = self.post(body, headers=headers)
        if not exchange.ok:
            self.case.not_tested(
                f"the deployment rejects the report of the suite ({describe(exchange)}): "
                "give the members that it requires by --write-body"
            )
        return exchange

    def id_of(self, exchange: Exchange) -> str:
        """Return the id of a created report; end the check if the response has none."""
        found = exchange.member("serviceReportId")
        if not isinstance(found, str):
            self.case.vacuous("the response has no serviceReportId, see WRT-002")
        return found

    def read(self, report: str, follows: Exchange, *, key: Identity | None = None) -> Exchange:
        """Read a report by its id."""
        key = key or self.finder.reader("getServiceReport")
        return self.case.get("getServiceReport", {"serviceReportId": report}, key=key, follows=follows)

    def reports(self, **query: object) -> dict[str, dict[str, Any]]:
        """Return the reports of yesterday to tomorrow by id; `query` adds filters."""
        operation, now = self.case.operation("listServiceReports"), self.case.target.now()
        window = Call(operation).within(now - timedelta(days=1), now + timedelta(days=1))
        walk = self.case.walk(
            window.having(query).with_page_size(), key=self.finder.reader("listServiceReports"), pages=_PAGES
        )
        if not walk.ended:
            self.case.vacuous(f"the reports of two days cannot be read completely: {walk.problem or 'too many pages'}")
        return {normal_id(row.get("serviceReportId")): row for row in walk.rows}

    def new(self, before: Mapping[str, Any], *titles: object) -> list[dict[str, Any]]:
        """Return the reports since `before` that may come from requests with these titles.

        These are reports with one of the titles, reports that show no title, and reports about `subject` whose title
        is not one of another check.
        """
        wanted = {"None", *map(str, titles)}
        rows = [row for name, row in self.reports().items() if name not in before]
        return [row for row in rows if self._may_be(row, wanted)]

    def _may_be(self, row: Mapping[str, Any], titles: set[str]) -> bool:
        title = str(row.get("title"))
        return title in titles or (self.subject.items() <= row.items() and not title.startswith(TITLE_PREFIX))
