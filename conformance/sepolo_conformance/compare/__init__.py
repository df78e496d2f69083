"""Compares rows, lists, orderings and aggregates. Pure functions."""
