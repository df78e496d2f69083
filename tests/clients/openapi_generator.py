"""openapi-generator: one run of its Java program makes the documented clients of all languages from both documents."""

import argparse
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients import clients

SECTIONS = {
    "python": "Python: openapi-generator",
    "typescript-fetch": "TypeScript: openapi-generator",
    "java": "Java: openapi-generator",
    "go": "Go: openapi-generator",
    "csharp": "C#: openapi-generator",
}
"""Sections of the page by generator."""
_BETA = (
    "OpenAPI 3.1 support is still in beta. To report an issue related to 3.1 spec, please kindly open an issue in the "
    "Github repo: https://github.com/openAPITools/openapi-generator."
)
KNOWN_WARNINGS = {
    _BETA,
    "Failed to get the schema name: null",
    "From (reserved word) cannot be used as model name. Renamed to ModelFrom",
    "Ignoring complex example on request body",
}
_ONLY_SOURCES = dict.fromkeys(("apiDocs", "apiTests", "modelDocs", "modelTests"), "false")
_LOGGING = """
<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%level: %msg%n</pattern></encoder>
  </appender>
  <logger name="org.openapitools.codegen" level="warn"/>
  <root level="error"><appender-ref ref="out"/></root>
</configuration>
"""
"""`batch` raises the level of `org.openapitools` to errors, but not that of loggers below it."""
QUICK_JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Programs that run for seconds are not worth the time of the optimising compiler."""


@dataclass(frozen=True)
class Generated:
    """The clients of all languages, and the warnings of the run that made them."""

    folder: Path
    warnings: set[str]

    def project(self, generator: str, version: str) -> Path:
        """Return the folder in which the documented command was run."""
        return self.folder / version / generator


def jar() -> Path:
    """Return the archive of the generator. It has all classes that the client in Java needs, but for an annotation."""
    environment = clients.generator("openapi-generator-cli").parents[1]
    return next(environment.glob("lib/python*/site-packages/openapi_generator_cli/openapi-generator.jar"))


def generate(sandbox: clients.Sandbox, folder: Path) -> Generated:
    """Do what the documented commands do for both documents, in one process."""
    program = clients.generator("openapi-generator-cli")
    logging = folder / "logging.xml"
    logging.write_text(_LOGGING)
    made = Generated(folder, set())
    files = []
    for version in clients.VERSIONS:
        for generator, section in SECTIONS.items():
            project = made.project(generator, version)
            project.mkdir(parents=True)
            command = clients.documented_command(section, sandbox.document(version))
            files.append(folder / f"{generator}-{version}.json")
            files[-1].write_text(json.dumps(_configuration(command, project)))
    options = " ".join((*QUICK_JAVA, f"-Dlogback.configurationFile={logging}"))
    env = {**sandbox.environment(), "JDK_JAVA_OPTIONS": options}
    output = clients.run(program, "batch", "--threads", "2", "--fail-fast", *files, cwd=folder, env=env)
    assert f"finished {len(files)} generators successfully" in output, output
    made.warnings.update(re.findall(r"^(?:WARN|ERROR): (.*)", output, re.MULTILINE))
    return made


def _configuration(command: list[str], project: Path) -> dict[str, Any]:
    """Return a command line of `generate` as a file of `batch`, without documentation and tests of the client."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("program", choices=["openapi-generator-cli"])
    parser.add_argument("command", choices=["generate"])
    parser.add_argument("-i", dest="inputSpec")
    parser.add_argument("-g", dest="generatorName")
    parser.add_argument("-o", dest="outputDir", type=project.joinpath)
    parser.add_argument("-p", dest="additionalProperties", default="")
    given = vars(parser.parse_args(command))
    properties = dict(pair.split("=") for pair in given["additionalProperties"].split(",") if pair)
    return {
        "inputSpec": given["inputSpec"],
        "generatorName": given["generatorName"],
        "outputDir": str(given["outputDir"]),
        "additionalProperties": properties,
        "globalProperties": _ONLY_SOURCES,
    }


def installed(program: str) -> str:
    """Return the path of a program of the machine; skip the test if it is not installed."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path
