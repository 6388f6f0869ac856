"""The form of an event: what is read of it, and what is wrong at which field."""

from datetime import date

import pytest

from poll_server.domain.errors import Malformed
from poll_server.domain.programme import EventDraft
from poll_server.domain.text import CODE_LETTERS
from poll_server.messages.events import ADDRESSES, MAXIMA, is_name, parse_archive, parse_copy, parse_event
from tests.web.accounts import EVENT_FORM


def fields(**changes: str) -> dict[str, tuple[str, ...]]:
    """A form with these fields changed."""
    return {name: (value,) for name, value in {**EVENT_FORM, **changes}.items()}


def test_form_of_an_event() -> None:
    """Each field becomes what it says: one line of most, several of welcome and contact, days, addresses as written."""
    said = dict.fromkeys(("subtitle", "organisers", "partners"), " Stadt \n und  Land ")
    said |= dict.fromkeys(("welcome", "contact"), "\r\nGuten  Tag,\r\n\r\nwillkommen \r\n")
    said |= dict.fromkeys(ADDRESSES, " https://example.org/a?b=ä#c ")
    form = parse_event(fields(**said, title=" Neue\ttagung", day="3.12.2026", last_day="2026-12-04", code="k7d 42-P"))
    texts = dict.fromkeys(("subtitle", "organisers", "partners"), "Stadt und Land")
    texts |= dict.fromkeys(("welcome", "contact"), "Guten Tag,\n\nwillkommen")
    texts |= dict.fromkeys(ADDRESSES, "https://example.org/a?b=ä#c")
    expected = EventDraft(
        title="Neue tagung",
        day=date(2026, 12, 3),
        time_zone="Europe/Berlin",
        language="de",
        code="k7d42p",
        last_day=date(2026, 12, 4),
        subtitle=texts["subtitle"],
        organisers=texts["organisers"],
        partners=texts["partners"],
        welcome=texts["welcome"],
        contact=texts["contact"],
        imprint=texts["imprint"],
        privacy=texts["privacy"],
        accessibility=texts["accessibility"],
    )
    assert (form.draft, form.faults, form.seen) == (expected, {}, 0)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("title", " \u2800\u3164", "Please write a title."),
        ("title", "x" * 201, "Please shorten this to at most 200 characters."),
        ("welcome", "x" * 2001, "Please shorten this to at most 2000 characters."),
        ("day", "", "Please write a day from 2000 to 2100, such as 2026-12-03."),
        ("day", "2026-02-30", "Please write a day from 2000 to 2100, such as 2026-12-03."),
        ("day", "1999-12-31", "Please write a day from 2000 to 2100, such as 2026-12-03."),
        ("day", "99999-01-01", "Please write a day from 2000 to 2100, such as 2026-12-03."),
        ("day", "\u0662026-12-03", "Please write a day from 2000 to 2100, such as 2026-12-03."),
        ("last_day", "31.4.2026", "Please write a day from 2000 to 2100, such as 2026-12-03."),
        ("last_day", "2026-12-02", "The last day is before the first one."),
        ("last_day", "2027-12-04", "An event lasts at most 366 days."),
        ("time_zone", "Berlin", "Please choose one of the list."),
        ("time_zone", "../etc/passwd", "Please choose one of the list."),
        ("language", "fr", "Please choose one of the list."),
        ("code", "abc", "A code has 4 to 20 letters and digits."),
        ("code", "a" * 21, "A code has 4 to 20 letters and digits."),
        *(
            (
                "code",
                f"abc{letter}def",
                f"Please leave out {letter.upper()}: a code has the letters A to Z and digits that nobody mistakes"
                " on a wall.",
            )
            for letter in "01oilÄ/"
        ),
        *((name, "x" * 501, "Please shorten this to at most 500 characters.") for name in ADDRESSES),
        *(
            ("imprint", address, "Please write an address that begins with https:// or http://.")
            for address in (
                *(
                    "javascript:alert(1)",
                    "example.org",
                    "//example.org",
                    "https://",
                    "ftp://example.org",
                    "https://a b",
                ),
                *("https://[", 'https://a/"', "https://a\\b", "https://kim@example.org", "http://example.org:99999"),
                "data:text/html,x",
            )
        ),
    ],
)
def test_form_with_a_mistake(field: str, text: str, said: str) -> None:
    """It stands at its field alone, and what was typed is kept; nothing is read of the form."""
    form = parse_event(fields(**{field: text}))
    assert ({name: str(fault) for name, fault in form.faults.items()}, form.typed[field], form.draft) == (
        {field: said},
        text,
        None,
    )


def test_form_with_a_mistake_in_each_field() -> None:
    """All mistakes are told at once."""
    wrong = dict.fromkeys(MAXIMA, "\u00b0" * 3000)
    assert sorted(parse_event(fields(**wrong)).faults) == sorted(MAXIMA)


def test_code_of_an_event_that_has_one() -> None:
    """The present code stays, typed or left empty, whatever its letters; a new one has to be a good one."""
    drafts = [parse_event(fields(code=typed), "tagungoil").draft for typed in ("", "Tagung-OIL", "tagungoil")]
    assert [one and one.code for one in drafts] == ["tagungoil"] * 3
    assert list(parse_event(fields(code="oil2"), "tagung").faults) == ["code"]


def test_codes_are_of_letters_that_are_made_too() -> None:
    """Every letter of which codes are made may stand in one's own."""
    for start in range(0, len(CODE_LETTERS), 10):
        code = CODE_LETTERS[start : start + 10].ljust(10, "A")
        draft = parse_event(fields(code=code)).draft
        assert draft is not None
        assert draft.code == code.lower()


@pytest.mark.parametrize("missing", [*MAXIMA, "seen"])
def test_form_without_a_field(missing: str) -> None:
    """No form of ours comes without one of them."""
    some = {name: values for name, values in fields().items() if name != missing}
    with pytest.raises(Malformed):
        parse_event(some)


def test_copy_form() -> None:
    """A copy needs a day and a title, and may have a code."""
    good = parse_copy({"title": ("Noch eine",), "day": ("2026-12-03",), "code": ("",)})
    bad = parse_copy({"title": ("",), "day": ("30.2.2026",), "code": ("oil",)})
    assert (good.title, good.day, good.code, good.faults) == ("Noch eine", date(2026, 12, 3), "", {})
    assert (sorted(bad.faults), bad.typed) == (
        ["code", "day", "title"],
        {"title": "", "day": "30.2.2026", "code": "oil"},
    )


def test_archive_and_name() -> None:
    """An event goes in or out; its name is its name however letters and spaces are typed."""
    assert [parse_archive({"archive": (wanted,)}) for wanted in ("in", "out")] == [True, False]
    with pytest.raises(Malformed):
        parse_archive({"archive": ("maybe",)})
    assert [is_name(typed, "Große  Tagung") for typed in ("große tagung ", "Große Tag", "")] == [True, False, False]
