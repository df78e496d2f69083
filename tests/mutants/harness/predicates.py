"""Predicates on requests, for the `when` of an alteration."""

from collections.abc import Callable

from tests.mutants.harness.messages import Request
from tests.mutants.harness.request_windows import given_names

__all__ = [
    "all_of",
    "always",
    "gives",
    "gives_no_window",
    "has_scope",
    "has_unknown_parameter",
    "has_value",
    "is_bounded",
    "is_later_page",
    "lacks_scope",
    "uses_bearer",
]


def always(_request: Request) -> bool:
    return True


def is_later_page(request: Request) -> bool:
    """The request has a cursor."""
    return bool(request.query_value("cursor"))


def uses_bearer(request: Request) -> bool:
    """The request has an Authorization header."""
    return request.header(b"authorization") is not None


def has_scope(request: Request) -> bool:
    """The key is known and has the operation's scope."""
    return request.key is not None and request.operation is not None and request.operation.scope in request.key.scopes


def lacks_scope(request: Request) -> bool:
    """The key is known and lacks the operation's scope."""
    return request.key is not None and request.operation is not None and not has_scope(request)


def is_bounded(request: Request) -> bool:
    """The key has the operation's scope and data boundaries."""
    key = request.key
    return has_scope(request) and key is not None and bool(key.allowed_group_ids or key.allowed_customers)


def gives(*names: str) -> Callable[[Request], bool]:
    """All these query parameters are given."""
    return lambda request: all(request.query_value(name) is not None for name in names)


def has_value(name: str, value: str) -> Callable[[Request], bool]:
    """A query parameter has this value."""
    return lambda request: request.query_value(name) == value


def gives_no_window(request: Request) -> bool:
    """Neither end of the window is given."""
    return not given_names(request)


def has_unknown_parameter(request: Request) -> bool:
    """A query parameter is given that the operation does not have."""
    known = {parameter.name for parameter in request.operation.parameters} if request.operation else set()
    return not known.issuperset(request.query_values)


def all_of(*predicates: Callable[[Request], bool]) -> Callable[[Request], bool]:
    """All these predicates hold."""
    return lambda request: all(predicate(request) for predicate in predicates)
