"""The documentation of an event: read from the database, made by an organiser's choice, then set or shown."""

from poll_server.documents.report.choice import Choice, Part, chosen
from poll_server.documents.report.making import make
from poll_server.documents.report.model import Report
from poll_server.documents.report.reading import Material, documented, read

__all__ = ["Choice", "Material", "Part", "Report", "chosen", "documented", "make", "read"]
