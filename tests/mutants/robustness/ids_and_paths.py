"""Mutants that the checks of `robustness/ids_and_paths.py` catch."""

import re
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from tests.mutants.harness.alterations import reject
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


def _has_non_ascii_id(request: Request) -> bool:
    return any(not value.isascii() for value in request.path_values.values())


def _has_nul(request: Request) -> bool:
    return b"\0" in unquote_to_bytes(request.path) or b"\0" in unquote_to_bytes(request.query)


def _has_encoded_percent(request: Request) -> bool:
    return b"%" in unquote_to_bytes(request.path)


async def _without_trailing_slash(request: Request, upstream: Upstream) -> Response:
    return await upstream(replace(request, path=request.path.rstrip(b"/")))


def _has_needless_encoding(request: Request) -> bool:
    return re.search(rb"%(3[0-9]|4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa]|2[DdEe])", request.path) is not None


MUTANTS = (
    Mutant(
        "err-letters-in-id",
        ("ROB-003", "ERR-001"),
        "A non-ASCII character in an id fails with 500",
        fault=reject(_has_non_ascii_id),
        probes=(Probe("/devices/%C3%A6%C3%B8%C3%A5"),),
    ),
    Mutant(
        "err-nul",
        ("ROB-003",),
        "A NUL character in path or query fails with 500",
        fault=reject(_has_nul),
        probes=(Probe("/devices/a%00b"),),
    ),
    Mutant(
        "rob-long-url",
        ("ROB-005",),
        "A query of more than 2,000 characters fails with 500",
        fault=reject(lambda request: len(request.query) > 2_000),
        probes=(Probe(f"/customers?externalSystem={'x' * 2_100}"),),
    ),
    Mutant(
        "rob-percent-in-id",
        ("ROB-003",),
        "An encoded percent sign in an id fails with 500",
        fault=reject(_has_encoded_percent),
        probes=(Probe("/devices/100%25"),),
    ),
    Mutant(
        "rob-needless-encoding",
        ("ROB-004",),
        "A percent-encoded letter in an id is rejected with 404",
        fault=reject(_has_needless_encoding, status=404),
        probes=(Probe("/devices/%54RY-001"),),
    ),
    Mutant(
        "rob-slash-taken",
        ("ROB-019",),
        "A trailing slash in the path is ignored",
        fault=_without_trailing_slash,
        probes=(Probe("/assets/"),),
    ),
)
