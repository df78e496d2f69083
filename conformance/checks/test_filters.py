"""Checks of the area `filters`."""
