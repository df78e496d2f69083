"""Requests with odd and percent-encoded ids."""

from urllib.parse import unquote

from sepolo_conformance.api.calls import Call
from sepolo_conformance.checks.robustness.ids_and_paths import odd_id_requests, percent_encoded_request
from sepolo_conformance.model.keys import Key
from sepolo_openapi import reader

OPERATIONS = reader.load().operations
KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")


def test_every_character_of_an_id_is_percent_encoded() -> None:
    """The rest of the URL stays the same, and so does the decoded id."""
    call = Call(OPERATIONS["listPointGuardCycleSamples"], {"deviceId": "SEP-1/é", "cycleId": "c"}, {"pageSize": 2})
    target = percent_encoded_request(call, KEY).target
    assert "%53%45%50%2D%31%2F%C3%A9/pointguard/cycles/%63/samples" in target
    assert unquote(target) == unquote(call.target)


def test_each_request_has_one_odd_id() -> None:
    """Each path parameter gets the three ids that every operation gets, and two more; the other id stays valid."""
    call = Call(OPERATIONS["getMovementSignature"], {"deviceId": "dev", "movementId": "mov"})
    found = list(odd_id_requests(call, KEY, 0, 2))
    assert [odd.parameter for odd in found] == ["deviceId"] * 5 + ["movementId"] * 5
    assert found[0].request.target == "/api/v1/devices/%00/movements/mov/signature"
    assert [odd.may_change_path for odd in found[:3]] == [False, False, True]
