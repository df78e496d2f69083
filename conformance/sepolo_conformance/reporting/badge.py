"""The badge of a run, in the form of a shields.io endpoint."""

from typing import Any

from sepolo_conformance.reporting.results import EXIT_FAIL, EXIT_OK, Results

_COLOURS = {EXIT_OK: "brightgreen", EXIT_FAIL: "red"}


def badge(results: Results) -> dict[str, Any]:
    """Return the badge as JSON values."""
    passed, judged = results.passed_and_judged()
    colour = _COLOURS.get(results.exit_code(), "lightgrey")
    message = f"{passed} of {judged} hold" if judged else "not judged"
    return {"schemaVersion": 1, "label": "conformance", "message": message, "color": colour}
