"""openapi-fetch, hey-api and openapi-generator's typescript-fetch: compiled strictly, they read every list."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.clients import clients, openapi_generator
from tests.tools import node

pytestmark = pytest.mark.xdist_group("openapi-generator")

SECTIONS = {
    "openapi_fetch": "TypeScript: openapi-typescript and openapi-fetch",
    "hey_api": "TypeScript: hey-api",
    "openapi_generator": openapi_generator.SECTIONS["typescript-fetch"],
}
OPTIONS = {"strict": True, "target": "es2022", "module": "nodenext", "types": ["node"], "skipLibCheck": True}

Projects = Mapping[tuple[str, str], Path]
"""Folders of compiled clients by tool and version of the document."""


@pytest.fixture(scope="module")
def projects(
    sandbox: clients.Sandbox, generated: openapi_generator.Generated, tmp_path_factory: pytest.TempPathFactory
) -> Projects:
    """Generate all clients, and compile them with their walks and documented examples in one run."""
    made = {}
    for version in clients.VERSIONS:
        made["openapi_generator", version] = generated.project("typescript-fetch", version)
        _prepare(made["openapi_generator", version])
        for tool in ("openapi_fetch", "hey_api"):
            made[tool, version] = tmp_path_factory.mktemp(tool)
            _prepare(made[tool, version])
        url, env = sandbox.document(version), sandbox.environment()
        _, program, *arguments = clients.documented_command(SECTIONS["openapi_fetch"], url)
        clients.run(node.program(program), *arguments, cwd=made["openapi_fetch", version], env=env)
        configuration = clients.documented_example(SECTIONS["hey_api"], "javascript").replace(clients.DOCUMENT, url)
        (made["hey_api", version] / "openapi-ts.config.js").write_text(configuration)
        clients.run(node.program("openapi-ts"), cwd=made["hey_api", version], env=env)
        types = made["openapi_fetch", version] / "sepolo.d.ts"
        # The compiler checks it as a source, while it skips declarations.
        types.rename(types.with_name("sepolo.ts"))
    for (tool, _), folder in made.items():
        clients.copy(f"{tool}/walk.ts", folder)
        (folder / "example.ts").write_text(clients.documented_example(SECTIONS[tool], "typescript"), encoding="utf-8")
    root = tmp_path_factory.mktemp("typescript")
    options = {"compilerOptions": OPTIONS, "include": [str(folder) for folder in made.values()]}
    (root / "tsconfig.json").write_text(json.dumps(options))
    (root / "node_modules").symlink_to(clients.ROOT / "node_modules")
    clients.run(node.program("tsc"), cwd=root, env=sandbox.environment())
    return made


def _prepare(folder: Path) -> None:
    """Prepare a folder for modules, with the packages of `npm ci`."""
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS}))
    (folder / "node_modules").symlink_to(clients.ROOT / "node_modules")


@pytest.mark.parametrize("version", clients.VERSIONS)
@pytest.mark.parametrize("tool", SECTIONS)
def test_client(
    tool: str, version: str, sandbox: clients.Sandbox, projects: Projects, walked: dict[str, Any], samples: str
) -> None:
    """The client of either document reads all lists; the documented example runs."""
    folder, env = projects[tool, version], sandbox.environment()
    assert json.loads(clients.run("node", "walk.js", cwd=folder, env=env)) == walked
    assert clients.run("node", "example.js", cwd=folder, env=env) == samples
