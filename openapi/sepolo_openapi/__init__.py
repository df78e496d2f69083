"""The contract of the Sepolo public API, the facts read from it, and its other forms."""

from sepolo_openapi.contract import Contract, ContractError, Operation, Page, Parameter, Window, load, read
from sepolo_openapi.downgrade import DowngradeError, downgrade
from sepolo_openapi.render import render

__all__ = [
    "Contract",
    "ContractError",
    "DowngradeError",
    "Operation",
    "Page",
    "Parameter",
    "Window",
    "downgrade",
    "load",
    "read",
    "render",
]
