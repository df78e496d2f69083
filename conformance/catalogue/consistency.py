"""What one endpoint says agrees with what another one says."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

_ONE_DTO = "The page documents list and detail with the same object."
_OURS = "Our own choice: the page is silent."
_EXAMPLE = "Arithmetic between the values that the page's example shows."
_EVERY = 'The page: "every raw telemetry sample" of the cycle.'

REQUIREMENTS = (
    Requirement("CON-001", SHOULD, _ONE_DTO, "An asset is the same in the list and by its id"),
    Requirement("CON-002", SHOULD, _ONE_DTO, "A device is the same in the list and by its id"),
    Requirement("CON-003", SHOULD, _ONE_DTO, "A service report is the same in the list and by its id"),
    Requirement("CON-004", SANDBOX, _OURS, "Members that no example shows are the same in the list and by id, too"),
    Requirement("CON-005", SHOULD, "The path names it.", "What is asked for by id is what comes"),
    Requirement("CON-006", SHOULD, "The path names the device.", "What lies under a device names that device"),
    Requirement(
        "CON-007",
        SHOULD,
        'The page: "child assets for a parent asset".',
        "The children of an asset name it as their parent",
    ),
    Requirement(
        "CON-008",
        SHOULD,
        'The page: "child assets for a parent asset".',
        "Active assets that name a parent are among its children",
    ),
    Requirement("CON-009", SANDBOX, _OURS, "childCount is the number of children"),
    Requirement("CON-010", SHOULD, "An asset shows the id of its device.", "The device of an asset exists"),
    Requirement("CON-011", SANDBOX, _OURS, "The device of an asset points back at it, and lies in the same group"),
    Requirement("CON-012", SANDBOX, _OURS, "The customer of an asset, visit or report is in the directory"),
    Requirement(
        "CON-013", SHOULD, 'The page: "Lists all vendors".', "The vendor of a part or visit is among the vendors"
    ),
    Requirement("CON-014", SANDBOX, _OURS, "A group or customer has one name, wherever it is named"),
    Requirement(
        "CON-015", MUST, 'The page: "ordered by sample index".', "Samples of a cycle come in the order of their index"
    ),
    Requirement("CON-016", MUST, "The path names device and cycle.", "Samples of a cycle are of that cycle and device"),
    Requirement("CON-017", SHOULD, _EVERY, "A cycle has as many samples as it says"),
    Requirement(
        "CON-018",
        SHOULD,
        "A cycle shows the average and the peak of its current.",
        "The average and peak current of a cycle are those of its samples",
    ),
    Requirement("CON-019", SHOULD, _EXAMPLE, "A cycle stops after it starts, peaks above its average, has samples"),
    Requirement("CON-020", SHOULD, "A cycle shows start and stop.", "The stamps of its samples lie between them"),
    Requirement("CON-021", SHOULD, _EVERY, "Telemetry filtered by a cycle brings the samples of that cycle"),
    Requirement("CON-022", SANDBOX, _OURS, "A cycle and its movement name each other and agree"),
    Requirement(
        "CON-023",
        SHOULD,
        "A movement shows parts of the signature that it also has an endpoint for.",
        "A movement shows the same signature in the list and by its id",
    ),
    Requirement("CON-024", SANDBOX, _OURS, "A signature is the statistics of the samples of its cycle"),
    Requirement("CON-025", SHOULD, "One row per device and day.", "Daily telemetry has no device and day twice"),
    Requirement("CON-026", SANDBOX, _OURS, "Daily telemetry is the telemetry of the day"),
    Requirement("CON-027", SANDBOX, _OURS, "The average of a day lies between its extremes"),
    Requirement("CON-028", SHOULD, _EXAMPLE, "Active and inactive assets add up to the total"),
    Requirement("CON-029", SHOULD, "Parts of a whole.", "No count of the assets summary is above the total"),
    Requirement("CON-030", SANDBOX, _OURS, "The assets summary is that of the listed assets"),
    Requirement(
        "CON-031", SHOULD, _EXAMPLE, "Completed and open visits don't exceed the total, nor miss it unexplained"
    ),
    Requirement("CON-032", SANDBOX, _OURS, "Service performance is that of the visits in the window"),
    Requirement("CON-033", SHOULD, "Incidents are filtered by device.", "The device of an incident exists"),
    Requirement("CON-034", SANDBOX, _OURS, "The asset, movement and visit of an incident exist and agree with it"),
    Requirement("CON-035", SHOULD, "A report shows the id of its asset.", "The asset of a service report exists"),
    Requirement("CON-036", SANDBOX, _OURS, "A visit and its report agree"),
    Requirement("CON-037", SANDBOX, _OURS, "An appointment and its visit agree"),
    Requirement("CON-038", SANDBOX, _OURS, "The costs of a report add up"),
    Requirement("CON-039", SHOULD, "Telemetry is a series in time.", "Telemetry comes in the order of its stamps"),
    Requirement("CON-040", SANDBOX, _OURS, "What is said of an instant is in its order: created, started, completed"),
    Requirement("CON-041", SHOULD, _ONE_DTO, "An asset is the same among the children of its parent and by its id"),
)
