"""Calls with values that Schemathesis generates from the contract, put into valid calls.

A call that consists of generated values only is rejected at the first validation: its ids do not exist, and its window
is invalid. So generated values replace only some values of a valid call.

A module of its own, because Schemathesis takes a second to import.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote

import schemathesis
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.overrides import Override

from sepolo_conformance.api.calls import Call
from sepolo_openapi import reader

Value = tuple[str, str]
"""A parameter name and a value for it."""
_MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
_BITS = 12
"""Generated values that are kept or replaced independently of each other."""


@cache
def _schema() -> Any:
    return schemathesis.openapi.from_dict(reader.load().document)


@cache
def _operations() -> Mapping[str, Any]:
    found = (result.ok() for result in _schema().get_all_operations())
    return {operation.definition.raw["operationId"]: operation for operation in found}


@cache
def _coverage_cases(operation_id: str) -> tuple[Any, ...]:
    """Return the cases that the coverage phase of Schemathesis generates for an operation."""
    operation = _operations()[operation_id]
    nothing: dict[str, str] = {}
    generator = CoverageGenerator(
        operation=operation,
        generation_modes=list(_MODES),
        generation_config=_schema().config.generation_for(operation=operation, phase="coverage"),
        auth_storage=None,
        override=Override(query=nothing, headers=nothing, cookies=nothing, path_parameters=nothing),
        feedback=NO_FEEDBACK,
        hooks=None,
    )
    return tuple(case for case in generator if case.method == operation.method.upper())


def derived_values(operation_id: str) -> tuple[Value, ...]:
    """Return the values that the coverage phase puts into each parameter of an operation, each once."""
    found: dict[Value, None] = {}
    for case in _coverage_cases(operation_id):
        found.update(dict.fromkeys(_values(case)))
    return tuple(found)


def with_all_parameters(call: Call) -> Call:
    """Return the call with every query parameter: those it lacks have the examples of the contract."""
    examples = dict(_values(_coverage_cases(call.operation.operation_id)[0]))
    window = call.operation.window
    excluded = {*(window.aliases if window else ()), "cursor", *call.ids}
    return call.having({**{name: value for name, value in examples.items() if name not in excluded}, **call.query})


def fuzzed_calls(call: Call) -> st.SearchStrategy[Call]:
    """Return a strategy of the call with some of its values replaced by generated ones, valid and invalid."""
    operation = _operations()[call.operation.operation_id]
    generated = st.one_of([operation.as_strategy(generation_mode=mode) for mode in _MODES])
    return st.builds(lambda case, kept: _mixed(call, case, kept), generated, st.integers(0, 2**_BITS - 1))


def _mixed(call: Call, case: Any, kept: int) -> Call:
    """Put the values of a generated case into a call; a bit of `kept` is set for each value that is left out."""
    mixed = call
    for place, (name, value) in enumerate(_values(case)):
        if kept >> (place % _BITS) & 1 == 0:
            mixed = with_value(mixed, name, value)
    return mixed


def with_value(call: Call, name: str, value: str) -> Call:
    """Return the call with another value of a path or query parameter.

    An id is not replaced by an empty value or by dots, which would change the path.
    """
    if name not in call.ids:
        return call.having({name: value})
    return Call(call.operation, {**call.ids, name: value if value.strip("./") else call.ids[name]}, call.query)


def _values(case: Any) -> Iterator[Value]:
    # Schemathesis percent-encodes the values of path parameters.
    for name, value in (case.path_parameters or {}).items():
        if isinstance(value, str):
            yield name, _encodable(unquote(value))
    for name, value in (case.query or {}).items():
        if isinstance(value, str | int | float):
            yield str(name), _encodable(str(value))


def _encodable(text: str) -> str:
    """Return a text without lone surrogates, which UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode("utf-8")
