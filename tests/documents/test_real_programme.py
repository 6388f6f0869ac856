"""A real programme comes out of the event file whole."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from poll_server.documents.event_file import read_event
from poll_server.domain.programme import EventDraft, ItemKind
from tests.documents.real_programme import PROGRAMME, REASON, ROUND_TITLE, programme_lines, programme_yaml

pytestmark = pytest.mark.skipif(not PROGRAMME.is_file(), reason=REASON)

STARTS = [
    (9, 30),
    (9, 45),
    (10, 0),
    (10, 15),
    (11, 0),
    (11, 15),
    (11, 30),
    (12, 15),
    (12, 45),
    (13, 0),
    (14, 0),
    (14, 15),
]


@pytest.fixture(scope="module")
def source() -> str:
    """The programme as it was pasted."""
    return PROGRAMME.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def event(source: str) -> EventDraft:
    """The programme as it was read."""
    return read_event(programme_yaml(source), date(2026, 11, 22))


def test_times_come_out_whole(event: EventDraft) -> None:
    """Twelve items start when the programme says; each ends with the next one's start, the last is open."""
    starts = [datetime(2022, 1, 21, *start, tzinfo=ZoneInfo("Europe/Berlin")) for start in STARTS]
    assert [item.starts for item in event.items] == starts
    assert [item.ends for item in event.items] == [*starts[1:], None]
    assert [item.about for item in event.items] == [False] * 11 + [True]


def test_texts_come_out_whole(source: str, event: EventDraft) -> None:
    """Title and description of every item are together what stands in the programme."""
    words = [words for _, words in programme_lines(source)]
    assert [f"{item.title} {item.description}".strip() for item in event.items] == words


def test_break_rounds_and_end_are_what_they_are(event: EventDraft) -> None:
    """One break, two rounds with three questions each, one end; everything else is a talk."""
    special = [
        (item.kind, item.starts.time(), len(item.questions)) for item in event.items if item.kind != ItemKind.TALK
    ]
    assert special == [
        (ItemKind.ROUND, time(11, 15), 3),
        (ItemKind.BREAK, time(11, 30), 0),
        (ItemKind.ROUND, time(12, 45), 3),
        (ItemKind.END, time(14, 15), 0),
    ]
    titles = [item.title for item in event.items if item.kind == ItemKind.ROUND]
    assert titles == [f"{ROUND_TITLE} I", f"{ROUND_TITLE} II"]


def test_people_come_out_whole(source: str, event: EventDraft) -> None:
    """Everybody who stands in the programme with a role is there, in order and at the right time."""
    people = [(item.starts.time(), person) for item in event.items for person in item.people]
    assert [start for start, _ in people] == [time(10, 15)] * 4 + [time(12, 15)] + [time(13, 0)] * 4
    words = " ".join(words for _, words in programme_lines(source))
    # A bracket with a small letter in it holds a role; one without, the abbreviation of an institution.
    assert [person.role for _, person in people] == re.findall(r"\(([^()]*[a-zäöüß][^()]*)\)", words)
    assert [words.count(f"{person.name} ({person.role})") for _, person in people] == [1] * 9
