"""A programme as a file: text in one of the usual encodings, or schedule.json."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from poll_server.documents.event_times import TIME_ZONE
from poll_server.documents.pretalx import read_schedule
from poll_server.documents.programme_found import PROGRAMME_MAXIMUM, SCHEDULE_MAXIMUM, TOO_LONG, ReadProgramme
from poll_server.documents.programme_text import read_programme
from poll_server.documents.round_file import WINDOWS, decoded, encoding_of
from poll_server.i18n import N_

_BYTES_MAXIMUM = 4 * PROGRAMME_MAXIMUM
"""No encoding takes more for a letter than four bytes."""
_MARK = b"\xef\xbb\xbf"


def read_programme_file(content: bytes, zone: str, language: str, day: date | None = None) -> ReadProgramme:
    """Read a programme from a file; ``zone`` is empty for that of the file itself. Raises NoText."""
    if is_too_long(content):
        return ReadProgramme(problem=TOO_LONG)
    if _is_json(content):
        return read_schedule(content.removeprefix(_MARK), zone)
    read = read_programme(decoded(content), ZoneInfo(zone or TIME_ZONE), language, day)
    if encoding_of(content) == WINDOWS:
        said = N_("The file is not in UTF-8, so it has been read as Windows writes it. Please look at its umlauts.")
        return replace(read, notices=(said,))
    return read


def is_too_long(content: bytes) -> bool:
    """Tell whether a file is longer than any that is read."""
    return len(content) > (SCHEDULE_MAXIMUM if _is_json(content) else _BYTES_MAXIMUM)


def _is_json(content: bytes) -> bool:
    return content[:100].removeprefix(_MARK).lstrip().startswith((b"{", b"["))
