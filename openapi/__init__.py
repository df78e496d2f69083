"""The contract of the Sepolo public API, and the facts read from it."""

from openapi.contract import Contract, ContractError, Operation, Page, Parameter, Window, load, read

__all__ = ["Contract", "ContractError", "Operation", "Page", "Parameter", "Window", "load", "read"]
