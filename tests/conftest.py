"""How property tests run: without a time limit per example, and in CI with the same examples each time; a database."""

import os

from hypothesis import settings

from tests.cluster import cluster, postgres

__all__ = ["cluster", "postgres"]

settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
