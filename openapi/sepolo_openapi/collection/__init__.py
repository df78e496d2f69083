"""The collection of requests for Postman and Bruno, written from the contract: the same bytes every time.

No converter of OpenAPI knows windows and paging, so that the requests, their variables and their tests are made here.
"""

from sepolo_openapi.collection import bruno, postman
from sepolo_openapi.collection.requests import folders
from sepolo_openapi.collection.variables import environments
from sepolo_openapi.contract import Contract

__all__ = ["FORMATS", "files"]

FORMATS = {"postman": postman.files, "bruno": bruno.files}


def files(contract: Contract, format: str, sandbox_key: str) -> dict[str, str]:  # noqa: A002 - the command's option
    """Return the text of each file by its relative path; raise KeyError for an unknown format.

    `sandbox_key` is the API key of the environment for a sandbox; that for production has an empty one.
    """
    return FORMATS[format](contract, folders(contract), environments(contract, sandbox_key))
