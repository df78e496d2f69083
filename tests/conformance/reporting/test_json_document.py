"""The JSON report, version 1."""

import json

from sepolo_conformance.model.requirement import MUST
from sepolo_conformance.reporting.json_document import document
from sepolo_conformance.transport.redaction import Redactor
from tests.conformance.reporting.run_results import KEY, by_level, failing, results


def test_document_has_its_members_and_no_key() -> None:
    """Readers rely on these members."""
    name = by_level(MUST)[0]
    made = document(results(failing(name)), Redactor([KEY.secret]))
    assert made.keys() == {"version", "target", "seed", "level", "summary", "pasting", "keys", "requirements"}
    (entry,) = made["requirements"]
    assert entry.keys() == {
        *("id", "area", "level", "status", "title", "clause", "findings", "moreFindings", "reason", "notes"),
        *("expectedFailure", "requests", "seconds", "rerun"),
    }
    (finding,) = entry["findings"]
    assert finding.keys() == {"expected", "actual", "requests"}
    assert finding["requests"][0]["curl"].startswith('curl -sS -i -H "X-Sepolo-Api-Key: $SEPOLO_API_KEY"')
    assert (made["version"], entry["id"], entry["status"]) == (1, name, "fail")
    assert KEY.secret not in json.dumps(made)
