"""The suite inside pytest: options, collection of requirements as items, verdicts of all processes, terminal output."""
