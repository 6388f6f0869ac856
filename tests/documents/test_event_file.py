"""The event file: what organisers write, and what they are told."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.documents.event_file import EventFileError, Mistake, example_text
from poll_server.documents.fields import KEYS
from poll_server.domain.programme import EventDraft, ItemDraft, ItemKind, Option, Reveal
from poll_server.messages.events import MAXIMA
from poll_server.questions import KINDS
from tests.documents.event_files import HEAD, ROUND, TODAY, at, items, mistakes, read


def test_smallest_file_has_the_defaults() -> None:
    """A title, a day and one item make an event: German, in Berlin's time, with a code still to be made."""
    item = ItemDraft(starts=at(9, 30), title="a")
    assert read(items("9.30")) == EventDraft(
        title="Tag der Städte", day=date(2022, 1, 21), time_zone="Europe/Berlin", language="de", items=(item,)
    )


def test_every_key_of_an_event_is_read() -> None:
    """What stands in the file stands in the draft; the code as it is stored."""
    text = items("9.30") + (
        "subtitle: Digital\norganisers: Netzwerk\ntime_zone: Europe/Lisbon\nlanguage: en\ncode: Demo7\nends: 10 Uhr\n"
        "groups: [Kommune, Verband]\ntranslations:\n  de:\n    groups: [Städte, Verbände]\n"
    )
    event = read(text)
    assert (event.subtitle, event.organisers, event.time_zone, event.language, event.code) == (
        "Digital",
        "Netzwerk",
        "Europe/Lisbon",
        "en",
        "demo7",
    )
    assert event.groups == (Option("g1", "Kommune"), Option("g2", "Verband"))
    assert event.group_names == {"de": {"g1": "Städte", "g2": "Verbände"}}
    assert [(item.starts.isoformat(), item.ends) for item in event.items] == [
        ("2022-01-21T09:30:00+00:00", datetime(2022, 1, 21, 10, tzinfo=ZoneInfo("Europe/Lisbon")))
    ]


def test_what_people_read_of_an_event_is_read() -> None:
    """Welcome and contact keep their lines; addresses are taken as they are."""
    event = read(
        items("9.30") + "partners: Land und Bund\nwelcome: |\n  Guten Tag.\n\n  Bitte   reden Sie mit.\n"
        "contact: |\n  Büro\n  0341 1\nimprint: https://example.org/impressum\n"
        "privacy: http://example.org/p?q=1\naccessibility: https://example.org/b\n"
    )
    assert (event.partners, event.welcome, event.contact) == (
        "Land und Bund",
        "Guten Tag.\n\nBitte reden Sie mit.",
        "Büro\n0341 1",
    )
    assert (event.imprint, event.privacy, event.accessibility) == (
        "https://example.org/impressum",
        "http://example.org/p?q=1",
        "https://example.org/b",
    )


def test_file_knows_whatever_organisers_write_of_an_event() -> None:
    """Each field of the browser's form for an event is a key of the file; only the day has another name."""
    assert set(MAXIMA) - set(KEYS["event"]) == {"day"}
    longest = {name: (KEYS["event"][name].maximum, most) for name, most in MAXIMA.items() if name in KEYS["event"]}
    assert {name: pair for name, pair in longest.items() if pair[0] and pair[0] != pair[1]} == {}


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2022-01-21", date(2022, 1, 21)),
        ("2022-1-5", date(2022, 1, 5)),
        ("21.1.2022", date(2022, 1, 21)),
        ("11.03.2021", date(2021, 3, 11)),
        ("21. 1. 2022", date(2022, 1, 21)),
        ("today", TODAY),
        ("Today", TODAY),
    ],
)
def test_date_is_read_as_people_write_it(written: str, day: date) -> None:
    """ISO, German and "today" are dates, and items lie on that day."""
    event = read(items("9.30").replace("2022-01-21", written))
    assert (event.day, event.items[0].starts) == (day, at(9, 30, day))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("[Kommune]", "An event has 2 to 12 groups."),
        (f"[{', '.join('abcdefghijklm')}]", "An event has 2 to 12 groups."),
        ("[Kommune, kommune]", "Two groups are the same."),
        ("[Kommune, '']", "A group has no name."),
    ],
)
def test_groups_that_are_none_are_told(written: str, sentence: str) -> None:
    """One group or thirteen, two alike and one without a name are mistakes."""
    assert mistakes(items("9.30") + f"groups: {written}\n") == [(6, 9, sentence)]


@pytest.mark.parametrize(
    ("written", "place", "sentence"),
    [
        ("de: {groups: [a, b]}", (8, 3), "The event itself is in “de”."),
        ("en: {groups: [a, b, c]}", (8, 16), "The event has 2 groups, its translation has 3."),
        ("en: {groups: [a, A]}", (8, 16), "Two groups are the same."),
    ],
)
def test_group_names_that_do_not_fit_are_told(written: str, place: tuple[int, int], sentence: str) -> None:
    """A translation has as many groups as the event, in another language, and all different."""
    text = items("9.30") + f"groups: [Kommune, Verband]\ntranslations:\n  {written}\n"
    assert mistakes(text) == [(*place, sentence)]


@pytest.mark.parametrize("written", ["31.2.2022", "2022-13-01", "1999-12-31", "2101-01-01", "0000-00-00", "morgen"])
def test_date_that_is_none_is_told(written: str) -> None:
    """Days that do not exist or lie centuries away are mistakes."""
    sentence = f"“{written}” is not a day from 2000 to 2100. Write 2022-01-21, 21.1.2022 or today."
    assert mistakes(items("9.30").replace("2022-01-21", written)) == [(2, 7, sentence)]


@pytest.mark.parametrize(
    ("key", "value", "column", "sentence"),
    [
        ("time_zone", "Europe/Berln", 12, "Unknown time zone “Europe/Berln”. Did you mean “Europe/Berlin”?"),
        ("time_zone", "MEZ-1", 12, "Unknown time zone “MEZ-1”. Write a name such as Europe/Berlin."),
        (
            "time_zone",
            "../../etc/passwd",
            12,
            "Unknown time zone “../../etc/passwd”. Write a name such as Europe/Berlin.",
        ),
        ("language", "fr", 11, "Unknown language “fr”. Known here: de, en."),
        ("code", "a", 7, "A code has 2 to 32 letters from A to Z and digits, nothing else."),
        ("code", "a" * 33, 7, "A code has 2 to 32 letters from A to Z and digits, nothing else."),
        ("code", "K7D 42P", 7, "A code has 2 to 32 letters from A to Z and digits, nothing else."),
        ("code", "größe", 7, "A code has 2 to 32 letters from A to Z and digits, nothing else."),
        ("ends", "bald", 7, "“bald” is not a time. Write 14.15 or 14:15."),
        ("ends", "24.15", 7, "“24.15” is not a time. Write 14.15 or 14:15."),
        ("ends", "9.30", 7, "The event must end after its last item starts (09:30)."),
        ("subtitle", "a" * 201, 11, "The subtitle is longer than 200 characters."),
        ("organisers", "a" * 501, 13, "The organisers is longer than 500 characters."),
        ("welcome", "a" * 2001, 10, "The welcome is longer than 2000 characters."),
        ("imprint", "example.org", 10, "Please write an address that begins with https:// or http://."),
        ("privacy", "javascript:alert(1)", 10, "Please write an address that begins with https:// or http://."),
        ("last_day", "2022-01-20", 11, "The last day is before the first one."),
        ("last_day", "2023-01-22", 11, "An event lasts at most 366 days."),
        (
            "last_day",
            "31.2.2022",
            11,
            "“31.2.2022” is not a day from 2000 to 2100. Write 2022-01-21 or 21.1.2022.",
        ),
    ],
)
def test_wrong_value_of_an_event_is_told(key: str, value: str, column: int, sentence: str) -> None:
    """Each key of an event refuses what it cannot take, at the value."""
    assert mistakes(f"{items('9.30')}{key}: {value}\n") == [(6, column, sentence)]


def test_code_of_digits_keeps_its_zeros() -> None:
    """A code that looks like a number is taken as it is written."""
    assert read(items("9.30") + "code: 007\n").code == "007"


@pytest.mark.parametrize(("written", "meant"), [("", 20), ("shares_from: 0", 0), ("shares_from: 1000", 1000)])
def test_event_says_from_how_many_answers_on_shares_are_shown(written: str, meant: int) -> None:
    """Any number from none to a thousand; without one it is 20."""
    assert read(f"{written}\n{ROUND}").shares_from == meant


@pytest.mark.parametrize("written", ["1001", "-1", "5 %", "viele"])
def test_other_limits_of_shares_are_mistakes(written: str) -> None:
    """The sentence says what is possible."""
    sentence = "The key “shares_from” takes a whole number from 0 to 1000."
    assert mistakes(f"shares_from: {written}\n{ROUND}") == [(1, 14, sentence)]


# The whole


def test_all_mistakes_are_told_at_once_in_order() -> None:
    """One look at the report is enough to mend the file, and no mistake hides another."""
    text = (
        "titel: Tag der Städte\n"
        "date: 31.2.2022\n"
        "code: nicht erlaubt\n"
        "programme:\n"
        "  - time: 25.00\n"
        "    title: Begrüßung\n"
        "    titel: Begrüßung\n"
        "  - time: 10.00\n"
        "    title:\n"
        "    kind: round\n"
        "    questions:\n"
        "      - kind: single_choice\n"
        "        text: Wie?\n"
        "        options: [a, a]\n"
        "      - kind: quiz\n"
        "        options: [a]\n"
        "  - 11.00 Pause\n"
    )
    assert mistakes(text) == [
        (1, 1, "Unknown key “titel”. Did you mean “title”?"),
        (2, 7, "“31.2.2022” is not a day from 2000 to 2100. Write 2022-01-21, 21.1.2022 or today."),
        (3, 7, "A code has 2 to 32 letters from A to Z and digits, nothing else."),
        (5, 11, "“25.00” is not a time. Write 9.30, 9:30 or 9.30–9.45, with “ca.” before it if it is approximate."),
        (7, 5, "Unknown key “titel”. Did you mean “title”?"),
        (9, 5, "The key “title” has no value."),
        (14, 22, "Two options are the same."),
        (15, 9, "The key “text” is missing."),
        (15, 15, f"Unknown kind “quiz”. Known here: {', '.join(KINDS)}."),
        (17, 5, f"Here belong keys, each with a colon and a value: {', '.join(KEYS['item'])}."),
    ]


def test_error_has_a_code_and_a_sentence() -> None:
    """The error is one of the tree: programs read its code, people its sentence and the mistakes."""
    with pytest.raises(EventFileError) as caught:
        read("")
    assert (caught.value.code, caught.value.mistakes) == ("event_file", (Mistake(1, 1, "The file is empty."),))
    assert caught.value.sentence == "The event file has mistakes. Nothing has been created."


FRAGMENTS = st.sampled_from(
    [
        *(f"{key}: " for keys in KEYS.values() for key in keys),
        *(
            "- ",
            "  ",
            "    ",
            "\n",
            "\n  - ",
            "\n    ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            ": ",
            "'",
            '"',
            "#",
            "|\n",
            "&a ",
            "*a ",
            "! ",
        ),
        *(
            "9.30",
            "ca. 2.30",
            "9-10 Uhr",
            "2022-03-27",
            "today",
            "yes",
            "999",
            "round",
            "end",
            "single_choice",
            "3",
            "Europe/Berlin",
        ),
        *("\\ud800", "\\0", "\0", "\ud800", "---\n", "%YAML 1.1\n", "\u2028", "ä", "\t"),
    ]
)


@given(
    st.text()
    | st.lists(FRAGMENTS, max_size=40).map("".join)
    | st.lists(FRAGMENTS, max_size=20).map(lambda f: HEAD + "".join(f))
)
def test_any_text_is_an_event_or_mistakes(text: str) -> None:
    """Whatever stands in a file, the answer is an event or a list of mistakes at places, never another error."""
    assert all(line >= 1 and column >= 1 and sentence for line, column, sentence in mistakes(text))


@given(st.data())
def test_spoilt_example_is_an_event_or_mistakes(data: st.DataObject) -> None:
    """A right file in which some piece is lost and another put in its place never breaks the reader."""
    text = example_text()
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, min(first + 60, len(text))))
    spoilt = text[:first] + data.draw(FRAGMENTS | st.text(max_size=5)) + text[last:]
    assert all(line <= spoilt.count("\n") + 2 for line, _, _ in mistakes(spoilt))


def test_example_has_the_shape_of_a_real_day() -> None:
    """The demo's event is today, has both rounds at their times, and nearly every kind of question."""
    event = read(example_text())
    assert (event.code, event.day, event.title) == ("demo", TODAY, "Kleinstädte in Deutschland")
    starts = ["9:30", "9:45", "10:00", "10:15", "11:00", "11:15", "11:30", "12:15", "12:45", "13:00", "14:00", "14:15"]
    assert [f"{item.starts.hour}:{item.starts:%M}" for item in event.items] == starts
    rounds = {item.starts.time(): item for item in event.items if item.kind is ItemKind.ROUND}
    assert [(start, item.title) for start, item in rounds.items()] == [
        (time(11, 15), "Sie sind gefragt! I"),
        (time(12, 45), "Sie sind gefragt! II"),
    ]
    questions = [question for item in rounds.values() for question in item.questions]
    assert len({question.kind for question in questions}) >= min(8, len(KINDS))
    assert [question.reveal for question in questions].count(Reveal.LIVE) == 1
    assert [item.about for item in event.items] == [False] * 11 + [True]
