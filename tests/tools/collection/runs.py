"""Runs of the written collection by newman and by Bruno, and their results in one form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sepolo_openapi import collection, reader
from tests.harness.in_process import key_facts
from tests.tools import node


@dataclass(frozen=True)
class Run:
    """What a tool reports: its exit code, statuses by name of the request, number of tests, and failures by test."""

    code: int
    requests: tuple[tuple[str, int | None], ...]
    tests: int
    failures: Mapping[tuple[str, str], str]


def run(tool: str, folder: Path, url: str, *, environment: str = "sandbox", **variables: str) -> Run:
    """Write the collection for `postman` or `bruno` and run it; `variables` replace those of the environment."""
    key = key_facts()["full"].key
    for name, text in collection.files(reader.load(), tool, key).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    variables["baseUrl"] = url
    pairs = [part for name, value in variables.items() for part in ("--env-var", f"{name}={value}")]
    return (_newman if tool == "postman" else _bruno)(folder, environment, pairs)


def _newman(folder: Path, environment: str, pairs: list[str]) -> Run:
    arguments = ["-e", f"{environment}.postman_environment.json", *pairs]
    done = node.run(
        "newman",
        *("run", "sepolo.postman_collection.json", *arguments),
        *("--reporters", "json", "--reporter-json-export", "report.json"),
        cwd=folder,
    )
    executions = json.loads((folder / "report.json").read_text("utf-8"))["run"]["executions"]
    shown = [(one["item"]["name"], each) for one in executions for each in one.get("assertions", ())]
    return Run(
        done.returncode,
        tuple((one["item"]["name"], one.get("response", {}).get("code")) for one in executions),
        len(shown),
        {(name, each["assertion"]): each["error"]["message"] for name, each in shown if "error" in each},
    )


def _bruno(folder: Path, environment: str, pairs: list[str]) -> Run:
    done = node.run("bru", "run", "-r", "--env", environment, *pairs, "--reporter-json", "report.json", cwd=folder)
    results = [one for run in json.loads((folder / "report.json").read_text("utf-8")) for one in run["results"]]
    shown = [(one["name"], each) for one in results for each in one.get("testResults") or ()]
    return Run(
        done.returncode,
        tuple((one["name"], (one.get("response") or {}).get("status")) for one in results),
        len(shown),
        {(name, each["description"]): each.get("error", "") for name, each in shown if each["status"] != "pass"},
    )
