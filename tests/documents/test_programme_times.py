"""Days and times as people write them."""

from datetime import date

import pytest

from poll_server.documents.programme_times import NoTime, Span, day_at, day_inside, nth_day, span_at, weekday_alone

JANUARY = date(2022, 1, 21)


@pytest.mark.parametrize(
    "line",
    [
        "21.01.2022",
        "21.1.22",
        "21. 1. 2022",
        "2022-01-21",
        "21. Januar 2022",
        "21. Jan. 2022",
        "21 January 2022",
        "21st of January 2022",
        "January 21, 2022",
        "Jan 21st 2022",
        "Freitag, 21. Januar 2022",
        "Fr, 21.01.2022",
        "Friday 21 January 2022",
        "Freitag, den 21. Januar 2022",
        "Datum: 21.01.2022",
        "am 21.1.",
        "Tag 1: Freitag, 21. Januar",
        "21/01/2022",
        "21/1/22",
        "Freitag, 21/01/2022",
    ],
)
def test_day_in_every_form(line: str) -> None:
    """One day in all the forms that people give it, with the year from elsewhere where it is missing."""
    found = day_at(line)
    assert found is not None
    assert (found[0].last_day(2022), found[0].first_day(2022), found[1]) == (JANUARY, JANUARY, "")


@pytest.mark.parametrize(
    "line",
    [
        "21.–22. Januar 2022",
        "21. bis 22. Januar 2022",
        "21./22.1.2022",
        "21.01.2022 - 22.01.2022",
        "21. Januar bis 22. Januar 2022",
        "21 to 22 January 2022",
        "January 21–22, 2022",
        "Freitag, 21. Januar bis Samstag, 22. Januar 2022",
        "21/01/2022 – 22/01/2022",
        "21/01 bis 22/01/2022",
        "21–22/01/2022",
        "Fr 21/01/2022 to Sa 22/01/2022",
    ],
)
def test_range_of_days_in_every_form(line: str) -> None:
    """Two days with a sign or a word between them are the first and the last of an event."""
    found = day_at(line)
    assert found is not None
    assert (found[0].first_day(2000), found[0].last_day(2000)) == (JANUARY, date(2022, 1, 22))


@pytest.mark.parametrize(
    "line", ["32.13.2022", "30. Februar 2022", "2022-02-30", "21.1.1322", "32/13/2022", "01/21/2022", "21/1/1322"]
)
def test_day_that_does_not_exist(line: str) -> None:
    """It is seen that a date was meant, and that there is none."""
    found = day_at(line)
    assert found is not None
    assert found[0].last_day(2022) is None


@pytest.mark.parametrize(
    "line",
    ["9.30 Uhr Beginn", "9.30. Beginn", "5.000 Euro", "2.100 Städte", "So geht es", "21", "", "21/1", "1/2/21/2022"],
)
def test_no_day(line: str) -> None:
    """Times, amounts and words are no days."""
    assert day_at(line) is None


def test_day_within_a_line() -> None:
    """What stands before and behind a date within a line is given back; without a year it may be anything."""
    found = day_inside("Tag der Städte am Freitag, 21. Januar 2022, 9.30 Uhr")
    assert found is not None
    assert (found[0], found[1].last_day(2000), found[2]) == ("Tag der Städte", JANUARY, "9.30 Uhr")
    assert day_inside("Tag der Städte am 21. Januar") is None


def test_days_by_number_and_name() -> None:
    """ "Tag 2" and a weekday alone name a day of an event; a sentence with one does not."""
    assert [nth_day(line) for line in ("Tag 2", "2. Tag: Wege", "Day 3 – Streets", "Tagesordnung", "Tag")] == [
        2,
        2,
        3,
        None,
        None,
    ]
    assert [weekday_alone(line) for line in ("Montag", "Sunday:", "am Freitag", "So", "Montag früh")] == [
        0,
        6,
        4,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("line", "span", "rest"),
    [
        ("9.30 Uhr\tEröffnung", Span(570), "\tEröffnung"),
        ("09:30 Eröffnung", Span(570), " Eröffnung"),
        ("18 Uhr: Empfang", Span(1080), ": Empfang"),
        ("9.30 - 9.45 Uhr", Span(570, 585), ""),
        ("9.30–9.45", Span(570, 585), ""),
        ("9:30 bis 10 Uhr Pause", Span(570, 600), " Pause"),
        ("von 9 bis 10.30 Uhr", Span(540, 630), ""),
        ("9-10 Uhr", Span(540, 600), ""),
        ("18:30 Uhr – 20:00 Uhr, online", Span(1110, 1200), ", online"),
        ("ca. 14.15 Uhr Ende", Span(855, None, about=True), " Ende"),
        ("gegen 12 Uhr", Span(720, None, about=True), ""),
        ("20.00–24.00 Uhr", Span(1200, 1440), ""),
        ("9:30 am – 2:15 pm Talks", Span(570, 855), " Talks"),
        ("11–1 pm", Span(660, 780), ""),
        ("1–3 pm", Span(780, 900), ""),
        ("9 a.m. Opening", Span(540), " Opening"),
        ("12 pm: Lunch", Span(720), ": Lunch"),
        ("from 9:30 to 10:00", Span(570, 600), ""),
        ("9h30 Accueil", Span(570), " Accueil"),
        ("9H30\tAuftakt", Span(570), "\tAuftakt"),
        ("9 h Auftakt", Span(540), " Auftakt"),
        ("9.30h Auftakt", Span(570), " Auftakt"),
        ("9.30 h – 10 h", Span(570, 600), ""),
        ("9h30–10h15 Auftakt", Span(570, 615), " Auftakt"),
        ("9h-10h30: Auftakt", Span(540, 630), ": Auftakt"),
    ],
)
def test_times_in_every_form(line: str, span: Span, rest: str) -> None:
    """Start, end and what follows, in all the forms that people give them."""
    assert span_at(line) == (span, rest)


@pytest.mark.parametrize(
    "line",
    [
        "9-10 Personen",
        "10 Jahre",
        "5.000 Euro",
        "3 am Tisch",
        "21.01.2022",
        "9.300",
        "2022",
        "",
        "9h300",
        "9hier",
        "9h3",
    ],
)
def test_no_time(line: str) -> None:
    """Numbers, amounts and dates are no times."""
    assert span_at(line) is None


@pytest.mark.parametrize(
    ("line", "written"),
    [("25:00 Uhr Ende", "25:00 Uhr"), ("9.70 Uhr", "9.70 Uhr"), ("24 Uhr", "24 Uhr"), ("25h30 Ende", "25h30")],
)
def test_time_that_does_not_exist(line: str, written: str) -> None:
    """It is seen that a time was meant, and that there is none; nothing starts at 24:00."""
    found = span_at(line)
    assert found is not None
    assert found[0] == NoTime(written)
