"""datamodel-code-generator: its Pydantic models accept the responses of all operations that read."""

import json
from pathlib import Path

import pytest

from tests.clients import clients
from tests.end_to_end.calls import READS, find_ids, raw

SECTION = "Python: datamodel-code-generator"


@pytest.fixture(scope="module")
def bodies(sandbox: clients.Sandbox) -> list[tuple[str, str]]:
    """A response of each operation that reads: the name of its schema, and the body."""
    calls = find_ids(sandbox.server, "full").calls()
    found = []
    for operation in READS:
        schema = raw(operation)["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        response = calls[operation.operation_id].send(sandbox.server)
        assert response.status == 200
        found.append((schema.rsplit("/", 1)[-1], response.body.decode()))
    return found


@pytest.mark.parametrize("version", clients.VERSIONS)
def test_models(
    version: str, sandbox: clients.Sandbox, tmp_path: Path, bodies: list[tuple[str, str]], samples: str
) -> None:
    """The models of either document accept every response; mypy accepts the documented example, which runs."""
    env = {**sandbox.environment(), "PYTHONPATH": str(tmp_path)}
    program, *arguments = clients.documented_command(SECTION, sandbox.document(version))
    clients.run(clients.generator(program), *arguments, cwd=tmp_path, env=env)
    clients.copy("datamodel_code_generator/validate.py", tmp_path)
    (tmp_path / "example.py").write_text(clients.documented_example(SECTION, "python"), encoding="utf-8")
    silent = ("--follow-imports", "silent")
    clients.check_types("sepolo.py", "example.py", cwd=tmp_path, env=env, options=silent)
    python = clients.generator("python")
    validated = clients.run(python, "validate.py", cwd=tmp_path, env=env, stdin=json.dumps(bodies))
    assert json.loads(validated) == [name for name, _ in bodies]
    assert clients.run(python, "example.py", cwd=tmp_path, env=env) == samples
