"""Checks of the area `isolation`."""
