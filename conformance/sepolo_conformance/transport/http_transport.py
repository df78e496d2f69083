"""HTTP transport that sends and receives exact bytes, with a limit on the total time and size and without redirects.

A thin layer over httpcore, the engine of httpx. httpx limits the time of each read but not of the whole response, so a
server that sends a byte a second would block the run for hours. It also normalises URLs, and the suite has to send
them exactly as written.
"""

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import httpcore

from sepolo_conformance.model.settings import SettingsError
from sepolo_conformance.transport.certificates import tls_context
from sepolo_conformance.transport.proxies import Proxy, proxy_of
from sepolo_conformance.transport.response import LostConnectionError, NoResponseError, Response, TooLargeError, decoded
from sepolo_conformance.transport.urls import url_of

_MORE_CONNECTIONS = 8


class HttpTransport:
    """Sends requests to one origin, keeping connections open. Usable from several threads."""

    def __init__(self, base_url: str, *, timeout: float, max_body_bytes: int, connections: int = 1) -> None:
        self._base_url = base_url
        self._timeout = timeout
        self._max_body_bytes = max_body_bytes
        self._deadline = _Deadline()
        self._proxy = proxy_of(base_url)
        self._pool = _pool(base_url, self._proxy, self._deadline, connections)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def send(
        self,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        body: bytes | None,
        *,
        timeout: float | None = None,
    ) -> Response:
        """Send a request and read the whole response, within `timeout` seconds in total.

        Raises NoResponseError with a message that says what happened.
        """
        allowed = min(self._timeout, timeout or self._timeout)
        self._deadline.set(time.monotonic() + allowed)
        try:
            with self._pool.stream(
                method.encode("ascii"),
                self._url(target),
                headers=[(b"Host", self._host()), *((name.encode(), _header_bytes(value)) for name, value in headers)],
                content=body,
                extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), allowed)},
            ) as response:
                return self._read(response)
        except NoResponseError:
            raise
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise NoResponseError(
                f"no complete response within {allowed:g} s{self._by_proxy()}: raise --timeout"
            ) from error
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
            raise NoResponseError(f"the request cannot be sent: {error}") from error
        except httpcore.RemoteProtocolError as error:
            raise LostConnectionError(f"the response is not valid HTTP: {error}{self._by_proxy()}") from error
        except (httpcore.NetworkError, httpcore.ProxyError, OSError) as error:
            raise LostConnectionError(f"{_network(error)}{self._by_proxy()}") from error

    def _by_proxy(self) -> str:
        """Return the proxy for an error: that it is used at all may be what the user does not know."""
        return f", through the proxy {self._proxy.url} of the environment" if self._proxy else ""

    def _url(self, target: str) -> httpcore.URL:
        parts = urlsplit(self._base_url)
        return httpcore.URL(
            scheme=parts.scheme.encode(),
            host=(parts.hostname or "").encode("idna"),
            port=parts.port,
            target=url_of(parts.path, target).encode("ascii"),
        )

    def _host(self) -> bytes:
        return urlsplit(self._base_url).netloc.rpartition("@")[2].encode("idna")

    def _read(self, response: httpcore.Response) -> Response:
        if response.status == 407 and self._proxy is not None:
            raise NoResponseError(f"the proxy {self._proxy.url} requires other credentials: 407")
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_stream():
            size += len(chunk)
            if size > self._max_body_bytes:
                raise TooLargeError(f"the response is longer than {self._max_body_bytes // 2**20} MiB")
            chunks.append(chunk)
        return decoded(response.status, headers, b"".join(chunks), self._max_body_bytes)


class _Deadline(threading.local):
    """The end of this thread's request, as a time of the monotonic clock."""

    def __init__(self) -> None:
        self._at = 0.0

    def set(self, at: float) -> None:
        self._at = at

    def clamp(self, timeout: float | None, error: type[Exception]) -> float:
        left = self._at - time.monotonic()
        if left <= 0:
            raise error("deadline")
        return left if timeout is None else min(timeout, left)


class _Backend(httpcore.NetworkBackend):
    """The sockets of httpcore, with every timeout limited to the deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        allowed = self._deadline.clamp(timeout, httpcore.ConnectTimeout)
        stream = self._plain.connect_tcp(host, port, allowed, local_address, socket_options)
        return _Stream(stream, self._deadline)

    def sleep(self, seconds: float) -> None:
        self._plain.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.clamp(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.clamp(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        allowed = self._deadline.clamp(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, allowed), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _pool(base_url: str, proxy: Proxy | None, deadline: _Deadline, connections: int) -> httpcore.ConnectionPool:
    uses_tls = base_url.startswith("https:") or (proxy is not None and proxy.url.startswith("https:"))
    context = tls_context() if uses_tls else None
    common: dict[str, Any] = {"ssl_context": context, "network_backend": _Backend(deadline), "keepalive_expiry": 20.0}
    # A check may send some requests at the same time by itself.
    common["max_connections"] = connections + _MORE_CONNECTIONS
    if proxy is None:
        return httpcore.ConnectionPool(**common)
    common |= {"proxy_url": proxy.url, "proxy_auth": proxy.credentials}
    if not proxy.is_socks:
        return httpcore.HTTPProxy(proxy_ssl_context=context if proxy.url.startswith("https:") else None, **common)
    try:
        return httpcore.SOCKSProxy(**common)
    except RuntimeError:
        raise SettingsError(f"the proxy {proxy.url} needs the package socksio: pip install 'httpx[socks]'") from None


def _header_bytes(value: str) -> bytes:
    """Return a value as it was received, if it is one of the target such as an ETag: bytes are read as Latin-1."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _network(error: Exception) -> str:
    """Return the cause of a failed connection, in a phrase."""
    cause = error.__cause__ or error.__context__ or error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    text = str(cause) or str(error) or type(error).__name__
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed: {getattr(cause, 'verify_message', '') or text}"
    if isinstance(error, httpcore.ConnectError):
        return f"cannot connect: {text}"
    return f"the connection failed: {text}"
