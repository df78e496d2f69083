"""Errors: 400 for invalid values, 404 for unknown resources, the body of errors, and no 5xx."""

from sepolo_conformance.checks.errors import (
    error_bodies,
    parameter_values,
    paths_and_methods,
    server_errors,
    unknown_resources,
)

__all__ = ["error_bodies", "parameter_values", "paths_and_methods", "server_errors", "unknown_resources"]
