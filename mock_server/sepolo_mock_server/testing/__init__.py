"""Sandboxes for tests of other projects: the pytest fixtures `sepolo_sandbox` and `sepolo` (extra `testing`).

This package knows the sandbox by its HTTP API alone, so that it also works with one that runs elsewhere.
"""
