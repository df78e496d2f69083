"""A small interpreter of M: it runs the text of a Power Query file from the syntax tree of Microsoft's parser.

It knows the expressions that the file uses, and fails on any other. Fields of records and variables are evaluated when
they are needed, as in M; lists at once. Functions of the library are plain Python functions, given by name.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

Tree = dict[str, Any]
_UNSET = object()


class MError(Exception):
    """An error that M raises; `record` has Reason, Message and Detail."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        super().__init__(f"{record['Reason']}: {record['Message']}")
        self.record = record


class Scope:
    """Variables by name. The value of a variable is an expression until it is needed."""

    def __init__(self, outer: "Scope | None", values: dict[str, Any]) -> None:
        self.outer = outer
        self.values = values

    def __getitem__(self, name: str) -> Any:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                value = scope.values[name]
                if isinstance(value, Later):
                    value = scope.values[name] = value.get()
                return value
            scope = scope.outer
        raise NameError(f"M has no {name} here")


class Later:
    """An expression in its scope, evaluated once."""

    def __init__(self, tree: Tree, scope: Scope) -> None:
        self.tree = tree
        self.scope = scope
        self.value: Any = _UNSET

    def get(self) -> Any:
        if self.value is _UNSET:
            self.value = run(self.tree, self.scope)
        return self.value


def field(record: Mapping[str, Any], name: str) -> Any:
    """Return a field of a record; raise MError if there is none."""
    if name not in record:
        raise MError({"Reason": "Expression.Error", "Message": f"The field '{name}' wasn't found.", "Detail": None})
    value = record[name]
    return value.get() if isinstance(value, Later) else value


def evaluate(tree: Tree, library: Mapping[str, Any]) -> Any:
    """Return the value of a whole expression."""
    return run(tree, Scope(None, dict(library)))


def run(tree: Tree, scope: Scope) -> Any:
    return _RUN[tree["kind"]](tree, scope)


def _elements(wrapped: Tree) -> list[Tree]:
    return [entry.get("node", entry) for entry in wrapped["content"]["elements"]]


def _name(literal: str) -> str:
    return literal[2:-1].replace('""', '"') if literal.startswith('#"') else literal


def _let(tree: Tree, scope: Scope) -> Any:
    inner = Scope(scope, {})
    for entry in tree["variableList"]["elements"]:
        pair = entry["node"]
        inner.values[_name(pair["key"]["literal"])] = Later(pair["value"], inner)
    return run(tree["expression"], inner)


def _record(tree: Tree, scope: Scope) -> dict[str, Any]:
    """A field sees the other fields of the record, but under its own name what is outside."""
    found: dict[str, Any] = {}
    pairs = {_name(pair["key"]["literal"]): pair["value"] for pair in _elements(tree)}
    for name, value in pairs.items():
        others = Scope(scope, {})
        found[name] = Later(value, others)
        others.values = {other: Later(each, scope) for other, each in pairs.items() if other != name}
    return found


def _function(tree: Tree, scope: Scope) -> Callable[..., Any]:
    parameters = [entry["node"] for entry in tree["parameters"]["content"]["elements"]]
    names = [parameter["name"]["literal"] for parameter in parameters]
    needed = sum("optionalConstant" not in parameter for parameter in parameters)

    def call(*arguments: Any) -> Any:
        assert needed <= len(arguments) <= len(names), f"{len(arguments)} arguments for {names}"
        given = [*arguments, *[None] * (len(names) - len(arguments))]
        for parameter, value in zip(parameters, given, strict=True):
            if "parameterType" in parameter and not ("optionalConstant" in parameter and value is None):
                assert _is(value, parameter["parameterType"]["paired"]), (parameter["name"]["literal"], value)
        result = run(tree["expression"], Scope(scope, dict(zip(names, given, strict=True))))
        if "functionReturnType" in tree:
            assert _is(result, tree["functionReturnType"]["paired"]), (names, result)
        return result

    return call


def _each(tree: Tree, scope: Scope) -> Callable[[Any], Any]:
    return lambda value: run(tree["paired"], Scope(scope, {"_": value}))


def _identifier(tree: Tree, scope: Scope) -> Any:
    return scope[_name(tree["identifier"]["literal"])]


def _chain(tree: Tree, scope: Scope) -> Any:
    value = run(tree["head"], scope)
    for step in tree["recursiveExpressions"]["elements"]:
        if step["kind"] == "InvokeExpression":
            value = value(*[run(argument, scope) for argument in _elements(step)])
        elif step["kind"] == "ItemAccessExpression":
            value = value[run(step["content"], scope)]
        else:
            value = field(value, _name(step["content"]["literal"]))
    return value


def _literal(tree: Tree, _scope: Scope) -> Any:
    literal = tree["literal"]
    if tree["literalKind"] == "Text":
        return literal[1:-1].replace('""', '"')
    return {"null": None, "true": True, "false": False}[literal] if literal.isalpha() else int(literal)


def _if(tree: Tree, scope: Scope) -> Any:
    condition = run(tree["condition"], scope)
    assert isinstance(condition, bool), condition
    return run(tree["trueExpression" if condition else "falseExpression"], scope)


def _try(tree: Tree, scope: Scope) -> Any:
    try:
        return run(tree["protectedExpression"], scope)
    except MError:
        return run(tree["handler"]["paired"], scope)


def _error(tree: Tree, scope: Scope) -> Any:
    raise MError(run(tree["paired"], scope))


def _join(left: Any, right: Any) -> Any:
    return {**left, **right} if isinstance(left, dict) else left + right


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "&": _join,
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _binary(tree: Tree, scope: Scope) -> Any:
    kind = tree["operatorConstant"]["constantKind"]
    left = run(tree["left"], scope)
    if kind in ("and", "or"):
        return left if left is (kind == "or") else run(tree["right"], scope)
    return _OPERATORS[kind](left, run(tree["right"], scope))


_TYPES: Mapping[str, Any] = {
    "text": str, "number": (int, float), "record": dict, "list": list, "logical": bool, "datetimezone": datetime,
    "duration": timedelta, "table": list,
}  # fmt: skip
"""Types of M in Python. A table is a list of rows, a binary is bytes."""


def _is(value: Any, kind: Tree) -> bool:
    if kind["kind"] == "NullablePrimitiveType":
        return value is None or _is(value, kind["paired"])
    name = kind["primitiveTypeKind"]
    return name == "any" or (isinstance(value, _TYPES[name]) and (name == "logical" or not isinstance(value, bool)))


_RUN: Mapping[str, Callable[[Tree, Scope], Any]] = {
    "ArithmeticExpression": _binary,
    "EachExpression": _each,
    "EqualityExpression": _binary,
    "ErrorHandlingExpression": _try,
    "ErrorRaisingExpression": _error,
    "FieldSelector": lambda tree, scope: field(scope["_"], _name(tree["content"]["literal"])),
    "FunctionExpression": _function,
    "IdentifierExpression": _identifier,
    "IfExpression": _if,
    "IsExpression": lambda tree, scope: _is(run(tree["left"], scope), tree["right"]),
    "LetExpression": _let,
    "ListExpression": lambda tree, scope: [run(each, scope) for each in _elements(tree)],
    "LiteralExpression": _literal,
    "LogicalExpression": _binary,
    "ParenthesizedExpression": lambda tree, scope: run(tree["content"], scope),
    "RecordExpression": _record,
    "RecursivePrimaryExpression": _chain,
    "RelationalExpression": _binary,
    "TypePrimaryType": lambda tree, _scope: tree["paired"]["primitiveTypeKind"],
}
