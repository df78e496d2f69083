"""The proxy that the environment names for a URL."""

import pytest

from sepolo_conformance.model.settings import SettingsError
from sepolo_conformance.transport.proxies import Proxy, proxy_of

URL = "http://api.example.com:8080/base"


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"http_proxy": ""}, None),
        ({"https_proxy": "http://p:1"}, None),
        ({"http_proxy": "http://p:1"}, Proxy("http://p:1")),
        ({"all_proxy": "http://p:1/"}, Proxy("http://p:1")),
        ({"http_proxy": "p"}, Proxy("http://p:1080")),
        ({"http_proxy": "https://p"}, Proxy("https://p:443")),
        ({"http_proxy": "http://us%40er:p%3Aw@p:3128"}, Proxy("http://p:3128", ("us@er", "p:w"))),
        ({"http_proxy": "http://user@[::1]:3128"}, Proxy("http://[::1]:3128", ("user", ""))),
        ({"all_proxy": "socks5h://p"}, Proxy("socks5h://p:1080")),
    ],
)
def test_proxy_of_the_environment(variables: dict[str, str], proxy: Proxy | None) -> None:
    """Credentials are decoded, and a proxy without a port has the one that curl takes."""
    assert proxy_of(URL, variables) == proxy


@pytest.mark.parametrize(
    ("url", "no_proxy", "direct"),
    [
        (URL, "*", True),
        (URL, "example.com", True),
        (URL, ".example.com", True),
        (URL, "other, API.example.com", True),
        (URL, "api.example.com:8080", True),
        (URL, "api.example.com:443", False),
        (URL, "ple.com", False),
        ("http://10.1.2.3", "10.0.0.0/8", True),
        ("http://10.1.2.3", "10.1.2.3:80", True),
        ("http://10.1.2.3:81", "10.0.0.0/8:80", False),
        ("http://11.1.2.3", "10.0.0.0/8,192.168.0.0/16", False),
        ("http://[fd00::7]:80", "fd00::/8", True),
        ("http://[fd00::7]:80", "[fd00::7]:80", True),
        ("http://[fd00::7]:80", "::1", False),
        (URL, "10.0.0.0/8", False),
        (URL, "", False),
    ],
)
def test_no_proxy_excludes_hosts(url: str, no_proxy: str, direct: bool) -> None:
    """Names, domains, addresses and networks, each with a port or without."""
    assert (proxy_of(url, {"all_proxy": "http://p:1", "no_proxy": no_proxy}) is None) is direct


@pytest.mark.parametrize(
    "text", ["http://proxy:port", "http://", "http://a b:1", "ftp://p:1", "socks4://p:1", "http://[::1:3128"]
)
def test_proxy_that_is_no_url_is_a_wrong_setting(text: str) -> None:
    """The message names the variable, but not the credentials."""
    with pytest.raises(SettingsError, match="http_proxy: ") as caught:
        proxy_of(URL, {"http_proxy": text.replace("://", "://user:secret@")})
    assert "secret" not in str(caught.value)
