"""Lets one thread at a time parse Python source, for versions of Python that otherwise fail.

Hypothesis and Schemathesis parse the source of lambdas and of modules while they generate values, and several checks do
so at the same time. Up to 3.11.7, and in 3.12.0 and 3.12.1, `ast.parse` then sometimes raises "SystemError: AST
constructor recursion depth mismatch", if a garbage collection lets a second thread parse (CPython issue 106905).
"""

import ast
import sys
import threading
from functools import wraps
from typing import Any, cast

_LOCK = threading.RLock()
_parse = ast.parse


def parse_in_turn() -> None:
    """Let `ast.parse` wait for other threads that parse, in this process, if this version of Python needs it."""
    if sys.version_info < (3, 11, 8) or (3, 12) <= sys.version_info < (3, 12, 2):
        ast.parse = cast("Any", _parse_in_turn)


@wraps(_parse)
def _parse_in_turn(*arguments: Any, **options: Any) -> ast.AST:
    with _LOCK:
        return _parse(*arguments, **options)
