"""Fills the registry of requirements before the tests of the suite are collected."""

import sepolo_conformance.checks  # noqa: F401
