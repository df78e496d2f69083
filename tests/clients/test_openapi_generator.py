"""openapi-generator's clients in Python, Java and Go read every list and show errors; the one in C# is generated."""

import json
from typing import Any

import pytest

from tests.clients import clients, openapi_generator
from tests.clients.openapi_generator import SECTIONS, Generated
from tests.end_to_end.harness import CONTRACT

pytestmark = pytest.mark.xdist_group("openapi-generator")

EACH_VERSION = pytest.mark.parametrize("version", clients.VERSIONS)
ANNOTATION = """package javax.annotation;

public @interface Generated {
  String[] value();
  String date();
  String comments();
}
"""
"""The one class that the client in Java needs and the generator's archive does not have."""
GO_FLAGS = "'-gcflags=all=-N -l -dwarf=false' '-ldflags=-s -w'"
"""Without optimisation, as the standard library is compiled too."""


def test_warnings(generated: Generated) -> None:
    """The generators have no warnings but the known ones."""
    assert generated.warnings == openapi_generator.KNOWN_WARNINGS


@EACH_VERSION
def test_python(
    version: str, generated: Generated, sandbox: clients.Sandbox, walked: dict[str, Any], samples: str
) -> None:
    """The client in Python reads all lists; mypy accepts the walk and the documented example."""
    project = generated.project("python", version)
    clients.copy("openapi_generator/walk.py", project)
    example = clients.documented_example(SECTIONS["python"], "python")
    (project / "example.py").write_text(example, encoding="utf-8")
    env = {**sandbox.environment(), "PYTHONPATH": "sepolo-python", "MYPYPATH": "sepolo-python"}
    # The generated client itself is not typed strictly.
    clients.check_types("walk.py", "example.py", cwd=project, env=env, options=("--follow-imports", "silent"))
    python = clients.generator("python")
    assert json.loads(clients.run(python, "walk.py", cwd=project, env=env)) == walked
    assert clients.run(python, "example.py", cwd=project, env=env) == samples


@EACH_VERSION
def test_java(
    version: str, generated: Generated, sandbox: clients.Sandbox, walked: dict[str, Any], samples: str
) -> None:
    """The client in Java reads all lists with Java's own HTTP client; the documented example runs."""
    compiler, java = openapi_generator.installed("javac"), openapi_generator.installed("java")
    project = generated.project("java", version)
    clients.copy("openapi_generator/Walk.java", project)
    (project / "Example.java").write_text(clients.documented_example(SECTIONS["java"], "java"), encoding="utf-8")
    (project / "Generated.java").write_text(ANNOTATION)
    sources = [str(path) for path in (*project.glob("*.java"), *project.glob("sepolo-java/src/main/**/*.java"))]
    env = {**sandbox.environment(), "CLASSPATH": f"classes:{openapi_generator.jar()}"}
    options = [f"-J{option}" for option in openapi_generator.QUICK_JAVA]
    clients.run(compiler, *options, "-proc:none", "-d", "classes", *sources, cwd=project, env=env)
    walk = clients.run(java, *openapi_generator.QUICK_JAVA, "Walk", cwd=project, env=env)
    assert json.loads(walk) == walked
    assert clients.run(java, *openapi_generator.QUICK_JAVA, "Example", cwd=project, env=env) == samples


@EACH_VERSION
def test_go(version: str, generated: Generated, sandbox: clients.Sandbox, walked: dict[str, Any], samples: str) -> None:
    """The client in Go is compiled without a module from elsewhere and reads all lists; the documented example runs."""
    go = clients.generator("go")
    project = generated.project("go", version)
    for name in ("walk", "example"):
        (project / name).mkdir()
    clients.copy("openapi_generator/walk.go", project / "walk")
    (project / "example/example.go").write_text(clients.documented_example(SECTIONS["go"], "go"), encoding="utf-8")
    env = {**sandbox.environment(), "GOFLAGS": GO_FLAGS, "GOPROXY": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    clients.run(go, "mod", "init", "example.com/reader", cwd=project, env=env)
    clients.run(go, "build", "-o", "bin/", "./walk", "./example", cwd=project, env=env)
    assert json.loads(clients.run("bin/walk", cwd=project, env=env)) == walked
    assert clients.run("bin/example", cwd=project, env=env) == samples


@EACH_VERSION
def test_csharp(version: str, generated: Generated) -> None:
    """The client in C# is generated with a method for each operation. It is not compiled."""
    sources = [path.read_text("utf-8") for path in generated.project("csharp", version).rglob("Api/*.cs")]
    missing = {
        operation
        for operation in CONTRACT.operations
        if not any(f" {operation[0].upper()}{operation[1:]}Async(" in text for text in sources)
    }
    assert missing == set()
