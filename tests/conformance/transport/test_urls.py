"""URLs of a deployment, also those that a target names."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.urls import reference_target, url_of

KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")
POST = "http://target/base/api/v1/service-reports"
references = st.lists(
    st.sampled_from(["@", "/", "//", "\\", ":", "http:", "target", "evil", "/base/", "..", "?", "#", "%40", "[", "é"])
    | st.characters(max_codepoint=255),
    max_size=8,
).map("".join)


@pytest.mark.parametrize("target", ["", "@evil/x", "evil", ":80", "?a", ".evil.com/", "\\evil"])
def test_target_that_is_no_path_is_not_used(target: str) -> None:
    """It could change the host: `http://target` and `@evil/x` make `http://target@evil/x`."""
    with pytest.raises(ValueError, match="not the path of a request"):
        url_of("http://target", target)


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("/base/api/v1/x", "/api/v1/x"),
        ("http://TARGET:80/base/api/v1/x?a=b%20c", "/api/v1/x?a=b%20c"),
        ("https://target/base/x", "/x"),
        ("//target/base/x", "/x"),
        ("x/1", "/api/v1/x/1"),
        ("/base/é $(id)", "/%C3%A9%20$(id)"),
        ("@evil/x", "/api/v1/@evil/x"),
        ("/basement/x", None),
        ("/other/x", None),
        ("/base/../../x", None),
        ("http://target@evil/base/x", None),
        ("http://evil@target/base/x", None),
        ("http://target:8080/base/x", None),
        ("http://target.evil/base/x", None),
        ("//evil/base/x", None),
        ("http://target:x/base/x", None),
        ("http://[/base/x", None),
        ("file:///base/x", None),
    ],
)
def test_reference_leads_to_the_deployment_or_nowhere(reference: str, target: str | None) -> None:
    """It is resolved as a browser does; another host, port, user or base path is rejected."""
    assert reference_target(reference, "http://target/base", POST) == target


@given(references)
def test_no_reference_changes_the_host(reference: str) -> None:
    """The URL of a request and of a pasted curl line has the host of the deployment, and no user."""
    target = reference_target(reference, "http://target/base", POST)
    if target is not None:
        made = Exchange("http://target/base", Request("GET", target, (), None, KEY), 200, (), b"", 0.0)
        assert (urlsplit(made.url).netloc, made.url.isascii()) == ("target", True)
        assert made.url.startswith("http://target/base/")
        assert made.curl().partition("'http://target/base/")[1]
