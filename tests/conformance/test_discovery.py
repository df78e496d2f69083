"""Finding data on a deployment that nobody has described."""

from datetime import UTC, datetime

import pytest

from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.outcomes import NotTested, Vacuous
from tests.conformance.tiny import KEY, Row, Tiny, suite_over


def asset(number: int, **more: object) -> Row:
    return {"assetId": f"00000000-0000-4000-8000-{number:012}", "isActive": True, "deviceId": None, **more}


def device(number: int, **more: object) -> Row:
    return {"deviceId": f"D-{number:03}", "deviceName": None, "groupId": number % 3, **more}


def movement(number: int, start: str) -> Row:
    return {"id": f"10000000-0000-4000-8000-{number:012}", "deviceId": "D-001", "start": start}


SCOPES = ["assets.read", "devices.read", "movements.read", "telemetry.read"]


def test_an_empty_deployment_is_vacuous_with_a_hint() -> None:
    """No rows is no fault; where a hint would help it is named."""
    home = suite_over(Tiny(rows={"/assets": [], "/devices": []}, scopes=SCOPES)).home
    with pytest.raises(Vacuous, match="listAssets showed no rows"):
        home.listing("listAssets")
    with pytest.raises(Vacuous, match="there are no devices: give one by --device"):
        home.listing("listMovements")


def test_what_was_looked_for_once_is_remembered() -> None:
    """A second check gets the same listing, or the same reason, without a request."""
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


def test_old_data_is_found_by_looking_back() -> None:
    """A fleet that stood still for half a year still has its movements."""
    tiny = Tiny(
        rows={"/devices": [device(1)], "/devices/D-001/movements": [movement(1, "2026-01-10T08:00:00Z")]},
        scopes=SCOPES,
    )
    listing = suite_over(tiny).home.listing("listMovements")
    assert [row["id"] for row in listing.rows] == [movement(1, "")["id"]]
    start, stop = listing.call.window or (None, None)
    assert start is not None
    assert stop is not None
    assert (stop - start).days <= 31


def test_a_device_with_data_is_found_among_many() -> None:
    """Not only the first device is asked, and not all of three hundred either."""
    rows = {"/devices": [device(number) for number in range(300)]}
    rows["/devices/D-050/movements"] = [movement(1, "2026-06-20T08:00:00Z")]
    rows |= {f"/devices/D-{number:03}/movements": [] for number in range(300) if number != 50}
    tiny = Tiny(rows=rows, scopes=SCOPES)
    assert suite_over(tiny).home.listing("listMovements").call.ids == {"deviceId": "D-050"}
    assert len(tiny.asked) < 40


def test_a_hint_is_asked_first() -> None:
    """--device and --window name a place that no search would come by."""
    rows = {"/devices": [device(1)], "/devices/D-777/movements": [movement(1, "2026-06-20T08:00:00Z")]}
    tiny = Tiny(rows=rows, scopes=SCOPES)
    assert suite_over(tiny, device="D-777").home.listing("listMovements").call.ids == {"deviceId": "D-777"}


def test_a_window_that_was_named_is_the_one_that_is_looked_in() -> None:
    """Where it holds nothing of a device that is said, and no other window is taken in silence."""
    rows = {"/devices": [device(1)], "/devices/D-001/movements": [movement(1, "2026-06-20T08:00:00Z")]}
    may, june, july = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
    held = suite_over(Tiny(rows=rows, scopes=SCOPES), window=(june, july)).home.listing("listMovements")
    assert held.call.window == (june, july)
    with pytest.raises(Vacuous, match="listMovements showed no rows in --window: give another"):
        suite_over(Tiny(rows=rows, scopes=SCOPES), window=(may, june)).home.listing("listMovements")


def test_a_long_list_is_narrowed_by_a_filter() -> None:
    """Row by row one walks a group of assets, not all of them."""
    tiny = Tiny(rows={"/assets": [asset(number, groupId=number % 20) for number in range(400)]})
    small = suite_over(tiny).home.small("listAssets", at_most=40)
    assert (len(small.rows), small.complete, dict(small.call.query)) == (20, True, {"status": "all", "groupId": 0})


def test_a_long_list_is_narrowed_by_its_window() -> None:
    """Movements are cut where they lie."""
    stamps = [f"2026-06-{day:02}T{hour:02}:00:00Z" for day in range(5, 20) for hour in range(0, 24, 2)]
    rows = {"/devices": [device(1)], "/devices/D-001/movements": [movement(n, s) for n, s in enumerate(stamps)]}
    small = suite_over(Tiny(rows=rows, scopes=SCOPES)).home.small("listMovements", at_most=30)
    assert (len(small.rows), small.complete) == (30, True)


def test_a_list_that_can_not_be_narrowed_says_so() -> None:
    """Nothing fits: the long list comes, marked as what it is."""
    tiny = Tiny(rows={"/assets": [asset(number) for number in range(700)]})
    small = suite_over(tiny).home.small("listAssets")
    assert (len(small.rows), small.complete) == (500, False)


def test_details_are_asked_for_with_listed_ids() -> None:
    """The call of an operation with an id has one that exists."""
    home = suite_over(Tiny(rows={"/assets": [asset(7)]})).home
    assert home.call("getAsset").ids == {"assetId": asset(7)["assetId"]}


def test_a_missing_scope_says_what_to_supply() -> None:
    """Without the scope nobody looks, and nobody calls the deployment empty."""
    with pytest.raises(NotTested, match=r"no key has the scope incidents\.read"):
        suite_over(Tiny()).home.listing("listIncidents")


def test_a_second_organisation_needs_its_key() -> None:
    """With keys of one organisation there is no away."""
    with pytest.raises(NotTested, match="needs a key of a second organisation: --api-key"):
        suite_over(Tiny(rows={"/assets": [asset(1)]})).away.listing("listAssets")


def test_a_refused_key_does_not_stand_in_the_way_of_others() -> None:
    """One wrong key among good ones is left out."""
    wrong = Key("key0", "$SEPOLO_API_KEY_2", "sep_test_wrong")
    suite = suite_over(Tiny(rows={"/assets": [asset(1)]}), keys=(wrong, KEY))
    assert suite.home.listing("listAssets").reader.key == KEY
    with pytest.raises(NotTested, match="was refused by /me with 401"):
        suite_over(Tiny(), keys=(wrong,)).target.main()
