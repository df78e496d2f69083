"""The commands of the documentation on collections are run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.mutants.harness.serving import served
from tests.mutants.harness.wrapper import make
from tests.tools import node

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_the_documented_run_succeeds(tmp_path: Path) -> None:
    """The documented commands write the collection and run it; here the sandbox has another port."""
    node.program("newman")
    block = re.search(r"^```console\n(sepolo-mock collection\n.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert block is not None
    with served(make("demo", 1)) as url:
        lines = block[1].replace("npx newman", str(node.program("newman"))).rstrip() + f" --env-var baseUrl={url}"
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-ec", lines],
            cwd=tmp_path,
            env={**node.environment(), "PATH": path},
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout.decode()
