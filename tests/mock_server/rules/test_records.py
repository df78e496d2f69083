"""Records of the request log: what is kept of a request, and what readers get."""

from sepolo_mock_server.rules import records
from sepolo_mock_server.rules.records import Record, Values, packed_headers


def test_record_of_values() -> None:
    """A record has all that was kept, also if it was packed meanwhile."""
    request = packed_headers([(b"host", b"h"), (b"x", b"\xe6")])
    response, own = packed_headers([(b"vary", b"a")]), ((b"x-request-id", b"req_1"),)
    identity = "org\0key\0Naïve".encode()
    texts = "/p?ø=1".encode(), b"why", b"fault", b"createServiceReport", identity
    values: Values = (1.5, 1.75, 201, 3, 4, 5, "POST", *texts, request, response, own, b"\xff\0b", b"{}", 9)
    record = Record.of(7, values)
    assert Record.of(7, records.unpacked(records.packed(values))) == record
    assert (record.number, record.received_s, record.duration_s, record.status) == (7, 1.5, 0.25, 201)
    assert (record.request_bytes, record.response_bytes, record.plain_bytes) == (3, 4, 5)
    assert (record.method, record.target, record.reason, record.fault_id) == ("POST", "/p?ø=1", "why", "fault")
    assert record.operation_id == "createServiceReport"
    assert (record.organization_id, record.key_id, record.key_name) == ("org", "key", "Naïve")
    assert record.request_headers == [("host", "h"), ("x", "æ")]
    assert record.response_headers == [("vary", "a"), ("x-request-id", "req_1")]
    assert (record.request_id, record.request_body, record.response_body) == ("req_1", b"\xff\0b", b"{}")
    assert (record.request_cut, record.response_cut) == (False, False)


def test_request_without_response() -> None:
    """A request without a response has no request id and no headers of one; a clock that is set back gives no time."""
    nothing = packed_headers(())
    record = Record.of(
        1, (2.0, 1.0, 0, 0, 0, 0, "GET", b"/", b"", b"", b"", b"\0\0", nothing, nothing, (), b"", b"", 0)
    )
    assert (record.status, record.request_id, record.request_headers, record.response_headers) == (0, None, [], [])
    assert record.duration_s == 0.0
