"""The management of one sandbox as a value: what handlers use, and who may call them."""

import hmac
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import metadata

from sepolo_mock_server.errors import management_messages
from sepolo_mock_server.management.live import LiveOrganization
from sepolo_mock_server.management.principals import ManagedPrincipals
from sepolo_mock_server.settings import Settings
from sepolo_mock_server.state.access import StateAccess
from sepolo_mock_server.state.fault_counts import FaultCounts
from sepolo_mock_server.state.managed_store import ManagedStore
from sepolo_mock_server.state.request_log import RequestLog
from sepolo_openapi.contract import Contract


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token a request has: the operator's, or that of an organisation."""

    organization: str | None = None

    @property
    def operator(self) -> bool:
        return self.organization is None

    def reaches(self, organization: str) -> bool:
        """Whether the token reaches an organisation."""
        return self.organization in (None, organization)


@dataclass(frozen=True)
class Management:
    """Everything that handlers need."""

    settings: Settings
    contract: Contract
    """The document of the management API."""
    scopes: tuple[str, ...]
    """The scopes of the public API."""
    principals: ManagedPrincipals
    state: StateAccess
    store: ManagedStore
    log: RequestLog
    fault_counts: FaultCounts

    def is_operator(self, token: str) -> bool:
        """Whether a text is the operator's token."""
        expected = self.settings.operator_token
        return bool(expected) and hmac.compare_digest(_hash(token), _hash(expected))

    async def caller(self, token: str) -> Caller:
        """Return whose token it is; raise ApiError 401 if it is nobody's."""
        if self.is_operator(token):
            return Caller()
        found = await self.state.read(self.store.organization_of_token, token_hash(token))
        if found is None:
            raise management_messages.unauthorized(management_messages.BEARER_UNKNOWN)
        return Caller(found.id)

    async def organization(self, caller: Caller, organization: str) -> LiveOrganization:
        """Return an organisation that a caller reaches; raise ApiError 404 if there is none."""
        found = await self.principals.organization(organization) if caller.reaches(organization) else None
        if found is None:
            raise management_messages.organization_unknown()
        return found


@cache
def version() -> str:
    """Return the version of this program."""
    return metadata.version("sepolo-contract")


def token_hash(text: str) -> str:
    """Return the SHA-256 of a token or key, under which it is stored."""
    return _hash(text).hex()


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()
