"""The Power Query file as text: valid M, laid out by Microsoft's formatter, the same each time, and complete."""

import re
import shlex
from pathlib import Path

import pytest

from sepolo_mock_server.cli import main
from sepolo_mock_server.errors import SettingsError
from sepolo_mock_server.powerquery import document, origin
from sepolo_openapi import reader
from tests.mock_server.powerquery.reading import read_m

CONTRACT = reader.load()
URL = "https://api.sepolo.app"


def test_file_is_valid_and_formatted() -> None:
    """The parser accepts the file, and the formatter changes nothing."""
    text = document(CONTRACT, URL)
    found = read_m(text)
    assert "error" not in found
    assert found["formatted"] == text


def test_parser_refuses_a_missing_comma() -> None:
    """The check above can fail."""
    assert "error" in read_m(document(CONTRACT, URL).replace("RelativePath = Path,", "RelativePath = Path"))


def test_file_is_the_same_each_time() -> None:
    """Nothing but the contract and the address decides about the bytes."""
    assert document(CONTRACT, URL) == document(CONTRACT, URL)


def test_base_url_is_a_literal() -> None:
    """The Power BI service refreshes only what has a literal as first argument of Web.Contents."""
    text = document(CONTRACT, "http://127.0.0.1:8080")
    assert re.findall(r"Web\.Contents\(\s*([^,]*),", text) == ['"http://127.0.0.1:8080"']


def test_every_list_has_a_function() -> None:
    """The file ends in a record of functions: every list, and the records about the whole organisation."""
    names = re.findall(r"^            (\w+) = \1,?$", document(CONTRACT, URL), re.MULTILINE)
    operations = CONTRACT.operations.values()
    lists = {one.operation_id.removeprefix("list").removeprefix("get") for one in operations if one.row_schema}
    assert set(names) - lists == {"Me", "AssetsSummary", "ServicePerformance"}
    assert lists <= set(names)


@pytest.mark.parametrize("url", [URL, f"{URL}/", f"{URL}/api/v1", f"{URL}/api/v1/"])
def test_base_url_may_end_with_the_path(url: str) -> None:
    """/api/v1 and a slash at the end are accepted, as in the options of the suite."""
    assert origin(url) == URL


@pytest.mark.parametrize(
    "url", ["api.sepolo.app", "ftp://api.sepolo.app", "https://", f"{URL}/v2", f"{URL}?a=b", f"{URL}#a", "https://a:b",
            "https://user@api.sepolo.app", "https://a b", 'https://a"\n'],
)  # fmt: skip
def test_wrong_base_url_is_refused(url: str) -> None:
    """The message names the option and shows an address."""
    with pytest.raises(SettingsError, match=r"--base-url .* is no address of an API: give scheme and host, such as"):
        origin(url)


def test_commands_of_the_page_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of docs/power-bi.md write the files that they name."""
    page = (Path(__file__).parents[3] / "docs/power-bi.md").read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    commands = [*lines, *re.findall(r"`(sepolo-mock powerquery [^`]+)`", page)]
    monkeypatch.chdir(tmp_path)
    for command in commands:
        program, *arguments = shlex.split(command)
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert (program, end.value.code) == ("sepolo-mock", 0)
    assert {path.name for path in tmp_path.iterdir()} == {"Sepolo.pq", "Sandbox.pq"}
