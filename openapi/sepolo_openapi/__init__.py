"""The contract of the Sepolo public API: the OpenAPI document, the facts read from it, and its other forms."""

from sepolo_openapi.contract import Contract, ContractError, Operation, PageRule, Parameter, WindowRule
from sepolo_openapi.downgrade import DowngradeError, downgrade
from sepolo_openapi.reader import load, load_management, read
from sepolo_openapi.render import render

__all__ = [
    "Contract",
    "ContractError",
    "DowngradeError",
    "Operation",
    "PageRule",
    "Parameter",
    "WindowRule",
    "downgrade",
    "load",
    "load_management",
    "read",
    "render",
]
