"""Errors: 400 for invalid values, 404 for unknown resources, the body of errors, and no 5xx."""

from sepolo_conformance.checks.errors import (  # noqa: F401 - registers the requirements
    error_bodies,
    parameter_values,
    paths_and_methods,
    server_errors,
    unknown_resources,
)
