"""Codes and numbers as people write them."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poll_server.domain.text import (
    CODE_LENGTH,
    CODE_LETTERS,
    clean,
    count,
    decimal,
    fold,
    listed,
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
    ("text", "expected"),
    [
        ("a\0b\x1b[31mc\x7f\x85", "ab[31mc"),
        ("\u202eabc\u202c \u2066d\u2069", "abc d"),
        ("\rab\rc\r\nd\r", "abc\r\nd"),
        ("\ud83cx", "x"),
        ("Zwei\n\tZeilen 👩🏽‍🦽 🏴‍☠️ שלום\u200f مرحبا", "Zwei\n\tZeilen 👩🏽‍🦽 🏴‍☠️ שלום\u200f مرحبا"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_clean_takes_away_what_nobody_means_to_write(text: str, expected: str) -> None:
    """Control characters, half characters and marks that turn other text go; line ends, emoji and all scripts stay."""
    assert clean(text) == expected


@given(st.text(st.characters()))
def test_clean_text_is_storable_and_clean(text: str) -> None:
    """Once is enough, and every database takes it when a form's line ends have become plain ones."""
    assert clean(clean(text)) == clean(text)
    assert storable(clean(text).replace("\r\n", "\n"))


@pytest.mark.parametrize(
    ("text", "maximum", "expected"),
    [
        ("  Bus \r\n\t und\N{NO-BREAK SPACE} Bahn ", 50, "Bus und Bahn"),
        ("Bu\N{COMBINING DIAERESIS}ro", 3, "Bür"),
        ("👩🏽‍🦽", 10, "👩🏽‍🦽"),
        ("Bus und Bahn", 3, "Bus"),
        (" \n\t", 10, ""),
    ],
)
def test_fold_is_one_line_in_one_form(text: str, maximum: int, expected: str) -> None:
    """However it is spaced and composed, the same words are the same text, and never a longer one."""
    assert fold(text, maximum) == expected


@given(st.text(max_size=40), st.integers(1, 20))
@example("Bus und Bahn", 4)
def test_folded_text_is_folded(text: str, maximum: int) -> None:
    """Folding again changes nothing, so that an answer sent again is the same; what is cut is a beginning of it."""
    folded = fold(text, maximum)
    assert fold(folded, maximum) == folded
    assert (fold(text, 1000).startswith(folded), len(folded) <= maximum) == (True, True)


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (0.0, "0", "0"),
        (3.0, "3", "3"),
        (2.5, "2,5", "2.5"),
        (1 / 3, "0,33", "0.33"),
        (2.675, "2,68", "2.68"),
        (0.005, "0,01", "0.01"),
        (-0.004, "0", "0"),
        (-1.5, "\N{MINUS SIGN}1,5", "\N{MINUS SIGN}1.5"),
        (1234567.891, "1.234.567,89", "1,234,567.89"),
        (1e15, "1.000.000.000.000.000", "1,000,000,000,000,000"),
        (99.995, "100", "100"),
    ],
)
def test_decimal_is_written_as_the_language_does(value: float, german: str, english: str) -> None:
    """At most two decimals, halves away from zero as by hand, no empty decimals, a true minus, grouped thousands."""
    assert (decimal(value, "de"), decimal(value, "en")) == (german, english)


def test_decimal_with_other_places() -> None:
    """The number of decimals can be chosen, none as well."""
    assert [decimal(1234.56789, "de", places=places) for places in (0, 1, 4)] == ["1.235", "1.234,6", "1.234,5679"]


@pytest.mark.parametrize(
    ("value", "mean"), [(2.4, "2,4"), (2.96, "3,0"), (3, "3,0"), (-0.04, "0,0"), (1000.25, "1.000,3")]
)
def test_decimal_that_keeps_its_width(value: float, mean: str) -> None:
    """Decimals that are asked for stay, also when they are zeros."""
    assert decimal(value, "de", places=1, least=1) == mean


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


@pytest.mark.parametrize(
    ("labels", "line"),
    [((), ""), (("Ja.",), "Ja."), (("1. Geld fehlt.", "2. Bus", "3. Es eilt."), "1. Geld fehlt, 2. Bus, 3. Es eilt.")],
)
def test_listed_labels_are_one_line(labels: tuple[str, ...], line: str) -> None:
    """No full stop stands before a comma; the last label keeps its own."""
    assert listed(labels) == line
