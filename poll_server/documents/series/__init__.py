"""A series: the questions that several of its events have asked, side by side, as a document and as data."""

from poll_server.documents.series.comparing import Comparison, compare
from poll_server.documents.series.reading import read
from poll_server.documents.series.report import make
from poll_server.documents.series.tables import to_json, workbook

__all__ = ["Comparison", "compare", "make", "read", "to_json", "workbook"]
