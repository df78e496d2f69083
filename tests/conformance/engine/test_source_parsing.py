"""Python source parsed by several threads at once."""

import ast
import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sepolo_conformance.engine import source_parsing

SOURCE = "\n".join(f"f = lambda a: a + {number} * (3 - [x for x in (1, 2, {number})])" for number in range(60))


class Finalised:
    """A part of a cycle of references, whose collection runs Python code, during which threads change."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        for _ in range(50):
            pass


@pytest.fixture
def frequent_changes() -> Iterator[None]:
    """Threads change and garbage is collected far more often than usual."""
    interval, thresholds, parse = sys.getswitchinterval(), gc.get_threshold(), ast.parse
    sys.setswitchinterval(1e-6)
    gc.set_threshold(5)
    yield
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(interval)
    ast.parse = parse


@pytest.mark.no_cover  # the tracer changes when threads change
@pytest.mark.usefixtures("frequent_changes")
def test_several_threads_can_parse_source() -> None:
    """No thread gets the SystemError that some versions of Python raise for source that two threads parse at once."""
    source_parsing.parse_in_turn()

    def parse(_number: int) -> int:
        Finalised()
        return len(ast.parse(SOURCE).body)

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(parse, range(80))) == {60}
