"""Clauses that several requirements of the area are derived from."""

SAME_OBJECT = "The published page documents list and detail with the same object."
EVERY_SAMPLE = 'Published page: "every raw telemetry sample" of the cycle.'
EXAMPLE = "Arithmetic between the values of the published page's example."
