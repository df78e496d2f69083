"""Checks of the area `consistency`."""
