"""Compares how many mutants this suite, Schemathesis and Specmatic catch with the same contract and keys.

    python bench/kill_table.py [--every 8] [--specmatic specmatic.jar] [--results kills.jsonl] [--jobs 2]

The suite judges every mutant by the requirements that it names. The other tools take one or two minutes per mutant and
judge every n-th. What they report of the unaltered sandbox is recorded first: a tool catches a mutant when it reports
something else. They run on the demo profile, in which the contract's examples exist. Prints a Markdown table. An
interrupted run continues with the results in the file.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parents[1]))

from sepolo_conformance.model.requirement import AREAS
from sepolo_openapi import reader
from tests.mutants.harness.judging import PROFILE, SEED, judge, wanted
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.serving import Direct, served
from tests.mutants.harness.wrapper import Alteration, Altered, facts, make, unaltered
from tests.mutants.table import MUTANTS

DEMO = "demo"
SUITE, SCHEMATHESIS, SPECMATIC = "this suite", "Schemathesis", "Specmatic"
_LIMIT_S = 900
_PEERS = """[auth.wfc]
path = "keys.yaml"
user = "full"
peers = ["full", "other"]
"""


def suite_catches(mutant: Mutant) -> bool:
    """Whether every requirement that a mutant names has a finding."""
    direct = Direct()
    run = judge(Altered(make(PROFILE, SEED), facts(PROFILE), mutant.fault), direct, PROFILE, wanted(mutant))
    direct.close()
    return set(mutant.caught_by) <= run.broken


# -- Schemathesis ------------------------------------------------------------------------------------------------


def schemathesis(folder: Path, url: str, *options: str) -> int:
    """Run all checks with two users; return the exit code, 0 where nothing new was found."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", str(reader.PATH), "--url", url]
    fixed = ["--checks", "all", "--seed", "1", "--no-color", "--baseline", str(folder / "baseline.json")]
    done = subprocess.run(
        [*command, *fixed, *options], cwd=folder, capture_output=True, text=True, timeout=_LIMIT_S, check=False
    )
    if done.returncode not in (0, 1) or "Traceback (most recent call last)" in done.stderr:
        raise RuntimeError(done.stdout[-2_000:] + done.stderr[-2_000:])
    return done.returncode


def prepare_schemathesis(folder: Path) -> None:
    """Write the configuration, and record what is reported of the unaltered sandbox."""
    keys = {name: facts(DEMO)[name].key for name in ("full", "other")}
    users = [{"name": name, "fixedHeaders": [{"name": "X-Sepolo-Api-Key", "value": key}]} for name, key in keys.items()]
    (folder / "keys.yaml").write_text(json.dumps({"auth": users}))
    (folder / "schemathesis.toml").write_text(_PEERS)
    with served(_altered(unaltered)) as url:
        schemathesis(folder, url, "--baseline-update", "--continue-on-failure")


def schemathesis_catches(folder: Path, alteration: Alteration) -> bool:
    """Whether a run reports something that it doesn't report of the unaltered sandbox."""
    with served(_altered(alteration)) as url:
        return schemathesis(folder, url, "--max-failures", "1") == 1


# -- Specmatic ---------------------------------------------------------------------------------------------------


def specmatic(folder: Path, jar: Path, url: str) -> frozenset[str]:
    """Return the names of the contract tests that passed. POST is left out: it would take thousands."""
    key = facts(DEMO)["full"].key
    with tempfile.TemporaryDirectory(dir=folder) as here:
        subprocess.run(
            [
                *("java", "-jar", str(jar.resolve()), "test", f"--testBaseURL={url}"),
                *("--filter=METHOD='GET'", "--junitReportDir=report", str(reader.PATH)),
            ],
            cwd=here,
            env=os.environ | {"ApiKeyHeader": key, "BearerToken": key},
            capture_output=True,
            timeout=_LIMIT_S,
            check=False,
        )
        found = [ElementTree.parse(path) for path in Path(here, "report").glob("*.xml")]  # noqa: S314 - written by our own subprocess
        cases = [case for report in found for case in report.iter("testcase")]
    if not cases:
        raise RuntimeError("Specmatic wrote no report")
    passed = [case for case in cases if case.find("failure") is None and case.find("error") is None]
    return frozenset(_test_name(case.get("name", "")) for case in passed)


def _test_name(name: str) -> str:
    """The name of a test without the values that it generated."""
    return re.sub(r"\s+", " ", name.split("[", maxsplit=1)[0])


def prepare_specmatic(folder: Path, jar: Path) -> None:
    """Record which tests pass on the unaltered sandbox in both of two runs."""
    with served(_altered(unaltered)) as url:
        passing = specmatic(folder, jar, url) & specmatic(folder, jar, url)
    (folder / "specmatic.json").write_text(json.dumps(sorted(passing)))


def specmatic_catches(folder: Path, jar: Path, alteration: Alteration) -> bool:
    """Whether a test fails that passes on the unaltered sandbox."""
    passing = set(json.loads((folder / "specmatic.json").read_text()))
    with served(_altered(alteration)) as url:
        return not passing <= specmatic(folder, jar, url)


def _altered(alteration: Alteration) -> Altered:
    return Altered(make(DEMO, SEED), facts(DEMO), alteration)


# -- The table ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """A mutant to be judged by a tool."""

    tool: str
    mutant_id: str


def caught(folder: Path, jar: Path | None, task: Task) -> bool:
    """Whether the tool catches the mutant."""
    # Connexion imports deprecated modules.
    warnings.simplefilter("ignore")
    mutant = next(mutant for mutant in MUTANTS if mutant.id == task.mutant_id)
    judges: dict[str, Callable[[], bool]] = {
        SUITE: lambda: suite_catches(mutant),
        SCHEMATHESIS: lambda: schemathesis_catches(folder, mutant.fault),
        SPECMATIC: lambda: jar is not None and specmatic_catches(folder, jar, mutant.fault),
    }
    return judges[task.tool]()


def table(found: dict[Task, bool]) -> str:
    """Return caught and judged mutants by area and tool, in Markdown."""
    tools = [tool for tool in (SUITE, SCHEMATHESIS, SPECMATIC) if any(task.tool == tool for task in found)]
    lines = [f"| area | {' | '.join(tools)} |", f"| --- |{' --- |' * len(tools)}"]
    areas = {mutant.id: mutant.area for mutant in MUTANTS}
    for area in (*AREAS.values(), "all"):
        cells = []
        for tool in tools:
            of_area = [
                hit for task, hit in found.items() if task.tool == tool and area in ("all", areas.get(task.mutant_id))
            ]
            cells.append(f"{sum(of_area)} of {len(of_area)}")
        lines.append(f"| {area} | {' | '.join(cells)} |")
    return "\n".join(lines)


def read(path: Path | None) -> dict[Task, bool]:
    """Return the results of an earlier run."""
    lines = path.read_text().splitlines() if path is not None and path.exists() else []
    rows = [json.loads(line) for line in lines]
    return {Task(row["tool"], row["mutant"]): row["caught"] for row in rows}


def tasks(every: int, tools: Iterable[str]) -> list[Task]:
    """Return the tasks: all mutants for the suite, every n-th for the other tools."""
    others = [tool for tool in tools if tool != SUITE]
    return [Task(SUITE, mutant.id) for mutant in MUTANTS if SUITE in tools] + [
        Task(tool, mutant.id) for mutant in MUTANTS[::every] for tool in others
    ]


def main() -> None:
    """Judge the mutants and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("--specmatic", type=Path)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tools", default=f"{SUITE},{SCHEMATHESIS},{SPECMATIC}")
    options = parser.parse_args()
    tools = [tool for tool in options.tools.split(",") if tool != SPECMATIC or options.specmatic]
    found = read(options.results)
    todo = [task for task in tasks(options.every, tools) if task not in found]
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(options.jobs) as pool:
        folder = Path(name)
        if any(task.tool == SCHEMATHESIS for task in todo):
            prepare_schemathesis(folder)
            print(
                "Schemathesis on the unaltered sandbox:", "new" if schemathesis_catches(folder, unaltered) else "clean"
            )
        if any(task.tool == SPECMATIC for task in todo):
            prepare_specmatic(folder, options.specmatic)
        for task, hit in zip(todo, pool.map(partial(caught, folder, options.specmatic), todo), strict=True):
            found[task] = hit
            if options.results is not None:
                with options.results.open("a") as stream:
                    print(json.dumps({"tool": task.tool, "mutant": task.mutant_id, "caught": hit}), file=stream)
    print(table(found))


if __name__ == "__main__":
    main()
