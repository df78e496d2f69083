"""Runs checks and observers: the registry of requirements, the case that a check gets, and the session of a run."""
