"""Importing an area imports all of its check modules, as only imported requirements are in the registry."""

import re
from pathlib import Path

import pytest

from sepolo_conformance import checks
from sepolo_conformance.model.requirement import AREAS

ROOT = Path(checks.__file__).parent


def check_modules(area: str) -> list[str]:
    """Return the modules of an area that declare requirements, found by their decorators."""
    declares = re.compile(r"^@(requirement|observe)\(", re.MULTILINE)
    return sorted(path.stem for path in (ROOT / area).glob("*.py") if declares.search(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("area", AREAS.values())
def test_area_imports_its_check_modules(area: str) -> None:
    """`checks` imports every area, and the area every module of it that declares requirements."""
    package = getattr(checks, area)
    assert [name for name in check_modules(area) if not hasattr(package, name)] == []


def test_every_area_has_a_folder() -> None:
    """The folders of `checks` are the areas, and `common` with the helpers of several areas."""
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders == {*AREAS.values(), "common"}
