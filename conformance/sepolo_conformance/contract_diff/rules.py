"""The tables that say what each kind of change means for clients: its level, its direction, and why.

Nothing here decides that something has changed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sepolo_conformance.contract_diff.change import Change, Direction, Effect, Level

_R, _S = Direction.REQUEST, Direction.RESPONSE
_BREAKING, _ADDITIVE, _COSMETIC = Level

VERDICTS: Mapping[tuple[Direction, Effect], tuple[Level, str]] = MappingProxyType(
    {
        (_R, Effect.NARROWS): (_BREAKING, "Requests that were accepted may be refused."),
        (_R, Effect.WIDENS): (_ADDITIVE, "More requests are accepted than before."),
        (_R, Effect.CHANGES): (_BREAKING, "Requests that were accepted may be refused."),
        (_S, Effect.NARROWS): (_ADDITIVE, "Clients receive only values that they had to expect before."),
        (_S, Effect.WIDENS): (_BREAKING, "Clients may receive values that they do not expect."),
        (_S, Effect.CHANGES): (_BREAKING, "Clients may receive values that they do not expect."),
    }
)
"""The level of a change of allowed values, and why. Servers must accept what they accepted, and send what they sent."""

_LOST = "Clients that read it no longer get it."
_IGNORED = "Clients that send it are refused or ignored."
_LACKS_IT = "Requests without it are refused."
_NO_WIRE = "Nothing that is sent or received differs."
_OTHER_ROWS = "The same request returns other rows."

RULES: Mapping[str, tuple[Level, Direction, str]] = MappingProxyType(
    {
        "operation-removed": (_BREAKING, _R, "Calls of the operation fail."),
        "operation-added": (_ADDITIVE, _R, "Clients need not call it."),
        "operation-moved": (_BREAKING, _R, "Calls of the old method and path fail."),
        "operation-id-changed": (_COSMETIC, _R, "Generated clients get another method name; the calls are the same."),
        "path-parameter-renamed": (_COSMETIC, _R, "The name of a path parameter is not sent."),
        "parameter-removed": (_BREAKING, _R, _IGNORED),
        "parameter-added": (_ADDITIVE, _R, "Requests without it are accepted as before."),
        "required-parameter-added": (_BREAKING, _R, _LACKS_IT),
        "parameter-moved": (_BREAKING, _R, "Clients send it at the old place."),
        "parameter-required": (_BREAKING, _R, _LACKS_IT),
        "parameter-optional": (_ADDITIVE, _R, "Requests without it are accepted, too."),
        "parameter-encoding-changed": (_BREAKING, _R, "Clients write the value in the old form."),
        "default-changed": (_BREAKING, _R, "Requests that leave it out get another result."),
        "default-removed": (_BREAKING, _R, "What requests that leave it out get is no longer stated."),
        "default-added": (_ADDITIVE, _R, "Requests that leave it out get a stated result."),
        "empty-value-refused": (_BREAKING, _R, "Clients that send it without a value are refused."),
        "empty-value-allowed": (_ADDITIVE, _R, "Requests with an empty value are accepted."),
        "body-removed": (_BREAKING, _R, "Clients that send a body are refused or ignored."),
        "body-added": (_ADDITIVE, _R, "Requests without a body are accepted as before."),
        "body-required": (_BREAKING, _R, "Requests without a body are refused."),
        "body-optional": (_ADDITIVE, _R, "Requests without a body are accepted, too."),
        "required-body-added": (_BREAKING, _R, "Requests without a body are refused."),
        "request-media-type-removed": (_BREAKING, _R, "Bodies of this media type are refused."),
        "request-media-type-added": (_ADDITIVE, _R, "Bodies of one more media type are accepted."),
        "response-media-type-removed": (_BREAKING, _S, "Clients that read it get another media type."),
        "response-media-type-added": (_ADDITIVE, _S, "Clients get it only if they ask for it."),
        "response-body-removed": (_BREAKING, _S, "Clients that read the body find none."),
        "response-body-added": (_ADDITIVE, _S, "Clients that expect no body need not read it."),
        "success-status-removed": (_BREAKING, _S, "Clients that wait for this status no longer get it."),
        "success-status-added": (_BREAKING, _S, "Clients may receive a success that they do not expect."),
        "error-status-removed": (_ADDITIVE, _S, "Clients handle one more error than they need to."),
        "error-status-added": (_ADDITIVE, _S, "Clients treat an unknown status by its class."),
        "not-modified-changed": (_ADDITIVE, _S, "304 comes only if a client sends If-None-Match."),
        "response-header-removed": (_BREAKING, _S, _LOST),
        "response-header-added": (_ADDITIVE, _S, "Clients ignore headers that they do not know."),
        "response-header-optional": (_BREAKING, _S, "Clients that rely on the header may not find it."),
        "response-header-required": (_ADDITIVE, _S, "The header always comes."),
        "scope-needed": (_BREAKING, _R, "Keys without the scope are refused."),
        "scope-dropped": (_ADDITIVE, _R, "Keys need one scope less."),
        "scope-withdrawn": (_BREAKING, _R, "Keys can no longer be granted the scope."),
        "scope-introduced": (_ADDITIVE, _R, "Keys can be granted one more scope."),
        "security-scheme-removed": (_BREAKING, _R, "Clients that authenticate this way are refused."),
        "security-scheme-added": (_ADDITIVE, _R, "Clients can authenticate in one more way."),
        "server-removed": (_BREAKING, _R, "Clients that call this server may find nothing there."),
        "server-added": (_ADDITIVE, _R, "Clients can call one more server."),
        "server-order-changed": (_COSMETIC, _R, "Tools that take the first server take another one."),
        "server-variable-narrowed": (_BREAKING, _R, "Clients may use a value that is gone."),
        "server-variable-widened": (_ADDITIVE, _R, "Clients can use one more value."),
        "server-variable-default-changed": (_BREAKING, _R, "Clients that use the default call another server."),
        "window-added": (_BREAKING, _R, "Requests beyond the window are refused or return less."),
        "window-removed": (_ADDITIVE, _R, "The time is no longer limited."),
        "window-max-days-narrowed": (_BREAKING, _R, "Longer windows are refused."),
        "window-max-days-widened": (_ADDITIVE, _R, "Longer windows are accepted."),
        "window-default-changed": (_BREAKING, _R, _OTHER_ROWS),
        "window-required": (_BREAKING, _R, "Requests without a window are refused."),
        "window-optional": (_ADDITIVE, _R, "Requests without a window are accepted."),
        "window-name-removed": (_BREAKING, _R, "Requests that name the end of the window this way are refused."),
        "window-name-added": (_ADDITIVE, _R, "The end of the window has one more name."),
        "window-canonical-name-changed": (_COSMETIC, _R, "Both names are accepted, as before."),
        "page-added": (_BREAKING, _S, "Clients that read one response get only the first rows."),
        "page-removed": (_BREAKING, _S, "The rules by which clients read the pages are gone."),
        "page-maximum-narrowed": (_BREAKING, _R, "Larger pages are refused or cut."),
        "page-maximum-widened": (_ADDITIVE, _R, "Larger pages are accepted."),
        "page-default-changed": (_BREAKING, _S, "The same request returns another number of rows."),
        "identity-widened": (_BREAKING, _S, "Clients that keep rows by the old key overwrite rows."),
        "identity-narrowed": (_ADDITIVE, _S, "The old key still identifies every row."),
        "identity-reordered": (_COSMETIC, _S, _NO_WIRE),
        "identity-null-allowed": (_BREAKING, _S, "Clients that keep rows by the key can't store rows with null in it."),
        "identity-null-refused": (_ADDITIVE, _S, "Keys need no value for null."),
        "identity-null-value-changed": (_BREAKING, _S, "Clients that hold rows by the old value store them twice."),
        "order-changed": (_BREAKING, _S, "Clients that rely on the order read wrong rows last or miss some."),
        "order-refined": (_ADDITIVE, _S, "Rows are in the old order, and more precisely."),
        "basis-weakened": (_BREAKING, _S, "Deployments may lack the member."),
        "basis-strengthened": (_ADDITIVE, _S, "Every deployment has the member."),
        "basis-changed": (_COSMETIC, _S, "Every deployment has the member, as before."),
        "measured-added": (_BREAKING, _S, "The member changes without updatedOn, so copies by updatedSince miss it."),
        "measured-removed": (_ADDITIVE, _S, "The member changes only with updatedOn."),
        "extension-changed": (_BREAKING, Direction.BOTH, "This program does not know the rule, so judge it by hand."),
        "extension-added": (_ADDITIVE, Direction.BOTH, "This program does not know the rule, so judge it by hand."),
        "part-changed": (_BREAKING, Direction.BOTH, "This program does not compare the part, so judge it by hand."),
        "schema-renamed": (
            _COSMETIC,
            Direction.BOTH,
            "Generated clients get another class name; the data is the same.",
        ),
        "text-changed": (_COSMETIC, Direction.BOTH, _NO_WIRE),
    }
)
"""Every kind of change but those of allowed values and members: its level, its direction, and why."""

MEMBERS: Mapping[tuple[str, Direction], tuple[Level, str]] = MappingProxyType(
    {
        ("member-removed", _R): (_BREAKING, _IGNORED),
        ("member-removed", _S): (_BREAKING, _LOST),
        ("member-added", _R): (_ADDITIVE, "Requests without it are accepted as before."),
        ("member-added", _S): (_ADDITIVE, "Clients ignore members that they do not know."),
        ("member-added-to-closed-object", _R): (_ADDITIVE, "Requests without it are accepted as before."),
        ("member-added-to-closed-object", _S): (_BREAKING, "The old schema allows no other members."),
        ("required-member-added", _R): (_BREAKING, _LACKS_IT),
        ("required-member-added", _S): (_ADDITIVE, "Clients ignore members that they do not know."),
        ("member-required", _R): (_BREAKING, _LACKS_IT),
        ("member-required", _S): (_ADDITIVE, "The member always comes."),
        ("member-optional", _R): (_ADDITIVE, "Requests without it are accepted, too."),
        ("member-optional", _S): (_BREAKING, "Clients that rely on the member may not find it."),
        ("null-allowed", _R): (_ADDITIVE, "null is accepted, too."),
        ("null-allowed", _S): (_BREAKING, "Clients that expect a value may receive null."),
        ("null-refused", _R): (_BREAKING, "Requests with null are refused."),
        ("null-refused", _S): (_ADDITIVE, "Clients no longer receive null."),
    }
)
"""Changes of members by direction, where the words say more than those of VERDICTS."""


def by_rule(kind: str, what: str, direction: Direction | None = None) -> Change:
    """Return a change of a kind of RULES, in its usual direction unless another is given."""
    level, usual, why = RULES[kind]
    return Change(level, direction or usual, kind, what, why)


def of_member(kind: str, direction: Direction, what: str) -> Change:
    """Return a change of a kind of MEMBERS."""
    level, why = MEMBERS[kind, direction]
    return Change(level, direction, kind, what, why)


def of_values(keyword: str, effect: Effect, direction: Direction, what: str) -> Change:
    """Return a change of the allowed values by one keyword of a schema."""
    level, why = VERDICTS[direction, effect]
    return Change(level, direction, f"{keyword}-{effect.value}", what, why)
