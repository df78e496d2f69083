"""From a wish to a served sandbox: everything that can be refused is checked, then announced, then run."""

from dataclasses import replace

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server import build, errors
from sepolo_mock_server.asgi import server
from sepolo_mock_server.rules import windows
from sepolo_mock_server.settings import Settings, SettingsError
from sepolo_mock_server.state import store
from sepolo_openapi import reader


def serve(wanted: Settings, host: str, port: int, workers: int) -> None:
    """Serve until a signal; SettingsError, ProfileError or StateError say what can't be granted."""
    if wanted.state == store.MEMORY and workers > 1:
        raise SettingsError(errors.memory_shared())
    world = build.world(wanted)
    settings = replace(wanted, state=store.probe(wanted.state))
    with server.bind(host, port) as listener:
        facts = world.profile.keys(reader.load().scopes)
        clock = windows.text(world.now()) if world.clock.fixed else "of the wall"
        address, place = server.base_url(listener), store.shown(wanted.state)
        print(banner(address, facts[0], wanted.profile, clock, place), flush=True)
        server.run(settings, listener, workers)


def banner(base_url: str, fact: KeyFact, profile: str, clock: str, state: str) -> str:
    """What a user needs first: the address, a key, and a line to paste."""
    return "\n".join(
        (
            f"Sepolo sandbox: profile {profile}, clock {clock}",
            f"  Base URL  {base_url}",
            f"  Demo key  {fact.key}",
            f"  State     {state}",
            "  Try it    " + f"curl -H 'X-Sepolo-Api-Key: {fact.key}' {base_url}/api/v1/me",
            "More keys: sepolo-mock keys. Stop with Ctrl-C.",
        )
    )
