"""Schemathesis finds nothing on the management document: a bounded run against a server of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sepolo_openapi import reader
from tests.end_to_end.harness import environment, serve
from tests.harness.managed import OPERATOR

pytestmark = pytest.mark.no_cover  # processes are several times slower under the tracer

EXCLUDED = "streamRequests"
"""A stream does not end."""
CHECK = "positive_data_acceptance"
"""The check that is left out: which templates, groups and instants exist is not in the schema."""


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """Generated requests, valid and not, get responses that the document describes."""
    document = tmp_path / "sandbox.yaml"
    document.write_text(yaml.safe_dump(reader.load_management().document))
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--operator-token", OPERATOR, "--check-responses")
    arguments = [
        *("run", str(document), "--url", server.base_url, "--header", f"Authorization: Bearer {OPERATOR}"),
        *("--seed", "1", "--max-examples", "10", "--no-color", "--phases", "examples,coverage,fuzzing"),
        *("--exclude-checks", CHECK),
        *("--exclude-operation-id", EXCLUDED),
    ]
    program = [str(Path(sys.executable).with_name("schemathesis")), *arguments]
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment())
    assert server.stop() == 0
    assert (done.returncode, done.stderr, server.stderr) == (0, "", ""), done.stdout[-5000:]
