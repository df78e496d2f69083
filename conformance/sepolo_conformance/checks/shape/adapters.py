"""An exchange in the form that openapi-core reads."""

from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers

from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation

__all__ = ["CoreRequest", "CoreResponse"]


class CoreRequest:
    """The request: which operation it called. Its parameters aren't looked at, as only answers are judged."""

    def __init__(self, exchange: Exchange, operation: Operation) -> None:
        # The contract's own server and path, so that a deployment may live under any address.
        self.host_url = "https://api.sepolo.app"
        self.path = operation.path
        self.method = operation.method.lower()
        self.parameters = RequestParameters()
        self.body = exchange.request.body
        self.content_type = "application/json"


class CoreResponse:
    """The answer, with the body that is to be judged."""

    def __init__(self, exchange: Exchange, body: bytes) -> None:
        self.data = body
        self.status_code = exchange.status
        self.headers = Headers(list(exchange.headers))
        self.content_type = (exchange.header("content-type") or "").lower()
