"""An exchange as the request and the response that openapi-core reads."""

from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers

from sepolo_conformance.engine import Exchange
from sepolo_openapi.contract import Operation


class CoreRequest:
    """The request as the operation that it called, without parameters: only responses are validated."""

    def __init__(self, exchange: Exchange, operation: Operation) -> None:
        # Server and path of the contract, as the base URL of a deployment is not part of it.
        self.host_url = "https://api.sepolo.app"
        self.path = operation.path
        self.method = operation.method.lower()
        self.parameters = RequestParameters()
        self.body = exchange.request.body
        self.content_type = "application/json"


class CoreResponse:
    """The response with the body that is to be validated."""

    def __init__(self, exchange: Exchange, body: bytes) -> None:
        self.data = body
        self.status_code = exchange.status
        self.headers = Headers(list(exchange.headers))
        # openapi-core looks for the contract's media type in the whole header, and fails for a quoted `;` or `?`.
        self.content_type = exchange.media_type
