"""URLs of a deployment. Every URL of the suite is made here, so that no text of a target can change its host."""

from urllib.parse import SplitResult, quote, urljoin, urlsplit

_KEPT = "/%:@!$&'()*+,;=~-._?"
"""Characters that `reference_target` does not percent-encode again."""


def url_of(base_url: str, target: str) -> str:
    """Return the URL of a request target at a deployment; raise ValueError for a target that is no path."""
    if not target.startswith("/"):
        raise ValueError(f"not the path of a request: {target!r}")
    return base_url + target


def reference_target(reference: str, base_url: str, source: str) -> str | None:
    """Return the request target that a reference in the response from the URL `source`, such as a Location, leads to.

    None if it leads to another host, or out of the path of the deployment.
    """
    base = urlsplit(base_url)
    try:
        parts = urlsplit(urljoin(source, reference))
        inside = _host(parts) == _host(base) and parts.path.startswith(f"{base.path}/")
    except ValueError:  # a port or an IPv6 address that cannot be read
        return None
    query = f"?{parts.query}" if parts.query else ""
    return quote(parts.path.removeprefix(base.path) + query, safe=_KEPT) if inside else None


def _host(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Return user, host and port. A proxy in front of the deployment may make it write http for https."""
    port = parts.port
    return parts.netloc.rpartition("@")[0], parts.hostname, None if port in (80, 443) else port
