"""The pictures of the kinds: each kind has its two, small, and docs/kinds.md shows them with words for them."""

import re
from datetime import date
from pathlib import Path

import pytest

from poll_server import questions
from poll_server.documents.event_file import read_event
from poll_server.domain.programme import Definition
from poll_server.messages import parse_vote
from poll_server.messages.fields import fields_of_form
from poll_server.questions import KINDS
from tools.kind_answers import ANSWERS, EVENT_FILE, PEOPLE, Fields, answers

PROJECT = Path(__file__).parents[1]
PICTURES = PROJECT / "docs" / "pictures" / "kinds"
PICTURE_BYTES, ALL_BYTES = 40_000, 1_000_000
HIDDEN = {"question": "1", "wave": "1", "number": "1", "submission": "00000000-0000-4000-8000-000000000001"}


def asked() -> dict[str, Definition]:
    """The questions of the pictures by the names of these."""
    draft = read_event(EVENT_FILE.read_text(encoding="utf-8"), date(2027, 1, 22), EVENT_FILE.parent)
    return dict(zip(ANSWERS, (one for item in draft.items for one in item.questions), strict=True))


def sent(fields: Fields) -> tuple[str, ...]:
    """What a vote with these fields says."""
    given = [(name, one) for name, value in fields.items() for one in ([value] if isinstance(value, str) else value)]
    return parse_vote(fields_of_form([*HIDDEN.items(), *given])).answer


def test_every_kind_has_a_question() -> None:
    """All kinds are in the pictures, in the order of the registry, and a picture has the name of its kind."""
    kinds = {name: definition.kind for name, definition in asked().items()}
    assert list(dict.fromkeys(kinds.values())) == list(KINDS)
    assert [name for name, kind in kinds.items() if not name.startswith(kind)] == []


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_taken(name: str) -> None:
    """Everybody's answer is one that the question takes, and they are the same at every run."""
    definition, given = asked()[name], answers(name)
    assert [fields for fields in given if fields and not questions.parse(definition, sent(fields))] == []
    assert (len(given), answers(name)) == (PEOPLE, given)


def test_pictures_are_there_and_small() -> None:
    """There are just two pictures for each question, none over 40 KB, all together under 1 MB."""
    sizes = {file.name: file.stat().st_size for file in PICTURES.iterdir()}
    assert sorted(sizes) == sorted(f"{name}-{side}.webp" for name in ANSWERS for side in ("phone", "screen"))
    assert {name: size for name, size in sizes.items() if size > PICTURE_BYTES} == {}
    assert sum(sizes.values()) < ALL_BYTES


def test_page_shows_every_picture() -> None:
    """docs/kinds.md shows each picture once, and says in words what is on it."""
    page = (PROJECT / "docs" / "kinds.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^\]]*)\]\(pictures/kinds/([^)]+)\)", page)
    assert sorted(name for _, name in shown) == sorted(file.name for file in PICTURES.iterdir())
    assert [name for alternative, name in shown if len(alternative) < 20] == []
