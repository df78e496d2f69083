"""What Schemathesis makes of the contract, put round calls that are answered 200.

On its own it is refused at the first check: no id of its making exists and no window fits. So its values take the
place of some of those of a real call, and the rest stays. Its import takes a second, so that checks import this late.
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

__all__ = ["derived", "fuzzed", "optional", "put"]

Value = tuple[str, str]
"""A parameter and what is put into it."""


@cache
def _schema() -> Any:
    return schemathesis.openapi.from_dict(reader.load().document)


@cache
def _operations() -> Mapping[str, Any]:
    found = (result.ok() for result in _schema().get_all_operations())
    return {operation.definition.raw["operationId"]: operation for operation in found}


@cache
def _coverage(operation_id: str) -> tuple[Any, ...]:
    operation = _operations()[operation_id]
    nothing: dict[str, str] = {}
    generator = CoverageGenerator(
        operation=operation,
        generation_modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE],
        generation_config=_schema().config.generation_for(operation=operation, phase="coverage"),
        auth_storage=None,
        override=Override(query=nothing, headers=nothing, cookies=nothing, path_parameters=nothing),
        feedback=NO_FEEDBACK,
        hooks=None,
    )
    return tuple(case for case in generator if case.method == operation.method.upper())


def derived(operation_id: str) -> tuple[Value, ...]:
    """Return the values that the coverage phase and the examples put into each parameter of an operation, each once."""
    found: dict[Value, None] = {}
    for case in _coverage(operation_id):
        found.update(dict.fromkeys(_values(case)))
    return tuple(found)


def optional(call: Call) -> Call:
    """Return the call with every query parameter at once: examples of the contract where it has none itself."""
    given = dict(_values(_coverage(call.operation.operation_id)[0]))
    window = call.operation.window
    unwanted = {*(window.aliases if window else ()), "cursor", *call.ids}
    return call.having({**{name: value for name, value in given.items() if name not in unwanted}, **call.query})


def fuzzed(call: Call) -> st.SearchStrategy[Call]:
    """Return a strategy of the call with some of its values made up, right ones and wrong ones."""
    operation = _operations()[call.operation.operation_id]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    made = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])
    return st.builds(lambda case, kept: _mixed(call, case, kept), made, st.integers(0, 2**12 - 1))


def _mixed(call: Call, case: Any, kept: int) -> Call:
    """Put a case's values in; `kept` is a bit for each, set where the call's own stays."""
    mixed = call
    for place, (name, value) in enumerate(_values(case)):
        if kept >> (place % 12) & 1 == 0:
            mixed = put(mixed, name, value)
    return mixed


def put(call: Call, name: str, value: str) -> Call:
    """Return the call with one value of its path or query changed; an id is never emptied, as that is another path."""
    if name not in call.ids:
        return call.having({name: value})
    return Call(call.operation, {**call.ids, name: value if value.strip("./") else call.ids[name]}, call.query)


def _values(case: Any) -> Iterator[Value]:
    # Values of paths are percent-encoded already.
    for name, value in (case.path_parameters or {}).items():
        if isinstance(value, str):
            yield name, _sound(unquote(value))
    for name, value in (case.query or {}).items():
        if isinstance(value, str | int | float):
            yield str(name), _sound(str(value))


def _sound(text: str) -> str:
    """Return a text that can be sent: half a surrogate pair can't."""
    return text.encode("utf-8", "replace").decode("utf-8")
