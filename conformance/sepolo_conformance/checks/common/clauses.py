"""Sentences of the published page, and other reasons, that several requirements cite as their clause."""

SCOPED = 'Published page: "Every request is scoped to the organization that owns the API key."'
OURS = "Our own choice: the published page says nothing about it."
RETURNS_401 = 'Published page: "Authentication problems return 401."'
BOTH_HEADERS = "The published page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`."
SAME_OBJECT = "The published page documents list and detail with the same object."
EVERY_SAMPLE = 'Published page: "every raw telemetry sample" of the cycle.'
EXAMPLE_ARITHMETIC = "Arithmetic between the values of the published page's example."
OPTIONAL_FILTER = 'Published page: the parameter is an "optional … filter".'
TYPED_FILTER = 'Published page: the parameter has a type, and "validation errors return 400".'
UPDATED_AFTER = 'Published page: "Only assets updated after this timestamp.", and the same for devices.'
DATA_BOUNDARIES = (
    "The published page shows allowedGroupIds and allowedCustomerIds in /me as the key's allowed data boundaries."
)
CONSISTENT_PAGING = 'Published page: clients can "handle paging consistently".'
PREVIOUS_CURSOR = 'Published page: "Cursor returned by the previous page."'
NO_5XX = 'Published page: "validation errors return 400", and 500 is for unexpected failures.'
SAME_SERIES = "The values are statistics of the same series of numbers."
WINDOW_ENDS = 'Published page: "start timestamp" and "end timestamp" of what is listed.'
OPTIONAL_ENDS = 'Published page: "Optional start timestamp", "Optional end timestamp".'
TYPED_ENDS = 'Published page: both ends have the type date-time, and "validation errors return 400".'
CREATED = "A created resource can be read."
OWN_BODY = "Our own choice: the published page doesn't describe the body."
