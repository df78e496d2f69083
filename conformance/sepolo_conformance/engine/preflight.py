"""The first requests of a run: whether there is an API at all, and who the keys are.

What makes a run pointless ends it here, in one line, before hundreds of requirements say the same.
"""

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import authorised
from sepolo_conformance.engine.session import Suite
from sepolo_conformance.model.keys import Key, KeyFacts
from sepolo_conformance.model.outcomes import NotTested, RunError
from sepolo_conformance.model.settings import SettingsError
from sepolo_conformance.target.keys import ME
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.http_transport import NoAnswerError

__all__ = ["meet"]

_REFUSALS = (401, 403, 429)


def meet(suite: Suite) -> tuple[KeyFacts, ...]:
    """Return what the keys are, in phrases; raise SettingsError if the target can't be judged at all."""
    key, url = next(iter(suite.target.keys), None), suite.settings.base_url
    try:
        exchange = _asked(suite, key, "getMe")
    except RunError as error:
        if isinstance(error.__cause__, NoAnswerError) and not error.__cause__.busy:
            raise SettingsError(suite.mask(f"{url} can't be judged: {error}{_advice(str(error))}")) from None
        return ()
    if 300 <= exchange.status < 400:
        place = suite.mask(exchange.header("location") or "another address")
        raise SettingsError(f"{url}{ME} redirects to {place}: give the URL of the deployment itself")
    if _is_elsewhere(exchange) and _is_elsewhere(_asked(suite, key, "listDevices")):
        what = f"{exchange.status} with {exchange.media_type or 'no Content-Type'}"
        raise SettingsError(f"{url} is no address of the API: {ME} is answered {what}; give what stands before {ME}")
    facts = tuple(_facts(suite, each) for each in suite.target.keys)
    _find_device(suite)
    return facts


def _asked(suite: Suite, key: Key | None, operation_id: str, **ids: str) -> Exchange:
    """Return the answer to the plainest call of an operation."""
    target = Call(suite.contract.operations[operation_id], ids).target
    return suite.client.send(Request("GET", target, authorised(key), key=key, operation_id=operation_id))


def _advice(problem: str) -> str:
    trusted = "certificate" not in problem
    return "" if trusted else "; if it is signed by an authority of your own, name that in SSL_CERT_FILE"


def _is_elsewhere(exchange: Exchange) -> bool:
    """Return whether an answer is none of the API's: neither let in nor refused, or no JSON."""
    return exchange.status not in _REFUSALS and (exchange.status == 404 or exchange.fault is not None)


def _find_device(suite: Suite) -> None:
    """Raise SettingsError where the device of --device can't be seen with any key."""
    device = suite.settings.device
    if device is None or not suite.target.keys:
        return
    seen = {_asked(suite, key, "getDevice", deviceId=device).status for key in suite.target.keys}
    if 404 in seen and 200 not in seen:
        raise SettingsError(f"--device {device}: the deployment shows these keys no such device")


def _facts(suite: Suite, key: Key) -> KeyFacts:
    """Return who a key is, in a phrase."""
    try:
        identity = suite.target.identity(key)
    except (NotTested, RunError) as problem:
        return KeyFacts(
            key.name, key.placeholder, suite.mask(str(problem).removeprefix(f"{key.placeholder} ")), known=False
        )
    count = None if identity.scopes is None else len(identity.scopes)
    scopes = "scopes unknown" if count is None else f"{count} scope{'s' * (count != 1)}"
    bounds = ", bounded" if identity.bounded else ""
    limit = f", {identity.per_minute} requests a minute" if identity.per_minute else ""
    facts = f"organisation {identity.organization_id or 'unknown'}, {scopes}{bounds}{limit}"
    return KeyFacts(key.name, key.placeholder, suite.mask(facts))
