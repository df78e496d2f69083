"""The certificate authorities that the suite trusts."""

import os
import ssl
from pathlib import Path

from sepolo_conformance.model.settings import SettingsError

_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name a file or folder of authorities, as OpenSSL, requests and curl read them."""


def tls_context() -> ssl.SSLContext:
    """Return the context of connections by TLS, with the authorities of the environment or else those of certifi.

    Raises SettingsError if a variable names no file or folder of certificates.
    """
    variable = next((name for name in _VARIABLES if os.environ.get(name)), None)
    if variable is None:
        import httpx  # noqa: PLC0415 - takes 0.1 s, and plain HTTP does not need it

        return httpx.create_ssl_context(trust_env=False)
    path = Path(os.environ[variable])
    if not path.exists():
        raise SettingsError(f"{variable}: there is no file {path}")
    try:
        if path.is_dir():
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        reason = getattr(error, "reason", None) or error.strerror or str(error)
        raise SettingsError(f"{variable}: {path} contains no certificate in PEM ({reason})") from None
