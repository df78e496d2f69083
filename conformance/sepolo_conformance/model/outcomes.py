"""Exceptions that end a check, or a part of it, without a verdict on the requirement."""


class Vacuous(Exception):  # noqa: N818 - an outcome, not an error
    """The data of the deployment cannot show a fault. The message says why."""


class NotTested(Exception):  # noqa: N818 - an outcome, not an error
    """A key, scope, organisation or permission is missing. The message says what to supply."""


class RunError(Exception):
    """The run failed, not the target: no response, too slow, too large, or over budget."""


class Stop(Exception):  # noqa: N818 - an outcome, not an error
    """A finding was recorded, and nothing further can be judged."""
