"""Contributions that ask the same are found, as well as docs/contributions.md says."""

import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.similar import MOST, THRESHOLD, Similar, likeness, suggest
from tools.similarity import Pair, measure, read_pairs

PAGE = Path(__file__).parents[2] / "docs" / "contributions.md"
PAIRS = list(read_pairs())
MARGIN = 0.03
TEXTS = st.lists(st.sampled_from([*{pair.one for pair in PAIRS}, "", "?!", "🙂", "a" * 500]), max_size=8)
BUS = "Warum fährt abends kein Bus mehr?"


def _written() -> dict[tuple[str, bool], tuple[int, float, float]]:
    """What the page's table says of the pairs of each language, tuned with and held out: how many, and the figures."""
    rows = re.findall(
        r"^\| (\w+) \| (held out|for tuning) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|$", PAGE.read_text(), re.M
    )
    return {(one[0], one[1] == "held out"): (int(one[2]), float(one[3]), float(one[4])) for one in rows}


def test_figures_are_written_for_all_pairs() -> None:
    """The page counts the pairs as they are: 160 German and 32 English ones, a third of them held out."""
    counts = {key: row[0] for key, row in _written().items()}
    assert counts == {("de", False): 108, ("de", True): 52, ("en", False): 22, ("en", True): 10}
    assert {key: sum((one.language, one.held_out) == key for one in PAIRS) for key in counts} == counts


@pytest.mark.parametrize(("language", "held_out"), [("de", False), ("de", True), ("en", False), ("en", True)])
def test_figures_do_not_fall(language: str, held_out: bool) -> None:
    """Precision and recall at the threshold are at least what the page says, but for a small margin."""
    _, precision, recall = _written()[language, held_out]
    found = measure([one for one in PAIRS if (one.language, one.held_out) == (language, held_out)])
    assert found.precision >= precision - MARGIN
    assert found.recall >= recall - MARGIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wann öffnet das Freibad?", "wann oeffnet das freibad"),
        ("Wann öffnet das Freibad?", unicodedata.normalize("NFD", "Wann öffnet das Freibad?")),
        ("Was kostet die Straße?", "Was kosten die Strassen?"),
        ("Wer zahlt den Rufbus?", "Wer zahlt den Rufbuss?"),
    ],
)
def test_likeness_forgives_how_it_is_written(one: str, other: str) -> None:
    """Case, umlauts written out, other endings and a slip of the finger leave two questions alike."""
    assert likeness(one, other, "de") >= THRESHOLD


@given(TEXTS)
def test_suggestions_are_few_and_in_order(texts: list[str]) -> None:
    """Whatever is there, at most five are suggested, each once, best first, each as alike as is asked for."""
    found = suggest(BUS, dict(enumerate(texts)), "de")
    assert len({id_ for id_, _ in found}) == len(found) <= MOST
    assert list(found) == sorted(found, key=lambda one: (-one[1], one[0]))
    assert [like for _, like in found if not THRESHOLD <= like <= 1] == []


@given(st.sampled_from(PAIRS))
def test_suggestions_leave_out_no_pair_that_is_alike(pair: Pair) -> None:
    """What is passed over early would not have been alike enough."""
    language, _, _, one, other = pair
    found = likeness(one, other, language)
    assert list(suggest(one, {7: other}, language)) == ([(7, found)] if found >= THRESHOLD else [])


@given(st.sampled_from(PAIRS))
def test_likeness_is_the_same_both_ways(pair: Pair) -> None:
    """It does not matter which of two was sent first."""
    language, _, _, one, other = pair
    assert likeness(one, other, language) == pytest.approx(likeness(other, one, language))


def test_similar_follows_its_texts() -> None:
    """A text that was replaced or removed is no longer suggested, what it was replaced by is."""
    index = Similar("de-simple")
    index.add(1, BUS)
    index.add(2, BUS)
    index.add(2, "Was kostet das Freibad?")
    assert list(index.suggest(BUS)) == [(1, 1.0)]
    index.remove(1)
    index.remove(1)
    assert list(index.suggest(BUS)) == []
    assert list(index.suggest("Was kostet das Freibad?")) == [(2, 1.0)]
    index.remove(2)
    assert [*index.suggest(BUS), *index.suggest("Was kostet das Freibad?")] == []


def test_similar_knows_nothing_of_a_text_without_words() -> None:
    """Emoji alone are like nothing, also not like themselves."""
    assert list(suggest("🙂🙂", {1: "🙂🙂", 2: BUS}, "de")) == []


def test_suggestions_are_quick_among_2000() -> None:
    """One text against 2,000 takes far less than 50 ms of work once their words are known, here at most three times."""
    index = Similar("de")
    texts = [text for pair in PAIRS if pair.language == "de" for text in (pair.one, pair.other)]
    for number in range(2_000):
        index.add(number, f"{texts[number % len(texts)]} {texts[number * 7 % len(texts)]} Straße{number}")
    index.suggest(BUS)
    begin = process_time()
    index.suggest(texts[0])
    assert process_time() - begin < 0.15


def test_word_lists_are_not_read_before_they_are_needed() -> None:
    """Importing the module, as the server's start does, loads neither library."""
    said = "import sys, poll_server.domain.similar; print(sorted({'rapidfuzz', 'simplemma'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
