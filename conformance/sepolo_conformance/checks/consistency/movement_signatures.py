"""Movements, the cycles they belong to, and their signatures."""

from sepolo_conformance.api.calls import Call
