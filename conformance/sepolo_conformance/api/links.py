"""Links between operations: the operation that returns a listed row's details. The contract has them in prose only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Link(NamedTuple):
    """A link from the rows of a list to an operation: `member` of a row is the value of its path `parameter`."""

    operation_id: str
    parameter: str
    member: str


DETAILS: Mapping[str, Link] = MappingProxyType(
    {
        "listAssets": Link("getAsset", "assetId", "assetId"),
        "listDevices": Link("getDevice", "deviceId", "deviceId"),
        "listServiceReports": Link("getServiceReport", "serviceReportId", "serviceReportId"),
        "listMovements": Link("getMovementSignature", "movementId", "id"),
        "listPointGuardCycles": Link("listPointGuardCycleSamples", "cycleId", "cycleId"),
        "listAssetChildren": Link("getAsset", "assetId", "assetId"),
    }
)
"""Links by the operation id of the list."""
