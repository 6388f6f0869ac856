"""Both real programmes, as they are pasted."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from poll_server.documents.programme_found import drafts_of
from poll_server.documents.programme_text import read_programme
from poll_server.domain.programme import ItemKind
from tests.documents.real_programme import PROGRAMME, REASON, programme_lines
from tests.documents.test_real_programme import STARTS

ZONE = ZoneInfo("Europe/Berlin")
SERIES: Path = PROGRAMME.with_name("webtalk-reihe-2021.txt")

pytestmark = pytest.mark.skipif(not (PROGRAMME.is_file() and SERIES.is_file()), reason=REASON)


def test_conference_as_it_is_pasted() -> None:
    """All twelve items come out, with times, titles, two rounds, a break and a session for questions."""
    text = PROGRAMME.read_text(encoding="utf-8")
    found = read_programme(text, ZONE)
    starts = [datetime(2022, 1, 21, *start, tzinfo=ZONE) for start in STARTS]
    assert found.title == "Bundestagung „Kleinstädte in Deutschland“"
    assert [item.starts for item in found.items] == starts
    assert [item.ends for item in found.items] == [*starts[1:], None]
    assert [item.about for item in found.items] == [False] * 11 + [True]
    assert [item.title for item in found.items] == [
        "Einführung durch die Moderation",
        "Grußwort und Perspektiven der Kleinstadtentwicklung",
        "Handlungsstrategien für Kleinstädte: Der Kleinstadtbericht des BBSR",
        "Die Kleinstadtakademie durch Kleinstädte aktiv gestalten",
        "„Abstimmungsräume, Netzwerk, Öffentlichkeit, Plattform, Kontinuität“",
        "Sie sind gefragt! I",
        "Pause",
        "Kleinstädte als Orte der Demokratiebildung",
        "Sie sind gefragt! II",
        "„Kleinstädte gemeinsam stärken“",
        "Verabschiedung",
        "Ende der Veranstaltung",
    ]
    words = [words for _, words in programme_lines(text)]
    assert [f"{item.title} {item.description}".strip() for item in found.items] == words
    kinds = {number: item.kind for number, item in enumerate(found.items) if item.kind is not ItemKind.TALK}
    assert kinds == {
        5: ItemKind.ROUND,
        6: ItemKind.BREAK,
        8: ItemKind.ROUND,
        9: ItemKind.QUESTION_SESSION,
        11: ItemKind.END,
    }
    assert [len(item.people) for item in found.items] == [0, 0, 0, 4, 0, 0, 0, 1, 0, 4, 0, 0]
    assert (found.series, found.remarks, [one.line for one in found.unread]) == (False, (), [3, 5, 10, 12, 29, 31])


def test_series_as_it_is_pasted() -> None:
    """Each of the four dates becomes an event with one talk, and its title is the talk's."""
    found = read_programme(SERIES.read_text(encoding="utf-8"), ZONE)
    assert found.title == "Kleinstädte in Deutschland – Potenziale, Herausforderungen und neue Ideen"
    assert found.organisers.startswith("Sächsische Landeszentrale für politische Bildung (SLpB), Bundesinstitut")
    drafts = drafts_of(found, found.title, "Europe/Berlin", "de")
    assert [(one.title, one.day.isoformat(), len(one.items)) for one in drafts] == [
        ("Kleinstädte in Deutschland: Unterschätzte Größe?", "2021-03-11", 1),
        ("Wohnen: Ist hier noch was frei?", "2021-03-25", 1),
        ("Arbeit und Digitale Transformation: Kommt jetzt der Run auf die Kleinstädte?", "2021-04-15", 1),
        ("Mobilität: Schon angebunden?", "2021-04-29", 1),
    ]
    clocks = {
        (f"{item.starts:%H:%M}", item.ends and f"{item.ends:%H:%M}", item.kind) for one in drafts for item in one.items
    }
    assert clocks == {("18:30", "20:00", ItemKind.TALK)}
    offsets = [one.items[0].starts.utcoffset() for one in drafts]
    assert [offset and offset.total_seconds() / 3600 for offset in offsets] == [1, 1, 2, 2]
    assert (found.series, found.remarks, [one.line for one in found.unread]) == (True, (), [10, 12, 14])
