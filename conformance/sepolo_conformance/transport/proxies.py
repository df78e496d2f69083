"""The proxy that the environment names for a URL, as curl reads it. No I/O."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from sepolo_conformance.model.settings import SettingsError

_SCHEMES = ("http", "https", "socks5", "socks5h")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy. `url` has no credentials; `credentials` are user and password."""

    url: str
    credentials: tuple[str, str] | None = None

    @property
    def is_socks(self) -> bool:
        return self.url.startswith("socks")


def proxy_of(base_url: str, environment: Mapping[str, str] | None = None) -> Proxy | None:
    """Return the proxy for a URL, None for a direct connection; raise SettingsError for a proxy that is no URL.

    `environment` replaces the variables of the process and the settings of the system.
    """
    parts = urlsplit(base_url)
    if environment is None:
        known = getproxies()
        bypassed = "no" not in known and bool(proxy_bypass(parts.hostname or ""))
    else:
        known = {name.lower().removesuffix("_proxy"): value for name, value in environment.items() if value}
        bypassed = False
    found = known.get(parts.scheme) or known.get("all")
    if not found or bypassed or _is_excluded(parts, known.get("no", "")):
        return None
    return _read(found, f"{parts.scheme if known.get(parts.scheme) else 'all'}_proxy")


def _read(text: str, variable: str) -> Proxy:
    """Return the proxy of a variable; its scheme is http if it has none."""
    shown = text.rpartition("@")[2] if "@" in text else text
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port, host = parts.port, parts.hostname
    except ValueError:
        port, host, parts = None, None, SplitResult("", "", "", "", "")
    if not host or re.search(r"[\s{}<>$]", host):
        raise SettingsError(f"{variable}: {shown!r} is not the URL of a proxy, such as http://proxy.example.com:3128")
    if parts.scheme not in _SCHEMES:
        raise SettingsError(f"{variable}: a proxy of type {parts.scheme} is not supported, only {', '.join(_SCHEMES)}")
    credentials = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
    # A proxy without a port has the one that curl takes.
    address = f"[{host}]" if ":" in host else host
    return Proxy(f"{parts.scheme}://{address}:{port or (443 if parts.scheme == 'https' else 1080)}", credentials)


def _is_excluded(target: SplitResult, no_proxy: str) -> bool:
    """Return whether an entry of no_proxy is the host: a name, a domain, an address, a network or `*`, with a port."""
    host, port = (target.hostname or "").rstrip("."), target.port or _PORTS.get(target.scheme)
    for entry in re.split(r"[,\s]+", no_proxy.lower()):
        with_port = re.fullmatch(r"([^:]+|\[.+\]):([0-9]+)", entry)
        name = (with_port[1] if with_port else entry).strip("[]")
        if name and (with_port is None or int(with_port[2]) == port) and (name == "*" or _covers(name, host)):
            return True
    return False


def _covers(name: str, host: str) -> bool:
    try:
        network = ip_network(name, strict=False)
    except ValueError:
        domain = name.strip(".").removeprefix("*.")
        return host == domain or host.endswith(f".{domain}")
    try:
        return ip_address(host) in network
    except ValueError:
        return False
