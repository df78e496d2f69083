"""The functions of the M library that the Power Query file calls, as Python functions.

`Refresh` is one refresh of a report: it sends the requests of Web.Contents to a sandbox, and notes them and the waits,
without waiting.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, urlencode

from tests.end_to_end.harness import Client
from tests.harness.in_process import Response
from tests.mock_server.powerquery.interpreter import MError
from tests.mock_server.powerquery.interpreter import field as field_of

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
OPTIONS = {"RelativePath", "Query", "Headers", "ManualStatusHandling", "IsRetry"}


@dataclass(frozen=True)
class Answer:
    """What Web.Contents returns: the content, and the metadata beside it."""

    content: bytes
    status: int
    headers: Mapping[str, str]


@dataclass
class Refresh:
    """A refresh against a sandbox. `faults` maps numbers of requests, from 0, to answers that they get instead."""

    client: Client
    base_url: str
    faults: Mapping[int, Response] = field(default_factory=dict)
    targets: list[str] = field(default_factory=list)
    retries: list[bool] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def contents(self, url: str, options: Mapping[str, Any]) -> Answer:
        assert (url, options.keys() - OPTIONS) == (self.base_url, set())
        path, query = field_of(options, "RelativePath"), _forced(field_of(options, "Query"))
        assert path.startswith("/")
        assert all(isinstance(value, str) for value in query.values()), query
        target = path + ("?" + urlencode(query, quote_via=quote) if query else "")
        number = len(self.targets)
        self.targets.append(target)
        self.retries.append(field_of(options, "IsRetry"))
        headers = _forced(field_of(options, "Headers"))
        response = self.faults.get(number) or self.client("GET", target, key=None, headers=list(headers.items()))
        if response.status >= 400 and response.status not in field_of(options, "ManualStatusHandling"):
            raise MError({"Reason": "DataSource.Error", "Message": str(response.status), "Detail": target})
        return Answer(response.body, response.status, {name.title(): value for name, value in response.headers.items()})

    def invoke_after(self, function: Callable[[], Any], delay: timedelta) -> Any:
        self.waits.append(delay.total_seconds())
        return function()

    def library(self) -> dict[str, Any]:
        return {**_LIBRARY, "Web.Contents": self.contents, "Function.InvokeAfter": self.invoke_after}


def _forced(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: field_of(record, name) for name in record}


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise MError({"Reason": "DataFormat.Error", "Message": "no JSON", "Detail": None}) from None


def _number(text: Any, _culture: str) -> float:
    try:
        return int(text)
    except ValueError:
        raise MError({"Reason": "DataFormat.Error", "Message": "no number", "Detail": text}) from None


def _generate(
    initial: Callable[[], Any],
    condition: Callable[[Any], bool],
    following: Callable[[Any], Any],
    select: Callable[[Any], Any],
) -> list[Any]:
    found = []
    state = initial()
    while condition(state):
        found.append(select(state))
        state = following(state)
    return found


def _instant(value: datetime, pattern: str, _culture: str) -> str:
    assert pattern == "yyyy-MM-ddTHH:mm:ssZ"
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(value: Any, *_culture: str) -> str:
    assert isinstance(value, str | int | float), value
    return str(value)


def _from_records(rows: list[Mapping[str, Any]], names: list[str]) -> list[dict[str, Any]]:
    assert all(list(row) == names for row in rows)
    return [dict(row) for row in rows]


_CONVERSIONS: Mapping[str, tuple[type, Callable[[Any], Any]]] = {
    "text": (str, str),
    "logical": (bool, lambda value: value),
    "Int64": (int, lambda value: value),
    "number": (object, float),
    "datetimezone": (str, datetime.fromisoformat),
    "date": (str, lambda value: datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC).date()),
}


def _typed(rows: list[dict[str, Any]], types: list[list[str]], culture: str) -> list[dict[str, Any]]:
    assert culture == "en-US"
    for name, kind in types:
        expected, convert = _CONVERSIONS[kind]
        for row in rows:
            if row[name] is not None:
                assert isinstance(row[name], expected), (name, kind, row[name])
                row[name] = convert(row[name])
    return rows


def _distinct(rows: list[dict[str, Any]], names: list[str]) -> list[dict[str, Any]]:
    return list({tuple(row[name] for name in names): row for row in reversed(rows)}.values())[::-1]


def _transform_fields(record: Mapping[str, Any], operations: list[list[Any]]) -> dict[str, Any]:
    changes = dict(operations)
    return {name: changes.get(name, lambda value: value)(field_of(record, name)) for name in record}


def _datetimezone(year: int, month: int, day: int, hour: int, minute: int, second: int, *offset: int) -> datetime:
    zone = timezone(timedelta(hours=offset[0], minutes=offset[1]))
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


_LIBRARY: Mapping[str, Any] = {
    "#duration": lambda days, hours, minutes, seconds: timedelta(days, seconds, hours=hours, minutes=minutes),
    "#datetimezone": _datetimezone,
    "Binary.Buffer": lambda answer: answer,
    "DateTimeZone.UtcNow": lambda: NOW,
    "DateTimeZone.ToText": _instant,
    "DateTimeZone.ToUtc": lambda value: value.astimezone(UTC),
    "Duration.TotalDays": lambda value: value / timedelta(days=1),
    "Error.Record": lambda reason, message, detail: {"Reason": reason, "Message": message, "Detail": detail},
    "Int64.Type": "Int64",
    "Json.Document": lambda answer: _json(answer.content),
    "List.Combine": lambda lists: [item for one in lists for item in one],
    "List.Count": len,
    "List.Difference": lambda left, right: [item for item in left if item not in right],
    "List.Generate": _generate,
    "List.Max": max,
    "List.Min": min,
    "List.Numbers": lambda start, count: list(range(start, start + count)),
    "List.Select": lambda items, condition: [item for item in items if condition(item)],
    "List.Transform": lambda items, function: [function(item) for item in items],
    "MissingField.UseNull": "UseNull",
    "Number.FromText": _number,
    "Number.RoundUp": math.ceil,
    "Record.Field": field_of,
    "Record.FieldNames": list,
    "Record.FromList": lambda values, names: dict(zip(names, values, strict=True)),
    "Record.SelectFields": lambda record, names, *missing: {
        name: field_of(record, name) if name in record or not missing else None for name in names
    },
    "Record.TransformFields": _transform_fields,
    "Table.Distinct": _distinct,
    "Table.FromRecords": _from_records,
    "Table.TransformColumnTypes": _typed,
    "Text.Combine": lambda texts, separator: separator.join(texts),
    "Text.From": _text,
    "Text.Lower": lambda text: text.lower(),
    "Uri.EscapeDataString": lambda text: quote(text, safe=""),
    "Value.Metadata": lambda answer: {"Response.Status": answer.status, "Headers": answer.headers},
}
