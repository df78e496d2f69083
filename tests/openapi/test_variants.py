"""Forms of the contract for generators, and with a sandbox as first server."""

import copy
import json

import sepolo_openapi as openapi

CONTRACT = openapi.load().document


def test_the_form_for_generators_lacks_304_and_nothing_else() -> None:
    """Each operation loses its 304, and the components lose the response; the contract itself stays as it is."""
    before = copy.deepcopy(CONTRACT)
    expected = copy.deepcopy(CONTRACT)
    for item in expected["paths"].values():
        for operation in item.values():
            operation["responses"].pop("304", None)
    del expected["components"]["responses"]["NotModified"]
    assert openapi.for_generators(CONTRACT) == expected
    assert before == CONTRACT


def test_the_form_for_generators_has_a_3_0_form() -> None:
    """The two forms can be combined."""
    assert "NotModified" not in json.dumps(openapi.downgrade(openapi.for_generators(CONTRACT)))


def test_a_sandbox_is_the_first_server() -> None:
    """The servers of the contract follow."""
    servers = openapi.served_from(CONTRACT, "http://127.0.0.1:1234")["servers"]
    assert servers == [{"url": "http://127.0.0.1:1234", "description": "This sandbox"}, *CONTRACT["servers"]]
