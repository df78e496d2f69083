"""Schema look-up in a contract: JSON pointers, references, members and their basis."""

import pytest

import sepolo_openapi as openapi
from sepolo_openapi import ContractError

CONTRACT = openapi.load()
SCHEMAS = CONTRACT.document["components"]["schemas"]


def test_a_pointer_leads_to_a_part_of_the_document() -> None:
    """Escaped segments and indices of lists are followed (RFC 6901)."""
    assert CONTRACT.at("") is CONTRACT.document
    assert CONTRACT.at("/paths/~1api~1v1~1assets/get/parameters/3/name") == "status"


@pytest.mark.parametrize("pointer", ["/nowhere", "/paths/~1api~1v1~1assets/get/parameters/99", "/tags/first"])
def test_a_pointer_to_nothing_is_an_error(pointer: str) -> None:
    """The error names the pointer."""
    with pytest.raises(ContractError) as caught:
        CONTRACT.at(pointer)
    assert (caught.value.pointer, caught.value.problem) == (pointer, "the document has no such part")


def test_references_are_resolved() -> None:
    """A reference gives its target, also inside an alternative with null; other schemas are returned unchanged."""
    reference = {"$ref": "#/components/schemas/ActivityStatus"}
    assert CONTRACT.resolve(reference) == SCHEMAS["ActivityStatus"]
    assert CONTRACT.resolve({"anyOf": [reference, {"type": "null"}]}) == SCHEMAS["ActivityStatus"]
    assert CONTRACT.resolve({"type": "string"}) == {"type": "string"}


def test_members_are_those_of_the_schema() -> None:
    """A schema without properties has no members."""
    assert CONTRACT.members("PublicApiAssetDto") == SCHEMAS["PublicApiAssetDto"]["properties"]
    assert CONTRACT.members("ActivityStatus") == {}


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ({"type": "string", "x-sepolo-basis": "assumed"}, "assumed"),
        ({"$ref": "#/components/schemas/PublicApiRateLimit"}, "documented"),
        ({"$ref": "#/components/schemas/PublicApiRateLimit", "x-sepolo-basis": "implied"}, "implied"),
        ({"type": "string"}, "documented"),
    ],
)
def test_the_basis_of_a_member(member: dict[str, object], expected: str) -> None:
    """A member's own basis comes before that of its schema; without either it is documented."""
    assert CONTRACT.basis(member) == expected


def test_members_that_are_measured() -> None:
    """Four members of a device are measured; those of an asset are all recorded."""
    expected = {"batteryPercentage", "isOnline", "lastSeen", "signalStrength"}
    assert CONTRACT.measured("PublicApiDeviceDto") == expected
    assert CONTRACT.measured("PublicApiAssetDto") == set()
