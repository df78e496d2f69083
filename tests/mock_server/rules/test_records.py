"""Records of the request log: packed and unpacked without a change."""

from sepolo_mock_server.rules.records import pack, unpacked


def test_unpacked_record() -> None:
    """A record has all that was packed."""
    facts = (b"POST", "/p?ø=1".encode(), b"why", b"fault", b"createServiceReport", b"org\0key\0Na\xc3\xafve")
    request, response = b"host\0h\0x\0", b"x-request-id\0req_1\0vary\0a"
    record = unpacked(7, pack((1.5, 0.25, 201, 3, 4, 5), facts, request, response, b"\xff\0b", b"{}"))
    assert (record.number, record.received_s, record.duration_s, record.status) == (7, 1.5, 0.25, 201)
    assert (record.request_bytes, record.response_bytes, record.plain_bytes) == (3, 4, 5)
    assert (record.method, record.target, record.reason, record.fault_id) == ("POST", "/p?ø=1", "why", "fault")
    assert record.operation_id == "createServiceReport"
    assert (record.organization_id, record.key_id, record.key_name) == ("org", "key", "Naïve")
    assert record.request_headers == [("host", "h"), ("x", "")]
    assert record.response_headers == [("x-request-id", "req_1"), ("vary", "a")]
    assert (record.request_id, record.request_body, record.response_body) == ("req_1", b"\xff\0b", b"{}")


def test_request_without_response() -> None:
    """A request without a response has no request id and no headers of one."""
    record = unpacked(1, pack((0.0, 0.0, 0, 0, 0, 0), (b"GET", b"/", b"", b"", b"", b"\0\0"), b"", b"", b"", b""))
    assert (record.status, record.request_id, record.request_headers, record.response_headers) == (0, None, [], [])
