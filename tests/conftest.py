"""What all tests share: how property tests run, signals of child processes, a database.

Property tests have no time limit per example, and in CI the same examples each time.
"""

import os
import signal

from hypothesis import settings

from tests.cluster import cluster, postgres

__all__ = ["cluster", "postgres"]

settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

# Children inherit an ignored signal, as under `nohup`, but not a handler: those that a test interrupts must notice it.
for _number in (signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGINT)):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)
