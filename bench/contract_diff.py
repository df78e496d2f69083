"""Compares how api-smart-diff of npm judges the edits of the contract that `sepolo-conformance diff` must find.

    mkdir /tmp/peer && npm install --prefix /tmp/peer api-smart-diff@1.0.6
    python bench/contract_diff.py /tmp/peer

Prints for each table of edits how many breaking and how many harmless ones each tool calls breaking, and names the
edits on which the tools differ.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from sepolo_conformance.contract_diff import Level, compare, read
from sepolo_openapi import reader
from tests.conformance.contract_diff.compared import BREAKING, HARMLESS
from tests.conformance.contract_diff.edits import Edit
from tests.conformance.contract_diff.more_requests import REQUESTS
from tests.conformance.contract_diff.more_responses import RESPONSES, RULES

PEER = """
const { apiCompare } = require("api-smart-diff");
const pairs = JSON.parse(require("fs").readFileSync(0, "utf8"));
const verdicts = pairs.map(([old, edited]) => {
    try { return apiCompare(old, edited).diffs.some((diff) => diff.type === "breaking"); }
    catch (error) { return String(error); }
});
process.stdout.write(JSON.stringify(verdicts));
"""
TABLES = {"usual": (*BREAKING, *HARMLESS), "requests": REQUESTS, "responses": RESPONSES, "x-sepolo rules": RULES}


def main() -> None:
    contract = reader.load().document
    print(
        "| edits | breaking | found by us | by api-smart-diff | harmless | false alarms of ours | of api-smart-diff |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for title, edits in TABLES.items():
        pairs = [(contract, edit.of(contract)) for edit in edits]
        ours = [
            any(change.level is Level.BREAKING for change in compare(read("old", old), read("new", new)))
            for old, new in pairs
        ]
        theirs = [verdict is True for verdict in _peer(pairs)]
        breaking = [edit.level == "breaking" for edit in edits]
        counts = [sum(breaking), *(_hits(found, breaking, wanted=True) for found in (ours, theirs))]
        counts += [len(edits) - sum(breaking), *(_hits(found, breaking, wanted=False) for found in (ours, theirs))]
        print(f"| {title} | {' | '.join(map(str, counts))} |")
        _print_differences(edits, ours, theirs)


def _hits(found: list[bool], breaking: list[bool], *, wanted: bool) -> int:
    return sum(verdict for verdict, truth in zip(found, breaking, strict=True) if truth is wanted)


def _print_differences(edits: tuple[Edit, ...], ours: list[bool], theirs: list[bool]) -> None:
    for edit, our, their in zip(edits, ours, theirs, strict=True):
        if our != their:
            print(f"  {edit.name}: {'breaking' if our else 'harmless'}, api-smart-diff the opposite", file=sys.stderr)


def _peer(pairs: Sequence[tuple[object, object]]) -> list[object]:
    with TemporaryDirectory() as folder:
        script = Path(folder, "peer.js")
        script.write_text(PEER, encoding="utf-8")
        done = subprocess.run(
            ["node", str(script)],  # noqa: S607 - node of the path
            input=json.dumps(pairs, default=str),
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "NODE_PATH": str(Path(sys.argv[1], "node_modules"))},
        )
    verdicts: list[object] = json.loads(done.stdout)
    return verdicts


if __name__ == "__main__":
    main()
