"""The command `serve`: checks everything that can fail, prints the address, then runs the server."""

import gc
import json
import logging
import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server import build
from sepolo_mock_server.asgi import server
from sepolo_mock_server.errors import SettingsError, command_line
from sepolo_mock_server.errors.printable import PrintableFormatter, printable, use_utf8
from sepolo_mock_server.rules import windows
from sepolo_mock_server.settings import Settings
from sepolo_mock_server.state import location
from sepolo_openapi import reader

if TYPE_CHECKING:
    from sepolo_mock_server.state.rate_counts import RateCounts


def serve(settings: Settings, host: str, port: int, workers: int, *, as_json: bool = False) -> None:
    """Serve until a signal; raise SettingsError, ProfileError or ClockError if the settings can't be used.

    `as_json` prints the announcement as one line of JSON.
    """
    if location.is_memory(settings.state) and workers > 1:
        raise SettingsError(command_line.memory_needs_one_worker())
    world = build.world(settings)
    checked = replace(settings, state=location.database_url(settings.state))
    with server.bind(host, port) as listener:
        facts = world.profile.keys(reader.load().scopes)
        clock = windows.text(world.now()) if world.clock.fixed else None
        counts = _shared_counts(len(facts)) if workers > 1 else None
        url, state = server.base_url(listener), location.without_password(settings.state)
        announce = announcement_json if as_json else announcement
        text = announce(url, facts[0], settings.profile, clock, state)
        if workers > 1:
            set_up_log()
        server.run(partial(worker_app, checked, counts), listener, workers, partial(print, text, flush=True))


def announcement(base_url: str, fact: KeyFact, profile: str, clock: str | None, state: str) -> str:
    """Return what is printed at the start: the address, a key, and a curl line. `clock` is None for the real time."""
    return "\n".join(
        (
            f"Sepolo sandbox: profile {printable(profile)}, clock {clock or 'of the wall'}",
            f"  Base URL  {base_url}",
            f"  Demo key  {fact.key}",
            f"  State     {printable(state)}",
            "  Try it    " + f"curl -H 'X-Sepolo-Api-Key: {fact.key}' {base_url}/api/v1/me",
            "More keys: sepolo-mock keys. Stop with Ctrl-C.",
        )
    )


def announcement_json(base_url: str, fact: KeyFact, profile: str, clock: str | None, state: str) -> str:
    """Return the announcement as one line of JSON; `clock` is `wall` for the real time, as in the option."""
    shown = {"baseUrl": base_url, "key": fact.key, "profile": profile, "clock": clock or "wall", "state": state}
    return json.dumps(shown)


def _shared_counts(keys: int) -> "RateCounts | None":
    from sepolo_mock_server.state.rate_counts import RateCounts  # noqa: PLC0415 - only several workers need it

    return RateCounts.made(keys, time.monotonic())


def worker_app(settings: Settings, counts: "RateCounts | None") -> object:
    """Return the application that one worker process serves, and set up the process's log."""
    set_up_log()
    # uvicorn warns of malformed requests, which are errors of the client.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    app = build.app(settings, counts)
    # All objects made so far are kept until the process ends, so the garbage collector need not scan them.
    gc.freeze()
    return app


def set_up_log() -> None:
    """Write warnings and errors to stderr, each on one escaped line."""
    use_utf8(sys.stderr)
    handler = logging.StreamHandler()
    handler.setFormatter(PrintableFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
