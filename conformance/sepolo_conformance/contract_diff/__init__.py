"""Compares two OpenAPI documents: which changes break clients, which do not."""

from sepolo_conformance.contract_diff.change import Change, Direction, Level
from sepolo_conformance.contract_diff.comparison import compare
from sepolo_conformance.contract_diff.document import STANDARD_INPUT, Document, DocumentError, load, packaged, read
from sepolo_conformance.contract_diff.rendering import FORMATS, render

__all__ = [
    "FORMATS",
    "STANDARD_INPUT",
    "Change",
    "Direction",
    "Document",
    "DocumentError",
    "Level",
    "compare",
    "load",
    "packaged",
    "read",
    "render",
]
