"""What a request without a key, with a wrong one and with the right one is answered."""

from conformance.requirements import MUST, SANDBOX, SHOULD, Requirement

__all__ = ["REQUIREMENTS"]

REQUIREMENTS = (
    Requirement(
        "AUT-001",
        MUST,
        'The page: "Authentication problems return 401."',
        "A request without a key is answered 401",
    ),
    Requirement(
        "AUT-002",
        MUST,
        'The page: "Authentication problems return 401."',
        "A key that doesn't exist is answered 401, in either header",
    ),
    Requirement(
        "AUT-003",
        MUST,
        "The page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`.",
        "A valid key is taken in either header and means the same organisation",
    ),
    Requirement(
        "AUT-004",
        MUST,
        'The page: "Authentication problems return 401."',
        "A blank key is answered 401, in either header",
    ),
    Requirement(
        "AUT-005",
        MUST,
        'The page: "Authentication problems return 401."',
        "A key that only resembles a valid one, by a character, in other letters or as a pattern, is answered 401",
    ),
    Requirement(
        "AUT-006",
        MUST,
        "The page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`.",
        "A valid key in Authorization: Bearer opens every operation that it opens in X-Sepolo-Api-Key",
    ),
    Requirement(
        "AUT-007",
        SHOULD,
        "The page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`.",
        "A key means the same client, scopes and boundaries in either header",
    ),
    Requirement(
        "AUT-008",
        SHOULD,
        "The page shows clientId as a shortened key: the key itself is a secret.",
        "No answer repeats the key that was sent, neither in its headers nor in its body",
    ),
    Requirement(
        "AUT-009",
        SHOULD,
        "The page shows clientId as a shortened key: `sep_live_...`.",
        "clientId is no more than the beginning of the key, and the same each time",
    ),
    Requirement(
        "AUT-010",
        SHOULD,
        "RFC 9110, section 11.6.1: a 401 says by WWW-Authenticate how to authenticate.",
        "Every 401 has a WWW-Authenticate header",
    ),
    Requirement(
        "AUT-011",
        SHOULD,
        "RFC 9110, section 5.1: names of headers are read in any case.",
        "The header that carries the key is known in any case",
    ),
    Requirement(
        "AUT-012",
        SANDBOX,
        "Our own choice, after RFC 9110, section 11.1: the scheme's name is read in any case.",
        "The word Bearer is read in any case, and spaces round a key don't count",
    ),
    Requirement(
        "AUT-013",
        SANDBOX,
        "Our own choice: addresses end up in logs, so no key may stand in one.",
        "A key in the query is answered 401",
    ),
    Requirement(
        "AUT-014",
        SANDBOX,
        "Our own choice: it protects a real key that was sent to the wrong place.",
        "A live key is answered 401 by a sandbox, with a message that says so",
    ),
    Requirement(
        "AUT-015",
        SANDBOX,
        "Our own choice: nobody can say which of two keys was meant.",
        "Two different keys in one request are answered 401, the same one twice is taken",
    ),
    Requirement(
        "AUT-016",
        SANDBOX,
        "Our own choice: the page knows no third way to send a key.",
        "A key under another scheme than Bearer, or none, is answered 401",
    ),
    Requirement(
        "AUT-017",
        SANDBOX,
        "Our own choice: who isn't known learns nothing.",
        "Without a key, 401 comes before what is wrong with ids and parameters",
    ),
    Requirement(
        "AUT-018",
        MUST,
        'The page: "Authentication problems return 401."',
        "A service report sent without a key is answered 401",
    ),
    Requirement(
        "AUT-019",
        SHOULD,
        'The page: "JSON over HTTPS".',
        "The deployment is reached by https, unless it runs on this machine",
    ),
)
