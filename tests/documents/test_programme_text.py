"""A programme as people paste it: what is understood, and the lines that are not."""

import re
import time as timer
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.documents.programme_file import read_programme_file
from poll_server.documents.programme_found import (
    ITEMS_MAXIMUM,
    PROGRAMME_MAXIMUM,
    TOO_LONG,
    ReadProgramme,
    Remark,
    drafts_of,
)
from poll_server.documents.programme_text import read_programme
from poll_server.domain.programme import ItemKind, Person

ZONE = ZoneInfo("Europe/Berlin")
CONFERENCE = """\
# Tag der kleinen Städte
Veranstalter: Land und Leute e. V.

27.–28. Januar 2027

Das Programm:
Mittwoch
9.30 – 9.45 Uhr\tBegrüßung\tDr. Eva Klein, Bürgermeisterin
• 9.45 bis 11 Uhr: **Wohnen im Ort**
Moderation: Jan Berg
Es geht um Häuser, die leer stehen.
11 Uhr Kaffeepause
11.30–12.30 Uhr | Workshop A: Wege | Uwe Lang; Ina Hof
11.30–12.30 Uhr | Workshop B: Plätze

12.30 Uhr

Fragerunde mit dem Podium

Wir freuen uns auf Sie.

Tag 2
9 – 10 Uhr Sie sind gefragt!
10 Uhr Streit um Straßen. Diskussion mit Publikumsbeteiligung
ca. 12 Uhr Ende
"""


def read(text: str, day: date | None = None) -> ReadProgramme:
    """The programme as understood in Berlin."""
    return read_programme(text, ZONE, "de", day)


def told(remarks: tuple[Remark, ...]) -> list[tuple[int, str]]:
    """The lines that something is said of, and what."""
    return [(remark.line, str(remark.sentence)) for remark in remarks]


def slots(text: str, day: date | None = None) -> list[tuple[str, str, str]]:
    """Start, end and title of each item."""
    return [
        (f"{item.starts:%d.%m. %H:%M}", f"{item.ends:%H:%M}" if item.ends else "", item.title)
        for item in read(text, day).items
    ]


def test_conference_of_two_days() -> None:
    """Days, times, kinds and titles come out; a missing end is the next start; the rest is told by its line."""
    found = read(CONFERENCE)
    assert (found.title, found.organisers, found.series) == ("Tag der kleinen Städte", "Land und Leute e. V.", False)
    assert [
        (f"{item.starts:%d. %H:%M}", item.ends and f"{item.ends:%H:%M}", item.kind, item.title) for item in found.items
    ] == [
        ("27. 09:30", "09:45", ItemKind.TALK, "Begrüßung"),
        ("27. 09:45", "11:00", ItemKind.TALK, "Wohnen im Ort"),
        ("27. 11:00", "11:30", ItemKind.BREAK, "Kaffeepause"),
        ("27. 11:30", "12:30", ItemKind.WORKSHOP, "Workshop A: Wege"),
        ("27. 11:30", "12:30", ItemKind.WORKSHOP, "Workshop B: Plätze"),
        ("27. 12:30", None, ItemKind.QUESTION_SESSION, "Fragerunde mit dem Podium"),
        ("28. 09:00", "10:00", ItemKind.ROUND, "Sie sind gefragt!"),
        ("28. 10:00", "12:00", ItemKind.QUESTION_SESSION, "Streit um Straßen. Diskussion mit Publikumsbeteiligung"),
        ("28. 12:00", None, ItemKind.END, "Ende"),
    ]
    assert [item.people for item in found.items[:4]] == [
        (Person("Dr. Eva Klein", "Bürgermeisterin"),),
        (Person("Jan Berg", "Moderation"),),
        (),
        (Person("Uwe Lang"), Person("Ina Hof")),
    ]
    assert [item.description for item in found.items if item.description] == ["Es geht um Häuser, die leer stehen."]
    assert [item.about for item in found.items] == [False] * 8 + [True]
    assert told(found.unread) == [(20, "There is no time in this line, and no item right above it.")]
    assert told(found.remarks) == [(14, "This starts while the item of line 13 still runs.")]
    drafts = drafts_of(found, found.title, "Europe/Berlin", "de")
    assert [(one.title, one.day, one.last_day, one.organisers, one.items) for one in drafts] == [
        ("Tag der kleinen Städte", date(2027, 1, 27), date(2027, 1, 28), "Land und Leute e. V.", found.items)
    ]


def test_english_programme() -> None:
    """English words, dates and halves of the day are understood as well; the day's own end closes the last item."""
    text = """\
Small Towns Summit
Friday, January 22nd, 2027, 9:30 am – 2:15 pm

9:30 am – 9:45 am Welcome
9:45 a.m. Keynote by Ada Long
10:30 – 11:00 am Coffee break
11 am - 12 pm Q&A with the panel
12 pm: Lunch
1:15 pm Workshop: Streets
"""
    found = read_programme(text, ZONE, "en")
    assert (found.title, found.unread, found.remarks) == ("Small Towns Summit", (), ())
    assert [
        (f"{item.starts:%H:%M}", item.ends and f"{item.ends:%H:%M}", item.kind, item.title) for item in found.items
    ] == [
        ("09:30", "09:45", ItemKind.TALK, "Welcome"),
        ("09:45", "10:30", ItemKind.TALK, "Keynote by Ada Long"),
        ("10:30", "11:00", ItemKind.BREAK, "Coffee break"),
        ("11:00", "12:00", ItemKind.QUESTION_SESSION, "Q&A with the panel"),
        ("12:00", "13:15", ItemKind.BREAK, "Lunch"),
        ("13:15", "14:15", ItemKind.WORKSHOP, "Workshop: Streets"),
    ]


def test_series_of_date_lines() -> None:
    """Dates with one talk each are a series: an event for each date; a year holds for all dates without one."""
    dates = "Mo, 11. Januar, 18 Uhr: Wohnen\n\nDi, 12.1. 18.30–20 Uhr\nWege\n\n14.1.2027, 19 Uhr\n\nArbeit\n"
    found = read(f"Abende im Ort\n\n{dates}")
    assert (found.title, found.series, found.unread, found.remarks) == ("Abende im Ort", True, (), ())
    drafts = drafts_of(found, found.title, "Europe/Berlin", "de")
    assert [(one.title, one.day, len(one.items)) for one in drafts] == [
        ("Wohnen", date(2027, 1, 11), 1),
        ("Wege", date(2027, 1, 12), 1),
        ("Arbeit", date(2027, 1, 14), 1),
    ]


def test_table_with_semicolons_from_windows() -> None:
    """A table in Windows' letters is read, with a word about it; its head is no line that was not understood."""
    text = (
        "Datum;Beginn;Ende;Titel;Person\r\n21.01.2027;9:30;10:00;Begrüßung;Dr. Änne Lux\r\n21.01.2027;10:00;;Pause;\r\n"
    )
    found = read_programme_file(text.encode("cp1252"), "", "de")
    assert [(item.title, item.people, item.ends) for item in found.items] == [
        ("Begrüßung", (Person("Dr. Änne Lux"),), datetime(2027, 1, 21, 10, tzinfo=ZONE)),
        ("Pause", (), None),
    ]
    assert (found.unread, len(found.notices)) == ((), 1)
    assert read_programme_file(text.encode(), "", "de") == read(text)


def test_title_and_description_of_one_long_line() -> None:
    """Of a long line without marks the title is what stands before the lost line end; a short one is a title."""
    text = """\
21.1.2027
9 Uhr\tKurz und gut
10 Uhr\tGrußwort und Ausblick auf die Entwicklung der kleinen Orte Ministerium für Wohnen und Bauen
11 Uhr\t„Zusammen stärker“ Ein Gespräch
12 Uhr\tWer zahlt die Straßen in den kleinen Orten des Landes? Ein Gespräch mit Leuten aus dem Rathaus
13 Uhr\tSie sind gefragt! II Ihre Meinung zählt
"""
    assert [(item.title, item.description) for item in read(text).items] == [
        ("Kurz und gut", ""),
        ("Grußwort und Ausblick auf die Entwicklung der kleinen Orte", "Ministerium für Wohnen und Bauen"),
        ("„Zusammen stärker“", "Ein Gespräch"),
        ("Wer zahlt die Straßen in den kleinen Orten des Landes?", "Ein Gespräch mit Leuten aus dem Rathaus"),
        ("Sie sind gefragt! II", "Ihre Meinung zählt"),
    ]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Sie sind gefragt!", ItemKind.ROUND),
        ("„Sie sind gefragt!“ I", ItemKind.ROUND),
        ("Fragerunde", ItemKind.QUESTION_SESSION),
        ("Offene Fragerunde mit allen", ItemKind.QUESTION_SESSION),
        ("Diskussion mit Publikumsbeteiligung", ItemKind.QUESTION_SESSION),
        ("Pause", ItemKind.BREAK),
        ("Mittagspause im Hof", ItemKind.BREAK),
        ("Workshop 3", ItemKind.WORKSHOP),
        ("Ende der Veranstaltung", ItemKind.END),
        ("Keine Pause für den Ort", ItemKind.TALK),
        ("Das Ende der Straße", ItemKind.TALK),
        ("Endlich Wohnen", ItemKind.TALK),
        ("Pausenlos unterwegs", ItemKind.TALK),
    ],
)
def test_kinds_by_their_words(title: str, kind: ItemKind) -> None:
    """The words of a title say what the item is; a word somewhere in it does not make a break or an end."""
    assert [item.kind for item in read(f"21.1.2027\n9 Uhr {title}").items] == [kind]


BAD = [
    ("32.13.2027\n9 Uhr Nirgends", [1, 2], []),
    ("30. Februar 2027\n9 Uhr Nirgends", [1, 2], []),
    ("21.1.\n9 Uhr Ohne Jahr", [1, 2], []),
    ("9 Uhr Ohne Tag", [1], []),
    ("21.1.2027\n25:00 Uhr Nie\n9 Uhr Doch", [2], []),
    ("21.1.2027\n9 Uhr\n\n10 Uhr Doch", [2], []),
    ("21.1.2027\n11–10 Uhr Verdreht", [], [2]),
    ("21.1.2027\n9–12 Uhr Lang\n10–11 Uhr Zugleich", [], [3]),
    ("Montag, 21.1.2027\n9 Uhr Ein Donnerstag", [], [1]),
    ("21.1.2027\n9 Uhr Doch\n\nTag 2\n9 Uhr Auch", [], []),
    ("21.–22.1.2027\nTag 3\n9 Uhr Zu spät", [2, 3], []),
    ("21.1.2027\n\n22.1.2027\n9 Uhr Doch", [1], []),
    ("28.3.2027\n2:30 Nachtwache\n9 Uhr Doch", [2], []),
]


@pytest.mark.parametrize(("text", "unread", "remarks"), BAD)
def test_bad_lines_are_told_by_their_numbers(text: str, unread: list[int], remarks: list[int]) -> None:
    """What is impossible is not taken, what is odd is: both are said, each with its line."""
    found = read(text)
    assert ([one.line for one in found.unread], [one.line for one in found.remarks]) == (unread, remarks)
    if not found.items:
        assert found.problem is not None


def test_end_before_its_start_is_left_open() -> None:
    """An item whose end cannot be lasts until the next one, as one without an end."""
    assert slots("21.1.2027\n11–10 Uhr Verdreht\n12–13 Uhr Danach") == [
        ("21.01. 11:00", "12:00", "Verdreht"),
        ("21.01. 12:00", "13:00", "Danach"),
    ]


def test_times_without_a_date_take_the_day_that_is_given() -> None:
    """Where no date stands above, the day may come from outside; a date in the text goes before it."""
    assert slots("9 Uhr Ohne Tag", date(2027, 2, 1)) == [("01.02. 09:00", "", "Ohne Tag")]
    assert slots("21.1.2027\n9 Uhr Mit Tag", date(2027, 2, 1)) == [("21.01. 09:00", "", "Mit Tag")]


def test_item_may_end_past_midnight() -> None:
    """An end before the start is on the next day, unless the item would last half a day."""
    found = read("21.1.2027\n22 Uhr Los\n23–1 Uhr Tanz\n").items
    assert [f"{item.ends:%d. %H:%M}" for item in found if item.ends] == ["21. 23:00", "22. 01:00"]
    assert [item.ends for item in read("21.1.2027\n14–2 Uhr Zu lang\n").items] == [None]


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 5), (date(2027, 10, 31), 7)])
def test_programme_over_the_change_of_the_clocks(day: date, hours: int) -> None:
    """Half past one to half past seven is an hour less in March, an hour more in October; the wall clock stays."""
    (item,) = read(f"{day:%d.%m.%Y}\n1.30–7.30 Uhr Nachtwache").items
    assert item.ends is not None
    assert item.ends.astimezone(UTC) - item.starts.astimezone(UTC) == timedelta(hours=hours)
    assert [item.starts.strftime("%H:%M"), item.ends.strftime("%H:%M")] == ["01:30", "07:30"]


def test_language_that_is_not_known() -> None:
    """Without a date or a time that is understood nothing is made, and one sentence says what would be."""
    found = read("Programme du vendredi vingt et un janvier\n9h30 Accueil\n10h00 Débat\n")
    assert (found.items, [one.line for one in found.unread]) == ((), [2, 3])
    assert str(found.problem).startswith("No item with a day and a time was found.")


def test_markup_stays_text() -> None:
    """Markup in each line is kept as it is written, and nothing is done with it."""
    found = read("21.1.2027\n9 Uhr <script>alert(1)</script>\n<b>Fett</b> & {{ 7*7 }}\n\n<i>10 Uhr Weg</i>")
    assert [(item.title, item.description) for item in found.items] == [
        ("<script>alert(1)</script>", "<b>Fett</b> & {{ 7*7 }}")
    ]
    assert [one.line for one in found.unread] == [5]


def test_too_long_a_paste_is_refused_at_once() -> None:
    """5 MB are refused in one sentence, as a text and as a file, in less time than the longest text is read in."""
    line = "21.1.2027 9 Uhr Immer wieder\n"
    huge = line * 170_000
    began = timer.process_time()
    assert read(huge) == ReadProgramme(problem=TOO_LONG)
    assert read_programme_file(huge.encode(), "", "de") == ReadProgramme(problem=TOO_LONG)
    refused = timer.process_time() - began
    assert refused < _seconds((line * PROGRAMME_MAXIMUM)[:PROGRAMME_MAXIMUM])


def _seconds(text: str) -> float:
    """Processor time that reading a text takes."""
    began = timer.process_time()
    read(text)
    return timer.process_time() - began


@pytest.mark.parametrize(
    "line",
    [
        "9 Uhr A\n",
        "A " * 50 + "\n",
        "„",
        "21.–",
        "9:30 - ",
        "Dr. Aa Bb (",
        "Kk Ll, ",
        "(a",
        "#",
        "\t",
        "Sie sind gefragt! ",
    ],
)
def test_longest_paste_takes_its_share_of_time(line: str) -> None:
    """The longest text that is taken, made of the same piece all over, takes no more than its length makes of a part.

    Eight times as long, it may take twenty times as long; with a time that grows by the square it would be 64.
    """
    for head in ("", "21.1.2027\n9 Uhr "):
        text = (head + line * PROGRAMME_MAXIMUM)[:PROGRAMME_MAXIMUM]
        part = _seconds(text[: PROGRAMME_MAXIMUM // 8])
        assert _seconds(text) < 20 * max(part, 0.005)


def test_slashed_dates_are_day_and_month() -> None:
    """ "12/03/2027" is in March; a day that does not exist is told by its line, and an English text how it was read."""
    text = "Tag der Orte\n12/03/2027\n9h30 Auftakt\n10 h Pause\n03/25/2027\n9.30h Wege\n"
    assert slots(text) == [("12.03. 09:30", "10:00", "Auftakt"), ("12.03. 10:00", "", "Pause")]
    found = read(text)
    assert (found.remarks, told(found.unread)) == (
        (),
        [
            (5, "This date does not exist between 2000 and 2100."),
            (6, "The day that this would belong to could not be read."),
        ],
    )
    english = read_programme(text, ZONE, "en")
    assert told(english.remarks) == [(2, "This has been read as day, month and year: 2027-03-12.")]
    assert english.items[0].starts == found.items[0].starts
    assert read_programme(text.replace("12/03", "13/03"), ZONE, "en").remarks == ()


def test_too_many_items_are_told() -> None:
    """Items beyond the maximum are not taken, and each is told."""
    lines = [f"{1 + number // 60}.{number % 60:02} Uhr Punkt" for number in range(ITEMS_MAXIMUM + 2)]
    found = read("21.1.2027\n" + "\n".join(lines))
    assert (len(found.items), [one.line for one in found.unread]) == (
        ITEMS_MAXIMUM,
        [ITEMS_MAXIMUM + 2, ITEMS_MAXIMUM + 3],
    )


PIECES = st.sampled_from(
    (
        "21.1.2027",
        "32.13.",
        "Tag 2",
        "12/03/2027",
        "9h30",
        "Montag",
        "9.30 Uhr",
        "9–10 Uhr",
        "ca. 25:00",
        "bis",
        "–",
        "\t",
        ";",
        "|",
        " ",
        "\n",
        "\n\n",
        "Pause",
        "Sie sind gefragt!",
        "Ende",
        "Dr. Eva Klein (Amt)",
        "„Wohnen“",
        "Veranstalter:",
        "# ",
        "**",
        "\ud800",
        "\0",
        "İ",
    )
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    """Whatever the text is, items are in the order of time, end after they start, and have a title that fits."""
    found = read(text)
    moments = [item.starts.astimezone(UTC) for item in found.items]
    assert moments == sorted(moments)
    assert (found.problem is None) == bool(found.items)
    for item in found.items:
        assert 0 < len(item.title) <= 200
        assert len(item.description) <= 2000
        assert item.ends is None or item.ends.astimezone(UTC) > item.starts.astimezone(UTC)
        assert re.search(r"[\x00-\x08\ud800-\udfff]", item.title + item.description) is None
