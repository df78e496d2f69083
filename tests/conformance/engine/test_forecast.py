"""The forecast of the duration of a run, and the advice if the budget is too small."""

from sepolo_conformance.engine.forecast import by_keys, by_responses, expected_requests, slow_keys
from sepolo_conformance.engine.session import selected
from sepolo_conformance.model.requirement import Level
from sepolo_conformance.model.settings import Settings
from tests.conformance.target.test_keys import suite

SETTINGS = Settings("http://target", level=Level.SANDBOX, budget=240.0)


def test_forecast_depends_on_what_is_in_flight() -> None:
    """Fewer requests in flight take longer, and a budget that is too small gets advice."""
    requests = expected_requests(selected(SETTINGS), writes=False)
    eight = by_responses(SETTINGS, requests, 0.15, 1)
    one = by_responses(Settings("http://target", in_flight=1, budget=240.0), requests, 0.15, 1)
    assert eight.seconds < 240 < one.seconds
    assert len(list(eight.lines(SETTINGS))) == 1
    pace, advice = one.lines(SETTINGS)
    assert pace.startswith("pace    150 ms a response, 1 in flight: about ")
    assert "the budget of 240 s will not do: give --budget" in advice
    assert "-n 4" in advice
    assert "--area" in advice


def test_rate_is_a_bound_over_all_in_flight() -> None:
    """With --rate 5/s, a thousand requests take 200 s, however many are in flight."""
    found = by_responses(Settings("http://target", rate=5.0, in_flight=64, budget=120.0), 1_000, 0.15, 4)
    assert (found.seconds, found.responses_limit) == (200.0, False)
    assert "-n 4" not in "".join(found.lines(SETTINGS))


def test_slow_key_is_announced_with_its_time() -> None:
    """The lines name the key, its limit, the time and a remedy; a key that nearly nothing needs is not named."""
    requests = 3_000
    lines = list(slow_keys(list(by_keys(suite(60), requests)), SETTINGS))
    assert lines[0].startswith("pace    $KEY_0 is allowed 60 requests a minute: about 2,550 requests take about 42 min")
    assert "another key of the same organisation" in lines[-1]
    assert list(slow_keys(list(by_keys(suite(60, None), requests)), SETTINGS)) == []
