"""Who may call the management API: tokens, roles, hosts, and what pages of other origins can do."""

from collections.abc import Callable

import pytest

from sepolo_mock_server.errors import management_messages, messages
from sepolo_mock_server.settings import Settings
from tests.harness.managed import FIRST_KEY, OPERATOR, PROFILE_ORGANIZATION, Managed

SESSION = "/session"


def test_session_of_both_roles(sandbox: Managed) -> None:
    """The session names the role of the token, its organisation, and how the sandbox was started."""
    organization = sandbox.create()
    operator = sandbox("GET", SESSION).json
    assert operator | {"version": "any"} == {
        "role": "operator",
        "organizationId": None,
        "version": "any",
        "workers": 1,
        "profile": "demo",
        "seed": 1,
        "baseUrl": "http://127.0.0.1:8080",
        "demoKeys": True,
        "templates": ["demo", "fleet", "small"],
    }
    own = sandbox("GET", SESSION, token=organization.token).json
    assert own == operator | {"role": "organization", "organizationId": organization.id}


@pytest.mark.parametrize(
    ("target", "headers", "message"),
    [
        (SESSION, [], management_messages.BEARER_MISSING),
        (SESSION, [("Authorization", "Bearer sep_mgmt_00000000000000000000000000000000")], "BEARER_UNKNOWN"),
        (SESSION, [("Authorization", f"Bearer {FIRST_KEY}")], management_messages.BEARER_IS_KEY),
        (SESSION, [("Authorization", "Bearer sep_live_x")], management_messages.BEARER_IS_KEY),
        (SESSION, [("X-Sepolo-Api-Key", FIRST_KEY)], management_messages.BEARER_IS_KEY),
        (SESSION, [("Authorization", f"Basic {OPERATOR}")], management_messages.BEARER_SCHEME),
        (SESSION, [("Authorization", "Bearer ")], management_messages.BEARER_SCHEME),
        (SESSION, [("Authorization", f"Bearer {OPERATOR}")] * 2, management_messages.BEARER_REPEATED),
        (f"{SESSION}?token={OPERATOR}", [], management_messages.BEARER_IN_QUERY),
        (f"{SESSION}?x={OPERATOR}", [], management_messages.BEARER_IN_QUERY),
        (f"{SESSION}?x=sep_mgmt_1", [], management_messages.BEARER_IN_QUERY),
        (f"{SESSION}?access_token=1", [("Authorization", f"Bearer {OPERATOR}")], management_messages.BEARER_IN_QUERY),
    ],
)
def test_refused_tokens(sandbox: Managed, target: str, headers: list[tuple[str, str]], message: str) -> None:
    """A request without a known token in the Authorization header is a 401 that says why, with a challenge."""
    response = sandbox("GET", target, token=None, headers=headers)
    text = management_messages.BEARER_UNKNOWN if message == "BEARER_UNKNOWN" else message
    assert (response.status, response.json["message"]) == (401, text)
    assert response.headers["www-authenticate"] == 'Bearer realm="sepolo sandbox management"'
    assert OPERATOR not in response.body.decode()


@pytest.mark.parametrize("token", [OPERATOR, "sep_mgmt_00000000000000000000000000000000"])
def test_token_is_no_key(sandbox: Managed, token: str) -> None:
    """A management token in place of an API key is a 401."""
    expected = messages.KEY_UNKNOWN if token == OPERATOR else messages.KEY_OF_MANAGEMENT
    assert sandbox.message("GET", "/api/v1/me", key=token) == (401, expected)


def test_token_of_an_organization_reaches_only_it(sandbox: Managed) -> None:
    """The token of an organisation lists and reaches this organisation only, and can't make others."""
    own, other = sandbox.create(), sandbox.create()
    listed = sandbox("GET", "/organizations", token=own.token).json
    assert [row["organizationId"] for row in listed["data"]] == [own.id]
    assert sandbox("GET", "/organizations?cursor=1", token=own.token).json["data"] == []
    for path in (other.path, f"/organizations/{PROFILE_ORGANIZATION}"):
        unknown = 404, management_messages.organization_unknown().message
        assert sandbox.message("GET", path, token=own.token) == unknown
        assert sandbox.message("POST", f"{path}/keys", {"nonsense": 1}, token=own.token) == unknown
    refused = sandbox.message("POST", "/organizations", {"name": "x"}, token=own.token)
    assert refused == (403, management_messages.operator_only().message)
    assert sandbox("GET", own.path, token=own.token).status == 200


def test_token_ends_with_its_organization(sandbox: Managed) -> None:
    """The token of a deleted organisation is unknown."""
    organization = sandbox.create()
    assert organization("DELETE", "").status == 200
    assert sandbox.message("GET", SESSION, token=organization.token) == (401, management_messages.BEARER_UNKNOWN)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("127.9.8.7", 200),
        ("localhost:1", 200),
        ("LOCALHOST.", 200),
        ("demo.localhost", 200),
        ("[::1]:8080", 200),
        ("sepolo.example", 421),
        ("127.0.0.1.example.org:8080", 421),
        ("192.168.1.7", 421),
        ("[::2]", 421),
        ("localhost.example", 421),
        ("", 421),
    ],
)
def test_host_of_a_sandbox_on_loopback(sandbox: Managed, host: str, status: int) -> None:
    """A sandbox on loopback serves management to names of loopback only, so that no rebound name reaches it."""
    response = sandbox("GET", SESSION, headers=[("Host", host)])
    assert response.status == status
    if status == 421:
        assert response.json["message"] == management_messages.misdirected(host).message
    assert sandbox("GET", "/api/v1/me", key=FIRST_KEY, headers=[("Host", host)]).status == 200


def test_host_of_a_public_sandbox(make: Callable[..., Managed]) -> None:
    """A sandbox that listens beyond loopback serves management to every host name."""
    assert make(loopback=False)("GET", SESSION, headers=[("Host", "sepolo.example")]).status == 200


def test_no_cors(sandbox: Managed) -> None:
    """Pages of other origins get no CORS headers from the management API, whatever the status."""
    for method, target, token in (
        ("GET", SESSION, OPERATOR),
        ("GET", SESSION, None),
        ("GET", "/nowhere", OPERATOR),
        ("DELETE", SESSION, OPERATOR),
        ("OPTIONS", SESSION, None),
        ("HEAD", SESSION, OPERATOR),
    ):
        response = sandbox(method, target, token=token, headers=[("Origin", "https://example.org")])
        assert [name for name in response.headers if name.startswith("access-control")] == []
    assert response.headers["cache-control"] == "no-store"
    assert sandbox("OPTIONS", "/organizations").headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_no_management(make: Callable[..., Managed]) -> None:
    """Without the management API its paths are unknown, and the keys of the profile work."""
    sandbox = make(management=False)
    assert sandbox.message("GET", SESSION) == (404, messages.no_route("/sandbox/v1/session").message)
    assert sandbox("GET", "/api/v1/me", key=FIRST_KEY).status == 200


def test_no_demo_keys(make: Callable[..., Managed]) -> None:
    """Without demo keys the profile's keys are refused and not listed, and made keys work."""
    sandbox = make(demo_keys=False)
    assert sandbox.message("GET", "/api/v1/me", key=FIRST_KEY) == (401, messages.KEY_DEMO)
    assert sandbox("GET", SESSION).json["demoKeys"] is False
    path = f"/organizations/{PROFILE_ORGANIZATION}/keys"
    assert sandbox("GET", path).json["data"] == []
    made = sandbox("POST", path, {"name": "k", "scopes": ["public_api.read"]}).json
    assert sandbox.me(made["key"])["organizationId"] == PROFILE_ORGANIZATION
    assert [row["keyId"] for row in sandbox("GET", path).json["data"]] == [made["keyId"]]
    assert sandbox.message("GET", "/api/v1/me", key=FIRST_KEY) == (401, messages.KEY_DEMO)


def test_no_operator_token(make: Callable[..., Managed]) -> None:
    """Without an operator's token, an empty token is nobody's."""
    sandbox = make(operator_token="")
    assert sandbox("GET", SESSION, token="").status == 401
    assert OPERATOR not in repr(Settings(operator_token=OPERATOR))
