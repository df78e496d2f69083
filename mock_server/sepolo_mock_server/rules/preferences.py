"""The header Prefer (RFC 7240): `code` and `delay`, with which a client asks this sandbox for an error or a pause.

Pure rules over header values. A preference that can't be read, or that the operation does not document, is ignored, as
the RFC requires.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

MAX_DELAY_S = 300

_PREFERENCE = re.compile(rb'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*(?:"([^"\\]*)"|([^\s;,"]*)))?\s*(?:;[^,]*)?')
_CODE = re.compile(rb"[1-9][0-9]{2}")
_DELAY = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a client prefers: an error status, and a delay in seconds."""

    code: int | None = None
    delay_s: float | None = None

    @property
    def applied(self) -> bytes:
        """The value of `Preference-Applied`, empty for none."""
        code = [] if self.code is None else [f"code={self.code}"]
        delay = [] if self.delay_s is None else [f"delay={self.delay_s:g}"]
        return ", ".join(code + delay).encode()


def read(headers: Iterable[tuple[bytes, bytes]], codes: Collection[int]) -> Preferences:
    """Return the preferences in the headers of a request; `codes` are the statuses that may be preferred.

    The first of several equal preferences counts (RFC 7240, section 2).
    """
    given: dict[bytes, bytes] = {}
    for name, value in headers:
        if name == b"prefer":
            for part in value.split(b","):
                found = _PREFERENCE.fullmatch(part)
                if found:
                    given.setdefault(found.group(1).lower(), found.group(2) or found.group(3) or b"")
    code, delay = given.get(b"code", b""), given.get(b"delay", b"")
    status = int(code) if _CODE.fullmatch(code) else 0
    delay_s = float(delay) if _DELAY.fullmatch(delay) else 0.0
    return Preferences(status if status in codes else None, delay_s if 0 < delay_s <= MAX_DELAY_S else None)
