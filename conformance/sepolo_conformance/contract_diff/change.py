"""A change of a contract as a value. `rules` says what each kind of change means for clients.

A change is breaking if a client that works with the old contract, unchanged, may fail with the new one. It is additive
if every such client goes on working although the API does or promises something else, and cosmetic if nothing that is
sent or received differs. Nothing here reads a document.
"""

from dataclasses import dataclass, replace
from enum import Enum, StrEnum


class Level(StrEnum):
    """What a change means for a client, the worst first."""

    BREAKING = "breaking"
    ADDITIVE = "additive"
    COSMETIC = "cosmetic"


class Direction(StrEnum):
    """The side of the exchange that a change concerns."""

    REQUEST = "request"
    RESPONSE = "response"
    BOTH = "both"


class Effect(Enum):
    """What a change does to the set of allowed values. CHANGES: some values are new and some are gone."""

    NONE = ""
    NARROWS = "narrowed"
    WIDENS = "widened"
    CHANGES = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one fact at one place.

    `call` is the operation ("GET /api/v1/assets"), "" for the whole API. `at` is the place in the operation, such as
    "response 200 body, data[].assetId". `member` is the place from the nearest named schema on
    ("PublicApiAssetDto.assetId"), so that a change of a shared schema can be told once; it is `at` where there is none.
    `kind` is a stable id, `what` names the old and the new fact, `why` what it means for clients.
    """

    level: Level
    direction: Direction
    kind: str
    what: str
    why: str
    call: str = ""
    at: str = ""
    member: str = ""
    anchored: bool = False


def within(change: Change, step: str) -> Change:
    """Return the change as seen from the object or array that contains the value at `step`, such as "data" or "[]"."""
    at = _joined(step, change.at)
    return replace(change, at=at, member=change.member if change.anchored else _joined(step, change.member))


def anchored(change: Change, name: str) -> Change:
    """Return the change with its place counted from the named schema, unless an inner one has a name already."""
    return change if change.anchored else replace(change, member=_joined(name, change.member), anchored=True)


def _joined(step: str, rest: str) -> str:
    return step + rest if not rest or rest.startswith("[") else f"{step}.{rest}"
