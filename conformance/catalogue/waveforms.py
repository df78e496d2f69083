"""What makes the samples of a cycle a waveform, and what is calculated from it plausible."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

_EXAMPLE = "The page's example: index 42, offset 420 ms, 142 samples, 1420 ms."
_OURS = "Our own choice: the page is silent."
_LOGIC = "Statistics of one and the same series of numbers."

REQUIREMENTS = (
    Requirement("WAV-001", SHOULD, _EXAMPLE, "The samples of a cycle are numbered from 0 without gaps or repeats"),
    Requirement("WAV-002", SHOULD, _EXAMPLE, "Offsets grow with the index"),
    Requirement("WAV-003", SHOULD, _EXAMPLE, "Offsets grow in equal steps"),
    Requirement("WAV-004", SHOULD, _EXAMPLE, "No offset lies beyond the duration, no index beyond the count"),
    Requirement("WAV-005", SHOULD, _EXAMPLE, "Every sample of a cycle says the same count and duration"),
    Requirement(
        "WAV-006",
        SHOULD,
        "The example: 1.420 s from start to stop, 142 samples of 10 ms.",
        "A cycle lasts as long as its samples",
    ),
    Requirement("WAV-007", SHOULD, _LOGIC, "Percentiles of a current are in order, between its extremes"),
    Requirement(
        "WAV-008", SHOULD, _LOGIC, "The effective current isn't negative, nor below the mean or above the maximum"
    ),
    Requirement("WAV-009", SHOULD, _LOGIC, "The peak current of a movement isn't below its average"),
    Requirement("WAV-010", MUST, "The page shows shapeJson as a string.", "shapeJson is text, or null"),
    Requirement("WAV-011", SHOULD, 'The name, and the example "{...}".', "shapeJson is JSON in text"),
    Requirement("WAV-012", SANDBOX, _OURS, "The shape has as many points as it says, over the whole of the movement"),
    Requirement("WAV-013", SANDBOX, _OURS, "The shape is that of the samples"),
    Requirement("WAV-014", SANDBOX, _OURS, "Sample rate, duration and effective current of a cycle fit its samples"),
    Requirement(
        "WAV-015",
        MUST,
        'The page: "suggested anomalies and anomaly decision metadata", and shows their types.',
        "The suggestion is true or false, the score a number, the decision text",
    ),
    Requirement("WAV-016", SANDBOX, _OURS, "Decisions and directions are words of the documented vocabulary"),
    Requirement("WAV-017", SANDBOX, _OURS, "Who decided, when and why is there exactly where a decision is"),
    Requirement("WAV-018", SANDBOX, _OURS, "Current, peak and duration of a movement fit its signature"),
)
