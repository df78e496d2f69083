"""Runs several checks at the same time. The verdicts, findings and requests are those of one check after the other.

Each check runs in a thread of its own and sends one request after the other. A check that waits for a response that
another one requests, see `model.memory`, does not count as running. Exchanges are observed in the order in which the
verdicts are fetched. Long checks begin first, so that no long one is left at the end, and `exclusive` ones last. In a
run that writes, the checks of the area `writes` keep their place instead: those before them end before, and those after
them begin after.
"""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sepolo_conformance.engine.registry import judge_of
from sepolo_conformance.engine.runner import Judged, attempt, conclude
from sepolo_conformance.engine.session import Suite
from sepolo_conformance.engine.source_parsing import parse_in_turn
from sepolo_conformance.engine.typical_requests import TYPICAL
from sepolo_conformance.model.memory import WAITING
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.trace import Trace
from sepolo_conformance.model.verdict import Status, Verdict

_GRACE_S = 0.5
"""Seconds after the end of the budget for checks that need no further response."""
_HELD_BYTES = 64 * 2**20
"""Bytes of responses that wait to be observed, above which only the check whose verdict is fetched may begin."""
_POLL_S = 0.2
_LONG = 100
"""Requests of a check that begins early, so that it is not left at the end."""


class Pool:
    """The checks of a process. `plan`, `verdict` and `close` are for one thread."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._changed = threading.Condition()
        self._planned: set[str] = set()
        self._waiting: list[Requirement] = []
        self._running: set[str] = set()
        self._busy = 0
        """Running checks, without those that wait for another one."""
        self._resuming: deque[object] = deque()
        """Checks that need not wait any more, and go on before further checks begin."""
        self._ended: dict[str, Judged] = {}
        self._wanted: Requirement | None = None

    def plan(self, rules: Iterable[Requirement]) -> None:
        """Let checks begin, after those that were planned before."""
        new = [rule for rule in rules if rule.id not in self._planned]
        if not self._planned:
            parse_in_turn()
            self._suite.prepare()
        with self._changed:
            self._planned.update(rule.id for rule in new)
            self._waiting += self._in_order(new)
            self._begin_some()

    def verdict(self, rule: Requirement) -> Verdict:
        """Return the verdict of a check, after its exchanges were observed. Plans the check if it was not planned.

        A check that has not ended when the budget is spent is abandoned with status ERROR.
        """
        self.plan([rule])
        budget = self._suite.client.budget
        with self._changed:
            self._wanted = rule
            self._begin_some()
            while rule.id not in self._ended:
                if budget.left() < -_GRACE_S:
                    self._suite.client.end(budget.spent_time)
                    self._waiting.clear()
                    return Verdict(rule.id, Status.ERROR, reason=budget.spent_time)
                # The time may be set, so the wait is divided.
                self._changed.wait(_POLL_S)
            judged = self._ended.pop(rule.id)
        return conclude(self._suite, judged)

    def close(self) -> None:
        """Begin no further check, and let those that run end at their next request."""
        with self._changed:
            self._waiting.clear()
            if self._running:
                self._suite.client.end("the run has ended")

    def _in_order(self, rules: list[Requirement]) -> list[Requirement]:
        """Return checks in the order in which they begin."""
        writes = self._suite.settings.allow_writes
        places = [place for place, rule in enumerate(rules) if writes and rule.area == "writes"]
        first, last = (places[0], places[-1] + 1) if places else (len(rules), len(rules))
        return [*_longest_first(rules[:first]), *rules[first:last], *_longest_first(rules[last:])]

    def _begin_some(self) -> None:
        """Begin the checks that may begin now."""
        while (rule := self._next()) is not None:
            self._waiting.remove(rule)
            self._running.add(rule.id)
            self._busy += 1
            # A daemon, so that a check that is busy when the run ends does not keep the process alive.
            threading.Thread(target=self._run, args=(rule,), name=rule.id, daemon=True).start()

    def _next(self) -> Requirement | None:
        """Return the check that may begin now, None if there is none."""
        if not self._waiting or self._busy + len(self._resuming) >= self._suite.settings.in_flight:
            return None
        rule = self._waiting[0]
        if sum(judged.trace.held_bytes for judged in self._ended.values()) >= _HELD_BYTES:
            if self._wanted not in self._waiting:
                return None
            rule = self._wanted
        runs_alone = self._is_exclusive(rule.id) or any(map(self._is_exclusive, self._running))
        return None if self._running and runs_alone else rule

    def _is_exclusive(self, name: str) -> bool:
        judge = judge_of(name)
        return judge.exclusive or (self._suite.settings.allow_writes and judge.requirement.area == "writes")

    def _run(self, rule: Requirement) -> None:
        WAITING.set(self._not_busy)
        try:
            judged = attempt(self._suite, rule, judge_of(rule.id))
        except BaseException as error:  # noqa: BLE001 - the verdict is waited for
            reason = self._suite.mask(f"the check ended with {type(error).__name__}: {error}")
            judged = Judged(Verdict(rule.id, Status.ERROR, reason=reason), Trace())
        with self._changed:
            self._running.remove(rule.id)
            self._busy -= 1
            self._ended[rule.id] = judged
            self._begin_some()
            self._changed.notify_all()

    @contextmanager
    def _not_busy(self) -> Iterator[None]:
        """Let another check run while this thread waits for a shared result."""
        with self._changed:
            self._busy -= 1
            self._begin_some()
            self._changed.notify_all()
        try:
            yield
        finally:
            turn = object()
            with self._changed:
                self._resuming.append(turn)
                while self._busy >= self._suite.settings.in_flight or self._resuming[0] is not turn:
                    self._changed.wait()
                self._resuming.popleft()
                self._busy += 1
                self._begin_some()
                self._changed.notify_all()


def _longest_first(rules: list[Requirement]) -> list[Requirement]:
    """Return checks with the long ones first and the exclusive ones last, the others in their order."""
    return sorted(rules, key=lambda rule: (judge_of(rule.id).exclusive, TYPICAL.get(rule.id, 0) < _LONG))
