"""Helpers that checks of several areas use."""
