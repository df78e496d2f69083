"""Requirements that compare two responses give no finding for data that change between the two."""

import json

import pytest
from starlette.types import Receive, Scope, Send

from sepolo_conformance.model.requirement import Level
from tests.mutants.harness.judging import PROFILE, SEED, Wanted, judge
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Alteration, Altered, Upstream, facts, sandbox

COMPARING = frozenset({"ROB-009", "ROB-015", "ROB-016", "ROB-021", "WIN-031", "ISO-011"})


def changing(requests_per_change: int) -> Alteration:
    """Change a member of each response, and with it the ETag, after a number of requests."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        number = upstream.count("requests")
        revision = number // requests_per_change
        if not response.ok:
            return response
        if request.method == "GET":
            data = json.loads(response.body)
            for row in [data, *data.get("data", ())] if isinstance(data, dict) else data:
                row["revision"] = revision
            response = response.with_json(data)
        return response.with_header(b"etag", b'"%d"' % revision)

    return altered


@pytest.mark.parametrize("requests_per_change", [1, 2, 3, 7])
def test_changed_data_are_no_finding(requests_per_change: int, direct: Direct) -> None:
    """200 with a new ETag is right for a representation that is no longer the known one."""
    app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), changing(requests_per_change))
    run = judge(app, direct, PROFILE, Wanted(level=Level.SANDBOX, ids=COMPARING))
    findings = {name: [(f.expected, f.actual) for f in run.verdicts[name].findings][:2] for name in run.broken}
    assert findings == {}


def test_etag_that_differs_for_equal_data_is_a_finding(direct: Direct) -> None:
    """A client could not use such an ETag."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        return response.with_header(b"etag", b'"%d"' % upstream.count("requests")) if response.ok else response

    app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), altered)
    run = judge(app, direct, PROFILE, Wanted(level=Level.SANDBOX, ids=frozenset({"ROB-015"})))
    assert run.broken == {"ROB-015"}


def test_known_etag_that_is_ignored_is_a_finding(direct: Direct) -> None:
    """200 with the same ETag is not right."""

    class Ignoring(Altered):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            kept = [pair for pair in scope["headers"] if pair[0] != b"if-none-match"]
            await super().__call__({**scope, "headers": kept}, receive, send)

    app = Ignoring(sandbox(PROFILE, SEED), facts(PROFILE))
    run = judge(app, direct, PROFILE, Wanted(level=Level.SANDBOX, ids=frozenset({"ROB-015"})))
    assert run.broken == {"ROB-015"}
