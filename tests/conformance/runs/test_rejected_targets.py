"""Targets that are rejected before any requirement is judged, with one line that says why."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.rawserver import raw_server
from tests.conformance.runs.commands import SECRET, by_cli, deployment
from tests.conformance.tiny import served


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
