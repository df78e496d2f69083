"""The facts of the contract as frozen values: operations, parameters, window rules, page rules and schemas.

`reader` reads these values from the document. Nothing here handles a request or derives another document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Returns = Literal["page", "object", "array"]


class ContractError(ValueError):
    """A contract that can't be read: `pointer` is the JSON pointer of the fault, `problem` names it."""

    def __init__(self, pointer: str, problem: str) -> None:
        super().__init__(f"{pointer or '/'}: {problem}")
        self.pointer = pointer
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation. `pointer` is its place in the document; its schema is at `pointer` + "/schema"."""

    name: str
    where: str
    required: bool
    schema: dict[str, Any]
    pointer: str
    description: str


@dataclass(frozen=True, slots=True)
class WindowRule:
    """The pair of parameters that limits an operation to a period of time.

    `aliases` maps other accepted names to the canonical ones. `max_days` is the longest window in days of 24 h, None
    without a limit. `default_days` is the window when both ends are left out, relative to the clock (-30: the last
    30 days, 30: the next 30 days); None if the window is then unbounded or an end is required.
    """

    start: str
    end: str
    aliases: Mapping[str, str]
    max_days: int | None
    default_days: int | None
    required: bool


@dataclass(frozen=True, slots=True)
class PageRule:
    """The page rule of an enveloped list.

    `maximum` and `default` are numbers of rows, both None where the operation takes no page parameter and returns
    the whole list in one page. `identity` names the members that together identify a row of the organisation. Those of
    them that may be null are the keys of `nulls`; its values stand for null where a key column may not be null.
    """

    maximum: int | None
    default: int | None
    identity: tuple[str, ...]
    nulls: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract: its request, its scope and its successful response.

    `order` names the members that rows are sorted by, a leading "-" meaning descending. `schema_name` is the
    component of the whole successful response, `row_schema` that of one row of a page or array.
    """

    operation_id: str
    method: str
    path: str
    summary: str
    tag: str
    scope: str
    parameters: tuple[Parameter, ...]
    window: WindowRule | None
    page: PageRule | None
    order: tuple[str, ...]
    required_one_of: tuple[tuple[str, ...], ...]
    status: int
    returns: Returns
    schema_name: str
    row_schema: str | None
    body_schema: str | None
    pointer: str


@dataclass(frozen=True, slots=True)
class Contract:
    """The whole contract. `operations` is keyed by operationId, in the order of the document."""

    document: dict[str, Any]
    version: str
    scopes: tuple[str, ...]
    operations: Mapping[str, Operation]

    def at(self, pointer: str) -> Any:
        """Return the part of the document at a JSON pointer; raise ContractError if there is none."""
        return at(self.document, pointer)

    def resolve(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the target of a reference, also inside anyOf with null; any other schema is returned as it is."""
        alternatives = (part for part in schema.get("anyOf", ()) if "$ref" in part)
        return resolve(self.document, next(alternatives, schema))

    def members(self, schema_name: str) -> Mapping[str, dict[str, Any]]:
        """Return the members of an object schema by name, as written: references are not resolved."""
        members: dict[str, dict[str, Any]] = self.at(f"/components/schemas/{schema_name}").get("properties", {})
        return members

    def basis(self, member: Mapping[str, Any]) -> str:
        """Return whether a member is documented, implied or assumed; the member itself comes before its schema."""
        return str(member.get("x-sepolo-basis") or self.resolve(member).get("x-sepolo-basis", "documented"))

    def measured(self, schema_name: str) -> frozenset[str]:
        """Return the members of a named schema that are measured and change without `updatedOn`."""
        return frozenset(name for name, member in self.members(schema_name).items() if member.get("x-sepolo-measured"))


def at(document: Mapping[str, Any], pointer: str) -> Any:
    """Return the part of a document at a JSON pointer (RFC 6901); raise ContractError if there is none."""
    found: Any = document
    for segment in pointer.split("/")[1:]:
        key = segment.replace("~1", "/").replace("~0", "~")
        try:
            found = found[int(key)] if isinstance(found, list) else found[key]
        except (KeyError, IndexError, ValueError):
            raise ContractError(pointer, "the document has no such part") from None
    return found


def resolve(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content behind a chain of references, or what was given if it is no reference."""
    found = dict(schema) if "$ref" not in schema else schema
    while "$ref" in found:
        found = at(document, found["$ref"].removeprefix("#"))
    return found  # type: ignore[return-value]
