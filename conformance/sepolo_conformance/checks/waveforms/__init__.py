"""Waveforms: the samples of a cycle as a series, the signature of a movement, and decisions on anomalies."""

from sepolo_conformance.checks.waveforms import anomaly_decisions, movement_values, sample_series, shape_json  # noqa: F401 - registers the requirements
