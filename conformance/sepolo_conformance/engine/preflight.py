"""The first requests of a run: they find out whether the target is the API, and the identities of the keys.

A target that cannot be judged ends the run with one error message, instead of one for each of hundreds of requirements.
"""

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import authorised
from sepolo_conformance.engine.session import Suite
from sepolo_conformance.model.keys import Key, KeyFacts
from sepolo_conformance.model.outcomes import NotTested, RunError
from sepolo_conformance.model.settings import SettingsError
from sepolo_conformance.target.keys import ME
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.response import NoResponseError

_REJECTED = (401, 403, 429)


def preflight(suite: Suite) -> tuple[KeyFacts, ...]:
    """Return the facts that `/me` gives about each key; raise SettingsError if the target cannot be judged at all."""
    with suite.observed():
        return _preflight(suite)


def _preflight(suite: Suite) -> tuple[KeyFacts, ...]:
    key, url = next(iter(suite.target.keys), None), suite.settings.base_url
    try:
        exchange = _get(suite, key, "getMe")
    except RunError as error:
        if isinstance(error.__cause__, NoResponseError) and not error.__cause__.busy:
            raise SettingsError(suite.mask(f"{url} cannot be judged: {error}{_advice(str(error))}")) from None
        return ()
    if 300 <= exchange.status < 400:
        location = suite.mask(exchange.header("location") or "another URL")
        raise SettingsError(f"{url}{ME} redirects to {location}: give the URL of the deployment itself")
    if _is_other_server(exchange) and _is_other_server(_get(suite, key, "listDevices")):
        response = f"{exchange.status} with {exchange.media_type or 'no Content-Type'}"
        raise SettingsError(f"{url} is not a URL of the API: {ME} returns {response}; give the part before {ME}")
    facts = tuple(_facts(suite, each) for each in suite.target.keys)
    _require_device(suite)
    return facts


def _get(suite: Suite, key: Key | None, operation_id: str, **ids: str) -> Exchange:
    """Call an operation without a query."""
    target = Call(suite.contract.operations[operation_id], ids).target
    return suite.client.send(Request("GET", target, authorised(key), key=key, operation_id=operation_id))


def _advice(problem: str) -> str:
    if "certificate" not in problem:
        return ""
    return "; if your own authority signed the certificate, name the authority's certificate in SSL_CERT_FILE"


def _is_other_server(exchange: Exchange) -> bool:
    """Return whether a response is not one of the API: it is 404 or not JSON, and not a rejection of the key."""
    return exchange.status not in _REJECTED and (exchange.status == 404 or exchange.fault is not None)


def _require_device(suite: Suite) -> None:
    """Raise SettingsError if no key may see the device of --device."""
    device = suite.settings.device
    if device is None or not suite.target.keys:
        return
    statuses = {_get(suite, key, "getDevice", deviceId=device).status for key in suite.target.keys}
    if 404 in statuses and 200 not in statuses:
        raise SettingsError(f"--device {device}: the deployment shows no such device to these keys")


def _facts(suite: Suite, key: Key) -> KeyFacts:
    try:
        identity = suite.target.identity(key)
    except (NotTested, RunError) as problem:
        text = suite.mask(str(problem).removeprefix(f"{key.placeholder} "))
        return KeyFacts(key.name, key.placeholder, text, known=False)
    count = None if identity.scopes is None else len(identity.scopes)
    scopes = "scopes unknown" if count is None else f"{count} scope{'s' * (count != 1)}"
    bounds = ", bounded" if identity.bounded else ""
    limit = f", {identity.per_minute} requests a minute" if identity.per_minute else ""
    facts = f"organisation {identity.organization_id or 'unknown'}, {scopes}{bounds}{limit}"
    return KeyFacts(key.name, key.placeholder, suite.mask(facts))
