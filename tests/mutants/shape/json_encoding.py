"""Mutants that the checks of `shape/json_encoding.py` catch."""

import re

from tests.mutants.harness.alterations import LISTS, READS, change_response
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import DAYS

__all__ = ["MUTANTS"]


def _with_nan_humidity(_request: Request, response: Response) -> Response:
    return response.with_body(re.sub(rb'"averageHumidity":[0-9.]+\}?', _as_nan, response.body, count=1))


def _as_nan(found: re.Match[bytes]) -> bytes:
    return b'"averageHumidity":NaN' + (b"}" if found[0].endswith(b"}") else b"")


def _with_duplicate_name(_request: Request, response: Response) -> Response:
    return response.with_body(response.body.replace(b'{"vendorId":', b'{"name":"","vendorId":'))


def _decoded_as_latin_1(_request: Request, response: Response) -> Response:
    """Read the UTF-8 of a column as Latin-1."""
    return response.with_body(response.body.decode("latin-1").encode())


MUTANTS = (
    Mutant(
        "shp-letters-as-latin-1",
        ("SHP-025",),
        "Letters outside ASCII are two characters in the rows of every list",
        fault=change_response(_decoded_as_latin_1, *LISTS),
        probes=(Probe("/customers"), Probe("/incidents")),
        traffic=("waveforms", "consistency"),
    ),
    Mutant(
        "shp-not-a-number",
        ("SHP-002",),
        "One averageHumidity of getTelemetryDaily is NaN",
        subtle=False,
        fault=change_response(_with_nan_humidity, "getTelemetryDaily"),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "shp-media-type",
        ("SHP-002",),
        "Responses have the media type text/html",
        subtle=False,
        fault=change_response(lambda _request, response: response.with_header(b"content-type", b"text/html"), *READS),
        probes=(Probe("/me"),),
    ),
    Mutant(
        "shp-latin-1",
        ("SHP-002",),
        "listAssets is encoded in Latin-1",
        subtle=False,
        fault=change_response(
            lambda _request, response: response.with_body(response.body.decode().encode("latin-1", "replace")),
            "listAssets",
        ),
        probes=(Probe("/assets"),),
    ),
    Mutant(
        "shp-charset",
        ("SHP-016",),
        "listCustomers declares the charset ISO 8859-1",
        subtle=False,
        fault=change_response(
            lambda _request, response: response.with_header(b"content-type", b"application/json; charset=iso-8859-1"),
            "listCustomers",
        ),
        probes=(Probe("/customers"),),
    ),
    Mutant(
        "shp-name-twice",
        ("SHP-018",),
        "The JSON of a vendor has the member name twice",
        fault=change_response(_with_duplicate_name, "listVendors"),
        probes=(Probe("/vendors"),),
    ),
)
