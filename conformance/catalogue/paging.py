"""How lists come in pages."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

_ENVELOPE = 'The page: "List endpoints use the same envelope": data, nextCursor, hasMore.'
_MAXIMUM = 'The page: "Page size, maximum 500."'
_CONSISTENT = 'The page promises that clients can "handle paging consistently".'
_CURSOR = 'The page: "Cursor returned by the previous page."'
_ISOLATION = 'The page: "Every request is scoped to the organization that owns the API key."'
_REFUSAL = 'The page: "validation errors return 400", and pageSize is an integer.'
_OWN = "Our own choice"

REQUIREMENTS = (
    Requirement(
        "PAG-001",
        MUST,
        _ENVELOPE,
        "While hasMore is true there is a cursor to go on with",
    ),
    Requirement(
        "PAG-002",
        MUST,
        _MAXIMUM,
        "A page never holds more rows than asked for",
    ),
    Requirement(
        "PAG-003",
        MUST,
        _CONSISTENT,
        "A walk brings no row twice and loses none, whatever the page size",
    ),
    Requirement(
        "PAG-004",
        MUST,
        _ENVELOPE,
        "Every page of every list has data (array), nextCursor (text or null) and hasMore (boolean)",
    ),
    Requirement(
        "PAG-005",
        SHOULD,
        "The page shows the last page with nextCursor null and hasMore false.",
        "Where hasMore is false, nextCursor is null",
    ),
    Requirement(
        "PAG-006",
        MUST,
        _MAXIMUM,
        "Page sizes from 1 to 500 are accepted, both ends included",
    ),
    Requirement(
        "PAG-007",
        MUST,
        _MAXIMUM,
        "No page holds more than 500 rows, whatever is asked for or if nothing is",
    ),
    Requirement(
        "PAG-008",
        SHOULD,
        f'{_MAXIMUM} And: "validation errors return 400".',
        "pageSize 501 is refused with 400",
    ),
    Requirement(
        "PAG-009",
        MUST,
        f"{_REFUSAL} Nobody can want a page of no rows.",
        "pageSize 0 or less is refused with 400, or answered with a page like any other",
    ),
    Requirement(
        "PAG-010",
        MUST,
        _REFUSAL,
        "A pageSize that is no number is refused with 400",
    ),
    Requirement(
        "PAG-011",
        SANDBOX,
        f"{_OWN}: only plain integers from 1 to 500, given once.",
        "Any other pageSize is refused with 400",
    ),
    Requirement(
        "PAG-012",
        MUST,
        _CONSISTENT,
        "A walk never meets the same cursor again, so that it ends",
    ),
    Requirement(
        "PAG-013",
        MUST,
        _CONSISTENT,
        "The beginning of a long list brings no row twice and loses none, whatever the page size",
    ),
    Requirement(
        "PAG-014",
        MUST,
        _CONSISTENT,
        "A list without page parameters shows no row twice",
    ),
    Requirement(
        "PAG-015",
        SHOULD,
        "hasMore tells that there are more rows.",
        "The last page of a walk has rows, unless the list has none",
    ),
    Requirement(
        "PAG-016",
        SHOULD,
        _CONSISTENT,
        "A list has the same order when it is read again",
    ),
    Requirement(
        "PAG-017",
        SHOULD,
        _CONSISTENT,
        "A walk brings the rows in the same order at every page size",
    ),
    Requirement(
        "PAG-018",
        SHOULD,
        _CONSISTENT,
        "A shorter first page is the beginning of a longer one",
    ),
    Requirement(
        "PAG-019",
        SHOULD,
        _CONSISTENT,
        "A row has the same values on whatever page it comes",
    ),
    Requirement(
        "PAG-020",
        SHOULD,
        f"{_CURSOR} A GET may be repeated (RFC 9110), as after a lost answer.",
        "A cursor gives its page again, in whatever order pages are asked for",
    ),
    Requirement(
        "PAG-021",
        SANDBOX,
        f"{_OWN}: a cursor says where to go on, pageSize how far.",
        "The page size may change in the middle of a walk",
    ),
    Requirement(
        "PAG-022",
        SHOULD,
        f"{_CURSOR} It travels in a URL, through curl, Excel and Power Query.",
        "A cursor needs no percent-encoding",
    ),
    Requirement(
        "PAG-023",
        MUST,
        _CONSISTENT,
        "A filtered list, walked with its filters repeated, brings what one page of it holds",
    ),
    Requirement(
        "PAG-024",
        MUST,
        _ISOLATION,
        "An altered, cut or made-up cursor brings no 5xx and no row that isn't in the list",
    ),
    Requirement(
        "PAG-025",
        SHOULD,
        f'{_CURSOR} And: "validation errors return 400".',
        "A made-up cursor is refused with 400",
    ),
    Requirement(
        "PAG-026",
        SANDBOX,
        f"{_OWN}: cursors are signed.",
        "A cursor changed in any place, cut or prolonged is refused with 400",
    ),
    Requirement(
        "PAG-027",
        MUST,
        _ISOLATION,
        "A cursor of another organisation brings none of its rows and no 5xx",
    ),
    Requirement(
        "PAG-028",
        SANDBOX,
        f"{_OWN}: a cursor belongs to its operation, path, filters and key.",
        "A cursor used elsewhere than where it came from is refused with 400",
    ),
    Requirement(
        "PAG-029",
        MUST,
        _ISOLATION,
        "A cursor of another list or filter brings no 5xx and no row of neither list",
    ),
    Requirement(
        "PAG-030",
        SHOULD,
        "The page gives service visits, appointments and vendors no page parameters.",
        "A list without page parameters comes whole, on one page",
    ),
    Requirement(
        "PAG-031",
        SANDBOX,
        _OWN,
        "Without pageSize a page has up to 100 rows",
    ),
    Requirement(
        "PAG-032",
        SANDBOX,
        f"{_OWN}: it spares loops a special case.",
        "An empty cursor asks for the first page",
    ),
    Requirement(
        "PAG-033",
        SANDBOX,
        f"{_OWN}: the contract's x-sepolo-order.",
        "The rows of a list come in the order that the contract gives",
    ),
    Requirement(
        "PAG-034",
        SHOULD,
        "Samples are a series in time, paged through for analytics.",
        "Telemetry comes in the order of its stamps, rising or falling",
    ),
    Requirement(
        "PAG-035",
        MUST,
        _CONSISTENT,
        "A long walk through a window doesn't end before the window does",
    ),
)
