"""Shape: every response against the contract, by openapi-core: types, formats, member names and date-times."""

from sepolo_conformance.checks.shape import date_times, documented_responses, json_encoding, members, response_schema  # noqa: F401 - registers the requirements
