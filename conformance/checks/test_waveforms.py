"""Checks of the area `waveforms`."""
