"""Discovery of data on an unknown deployment."""

from datetime import UTC, datetime

import pytest

from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.outcomes import NotTested, Vacuous
from tests.conformance.tiny import KEY, Row, Tiny, asset, device, suite_over


def movement(number: int, start: str) -> Row:
    return {"id": f"10000000-0000-4000-8000-{number:012}", "deviceId": "D-001", "start": start}


SCOPES = ["assets.read", "devices.read", "movements.read", "telemetry.read"]


def test_list_without_rows_is_vacuous() -> None:
    """No rows are no fault; the reason names the option that may help."""
    home = suite_over(Tiny(rows={"/assets": [], "/devices": []}, scopes=SCOPES)).home
    with pytest.raises(Vacuous, match="listAssets returns no rows"):
        home.listing("listAssets")
    with pytest.raises(Vacuous, match="there are no devices: give one by --device"):
        home.listing("listMovements")


def test_results_are_remembered() -> None:
    """The second call returns the same listing, or raises the same reason, without a request."""
    tiny = Tiny(rows={"/assets": [asset(1)], "/devices": []})
    home = suite_over(tiny).home
    first = home.listing("listAssets")
    with pytest.raises(Vacuous):
        home.listing("listDevices")
    asked = len(tiny.asked)
    assert home.listing("listAssets") is first
    with pytest.raises(Vacuous):
        home.listing("listDevices")
    assert len(tiny.asked) == asked


def test_old_data_is_found() -> None:
    """Movements of half a year ago are found."""
    tiny = Tiny(
        rows={"/devices": [device(1)], "/devices/D-001/movements": [movement(1, "2026-01-10T08:00:00Z")]}, scopes=SCOPES
    )
    listing = suite_over(tiny).home.listing("listMovements")
    assert [row["id"] for row in listing.rows] == [movement(1, "")["id"]]
    start, stop = listing.call.window or (None, None)
    assert start is not None
    assert stop is not None
    assert (stop - start).days <= 31


def test_device_with_data_is_found_among_many() -> None:
    """Several devices are tried, but not all of three hundred."""
    rows = {"/devices": [device(number) for number in range(300)]}
    rows["/devices/D-050/movements"] = [movement(1, "2026-06-20T08:00:00Z")]
    rows |= {f"/devices/D-{number:03}/movements": [] for number in range(300) if number != 50}
    tiny = Tiny(rows=rows, scopes=SCOPES)
    assert suite_over(tiny).home.listing("listMovements").call.ids == {"deviceId": "D-050"}
    assert len(tiny.asked) < 40


def test_device_option_is_tried_first() -> None:
    """The device of --device is used even if no list contains it."""
    rows = {"/devices": [device(1)], "/devices/D-777/movements": [movement(1, "2026-06-20T08:00:00Z")]}
    tiny = Tiny(rows=rows, scopes=SCOPES)
    assert suite_over(tiny, device="D-777").home.listing("listMovements").call.ids == {"deviceId": "D-777"}


def test_window_option_is_the_only_window_of_devices() -> None:
    """Without data of a device in --window the list is vacuous, and no other window is tried."""
    rows = {"/devices": [device(1)], "/devices/D-001/movements": [movement(1, "2026-06-20T08:00:00Z")]}
    may, june, july = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
    held = suite_over(Tiny(rows=rows, scopes=SCOPES), window=(june, july)).home.listing("listMovements")
    assert held.call.window == (june, july)
    with pytest.raises(Vacuous, match="listMovements returns no rows in --window: give another"):
        suite_over(Tiny(rows=rows, scopes=SCOPES), window=(may, june)).home.listing("listMovements")


def test_long_list_is_narrowed_by_a_filter() -> None:
    """A short list of assets is one of a single group."""
    tiny = Tiny(rows={"/assets": [asset(number, groupId=number % 20) for number in range(400)]})
    small = suite_over(tiny).home.small("listAssets", at_most=40)
    assert (len(small.rows), small.complete, dict(small.call.query)) == (20, True, {"status": "all", "groupId": 0})


def test_long_list_is_narrowed_by_its_window() -> None:
    """A short list of movements has a window that ends at the times of rows."""
    stamps = [f"2026-06-{day:02}T{hour:02}:00:00Z" for day in range(5, 20) for hour in range(0, 24, 2)]
    rows = {"/devices": [device(1)], "/devices/D-001/movements": [movement(n, s) for n, s in enumerate(stamps)]}
    small = suite_over(Tiny(rows=rows, scopes=SCOPES)).home.small("listMovements", at_most=30)
    assert (len(small.rows), small.complete) == (30, True)


def test_list_that_cannot_be_narrowed_is_returned_as_it_is() -> None:
    """Without a suitable filter or window the long list is returned, and is not complete."""
    tiny = Tiny(rows={"/assets": [asset(number) for number in range(700)]})
    small = suite_over(tiny).home.small("listAssets")
    assert (len(small.rows), small.complete) == (500, False)


def test_call_of_details_has_an_id_from_the_list() -> None:
    """The call of an operation with an id contains an existing id."""
    home = suite_over(Tiny(rows={"/assets": [asset(7)]})).home
    assert home.call("getAsset").ids == {"assetId": asset(7)["assetId"]}


def test_missing_scope_is_not_tested() -> None:
    """The reason names the scope that no key has."""
    with pytest.raises(NotTested, match=r"no key has the scope incidents\.read"):
        suite_over(Tiny()).home.listing("listIncidents")


def test_second_organisation_needs_a_key() -> None:
    """Without a key of a second organisation its data are not tested."""
    with pytest.raises(NotTested, match="needs a key of a second organisation: --api-key"):
        suite_over(Tiny(rows={"/assets": [asset(1)]})).away.listing("listAssets")


def test_rejected_key_is_ignored() -> None:
    """A rejected key is ignored if there are others."""
    wrong = Key("key0", "$SEPOLO_API_KEY_2", "sep_test_wrong")
    suite = suite_over(Tiny(rows={"/assets": [asset(1)]}), keys=(wrong, KEY))
    assert suite.home.listing("listAssets").reader.key == KEY
    with pytest.raises(NotTested, match="was rejected by /me with 401"):
        suite_over(Tiny(), keys=(wrong,)).target.main()
