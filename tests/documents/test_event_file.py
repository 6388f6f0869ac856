"""The event file: what organisers write, and what they are told."""

import re
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.documents.event_file import EventFileError, Mistake, example_text, read_event
from poll_server.documents.fields import KEYS
from poll_server.domain.languages import NAMES
from poll_server.domain.programme import Definition, EventDraft, ItemDraft, ItemKind, Option, Person, Reveal
from poll_server.questions import KINDS
from tests.questions.samples import ANSWERED_KINDS

TODAY = date(2026, 11, 22)
BERLIN = ZoneInfo("Europe/Berlin")
DOCUMENT = (Path(__file__).parents[2] / "docs" / "event-file.md").read_text(encoding="utf-8")
HEAD = "title: Tag der Städte\ndate: 2022-01-21\nprogramme:\n"
LIST = "The key “options” takes a list: each entry on a line of its own, after a hyphen."
ROUND = HEAD + "  - time: 11.15\n    title: Sie sind gefragt!\n    kind: round\n    questions:\n"


def read(text: str) -> EventDraft:
    """Read a file on a certain day."""
    return read_event(text, TODAY)


def mistakes(text: str) -> list[tuple[int, int, str]]:
    """Return the mistakes of a file, none of a right one."""
    try:
        read(text)
    except EventFileError as error:
        return [(mistake.line, mistake.column, mistake.sentence) for mistake in error.mistakes]
    return []


def items(*written: str) -> str:
    """Return a file with an item for each time; text after a bar is another key of it."""
    entries = (f"  - title: a\n    time: {each}\n".replace(" | ", "\n    ") for each in written)
    return HEAD + "".join(entries)


def at(hour: int, minute: int, day: date = date(2022, 1, 21)) -> datetime:
    """Return a time of the event's day."""
    return datetime.combine(day, time(hour, minute), BERLIN)


# Events


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
    ],
)
def test_wrong_value_of_an_event_is_told(key: str, value: str, column: int, sentence: str) -> None:
    """Each key of an event refuses what it cannot take, at the value."""
    assert mistakes(f"{items('9.30')}{key}: {value}\n") == [(6, column, sentence)]


def test_code_of_digits_keeps_its_zeros() -> None:
    """A code that looks like a number is taken as it is written."""
    assert read(items("9.30") + "code: 007\n").code == "007"


# Times


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


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["9.30", "9.30"], [(7, 5, "This item must start after the one before it (09:30).")]),
        (["10.30", "9.30"], [(7, 5, "This item must start after the one before it (10:30).")]),
        (["9.45-9.30"], [(5, 11, "An item must end after it starts.")]),
        (["9.30-9.30"], [(5, 11, "An item must end after it starts.")]),
        (["9.30-10.30", "10.00"], [(5, 5, "This item ends after the next one starts (10:00).")]),
        (["9.30", "falsch", "9.15"], None),
        (["9.30 | kind: end", "10.00"], [(5, 5, "Only the last item can be of the kind end.")]),
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


# Items, people, questions


@pytest.mark.parametrize("kind", ItemKind)
def test_every_kind_of_item_is_read(kind: ItemKind) -> None:
    """The file knows each kind by its name."""
    (item,) = read(items(f"9.30 | kind: {kind}")).items
    assert item.kind == kind


def test_unknown_kind_of_item_is_one_mistake() -> None:
    """A misspelt round is not told besides that it cannot have questions."""
    text = items("9.30 | kind: rund | questions: []")
    assert mistakes(text) == [(6, 11, "Unknown kind “rund”. Did you mean “round”?")]
    text = ROUND.replace("round", "rund") + "      - {kind: single_choice, text: a, options: [a, b]}\n"
    assert mistakes(text) == [(6, 11, "Unknown kind “rund”. Did you mean “round”?")]


@pytest.mark.parametrize("kind", [None, *(kind for kind in ItemKind if kind is not ItemKind.ROUND)])
def test_questions_outside_a_round_are_told(kind: ItemKind | None) -> None:
    """Questions that nobody could open are not dropped silently."""
    text = ROUND.replace("    kind: round\n", f"    kind: {kind or ''}\n")
    text += "      - {kind: single_choice, text: a, options: [a, b]}\n"
    assert mistakes(text) == [(7, 5, "Only an item of the kind round has questions.")]


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("Kim Beispiel", Person("Kim Beispiel")),
        ("Kim Beispiel (Bürgermeisterin)", Person("Kim Beispiel", "Bürgermeisterin")),
        ("Dr. Kim Beispiel (Leiterin (Referat 3))", Person("Dr. Kim Beispiel", "Leiterin (Referat 3)")),
        ("Kim Beispiel ()", Person("Kim Beispiel")),
        ("Kim (Ki) Beispiel", Person("Kim (Ki) Beispiel")),
        ("{name: Kim (Ki), role: Amt (3)}", Person("Kim (Ki)", "Amt (3)")),
        ("{name: Kim}", Person("Kim")),
        ("no", Person("no")),
    ],
)
def test_person_is_read_with_a_role(written: str, person: Person) -> None:
    """A name, a name with a role in brackets, or both as keys."""
    (item,) = read(items(f"9.30 | people: | - {written}")).items
    assert item.people == (person,)


@pytest.mark.parametrize(
    ("written", "column", "sentence"),
    [
        ("''", 7, "The name is missing."),
        ("(Bürgermeisterin)", 7, "The name is missing."),
        ("a" * 201, 7, "The name is longer than 200 characters."),
        (f"Kim ({'a' * 301})", 7, "The role is longer than 300 characters."),
        (r'"Kim\0"', 7, "The character U+0000 cannot be used."),
        ("{role: Amt}", 7, "The key “name” is missing."),
        ("[Kim]", 7, "Here belong keys, each with a colon and a value: name, role."),
    ],
)
def test_wrong_person_is_told(written: str, column: int, sentence: str) -> None:
    """A person has a name, and neither name nor role is endless."""
    assert mistakes(items(f"9.30 | people: | - {written}")) == [(7, column, sentence)]


def test_questions_of_a_round_are_read() -> None:
    """Options get their keys in order and are texts, even where YAML would see truth values and numbers."""
    text = ROUND + (
        "      - kind: multiple_choice\n"
        "        text: 'Wofür sind Sie: Bus oder Bahn?'\n"
        "        hint: Wählen Sie bis zu zwei.\n"
        "        maximum: 2\n"
        "        result: answered\n"
        "        abstention: yes\n"
        "        options: [yes, no, 9.50, ~]\n"
        "      - {kind: single_choice, text: Und sonst?, options: [Ja, Nein]}\n"
    )
    (item,) = read(text).items
    labels = ("yes", "no", "9.50", "~")
    assert item.questions == (
        Definition(
            "multiple_choice",
            "Wofür sind Sie: Bus oder Bahn?",
            tuple(Option(f"o{number}", label) for number, label in enumerate(labels, 1)),
            {"abstention": True, "maximum": 2},
            "Wählen Sie bis zu zwei.",
            Reveal.ANSWERED,
        ),
        Definition("single_choice", "Und sonst?", (Option("o1", "Ja"), Option("o2", "Nein"))),
    )


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in KINDS[kind].rules])
def test_rule_without_a_value_is_none(kind: str, name: str) -> None:
    """A rule that a template leaves empty is not in the question, and of no kind is it a mistake."""
    written = f"{ROUND}      - {{kind: {kind}, text: a, options: [a, b], {name}: }}\n"
    assert [sentence for _, _, sentence in mistakes(written) if name in sentence] == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("multiple_choice", "minimum"),
        ("ranking", "places"),
        ("points", "points"),
        ("word_cloud", "words"),
        ("open_text", "length"),
        ("yes_no", "seconds"),
    ],
)
def test_zero_is_a_value_of_a_rule(kind: str, name: str) -> None:
    """Where a rule needs at least one, a zero is told as a mistake and not taken for no value."""
    options = "options: [a, b], " if KINDS[kind].options[-1] else ""
    at = ROUND.count("\n") + 1
    written = f"{ROUND}      - {{kind: {kind}, text: a, {options}{name}: 0}}\n"
    assert [line for line, _, _ in mistakes(written)] == [at]


@pytest.mark.parametrize("kind", ANSWERED_KINDS)
def test_every_kind_may_offer_an_abstention(kind: str) -> None:
    """The rule that all kinds share is taken where it says yes, and left out where it says no."""
    for written, meant in (("yes", {"abstention": True}), ("no", {})):
        text = f"{ROUND}      - {{kind: {kind}, text: a, abstention: {written}}}\n"
        assert [sentence for _, _, sentence in mistakes(text) if "abstention" in sentence] == []
        text = text.replace(kind, "single_choice").replace("text: a", "text: a, options: [a, b]")
        assert read(text).items[0].questions[0].rules == meant


@pytest.mark.parametrize(("written", "meant"), [("", 20), ("shares_from: 0", 0), ("shares_from: 1000", 1000)])
def test_event_says_from_how_many_answers_on_shares_are_shown(written: str, meant: int) -> None:
    """Any number from none to a thousand; without one it is 20."""
    assert read(f"{written}\n{ROUND}").shares_from == meant


@pytest.mark.parametrize("written", ["1001", "-1", "5 %", "viele"])
def test_other_limits_of_shares_are_mistakes(written: str) -> None:
    """The sentence says what is possible."""
    sentence = "The key “shares_from” takes a whole number from 0 to 1000."
    assert mistakes(f"shares_from: {written}\n{ROUND}") == [(1, 14, sentence)]


def test_round_without_questions_is_read() -> None:
    """Moderators may write their questions on the spot."""
    (item,) = read(ROUND).items
    assert (item.kind, item.questions) == (ItemKind.ROUND, ())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("{kind: single, text: a, options: [a, b]}", [(8, 16, "Unknown kind “single”. Did you mean “single_choice”?")]),
        ("{text: a, options: [a, b]}", [(8, 9, "The key “kind” is missing.")]),
        ("{kind: multiple_choice, options: [a, b]}", [(8, 9, "The key “text” is missing.")]),
        ("{kind: single_choice, text: a}", [(8, 9, "A question needs 2 to 20 options.")]),
        ("{kind: single_choice, text: a, options: []}", [(8, 9, "A question needs 2 to 20 options.")]),
        ("{kind: single_choice, text: a, options: [a]}", [(8, 40, "A question needs 2 to 20 options.")]),
        ("{kind: single_choice, text: a, options: [a, A]}", [(8, 53, "Two options are the same.")]),
        ("{kind: single_choice, text: a, options: [a, '', b]}", [(8, 53, "An option is empty.")]),
        ("{kind: single_choice, text: a, options: a}", [(8, 49, LIST)]),
        (
            "{kind: multiple_choice, text: a, maximum: 3, options: [a, b]}",
            [(8, 42, "Minimum and maximum must fit: 1 ≤ minimum ≤ maximum ≤ number of options.")],
        ),
        (
            "{kind: multiple_choice, text: a, options: [a, b], maximum: 1, minimum: 2}",
            [(8, 71, "Minimum and maximum must fit: 1 ≤ minimum ≤ maximum ≤ number of options.")],
        ),
        (
            "{kind: single_choice, text: a, options: [a, b], result: never}",
            [(8, 65, "Unknown result “never”. Known here: live, answered, shown.")],
        ),
        (
            "{kind: single_choice, text: a, options: [a, b], maximum: 1}",
            [(8, 57, "The key “maximum” does not belong to the kind single_choice.")],
        ),
        (
            "{kind: single_choice, text: a, options: [a, b], abstention: maybe}",
            [(8, 69, "Unknown abstention “maybe”. Known here: yes, no.")],
        ),
        (
            f"{{kind: single_choice, text: {'a' * 301}, options: [a, b]}}",
            [(8, 31, "The text is longer than 300 characters.")],
        ),
        ("{kind: single_choice, text: a, options: [a, [b]]}", [(8, 53, "The key “options” takes a text here.")]),
        ("Wie geht es?", [(8, 9, f"Here belong keys, each with a colon and a value: {', '.join(KEYS['question'])}.")]),
    ],
)
def test_wrong_question_is_told(question: str, expected: list[tuple[int, int, str]]) -> None:
    """What the kind of question refuses is told at the key concerned, once."""
    assert mistakes(f"{ROUND}      - {question}\n") == expected


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
        *("9.30", "ca. 2.30", "9-10 Uhr", "2022-03-27", "today", "round", "end", "single_choice", "3", "Europe/Berlin"),
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


# The document


def table(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading of the document, without its first two rows."""
    section = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\|(.+)\|$", section, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows][2:]


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("The event", "event"),
        ("Blocked words", "blocked_words"),
        ("An item", "item"),
        ("A person", "person"),
        ("A question", "question"),
        ("A translation", "translation"),
    ],
)
def test_document_has_every_key(heading: str, part: str) -> None:
    """The tables name each key once, whether it is needed, and how long its text may be: no more and no less."""
    documented = sorted((key, needed, limit) for key, needed, limit, _ in table(heading))
    assert documented == sorted(
        (f"`{name}`", "yes" if key.required else "", str(key.maximum or "")) for name, key in KEYS[part].items()
    )


@pytest.mark.parametrize(
    ("heading", "words"),
    [("Kinds of item", list(ItemKind)), ("Kinds of question", list(KINDS)), ("Languages", list(NAMES))],
)
def test_document_has_every_word(heading: str, words: list[str]) -> None:
    """The words that a key knows are all explained."""
    assert [word for word, _ in table(heading)] == [f"`{word}`" for word in words]


def test_example_of_the_document_is_read() -> None:
    """Who copies the example gets an event: its four items, people and questions."""
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    event = read(example)
    assert [(item.kind, len(item.people), len(item.questions)) for item in event.items] == [
        (ItemKind.TALK, 2, 0),
        (ItemKind.ROUND, 0, 2),
        (ItemKind.BREAK, 0, 0),
        (ItemKind.QUESTION_SESSION, 1, 0),
        (ItemKind.END, 0, 0),
    ]
    rules = {name for kind in KINDS.values() for name in kind.rules}
    rest = {key for keys in KEYS.values() for key in keys} - rules - set(NAMES)
    assert sorted(rest - set(re.findall(r"(\w+):", example))) == ["ends", "shares_from"]


def test_mistakes_of_the_document_are_told() -> None:
    """The mistakes that the document shows are the ones that its file gets."""
    written, told = re.findall(r"```text\n(.*?)```", DOCUMENT, re.DOTALL)
    assert [f"{line}:{column}: {sentence}" for line, column, sentence in mistakes(written)] == told.splitlines()
