"""The pipelines of docs/examples load every list, go on where they were, and lose no row while the sandbox is down."""

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import pytest

from sepolo_mock_server.testing.organization import Organization
from tests.end_to_end.harness import environment
from tests.examples.programs import FOLDER, start
from tests.examples.sandbox_rows import LISTS, START, TABLES, Row, rows

AIRBYTE = "SEPOLO_AIRBYTE"
"""The folder of the programs of `airbyte.txt`, which has an environment of its own."""

Figures = dict[str, int]


class Pipeline(Protocol):
    """A pipeline with its files in a folder.

    `run` loads once, `figures` counts what all runs have loaded. `outage` is what a run says that gave up, `asks` are
    the operations that it calls besides those of the tables.
    """

    outage: str
    asks: frozenset[str]

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None: ...

    def run(self) -> subprocess.CompletedProcess[str]: ...

    def figures(self) -> Figures: ...


class Dlt:
    """load_with_dlt.py, which keeps its state and the database in its folder."""

    outage = "503 Server Error: Service Unavailable for url: http://.*/telemetry"
    asks = frozenset({"getMe"})

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        pytest.importorskip("dlt")
        self.folder = folder
        self.variables = {**variables, "SEPOLO_START": START, "RUNTIME__DLTHUB_TELEMETRY": "false"}

    def run(self) -> subprocess.CompletedProcess[str]:
        return start("load_with_dlt.py", self.variables, self.folder)

    def figures(self) -> Figures:
        duckdb = pytest.importorskip("duckdb")
        with duckdb.connect(str(self.folder / "sepolo.duckdb"), read_only=True) as database:
            # A list that never had a row has no table.
            made = {name for (name,) in database.sql("SELECT table_name FROM information_schema.tables").fetchall()}
            counts = [f"SELECT '{table}', count(*) FROM api.{table}" for table in TABLES if table in made]  # noqa: S608
            counts.append("SELECT 'decisions', count(anomaly_decision_on) FROM api.movements")
            counts.append("SELECT 'telemetry of ' || device_id, count(*) FROM api.telemetry GROUP BY ALL")
            return dict.fromkeys(TABLES, 0) | dict(database.sql(" UNION ALL ".join(counts)).fetchall())


class Airbyte:
    """airbyte_manifest.yaml, run by the CDK; rows are appended to a file, and merged by their keys in DuckDB."""

    outage = "did not sync successfully: telemetry: .*HTTP Status Code: 503. Error: Service unavailable"
    asks = frozenset[str]()

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        programs = os.environ.get(AIRBYTE)
        if programs is None:
            pytest.skip("airbyte-cdk is not installed: tox -e tools")
        self.program = Path(programs) / "source-declarative-manifest"
        self.folder = folder
        self.state: dict[str, Any] = {}
        config = {"url": variables["SEPOLO_URL"], "api_key": variables["SEPOLO_API_KEY"], "start": START}
        # Windows of more than 31 days, whatever the time of this computer.
        (folder / "config.json").write_text(json.dumps(config | {"end": "2026-07-20T00:00:00Z"}))
        done = self._start("discover")
        assert done.returncode == 0, done.stdout
        (catalog,) = (each["catalog"] for each in _messages(done) if each["type"] == "CATALOG")
        self.keys = {
            stream["name"]: [name for (name,) in stream["source_defined_primary_key"]] for stream in catalog["streams"]
        }
        streams = [
            {"stream": stream, "sync_mode": stream["supported_sync_modes"][-1], "destination_sync_mode": "append_dedup"}
            for stream in catalog["streams"]
        ]
        (folder / "catalog.json").write_text(json.dumps({"streams": streams}))

    def _start(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        manifest = FOLDER / "airbyte_manifest.yaml"
        return subprocess.run(
            [self.program, command, "--manifest-path", manifest, "--config", "config.json", *arguments],
            cwd=self.folder, env=environment(), capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def run(self) -> subprocess.CompletedProcess[str]:
        (self.folder / "state.json").write_text(json.dumps([*self.state.values()]))
        done = self._start("read", "--catalog", "catalog.json", "--state", "state.json")
        with (self.folder / "rows.jsonl").open("a") as file:
            for message in _messages(done):
                if message["type"] == "STATE":
                    state = message["state"]
                    self.state[state["stream"]["stream_descriptor"]["name"]] = state
                if message["type"] == "RECORD":
                    stream, data = message["record"]["stream"], message["record"]["data"]
                    key = [data[name] for name in self.keys[stream]]
                    file.write(json.dumps({"stream": stream, "key": json.dumps(key), "data": data}) + "\n")
        return done

    def figures(self) -> Figures:
        duckdb = pytest.importorskip("duckdb")
        columns = "{stream: 'VARCHAR', key: 'VARCHAR', data: 'JSON'}"
        source = f"read_json('{self.folder / 'rows.jsonl'}', format='newline_delimited', columns={columns})"
        with duckdb.connect() as database:
            database.sql(f"CREATE TABLE loaded AS SELECT *, data->>'deviceId' AS device FROM {source}")  # noqa: S608

            def count(by: str, where: str = "true") -> Figures:
                query = f"SELECT {by}, count(DISTINCT key) FROM loaded WHERE {where} GROUP BY ALL"  # noqa: S608
                return dict(database.sql(query).fetchall())

            found = dict.fromkeys(TABLES, 0) | count("stream")
            found |= count("'decisions'", "data->>'anomalyDecisionOn' IS NOT NULL")
            return found | count("'telemetry of ' || device", "stream = 'telemetry'")


def _messages(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def figures(found: Mapping[str, Sequence[Row]]) -> Figures:
    """Return what `Pipeline.figures` must return: rows by table, those of telemetry by device, decisions made later."""
    decisions = sum(row["anomalyDecisionOn"] is not None for row in found["movements"])
    by_device = Counter(f"telemetry of {row['deviceId']}" for row in found["telemetry"])
    return {**{table: len(found[table]) for table in TABLES}, "decisions": decisions, **by_device}


def loaded(pipeline: Pipeline) -> Figures:
    done = pipeline.run()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return pipeline.figures()


def test_pipelines_load_every_list() -> None:
    """Each operation that returns a list has a table."""
    assert set(TABLES.values()) == LISTS | {"getMovementSignature"}


@pytest.mark.parametrize("kind", [Dlt, Airbyte])
def test_pipeline_loads_everything_and_then_what_is_new(
    kind: type[Pipeline], small: Organization, variables: dict[str, str], tmp_path: Path
) -> None:
    """A pipeline has the sandbox's own counts after an outage, and after a day, a report and new decisions."""
    pipeline = kind(tmp_path, variables)
    # The telemetry of the first device fails until the pipeline gives up.
    small.fault("status", status=503, count=12, operationId="listDeviceTelemetry")
    failed = pipeline.run()
    assert failed.returncode != 0
    assert re.search(pipeline.outage, failed.stdout + failed.stderr)

    for fault in small.call("GET", "/faults")["data"]:
        small.call("DELETE", f"/faults/{fault['faultId']}")
    small.fault("status", status=503, count=2, operationId="listMovements")
    small.fault("rateLimit", retryAfterSeconds=0, count=1, operationId="listServiceReports")
    small.fault("truncate", count=1, operationId="listIncidents")
    first = loaded(pipeline)
    assert {call["operationId"] for call in small.requests()} == {*TABLES.values(), *pipeline.asks}
    gap = _widest_gap(_windows(small))
    assert gap <= timedelta(microseconds=1), "times have milliseconds, so that no row lies between two windows"
    assert first == figures(rows(small.client))
    assert {table for table in TABLES if first[table] == 0} == {"vendors"}

    small.client.post("/api/v1/service-reports", json={"deviceId": "LITEN-1", "title": "Relay replaced"})
    small.clock.advance(days=1)
    before = len(_windows(small))
    second = loaded(pipeline)
    begin = min(one for _, one, _ in _windows(small)[:-before])
    assert begin >= datetime(2026, 6, 5, tzinfo=UTC), "the second run reads what is new, and the day before"
    own = rows(small.client)
    assert second == figures(own)
    changed = Counter(row["updatedOn"] > "2026-06-07T00:00:00Z" for row in own["devices"])
    assert changed == {True: 1, False: 2}, "devices of both kinds have new telemetry"
    grown = {table for table in second if second[table] > first[table]}
    assert grown >= {"service_reports", "movements", "signatures", "samples", "decisions"}
    assert grown >= {f"telemetry of {row['deviceId']}" for row in own["devices"]}


def _windows(organization: Organization) -> list[tuple[str, datetime, datetime]]:
    """Return path, start and end of the windows of telemetry that were asked for, the last one first."""
    found = []
    for call in organization.requests(operationId="listDeviceTelemetry"):
        parts = urlsplit(call["path"])
        query = {name.removesuffix("Utc"): value for name, (value,) in parse_qs(parts.query).items()}
        found.append((parts.path, datetime.fromisoformat(query["from"]), datetime.fromisoformat(query["to"])))
    return found


def _widest_gap(windows: Sequence[tuple[str, datetime, datetime]]) -> timedelta:
    """Return the longest time between two windows of a path that no window covers."""
    gaps = [timedelta()]
    covered: dict[str, datetime] = {}
    for path, begin, end in sorted(windows):
        gaps.append(begin - covered.get(path, begin))
        covered[path] = max(end, covered.get(path, end))
    return max(gaps)
