"""Cycles of parents, and the assets above an asset."""

from sepolo_conformance.checks.consistency.asset_hierarchy import _ancestors, _cycle


def test_cycle_is_found_behind_other_assets() -> None:
    """The assets of a cycle are found from any asset below it, without the assets that lead to it."""
    assert _cycle({"leaf": "a", "a": "b", "b": "c", "c": "a", "other": "top"}) == ["a", "b", "c"]


def test_asset_above_itself_is_a_cycle() -> None:
    """An asset that is its own parent is a cycle of one."""
    assert _cycle({"a": "a"}) == ["a"]


def test_trees_have_no_cycle() -> None:
    """Several assets below one have no cycle, also where the topmost asset is not listed."""
    assert _cycle({"a": "top", "b": "top", "c": "a", "d": "a"}) == []


def test_ancestors_end_at_the_top_or_where_they_repeat() -> None:
    """The ancestors of an asset begin with itself, and end at an asset without a parent or before one that repeats."""
    assert _ancestors({"c": "b", "b": "a"}, "c") == ["c", "b", "a"]
    assert _ancestors({"c": "b", "b": "c"}, "c") == ["c", "b"]
