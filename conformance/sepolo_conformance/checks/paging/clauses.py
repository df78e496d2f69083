"""Clauses that requirements of several files of this area rest on."""

CONSISTENT = 'Published page: clients can "handle paging consistently".'
CURSOR = 'Published page: "Cursor returned by the previous page."'
