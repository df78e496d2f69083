"""Requirements on paging: the envelope, page sizes, walks through all pages, the order of rows, and cursors."""

from sepolo_conformance.checks.paging import (
    complete_walks,
    cursor_binding,
    cursor_reuse,
    cursor_tampering,
    envelope,
    ordering,
    page_size,
    row_values,
    unpaged_lists,
)

__all__ = [
    "complete_walks",
    "cursor_binding",
    "cursor_reuse",
    "cursor_tampering",
    "envelope",
    "ordering",
    "page_size",
    "row_values",
    "unpaged_lists",
]
