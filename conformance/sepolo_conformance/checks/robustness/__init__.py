"""Robustness: generated, malformed and concurrent requests, and plain HTTP: methods, headers and representations."""

from sepolo_conformance.checks.robustness import (
    concurrency,
    generated_requests,
    headers,
    http_methods,
    ids_and_paths,
    parameters,
    representations,
)

__all__ = [
    "concurrency",
    "generated_requests",
    "headers",
    "http_methods",
    "ids_and_paths",
    "parameters",
    "representations",
]
