"""API keys as values: the keys of a run, and their names in reports, which never show a key itself."""

from dataclasses import dataclass, field

KEY_VARIABLES = ("SEPOLO_API_KEY", *(f"SEPOLO_API_KEY_{number}" for number in range(1, 100)))
"""Environment variables that keys are read from where no option gives one. The curl lines of a report read them too."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the run.

    `name` tells where the key came from, such as `keys.txt:2`; `placeholder` replaces the key in every text, such as
    `$SEPOLO_API_KEY_2`.
    """

    name: str
    placeholder: str
    secret: str = field(repr=False)

    @property
    def variable(self) -> str:
        """The environment variable that the curl lines of a report read the key from."""
        return self.placeholder.removeprefix("$")


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key in a report. `facts` summarises the response of `/me` in a phrase.

    `known` is False for a key that neither `/me` nor an option identifies: it cannot be used.
    """

    name: str
    placeholder: str
    facts: str
    known: bool = True


def placeholder(index: int, count: int) -> str:
    """Return the placeholder of the key at `index` (from 0) of `count`: the shell variable that holds it.

    Several keys are numbered from 1, because SEPOLO_API_KEY itself may hold all of them, separated by commas.
    """
    return "$SEPOLO_API_KEY" if count == 1 else f"$SEPOLO_API_KEY_{index + 1}"
