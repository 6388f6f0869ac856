"""Texts as our fonts can set them: nothing that is seen gets lost unseen, and words of any length break."""

import pytest

from poll_server.documents.report.lettering import LONGEST, REPLACED, is_from_right, lettered

KEPT = [
    "Straße, Größe, Ærø, Łódź, Ελλάδα, Россия, Đà Nẵng",
    "مرحبا، كيف الحال؟",
    "שָׁלוֹם",
    "😀 👩\u200d👩\u200d👧 🇩🇪 1\ufe0f\u20e3",
    "\u2068isoliert\u2069, weich\u00adgetrennt, fest\u00a0verbunden",
    "Eins\nZwei",
    "*a* #set text(red) $x^2$ <b>x</b> \\LaTeX{} & &amp;",
]


@pytest.mark.parametrize("text", KEPT)
def test_text_that_fonts_have_stays(text: str) -> None:
    """Latin, Greek, Cyrillic, Arabic, Hebrew and emoji stay as they are, with marks, joiners and lines."""
    assert lettered(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("漢字", REPLACED * 2),
        ("a漢b", f"a{REPLACED}b"),
        ("a\u0904b", f"a{REPLACED}b"),
        ("a\u093eb", f"a{REPLACED}b"),
        ("\ue000", REPLACED),
        ("\U000e0041", ""),
        ("a\x00b\x1bc\x7f", "abc"),
        ("a\tb\u2028c", "a b c"),
        ("\u202ea\u202c", "a"),
        ("\ufeffa", "a"),
        ("e\u0301", "é"),
        ("\ud800", "?"),
    ],
)
def test_text_that_fonts_lack_is_replaced(text: str, shown: str) -> None:
    """What is seen gets a sign in its place, a mark without its font one behind its letter; what is not seen goes."""
    assert lettered(text) == shown


def test_long_word_goes_on_in_the_next_line() -> None:
    """A word that is longer than a line may end after each so many letters, and not between a letter and its mark."""
    assert lettered("x" * LONGEST) == "x" * LONGEST
    assert lettered("y " + "x" * (2 * LONGEST + 1)) == f"y {'x' * LONGEST}\u200b{'x' * LONGEST}\u200bx"
    marked = "x" * (LONGEST - 1) + "b\u0323\u0302" * 2
    assert [piece[-1] for piece in lettered(marked).split("\u200b")] == ["\u0302", "\u0302"]


@pytest.mark.parametrize(("text", "is_so"), [("abc", False), ("(مرحبا abc", True), ("1 שלום", True), ("12", False)])
def test_direction_is_that_of_the_first_letter(text: str, is_so: bool) -> None:
    """The first letter that has a direction gives that of the whole."""
    assert is_from_right(text) is is_so
