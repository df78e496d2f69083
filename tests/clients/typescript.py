"""Folders in which clients in TypeScript are generated, compiled strictly and run."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.clients import clients
from tests.tools import node

OPTIONS = {"strict": True, "target": "es2022", "module": "nodenext"}
"""The documented options of the compiler."""


def project(folder: Path, compile_options: Mapping[str, bool] | None = None) -> None:
    """Prepare a folder for modules, with the packages of `npm ci`."""
    node.program("tsc")
    (folder / "package.json").write_text('{"type": "module"}')
    options = {"compilerOptions": {**OPTIONS, **(compile_options or {})}}
    (folder / "tsconfig.json").write_text(json.dumps(options))
    (folder / "node_modules").symlink_to(clients.ROOT / "node_modules")


def run(program: str, section: str, folder: Path, env: Mapping[str, str]) -> tuple[str, str]:
    """Compile a walk and the documented example of a section, and run both; return what they print."""
    clients.copy(program, folder)
    (folder / "example.ts").write_text(clients.documented_example(section, "typescript"), encoding="utf-8")
    clients.run(node.program("tsc"), cwd=folder, env=env)
    return clients.run("node", "walk.js", cwd=folder, env=env), clients.run("node", "example.js", cwd=folder, env=env)
