"""Records of the request log: packed and unpacked without a change."""

from sepolo_mock_server.rules.records import pack, packed_headers, unpacked


def test_unpacked_record() -> None:
    """A record has all that was packed."""
    texts = (b"POST", "/p?ø=1".encode(), b"why", b"fault", b"createServiceReport", "org\0key\0Naïve".encode())
    request = packed_headers([(b"host", b"h"), (b"x", b"\xe6")])
    response = packed_headers([(b"vary", b"a")]), ((b"x-request-id", b"req_1"),)
    record = unpacked(7, pack((1.5, 0.25, 201, 3, 4, 5), texts, request, response, (b"\xff\0b", b"{}")))
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
    """A request without a response has no request id and no headers of one."""
    nothing = packed_headers(())
    packed = pack((0.0,) * 2 + (0,) * 4, (b"GET", b"/", b"", b"", b"", b"\0\0"), nothing, (nothing, ()), (b"", b""))
    record = unpacked(1, packed)
    assert (record.status, record.request_id, record.request_headers, record.response_headers) == (0, None, [], [])
