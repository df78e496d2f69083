"""Tokens: random texts. Refused ones are tested with the management API."""

import re

from sepolo_mock_server.rules import tokens


def test_new_secrets() -> None:
    """Tokens and keys have 128 random bits behind a prefix that tells them apart."""
    found = {tokens.new_token() for _ in range(9)} | {tokens.new_key() for _ in range(9)}
    assert len(found) == 18
    assert {re.sub("[0-9a-f]{32}$", "", text) for text in found} == {"sep_mgmt_", "sep_test_"}


def test_names_of_loopback() -> None:
    """Addresses and names of loopback are recognised with and without a port."""
    own = ["127.0.0.1", "127.0.0.1:80", "localhost", "a.localhost:1", "[::1]", "::1"]
    others = ["example.org", "192.168.0.1", "[::]", "128.0.0.1", "localhost.org", "[127.0.0.1", "a:b:c", "1"]
    assert [host for host in [*own, *others] if tokens.is_loopback(host)] == own
