"""The suite inside pytest: options, collection of requirements as items, verdicts of all processes, terminal output."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
"""The folder of `sepolo_conformance`, which a session names in order to run the suite."""
