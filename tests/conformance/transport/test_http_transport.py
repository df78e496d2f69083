"""What the transport says of an environment that it cannot use."""

import httpcore
import pytest

from sepolo_conformance.model.settings import SettingsError
from sepolo_conformance.transport.http_transport import HttpTransport


def test_socks_proxy_needs_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how to install it, instead of speaking HTTP to the proxy."""

    def missing(**_: object) -> None:
        raise RuntimeError("Attempted to use SOCKS support, but the `socksio` package is not installed.")

    monkeypatch.setattr(httpcore, "SOCKSProxy", missing)
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("all_proxy", "socks5://user:secret@127.0.0.1:9")
    with pytest.raises(SettingsError, match=r"the proxy socks5://127.0.0.1:9 needs the package socksio: pip install"):
        HttpTransport("http://api.invalid", timeout=1.0, max_body_bytes=1)
