"""Mutants that the checks of `scopes/write_scope.py` catch."""

from tests.mutants.harness.alterations import ignore_scope, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.predicates import all_of, lacks_scope, uses_bearer
from tests.mutants.harness.probe_parts import bearer
from tests.mutants.harness.report_bodies import CREATE_REPORT, PROBE_REPORTS, probe_post, with_valid_body
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _store_although_forbidden(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if response.status == 403:
        await upstream(await with_valid_body(upstream.as_unrestricted(request), upstream))
    return response


MUTANTS = (
    Mutant(
        "wrt-refused-but-stored",
        ("SCP-007",),
        "A report is stored although its scope is missing and 403 is returned",
        fault=on_operations(_store_although_forbidden, CREATE_REPORT),
        probes=(probe_post(key="readonly"), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-scope-unchecked",
        ("SCP-007",),
        "A read-only key creates a report",
        fault=ignore_scope(CREATE_REPORT, when=lacks_scope),
        probes=(probe_post(key="readonly"),),
        writes=True,
    ),
    Mutant(
        "wrt-scope-by-header",
        ("SCP-007",),
        "createServiceReport does not check the scope of a key after Bearer",
        fault=ignore_scope(CREATE_REPORT, when=all_of(lacks_scope, uses_bearer)),
        probes=(probe_post(key=None, headers=bearer("readonly")),),
        writes=True,
    ),
)
