"""Clauses that requirements of several files of this area rest on."""

FILTER = 'Published page: the parameter is an "optional … filter".'
TYPED = 'Published page: the parameter has a type, and "validation errors return 400".'
