"""Commands that a reader of a report can copy."""

import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sepolo_conformance.model.settings import Settings
from sepolo_conformance.options.parsing import parse
from sepolo_conformance.reporting.rerun import rerun, set_key_variables


def test_rerun_repeats_every_option_that_changes_requests(tmp_path: Path) -> None:
    """Keys are named by their variable or file."""
    (tmp_path / "body.json").write_text("{}")
    settings = parse(
        {
            "base_url": "http://x",
            "api_key_env": ["KEYS"],
            "key_scopes": ["KEYS=b.read,a.read"],
            "seed": "5",
            "device": "D 1",
            "window": "2026-05-01/2026-06-01",
            "rate": "60/min",
            "timeout": "2s",
            "budget": "9s",
            "allow_writes": True,
            "write_body": str(tmp_path / "body.json"),
        },
        {"KEYS": "secret-key"},
    )
    assert shlex.split(rerun(settings, "PAG-001")) == [
        *("sepolo-conformance", "run", "http://x", "--requirement", "PAG-001", "--seed", "5", "--level", "must"),
        *("--api-key-env", "KEYS", "--allow-writes", "--write-body", str(tmp_path / "body.json"), "--device", "D 1"),
        *("--window", "2026-05-01T00:00:00Z/2026-06-01T00:00:00Z", "--rate", "1/s", "--timeout", "2s"),
        *("--budget", "9s", "--key-scopes", "KEYS=a.read,b.read"),
    ]


def test_rerun_leaves_out_defaults() -> None:
    """Only the seed and the level are always given."""
    assert rerun(Settings("http://x"), "PAG-001") == (
        "sepolo-conformance run http://x --requirement PAG-001 --seed 1 --level must"
    )


@pytest.mark.parametrize(
    ("given", "env", "command"),
    [
        ({}, {"SEPOLO_API_KEY": "a-key"}, None),
        (
            {},
            {"SEPOLO_API_KEY": "a-key,b-key"},
            'IFS=, read -r SEPOLO_API_KEY_1 SEPOLO_API_KEY_2 <<< "$SEPOLO_API_KEY"',
        ),
        (
            {"api_key": ["a-key", "b-key"]},
            {},
            "export SEPOLO_API_KEY_1=… SEPOLO_API_KEY_2=… and so on, to the keys of these names",
        ),
    ],
)
def test_several_keys_need_variables_of_their_own(
    given: dict[str, Any], env: dict[str, str], command: str | None
) -> None:
    """The shell line splits a list of keys into the variables of curl lines; a single key needs no line."""
    assert set_key_variables(parse({"base_url": "http://x", **given}, env)) == command
    if command and "read" in command:
        line = f'{command}; printf \'%s %s\' "$SEPOLO_API_KEY_1" "$SEPOLO_API_KEY_2"'
        shell = shutil.which("bash") or "bash"
        assert subprocess.run([shell, "-c", line], env=env, capture_output=True, check=True).stdout == b"a-key b-key"
