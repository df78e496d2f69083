"""Requirements of the area waveforms."""

from sepolo_conformance.checks.waveforms import checks

__all__ = ["checks"]
