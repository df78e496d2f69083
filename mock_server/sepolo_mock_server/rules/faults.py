"""Fault rules: which requests they concern, and which of these fail.

Pure rules. Failures are spread evenly: of n matching requests, the share rounded down has failed, whatever n is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FaultRule:
    """A rule that makes requests of an organisation fail. None means any key, any operation, and no end."""

    fault_id: str
    effect: str
    status: int | None = None
    delay_s: float | None = None
    retry_after_s: int | None = None
    key_id: str | None = None
    operation_id: str | None = None
    share: Fraction = Fraction(1)
    count: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "FaultRule":
        """Read the JSON object of a rule."""
        return cls(
            stored["faultId"],
            stored["effect"],
            stored["status"],
            stored["delaySeconds"],
            stored["retryAfterSeconds"],
            stored["keyId"],
            stored["operationId"],
            # The digits that were given, and not the binary number next to them: ten times 0.1 is one.
            Fraction(str(stored["share"])),
            stored["count"],
        )

    @property
    def id_bytes(self) -> bytes:
        return UUID(self.fault_id).bytes

    def concerns(self, key_id: str, operation_id: str) -> bool:
        """Whether a request with this key and operation matches."""
        return self.key_id in (None, key_id) and self.operation_id in (None, operation_id)

    def used_up(self, hits: int) -> bool:
        """Whether the rule has ended after so many failures."""
        return self.count is not None and hits >= self.count

    def hits_next(self, matched: int, hits: int) -> bool:
        """Whether the next request fails, after so many that matched and failed."""
        if self.used_up(hits):
            return False
        part, whole = self.share.numerator, self.share.denominator
        return (matched + 1) * part // whole > matched * part // whole
