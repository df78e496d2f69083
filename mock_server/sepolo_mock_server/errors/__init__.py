"""Errors and their texts: the error responses of the API and the one-line errors of the command line.

This package contains every text about a failure that a caller or user reads; the rules decide when it is raised.
"""

from sepolo_mock_server.errors.api_error import ApiError, Detail, RejectedError
from sepolo_mock_server.errors.command_line import SettingsError

__all__ = ["ApiError", "Detail", "RejectedError", "SettingsError"]
