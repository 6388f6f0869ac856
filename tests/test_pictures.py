"""The pictures of docs/: each kind of question has its two, and the guide for organisers its own, in both languages.

All are small, shown once, and have words for those who do not see them.
"""

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from poll_server import questions
from poll_server.documents.event_file import read_event
from poll_server.domain.programme import Definition
from poll_server.messages import parse_vote
from poll_server.messages.fields import fields_of_form
from poll_server.questions import KINDS
from tools.guide_pictures import NAMES
from tools.kind_answers import ANSWERS, EVENT_FILE, PEOPLE, Fields, answers

PROJECT = Path(__file__).parents[1]
PICTURES = PROJECT / "docs" / "pictures" / "kinds"
PICTURE_BYTES, ALL_BYTES = 40_000, 1_000_000
GUIDES = {"organisers.md": re.compile(r'"([^"]+)"'), "anleitung.md": re.compile("„([^“]+)“")}
"""The guide in both languages, each with how words of the pages are quoted in it."""
GUIDE_PICTURE_BYTES = 150_000
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


def guide(name: str) -> str:
    """The text of a guide: of a longer page its part with the steps."""
    text = (PROJECT / "docs" / name).read_text(encoding="utf-8")
    return text.partition("## Your first event")[2].partition("## Signing in")[0] or text


@pytest.mark.parametrize("name", GUIDES)
def test_guide_shows_its_pictures_in_their_order(name: str) -> None:
    """Each picture of the guide is shown once with words for it, and is small."""
    shown = re.findall(r"!\[([^\]]*)\]\(pictures/guide/([^)]+)\)", guide(name))
    assert [file for _, file in shown] == [f"{one}.webp" for one in NAMES]
    assert [file for words, file in shown if len(words) < 20] == []
    sizes = {file.name: file.stat().st_size for file in (PROJECT / "docs" / "pictures" / "guide").iterdir()}
    assert sorted(sizes) == sorted(f"{one}.webp" for one in NAMES)
    assert {file: size for file, size in sizes.items() if size > GUIDE_PICTURE_BYTES} == {}


@pytest.mark.parametrize("name", GUIDES)
def test_guide_quotes_what_stands_on_the_pages(name: str) -> None:
    """What stands in quotes are words of the German pages, so who follows the guide finds them."""
    with (PROJECT / "locale" / "de" / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale="de")
    said = {
        one
        for message in catalogue
        for one in ([message.string] if isinstance(message.string, str) else message.string or ())
    }
    quoted = {" ".join(words.split()) for words in GUIDES[name].findall(guide(name))}
    assert quoted - said == {"Sie sind gefragt!"}
