"""The report as one HTML page."""

import html
import json
from typing import Any

__all__ = ["page"]


def page(document: dict[str, Any]) -> str:
    """Return a page that shows a report, see `report.document`."""
    return f"<!doctype html><pre>{html.escape(json.dumps(document, indent=2))}</pre>"
