"""What the simulated crowd asks the panel is what a real one might."""

from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

import poll_server
from poll_server.domain.similar import Similar
from poll_server.domain.text import fold, storable
from poll_server.simulate.questions import QUESTIONS, UNFIT

EXAMPLE = Path(poll_server.__file__).parent / "documents" / "example.yaml"
TEXTS = [one.text for one in (*QUESTIONS, *UNFIT)]


def _people() -> Iterator[str]:
    """Those whom the programme of the demo names."""
    for item in YAML(typ="safe").load(EXAMPLE)["programme"]:
        yield from item.get("people", ())


def test_questions_are_many_and_each_is_sent_once() -> None:
    """At least 60, and two more to be declined; none is the same as another, letter by letter."""
    assert (len(QUESTIONS) >= 60, len(UNFIT), len(set(TEXTS))) == (True, 2, len(TEXTS))


def test_questions_can_be_sent_as_they_are() -> None:
    """Each is one line that may be stored, of at most 500 characters."""
    assert [text for text in TEXTS if not storable(text) or fold(text, 500) != text] == []


def test_questions_are_for_people_of_the_demo() -> None:
    """Whoever is asked stands in the programme of the demo, and some are for everybody."""
    assert {one.to for one in (*QUESTIONS, *UNFIT)} - {*_people()} == {""}


def test_questions_have_some_that_ask_the_same() -> None:
    """A moderator of the demo has duplicates to join: five are suggested, and nothing else."""
    index, pairs = Similar("de"), set()
    for number, one in enumerate(QUESTIONS):
        pairs |= {(number, earlier) for earlier, _ in index.suggest(one.text)}
        index.add(number, one.text)
    assert pairs == {(3, 2), (8, 7), (10, 9), (27, 26), (31, 30)}
