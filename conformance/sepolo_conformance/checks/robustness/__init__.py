"""Robustness: generated, malformed and concurrent requests, and plain HTTP: methods, headers and representations."""

from sepolo_conformance.checks.robustness import (  # noqa: F401 - registers the requirements
    concurrency,
    generated_requests,
    headers_and_methods,
    ids_and_paths,
    parameters,
    representations,
)
