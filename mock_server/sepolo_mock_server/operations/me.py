"""Operations of the tag "Start here"."""

import orjson

from sepolo_mock_server.operations.call import Call, Result
from sepolo_mock_server.rules import api_keys, windows


def get_me(call: Call) -> Result:
    fact, tenant = call.principal.fact, call.principal.tenant
    organization = tenant.organization
    return orjson.dumps(
        {
            "organizationId": organization.id,
            "clientId": api_keys.masked(fact.key),
            "clientName": fact.client_name,
            "scopes": list(fact.scopes),
            "version": "v1",
            "rateLimit": {"requestsPerMinute": fact.requests_per_minute, "requestsPerDay": fact.requests_per_day},
            "allowedGroupIds": sorted(fact.allowed_group_ids),
            "allowedCustomerIds": sorted(call.principal.owner.customers),
            "organizationName": organization.name,
            "environment": "sandbox",
            "keyExpiresOn": None if fact.expires is None else windows.text(fact.expires),
            "serverTimeUtc": windows.text(tenant.now()),
        }
    )
