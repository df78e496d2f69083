"""Checks of the area `writes`."""
