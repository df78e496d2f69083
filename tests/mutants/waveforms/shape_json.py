"""Mutants that the checks of `waveforms/shape_json.py` catch."""

import json

from tests.mutants.harness.alterations import Row, change_json, set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import SIGNATURE

__all__ = ["MUTANTS"]


def _one_current_less(signature: Row) -> Row:
    """Remove the last current of the shape."""
    shape = json.loads(signature["shapeJson"])
    return {"shapeJson": json.dumps({**shape, "current": shape["current"][:-1]})}


def _double_shape_currents(signature: Row) -> Row:
    shape = json.loads(signature["shapeJson"])
    return {"shapeJson": json.dumps({**shape, "current": [2 * value for value in shape["current"]]})}


MUTANTS = (
    Mutant(
        "shp-shape-unpacked",
        ("WAV-010",),
        "shapeJson is an object in place of text",
        subtle=False,
        fault=set_members(lambda _row: {"shapeJson": {"version": 1, "points": 0}}, "getMovementSignature"),
        probes=(Probe(SIGNATURE),),
    ),
    Mutant(
        "wav-shape-cut",
        ("WAV-011",),
        "shapeJson is truncated to 255 characters",
        subtle=False,
        fault=change_json(
            lambda _request, found: {**found, "shapeJson": found["shapeJson"][:255]}, "getMovementSignature"
        ),
        probes=(Probe(SIGNATURE),),
    ),
    Mutant(
        "wav-shape-uneven",
        ("WAV-012",),
        "The shape has one current less than offsets",
        fault=set_members(_one_current_less, "getMovementSignature"),
        probes=(Probe(SIGNATURE),),
    ),
    Mutant(
        "wav-shape-scaled",
        ("WAV-013",),
        "The currents of the shape are doubled",
        fault=set_members(_double_shape_currents, "getMovementSignature"),
        probes=(Probe(SIGNATURE),),
    ),
)
