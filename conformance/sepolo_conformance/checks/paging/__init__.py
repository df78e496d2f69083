"""Requirements on paging: the envelope, page sizes, walks through all pages, the order of rows, and cursors."""

from sepolo_conformance.checks.paging import (  # noqa: F401 - registers the requirements
    complete_walks,
    cursor_binding,
    cursor_reuse,
    cursor_tampering,
    envelope,
    ordering,
    page_size,
)
