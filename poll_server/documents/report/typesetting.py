"""The documentation as a PDF: tagged, PDF/UA-1, the same bytes for the same report."""

from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import typst

from poll_server.documents.report.lettering import has_replaced, is_from_right, lettered
from poll_server.documents.report.model import Report

_FOLDER = Path(str(files("poll_server.documents")))


def to_pdf(report: Report) -> bytes:
    """Return the documentation as PDF/UA-1; its date is the last day of the event, not that of its making."""
    made = datetime.combine(datetime.fromisoformat(report.last), time(12), UTC)
    found = _compiler(report).compile(format="pdf", pdf_standards=["ua-1"], timestamp=made)
    assert isinstance(found, bytes)
    return found


def to_pictures(report: Report, dots: int = 96) -> list[bytes]:
    """Return each page as PNG with so many dots in an inch, for whoever wants to look at them."""
    found = _compiler(report).compile(format="png", ppi=dots)
    return [found] if isinstance(found, bytes) else list(found or [])


def _compiler(report: Report) -> typst.Compiler:
    """Return what sets a report. Its texts are data, never a part of the program that sets them."""
    content = _lettered(asdict(report))
    content["replaces"] = has_replaced(_texts(content))
    return typst.Compiler(
        _FOLDER / "report" / "report.typ",
        root=_FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"report": orjson.dumps(content).decode()},
    )


@cache
def _fonts() -> typst.Fonts:
    """Return our fonts alone, so that the result is the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FOLDER / "fonts")])


def _lettered(value: Any) -> Any:
    """Return the same with every text as fonts can set it; one from right to left says so."""
    match value:
        case str():
            text = lettered(value)
            return f"\N{RIGHT-TO-LEFT MARK}{text}" if is_from_right(text) else text
        case dict():
            return {str(name): _lettered(one) for name, one in value.items()}
        case list() | tuple():
            return [_lettered(one) for one in value]
        case _:
            return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for name, one in value.items() if name != "labels" for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []
