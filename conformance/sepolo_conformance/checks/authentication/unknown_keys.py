"""Keys that do not exist: made-up keys, keys that resemble a valid one, and live keys sent to a sandbox."""

from sepolo_conformance.api.calls import reads
from sepolo_conformance.checks.authentication.clauses import RETURNS_401
from sepolo_conformance.checks.authentication.credentials import LIVE_KEY, UNKNOWN_KEY, both_headers, expect_401
from sepolo_conformance.checks.common.prepared_requests import valid_call
from sepolo_conformance.engine import MUST, SANDBOX, Case, requirement


@requirement("AUT-002", MUST, clause=RETURNS_401, title="An unknown key is rejected with 401 in either header")
def unknown_key_is_rejected(case: Case) -> None:
    """Sends a valid call of every GET operation with a made-up key in each header."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            call = valid_call(operation, case.home.call)
            for headers in (both_headers(UNKNOWN_KEY)[0], both_headers(LIVE_KEY)[1]):
                expect_401(case, case.bare(call, headers), "an unknown key")


@requirement(
    "AUT-005",
    MUST,
    clause=RETURNS_401,
    title="A key that differs from a valid one by one character or by case, or has wildcards, is rejected with 401",
)
def similar_key_is_rejected(case: Case) -> None:
    """Calls /me with variations of a valid key: one character more, one fewer, another last character, other case, and
    `%` or `_` in place of characters, which are wildcards in SQL."""
    real = case.target.main().key
    name = real.variable
    last = "0" if real.secret[-1] != "0" else "1"
    edited = {
        "with a character appended": (f"{real.secret}-", f"${{{name}}}-"),
        "with a character prepended": (f"x{real.secret}", f"x${{{name}}}"),
        "without its last character": (real.secret[:-1], f"${{{name}%?}}"),
        "with another last character": (f"{real.secret[:-1]}{last}", f"${{{name}%?}}{last}"),
    }
    for what, (secret, placeholder) in edited.items():
        key = case.hide(secret, placeholder)
        for headers in both_headers(secret):
            expect_401(case, case.bare("getMe", headers, key), f"a valid key {what}")
    # Both headers use the same look-up of keys, so each of these variations is sent in one header only.
    looked_up = (
        ("in upper case", real.secret.upper(), f"${{{name}^^}}", 0),
        ("with upper and lower case swapped", real.secret.swapcase(), f"${{{name}~~}}", 1),
        ("cut to twelve characters and followed by %", f"{real.secret[:12]}%", f"${{{name}:0:12}}%", 0),
        ("with _ as its last character", f"{real.secret[:-1]}_", f"${{{name}%?}}_", 1),
    )
    for what, secret, placeholder, header in looked_up:
        if secret != real.secret:
            key = case.hide(secret, placeholder)
            expect_401(case, case.bare("getMe", both_headers(secret)[header], key), f"a valid key {what}")


@requirement(
    "AUT-014",
    SANDBOX,
    clause="Our own choice: the message warns callers who send a live key to the wrong host.",
    title="A sandbox rejects a live key with 401 and a message that names the reason",
)
def live_key_is_rejected_by_sandbox(case: Case) -> None:
    """Calls /me with a made-up key `sep_live_…` in each header and reads the error message."""
    for headers in both_headers(LIVE_KEY):
        exchange = case.bare("getMe", headers)
        expect_401(case, exchange, "a live key")
        message = str(exchange.member("message"))
        stated = "live key" in message and "sandbox" in message
        case.expect(stated, 'a message that contains "live key" and "sandbox"', message)
