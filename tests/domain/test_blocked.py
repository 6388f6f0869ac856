"""Blocked words are found as whole words, however they are written."""

import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.blocked import hits, lines

WORDS = st.text(st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x17F), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Blödmann", "So ein Blödmann!"),
        ("Blödmann", "so ein BLÖDMANN"),
        ("Blödmann", "so ein Bloedmann"),
        ("Bloedmann", "so ein Blödmann"),
        ("Blödmann", unicodedata.normalize("NFD", "so ein Blödmann")),
        ("Blödmann", "so ein Bl\u00adöd\u200bmann"),
        ("Mist", "so ein M\u0336i\u0336s\u0336t\u0336"),
        ("Mist", "so ein Mi\u034fst"),
        ("Blödmann", "Blo\u034f\u0308dmann"),
        ("Mist", "so ein Ｍｉｓｔ"),
        ("Mist", "M\ufe0fist"),
        ("Mist", "so_ein_Mist_da"),
        ("Mist", "Mi\u3164s\u115ft"),
        ("Mist", "so ein Mist"),
        ("Scheiß", "SCHEISS drauf"),
        ("scheiss*", "alles Scheiße"),
        ("dummes Zeug", "Dummes\n  Zeug?"),
        ("dummes Zeug", "dummes-Zeug"),
        ("dummes Zeug*", "dummes Zeugs"),
        ("dummer Esel", "dummer, dummer Esel"),
        ("café", "Cafe"),
    ],
)
def test_hits_see_through_how_it_is_written(line: str, text: str) -> None:
    """Case, umlauts and ß written out, accents, invisible characters and what stands between words do not matter."""
    assert hits(text, [line]) == (line,)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Mist", "Optimisten lesen den Mistral"),
        ("Mist*", "Optimisten"),
        ("dummes Zeug", "Zeug, dummes"),
        ("dummes Zeug", "dummes und Zeug"),
        ("dumm* Zeug", "dummes Zeug"),
        ("*", "Mist"),
        ("", "Mist"),
        ("Mist", ""),
    ],
)
def test_hits_leave_other_words_alone(line: str, text: str) -> None:
    """A word within another one, words in another order, and a line without a word hit nothing; ``*`` stands last."""
    assert hits(text, [line]) == ()


@given(WORDS, st.text(max_size=20), st.text(max_size=20))
def test_hits_find_a_word_anywhere(word: str, before: str, after: str) -> None:
    """Whatever stands around it, a word between spaces is found."""
    assert hits(f"{before} {word} {after}", [word]) == (word,)


@given(st.text(max_size=40), st.lists(st.text(max_size=8)))
def test_hits_are_of_the_list_in_its_order(text: str, words: list[str]) -> None:
    """Only lines of the list are given back, each once, in its order, and one by one they hit the same."""
    found = hits(text, words)
    assert found == tuple(word for word in dict.fromkeys(words) if hits(text, [word]))


@given(WORDS, WORDS)
def test_hits_with_any_ending_are_those_that_begin_so(word: str, ending: str) -> None:
    """A star takes the word alone and with any ending."""
    assert hits(f"{word} x", [f"{word}*"]) == hits(f"x {word}{ending}", [f"{word}*"]) == (f"{word}*",)


@given(st.text())
def test_lines_are_kept_when_read_again(written: str) -> None:
    """What is stored of a list is what stands in the form the next time."""
    assert lines("\n".join(lines(written))) == lines(written)


def test_lines_are_each_word_once() -> None:
    """Spaces around and between, empty lines, lines of signs alone and repetitions go."""
    assert lines(" Mist \r\n\n*\n dummes   Zeug*\nMist\n---") == ("Mist", "dummes Zeug*")


@pytest.mark.parametrize("text", ["böses " * 1_666, "a" * 10_000, "ab " * 3_333, "böses wort300 " * 700])
def test_hits_are_quick_with_anything(text: str) -> None:
    """10,000 characters against 500 words and phrases take some 10 ms of work: nothing blows up."""
    words = [*(f"wort{n}" for n in range(250)), *(f"böses wort{n} nie*" for n in range(250))]
    hits("", words)
    begin = process_time()
    assert hits(text, words) == ()
    assert process_time() - begin < 0.2
