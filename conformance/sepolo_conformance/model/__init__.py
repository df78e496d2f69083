"""Values that all other packages use: requirements, verdicts, outcomes, keys and settings."""
