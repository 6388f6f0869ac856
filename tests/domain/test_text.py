"""Codes and numbers as people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.text import (
    CODE_LENGTH,
    CODE_LETTERS,
    count,
    normal_code,
    percent,
    shown_code,
    spelled,
    storable,
    width,
)

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("demo", "demo"),
        (" K7M 2QX ", "k7m2qx"),
        (f"k7m{NBSP}2qx", "k7m2qx"),
        ("K7M-2QX", "k7m2qx"),
        ("K7M–2QX.", "k7m2qx"),
        ("", ""),
        ("../..", ""),
        ("a" * 40, "a" * 32),
    ],
)
def test_normal_code_forgives_how_it_is_typed(typed: str, expected: str) -> None:
    """Case, spaces, hyphens and other signs do not matter, and a code never gets longer than 32 characters."""
    assert normal_code(typed) == expected


@pytest.mark.parametrize(
    ("code", "expected"), [("k7m2qx", f"K7M{NBSP}2QX"), ("demo", "DEMO"), ("tagung26", "TAGUNG26")]
)
def test_shown_code_is_in_groups(code: str, expected: str) -> None:
    """Six characters are shown in two groups, any other code in one."""
    assert shown_code(code) == expected


@given(st.text(CODE_LETTERS, min_size=CODE_LENGTH, max_size=CODE_LENGTH))
def test_shown_code_is_read_back(code: str) -> None:
    """A code typed as it is shown is the code that is stored."""
    assert normal_code(shown_code(code.lower())) == code.lower()


def test_code_letters_are_told_apart() -> None:
    """No letter of a code looks like another one, and none comes twice."""
    assert set(CODE_LETTERS) & set("0OI1L") == set()
    assert len(set(CODE_LETTERS)) == len(CODE_LETTERS)


@pytest.mark.parametrize(
    ("n", "german", "english"),
    [(0, "0", "0"), (999, "999", "999"), (1000, "1.000", "1,000"), (1234567, "1.234.567", "1,234,567")],
)
def test_count_is_grouped_as_the_language_does(n: int, german: str, english: str) -> None:
    """Thousands are grouped with a point in German and a comma in English."""
    assert (count(n, "de"), count(n, "en")) == (german, english)


@pytest.mark.parametrize(
    ("share", "german", "english"),
    [
        (0.0, "0", "0"),
        (1 / 3, "33", "33"),
        (0.285, "29", "29"),
        (0.125, "13", "13"),
        (0.005, "1", "1"),
        (1.0, "100", "100"),
    ],
)
def test_percent_is_written_as_the_language_does(share: float, german: str, english: str) -> None:
    """Percent are whole, halves go up, and German keeps a space that does not break."""
    assert (percent(share, "de"), percent(share, "en")) == (f"{german}{NBSP}%", f"{english}%")


@given(st.integers(1, 100_000).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_percent_rounds_as_by_hand(counts: tuple[int, int]) -> None:
    """A share of people is rounded as whole numbers would be, whatever floating point makes of it."""
    n, base = counts
    assert percent(n / base, "en") == f"{(200 * n + base) // (2 * base)}%"


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, "0%"), (1 / 3, "33.3%"), (0.5, "50%"), (0.9999, "100%"), (1.0, "100%")]
)
def test_width_is_a_percentage_for_svg(share: float, expected: str) -> None:
    """A bar's length has at most one place after the point."""
    assert width(share) == expected


@given(st.floats(0, 1))
def test_width_never_leaves_the_bar(share: float) -> None:
    """Whatever the share, the length is a plain number of percent from 0 to 100."""
    written = width(share)
    assert re.fullmatch(r"[0-9]{1,3}(\.[0-9])?%", written)
    assert float(written[:-1]) <= 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("Zwei Zeilen\n\tund 🏘️ ‚so‘", True),
        ("\0", False),
        ("a\rb", False),
        ("\x1b[31m", False),
        ("\x7f", False),
        ("\x85", False),
        ("\ud83c", False),
    ],
)
def test_storable_refuses_what_a_database_would(text: str, expected: bool) -> None:
    """Lone surrogates and control characters but newline and tab are not stored."""
    assert storable(text) is expected


@given(st.text(st.characters()))
def test_storable_text_can_be_encoded(text: str) -> None:
    """What is storable has an UTF-8 form without NUL, so that every database takes it."""
    if storable(text):
        assert text.encode().decode() == text
        assert "\0" not in text


@pytest.mark.parametrize(
    ("n", "german", "english"),
    [
        (0, "null", "no"),
        (1, "eine", "one"),
        (12, "zwölf", "twelve"),
        (13, "13", "13"),
        (1000, "1.000", "1,000"),
        (-1, "-1", "-1"),
    ],
)
def test_spelled_up_to_twelve(n: int, german: str, english: str) -> None:
    """Numbers up to twelve are words, the others digits."""
    assert (spelled(n, "de"), spelled(n, "en")) == (german, english)
