"""Clauses that requirements of several files of this area rest on."""

BOUNDS = 'Published page: "start timestamp" and "end timestamp" of what is listed.'
OPTIONAL = 'Published page: "Optional start timestamp", "Optional end timestamp".'
DATE_TIME = 'Published page: both ends have the type date-time, and "validation errors return 400".'
