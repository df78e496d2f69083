"""The variables of the collection: what differs between servers, and what the scripts keep between calls."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sepolo_openapi.contract import Contract, Parameter

SHARED = MappingProxyType({"pageSize": "100", "maxPages": "20", "cursor": ""})
"""Variables of the collection itself. A list is read up to `maxPages` pages; `cursor` is that of the next page."""
_WINDOWS = MappingProxyType({"from": "listDeviceTelemetry", "to": "listDeviceTelemetry"}) | {
    "fromUtc": "listServiceVisits",
    "toUtc": "listServiceVisits",
}
"""Variables of windows, and the operation whose examples they have in a sandbox."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A server: its name, and its variables. `secret` says that the key is not public."""

    name: str
    variables: dict[str, str]
    secret: bool


def environments(contract: Contract, sandbox_key: str) -> tuple[Environment, ...]:
    """Return the environments for a sandbox and for production.

    A sandbox has the ids and windows of the contract's examples. For production the scripts take the first rows of
    the lists and the last days, and nothing is written unless `allowWrites` is `true`.
    """
    return (
        Environment(
            "sandbox",
            {
                "baseUrl": _url(contract, "Sandbox"),
                "apiKey": sandbox_key,
                "allowWrites": "true",
                **_ids(contract),
                **{name: _example(contract, operation, name) for name, operation in _WINDOWS.items()},
            },
            secret=False,
        ),
        Environment(
            "production", {"baseUrl": _url(contract, "Production"), "apiKey": "", "allowWrites": "false"}, secret=True
        ),
    )


def variable(parameter: Parameter) -> str:
    """Return the variable of an id in a path: the name of the component, `ParentAssetId` as `parentAssetId`."""
    name = parameter.pointer.rpartition("/")[2]
    return name[0].lower() + name[1:]


def example(contract: Contract, parameter: Parameter) -> str:
    """Return the example of a parameter as text."""
    return str(contract.at(parameter.pointer)["example"])


def _ids(contract: Contract) -> dict[str, str]:
    return {
        variable(parameter): example(contract, parameter)
        for operation in contract.operations.values()
        for parameter in operation.parameters
        if parameter.where == "path"
    }


def _example(contract: Contract, operation_id: str, name: str) -> str:
    found = next(one for one in contract.operations[operation_id].parameters if one.name == name)
    return example(contract, found)


def _url(contract: Contract, description: str) -> str:
    server: dict[str, Any] = next(one for one in contract.document["servers"] if one["description"] == description)
    url: str = server["url"]
    for name, values in server.get("variables", {}).items():
        url = url.replace("{" + name + "}", values["default"])
    return url
