"""Commands for a reader to copy: to judge one requirement again, and to set the variables of curl lines."""

import shlex
from collections.abc import Mapping
from typing import Any

from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.model.keys import KEY_VARIABLES
from sepolo_conformance.model.settings import BUDGET_S, TIMEOUT_S, Settings
from sepolo_conformance.options.table import written


def rerun(settings: Settings, requirement_id: str) -> str:
    """Return the command that judges one requirement again. Keys are named by variable or file, never shown."""
    window = settings.window and "/".join(map(stamp, settings.window))
    first = {"requirement": requirement_id, "seed": settings.seed, "level": settings.level.value}
    second = {
        "allow_writes": settings.allow_writes,
        "write_body": settings.write_body,
        "device": settings.device,
        "window": window,
        "rate": None if settings.rate is None else f"{settings.rate:g}/s",
        "timeout": None if settings.timeout == TIMEOUT_S else f"{settings.timeout:g}s",
        "budget": None if settings.budget == BUDGET_S else f"{settings.budget:g}s",
        "key_scopes": [f"{name}={','.join(sorted(scopes))}" for name, scopes in settings.key_scopes.items()],
    }
    options = [*_words(first), *settings.key_options, *_words(second)]
    return shlex.join(["sepolo-conformance", "run", settings.base_url, *options])


def _words(values: Mapping[str, Any]) -> list[str]:
    return [
        word
        for option, value in written(values)
        for word in ((option.flag,) if value is None else (option.flag, value))
    ]


def set_key_variables(settings: Settings) -> str | None:
    """Return the shell line that sets the variables of curl lines, None if the environment already has them."""
    if len(settings.keys) < 2:
        return None
    names = [key.variable for key in settings.keys]
    sources = {key.name.rpartition(":")[0] for key in settings.keys}
    if len(sources) == 1 and (variable := sources.pop()) in KEY_VARIABLES:
        return f'IFS=, read -r {" ".join(names)} <<< "${variable}"'
    return f"export {names[0]}=… {names[1]}=… and so on, to the keys of these names"
