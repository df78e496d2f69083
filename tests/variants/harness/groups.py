"""Groups of variants that are judged in one run, because a run of the whole suite takes most of a minute.

A group has at most one variant of each family. Families differ from the sandbox in different things, so that the layers
of a group do not disturb each other. A variant of no family has a run of its own. `EACH_VARIANT=1 pytest
tests/variants` judges every variant on its own, to find out which one of a group fails.
"""

from collections.abc import Sequence
from itertools import chain

from tests.mutants.harness.wrapper import layered
from tests.variants.harness.variant import Variant

__all__ = ["combined", "grouped"]

_FAMILIES = (
    "pretty charset chunked decimals decimal-integers arrays-reversed",
    "absent-nulls nothing-assumed nothing-implied nothing-said extra-members plus-00-00 seven-digits me-unlisted",
    "capitals-by-bearer upper-uuids capitals-in-references ids-by-case reserved-characters",
    "other-words problem-400 empty-400 get-only bare-headers",
    "bad-uuid-404 foreign-403 ids-first empty-for-unknown nothing-is-404 unknown-parent-empty no-match-not-found",
    "restarting limited",
    "half-open starting-inside whole-seconds 31-days visits-by-overlap ends-hidden",
    "last-week since-inclusive everything-by-default any-case-devices performance-by-start days-by-midnight",
    "samples-from-1 samples-of-the-start signatures-later signatures-by-id-only signatures-calculated",
    "cancelled-visits short-rows short-details batteries-come-and-go sensor-gaps",
    "default-25 default-500 clamped short-pages size-capped visits-in-pages one-page-size",
    "other-order unpaged-other-order order-by-filters drawn-order other-cursor cursor-of-place",
    "incidents-come batteries-drain",
)
"""Ids by family, the first of which is nearest to the client. Not phones-change: another order keeps lists in memory.

Encodings, members, ids, bodies and methods of errors, statuses, busy servers, windows, defaults, samples and
signatures, records, sizes of pages, order and cursors, and data that change.
"""


def grouped(variants: Sequence[Variant]) -> list[Variant]:
    """Return a variant for each group. Raises KeyError for a family that names an unknown variant."""
    known = {variant.id: variant for variant in variants}
    families = [[known.pop(name) for name in names.split()] for names in _FAMILIES]
    groups: list[list[Variant]] = [[] for _ in max(families, key=len)]
    for place, variant in enumerate(chain(*families)):
        groups[place % len(groups)].append(variant)
    return [*map(combined, groups), *known.values()]


def combined(group: Sequence[Variant]) -> Variant:
    """Return the variant that differs from the sandbox in all that the variants of a group do."""
    return Variant(
        "+".join(variant.id for variant in group),
        "; ".join(variant.title for variant in group),
        layered(*(variant.alteration for variant in group)),
        tuple(chain(*(variant.warns for variant in group))),
        any(variant.writes for variant in group),
    )
