"""The management API of the sandbox: organisations, keys, clocks, and what their requests do."""
