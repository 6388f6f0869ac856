"""Days and times of an event file, and what is told of those that cannot be."""

from datetime import date

import pytest

from poll_server.documents.event_file import read_event
from tests.documents.event_files import at, items, mistakes, read


@pytest.mark.parametrize(
    ("written", "starts", "ends", "about"),
    [
        ("9.30", (9, 30), None, False),
        ("9:30", (9, 30), None, False),
        ("09:30", (9, 30), None, False),
        ("'9.30'", (9, 30), None, False),
        ("9.30 Uhr", (9, 30), None, False),
        ("9.30\u00a0Uhr", (9, 30), None, False),
        ("9 Uhr", (9, 0), None, False),
        ("12:10", (12, 10), None, False),
        ("10.10", (10, 10), None, False),
        ("0:00", (0, 0), None, False),
        ("9.30-9.45", (9, 30), (9, 45), False),
        ("9:30 – 9:45", (9, 30), (9, 45), False),
        ("18:30 - 20:00 Uhr", (18, 30), (20, 0), False),
        ("9 Uhr bis 10.30 Uhr", (9, 0), (10, 30), False),
        ("9:30 to 10:30", (9, 30), (10, 30), False),
        ("ca. 14.15", (14, 15), None, True),
        ("ca. 14.15 Uhr", (14, 15), None, True),
        ("Ca 14.15–15.00", (14, 15), (15, 0), True),
        ("etwa 14 Uhr", (14, 0), None, True),
    ],
)
def test_time_is_read_as_people_write_it(
    written: str, starts: tuple[int, int], ends: tuple[int, int] | None, about: bool
) -> None:
    """Dots, colons, "Uhr", ranges and "ca." all make times; neither 9.30 nor 9:30 becomes a number."""
    (item,) = read(items(written)).items
    assert (item.starts, item.ends, item.about) == (at(*starts), at(*ends) if ends else None, about)


@pytest.mark.parametrize(
    "written", ["9", "9.3", "24.00", "9.60", "25:00", "9.30-24.30", "morgens", "9,30", "9.30-", "9.30 am"]
)
def test_time_that_is_none_is_told(written: str) -> None:
    """What cannot be a time of the day is a mistake, with what to write instead."""
    sentence = f"“{written}” is not a time. Write 9.30, 9:30 or 9.30–9.45, with “ca.” before it if it is approximate."
    assert mistakes(items(written)) == [(5, 11, sentence)]


def test_item_ends_when_the_next_one_starts_or_when_it_says() -> None:
    """An end is taken from the item, else from the next one, else from the event; the kind end has none."""
    event = read(items("9.30", "9.45 – 10.00", "10.15", "11.00 | kind: end"))
    assert [item.ends for item in event.items] == [at(9, 45), at(10, 0), at(11, 0), None]
    event = read(items("9.30", "9.45") + "ends: 10.30\n")
    assert [item.ends for item in event.items] == [at(9, 45), at(10, 30)]


def test_item_may_end_past_midnight() -> None:
    """An end before the start is on the next day; so is that of the event, and what starts by then overlaps."""
    second = date(2022, 1, 22)
    event = read(items("22.00", "23.00-1.00", "1.00 | day: 2", "14.00 – 1.59") + "last_day: 2022-01-22\n")
    assert [item.ends for item in event.items] == [
        at(23, 0),
        at(1, 0, second),
        at(14, 0, second),
        at(1, 59, date(2022, 1, 23)),
    ]
    assert read(items("23.00") + "ends: 0.00\n").items[0].ends == at(0, 0, second)
    over = "This item ends after the next one starts (00:30)."
    assert mistakes(items("23.00-1.00", "0.30 | day: 2")) == [(5, 5, over)]
    assert mistakes(items("14.00-2.00")) == [(5, 11, "An item must end after it starts.")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["9.30", "9.30"], [(7, 5, "This item must start after the one before it (09:30).")]),
        (["10.30", "9.30"], [(7, 5, "This item must start after the one before it (10:30).")]),
        (["9.45-9.30"], [(5, 11, "An item must end after it starts.")]),
        (["9.30-9.30"], [(5, 11, "An item must end after it starts.")]),
        (["9.30-10.30", "10.00"], [(5, 5, "This item ends after the next one starts (10:00).")]),
        (["9.30", "falsch", "9.15"], None),
        (["9.30 | kind: end", "10.00"], [(5, 5, "Only the last item of a day can be of the kind end.")]),
        (["9.30 - 10.00 | kind: end"], [(5, 5, "An item of the kind end has one time only.")]),
    ],
)
def test_times_that_do_not_fit_are_told(written: list[str], expected: list[tuple[int, int, str]] | None) -> None:
    """Items rise, do not overlap, and the end is the last; an unreadable time does not hide the order of the others."""
    unreadable = [
        (7, 11, "“falsch” is not a time. Write 9.30, 9:30 or 9.30–9.45, with “ca.” before it if it is approximate."),
        (9, 5, "This item must start after the one before it (09:30)."),
    ]
    assert mistakes(items(*written)) == (unreadable if expected is None else expected)


@pytest.mark.parametrize("last", ["9.30 | kind: end", "9.30 - 10.00"])
def test_event_that_says_twice_when_it_ends_is_told(last: str) -> None:
    """Neither of two ends is silently dropped."""
    text = items(last)
    line = text.count("\n") + 1
    assert mistakes(text + "ends: 11.00\n") == [(line, 7, "The last item already says when the event ends.")]


def test_time_that_the_clocks_skip_is_told() -> None:
    """In the night when summer time begins, 2.30 does not exist and could not be stored."""
    text = items("1.30-2.15", "3.00").replace("2022-01-21", "2022-03-27") + "ends: 4.00\n"
    assert mistakes(text) == [(5, 11, "The clocks go forward on that day: there is no 02:15.")]


# Several days


def test_days_of_a_programme() -> None:
    """A day is a date or its number, and holds for the items that follow; nothing ends because another day begins."""
    text = items("9.30", "10.30 | kind: end", "9.00 | day: 2", "11.00", "8 Uhr | day: 24.1.2022") + "ends: 12.00\n"
    event = read(text)
    second, fourth = date(2022, 1, 22), date(2022, 1, 24)
    assert [(item.starts, item.ends) for item in event.items] == [
        (at(9, 30), at(10, 30)),
        (at(10, 30), None),
        (at(9, 0, second), at(11, 0, second)),
        (at(11, 0, second), None),
        (at(8, 0, fourth), at(12, 0, fourth)),
    ]
    assert (event.day, event.last_day) == (date(2022, 1, 21), fourth)


@pytest.mark.parametrize(("written", "last"), [("2022-01-21", None), ("23.1.2022", date(2022, 1, 23))])
def test_last_day_is_the_one_that_is_written(written: str, last: date | None) -> None:
    """An event may last longer than its programme; one whose last day is the first has one day."""
    assert read(items("9.30") + f"last_day: {written}\n").last_day == last


def test_days_are_counted_from_today() -> None:
    """A rehearsal of several days begins when it is made, also on the last day of a month."""
    text = items("9.30", "9.00 | day: 2").replace("2022-01-21", "today")
    event = read_event(text, date(2026, 2, 28))
    assert [item.starts for item in event.items] == [at(9, 30, date(2026, 2, 28)), at(9, 0, date(2026, 3, 1))]


@pytest.mark.parametrize(
    ("written", "more", "expected"),
    [
        (
            ["9.30 | day: 0"],
            "",
            "“0” is not a day from 2000 to 2100. Write 2 for the second day, 2022-01-22 or 22.1.2022.",
        ),
        (["9.30 | day: 20.1.2022"], "", "This day is not one of the event's."),
        (["9.30 | day: 367"], "", "This day is not one of the event's."),
        (["9.30 | day: 3"], "last_day: 2022-01-22\n", "This day is not one of the event's."),
        (["9.30 | day: 2", "9.30 | day: 1"], "", "This day is before that of the item above."),
        (["2.30 | day: 27.3.2022"], "", "The clocks go forward on that day: there is no 02:30."),
    ],
)
def test_day_that_cannot_be_is_told(written: list[str], more: str, expected: str) -> None:
    """Each item lies on a day of the event, and days rise."""
    assert [sentence for _, _, sentence in mistakes(items(*written) + more)] == [expected]


# At the same time


def test_items_run_beside_one_another() -> None:
    """Parallel items say so, and end like the first one when the next item starts that is not beside it."""
    event = read(items("9.00", "9.00 | beside: yes", "9.30 - 9.45 | beside: yes", "10.00"))
    assert [(item.starts, item.ends) for item in event.items] == [
        (at(9, 0), at(10, 0)),
        (at(9, 0), at(10, 0)),
        (at(9, 30), at(9, 45)),
        (at(10, 0), None),
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            ["9.00-12.00", "10.00-11.00 | beside: yes", "11.30"],
            [(5, "This item ends after the next one starts (11:30).")],
        ),
        (["9.30", "9.00 | beside: yes"], [(7, "This item must start after the one before it (09:30).")]),
        (["9.00-12.00", "10.00", "11.00"], [(5, "This item ends after the next one starts (10:00).")]),
        (["9.00-12.00", "10.00 | day: 2"], []),
    ],
)
def test_overlaps_that_are_not_meant_are_told(written: list[str], expected: list[tuple[int, str]]) -> None:
    """Whatever overlaps without saying so is told once, also past an item that runs beside; days do not overlap."""
    assert [(line, sentence) for line, _, sentence in mistakes(items(*written))] == expected
