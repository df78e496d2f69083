"""The command `serve`: checks everything that can fail, prints the address, then runs the server."""

import gc
import json
import logging
import sys
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server import build
from sepolo_mock_server.asgi import server
from sepolo_mock_server.errors import SettingsError, command_line
from sepolo_mock_server.errors.printable import PrintableFormatter, printable, use_utf8, write_output
from sepolo_mock_server.rules import tokens, windows
from sepolo_mock_server.settings import Settings
from sepolo_mock_server.state import location, shared_memory
from sepolo_mock_server.state.worker_memory import WorkerMemory
from sepolo_openapi import reader


def serve(settings: Settings, host: str, port: int, *, as_json: bool = False) -> None:
    """Serve until a signal; raise SettingsError, ProfileError or ClockError if the settings can't be used.

    Without a token in the settings the operator gets a random one, which is printed. `as_json` prints the announcement
    as one line of JSON.
    """
    workers = settings.workers
    if location.is_memory(settings.state) and workers > 1:
        raise SettingsError(command_line.memory_needs_one_worker())
    if settings.management and workers > 1 and not shared_memory.SHARED:
        raise SettingsError(command_line.management_needs_one_worker())
    world = build.world(settings)
    url = location.database_url(settings.state)
    with server.bind(host, port) as listener:
        loopback = tokens.is_loopback(listener.getsockname()[0])
        if settings.management and not loopback and not settings.operator_token:
            raise SettingsError(command_line.public_needs_token(host))
        checked = replace(
            settings,
            state=url,
            operator_token=settings.operator_token or tokens.new_token(),
            loopback=loopback,
            base_url=server.base_url(listener),
        )
        clock = windows.text(world.now()) if world.clock.fixed else None
        shared = build.memory(checked) if workers > 1 and shared_memory.SHARED else None
        keys = world.profile.keys(reader.load().scopes)
        announce = announcement_json if as_json else announcement
        text = announce(
            checked, keys[0] if settings.demo_keys else None, clock, location.without_password(settings.state)
        )
        if workers > 1:
            set_up_log()
        server.run(partial(worker_app, checked, shared), listener, workers, partial(write_output, text))


def announcement(settings: Settings, fact: KeyFact | None, clock: str | None, state: str) -> str:
    """Return what is printed at the start: addresses, a key and a curl line if one works.

    `clock` is None for the real time.
    """
    url = settings.base_url
    lines = [
        f"Sepolo sandbox: profile {printable(settings.profile)}, clock {clock or 'of the wall'}",
        f"  Base URL  {url}",
    ]
    if settings.management:
        lines.append(f"  Console   {console_url(settings)}")
    if fact is not None:
        lines.append(f"  Demo key  {fact.key}")
    lines.append(f"  State     {printable(state)}")
    if fact is not None:
        lines.append("  Try it    " + f"curl -H 'X-Sepolo-Api-Key: {fact.key}' {url}/api/v1/me")
        return "\n".join([*lines, "More keys: sepolo-mock keys. Stop with Ctrl-C."])
    return "\n".join([*lines, "Make a key in the console. Stop with Ctrl-C."])


def announcement_json(settings: Settings, fact: KeyFact | None, clock: str | None, state: str) -> str:
    """Return the announcement as one line of JSON; `clock` is `wall` for the real time, as in the option."""
    shown = {
        "baseUrl": settings.base_url,
        "key": fact.key if fact else None,
        "profile": settings.profile,
        "clock": clock or "wall",
        "state": state,
        "operatorToken": settings.operator_token if settings.management else None,
        "console": console_url(settings) if settings.management else None,
    }
    return json.dumps(shown)


def console_url(settings: Settings) -> str:
    """Return the address that opens the console; its fragment has the operator's token, as browsers don't send it."""
    return f"{settings.base_url}/console/#token={quote(settings.operator_token, safe='')}"


def worker_app(settings: Settings, shared: WorkerMemory | None) -> object:
    """Return the application that one worker process serves, and set up the process's log."""
    set_up_log()
    # uvicorn warns of malformed requests, which are errors of the client.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    app = build.app(settings, shared)
    # All objects made so far are kept until the process ends, so the garbage collector need not scan them.
    gc.freeze()
    return app


def set_up_log() -> None:
    """Write warnings and errors to stderr, each on one escaped line."""
    use_utf8(sys.stderr)
    handler = logging.StreamHandler()
    handler.setFormatter(PrintableFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
