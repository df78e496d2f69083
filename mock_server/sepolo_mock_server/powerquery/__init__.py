"""The Power Query file of the API: functions that read every list into a table, for Power BI and Excel."""

from sepolo_mock_server.powerquery.document import document, origin

__all__ = ["document", "origin"]
