"""The checks, one file per area. They are collected as pytest items only by the suite itself."""
