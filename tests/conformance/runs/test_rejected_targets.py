"""Targets that are rejected before any requirement is judged, with one line that says why."""

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sepolo_conformance.transport.response import Response
from tests.conformance.rawserver import raw_server
from tests.conformance.runs.commands import SECRET, by_cli, deployment
from tests.conformance.tiny import Tiny, served


def test_redirect_is_named(tmp_path: Path) -> None:
    """A URL that redirects, such as http for https, is rejected."""
    response = b"HTTP/1.1 301 Moved\r\nLocation: https://api.example/api/v1/me\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda wire, _: wire.send(response)) as raw:
        run = by_cli(tmp_path, "run", raw.url, SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "redirects to https://api.example/api/v1/me" in run.stderr) == (4, True), run.stderr


@pytest.mark.parametrize("path", ["/elsewhere", "/api/v1/me"])
def test_wrong_path_is_named(good: str, path: str, tmp_path: Path) -> None:
    """A URL without an API is rejected instead of reported with two hundred findings."""
    run = by_cli(tmp_path, "run", f"{good}{path}", SEPOLO_API_KEY=SECRET)
    assert (run.returncode, len(run.stderr.strip().splitlines())) == (4, 1)
    assert f"{good}{path}" in run.stderr
    assert "404 with application/json" in run.stderr


def test_unknown_device_is_named(good: str, tmp_path: Path) -> None:
    """--device must name a device that a key may see."""
    run = by_cli(tmp_path, "run", good, "--device", "nope", SEPOLO_API_KEY=SECRET)
    assert (run.returncode, "--device nope: " in run.stderr) == (4, True), run.stderr


def test_certificate_of_a_private_authority_needs_ssl_cert_file(tmp_path: Path) -> None:
    """The line names the variable; with it the deployment is judged."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl isn't installed")
    made, file = tmp_path / "made", tmp_path / "both.pem"
    command = (
        *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"),
        *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{made}.key", "-out", f"{made}.pem"),
    )
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(Path(f"{made}.key").read_text() + Path(f"{made}.pem").read_text())
    with served(deployment(), file) as url:
        arguments = ("run", url, "--requirement", "AUT-001")
        untrusted = by_cli(tmp_path, *arguments, SEPOLO_API_KEY=SECRET)
        trusted = by_cli(tmp_path, *arguments, SEPOLO_API_KEY=SECRET, SSL_CERT_FILE=f"{made}.pem")
    assert (untrusted.returncode, "SSL_CERT_FILE" in untrusted.stderr) == (4, True), untrusted.stderr
    assert (trusted.returncode, "1 of 1 MUST hold" in trusted.stdout) == (0, True), trusted.stdout + trusted.stderr


def run_with(tmp_path: Path, url: str, **variables: str) -> tuple[int, str]:
    """Return exit status and standard error of a run with these variables of the environment and no other proxy."""
    direct = {"no_proxy": "", "NO_PROXY": "", "SSL_CERT_FILE": "", "SSL_CERT_DIR": "", "REQUESTS_CA_BUNDLE": ""}
    run = by_cli(tmp_path, "run", url, "--requirement", "AUT-001", SEPOLO_API_KEY=SECRET, **{**direct, **variables})
    return run.returncode, run.stderr


class Proxying(Tiny):
    """A deployment that is reached as a proxy."""

    def send(self, method: str, target: str, headers: Any, body: Any, *, timeout: float) -> Response:
        credentials = dict(headers).get("Proxy-Authorization")
        if credentials != f"Basic {base64.b64encode(b'user:p@ss').decode()}":
            return Response(407, (), b"")
        return super().send(method, target.removeprefix("http://api.invalid"), headers, body, timeout=timeout)


def test_proxy_gets_the_credentials_of_its_url(tmp_path: Path) -> None:
    """The run judges what the proxy returns."""
    plain = deployment()
    with served(Proxying(plain.rows, plain.objects)) as url:
        proxy = url.replace("://", "://user:p%40ss@")
        arguments = ("run", "http://api.invalid", "--requirement", "AUT-001")
        run = by_cli(tmp_path, *arguments, SEPOLO_API_KEY=SECRET, http_proxy=proxy, no_proxy="", NO_PROXY="")
    assert (run.returncode, "1 of 1 MUST hold" in run.stdout) == (0, True), run.stdout + run.stderr


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "requires other credentials: 407"),
        (b"220 mail\r\n\r\n", "the response is not valid HTTP"),
    ],
)
def test_proxy_is_named_in_errors(tmp_path: Path, answer: bytes, problem: str) -> None:
    """The user may not know that the environment has a proxy."""
    with raw_server(lambda wire, _: wire.send(answer)) as raw:
        status, error = run_with(tmp_path, "http://api.invalid", http_proxy=raw.url.replace("//", "//user:secret@"))
    assert (status, problem in error, raw.url in error) == (4, True, True), error
    assert "secret" not in error


def test_dead_proxy_is_named(tmp_path: Path) -> None:
    """A refused connection is one to the proxy."""
    with raw_server(lambda wire, _: wire.hold()) as raw:
        dead = raw.url
    status, error = run_with(tmp_path, "http://api.invalid", http_proxy=dead)
    assert (status, f"through the proxy {dead} of the environment" in error) == (4, True), error
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("https_proxy", "http://proxy:port", "https_proxy: 'http://proxy:port' is not the URL of a proxy"),
        ("SSL_CERT_FILE", "missing.pem", "SSL_CERT_FILE: there is no file missing.pem"),
        ("SSL_CERT_FILE", "text.pem", "SSL_CERT_FILE: text.pem contains no certificate in PEM"),
        ("REQUESTS_CA_BUNDLE", "text.pem", "REQUESTS_CA_BUNDLE: text.pem contains no certificate in PEM"),
    ],
)
def test_wrong_variable_of_the_environment_is_named(tmp_path: Path, variable: str, value: str, problem: str) -> None:
    """One line names the variable and says what is wrong with it."""
    (tmp_path / "text.pem").write_text("no certificate")
    status, error = run_with(tmp_path, "https://127.0.0.1:9", **{variable: value})
    assert (status, problem in error, len(error.strip().splitlines())) == (4, True, 1), error
