"""How many bytes a result takes on its way to everybody who is there.

Measured are whole frames as they are sent, in German, of a question of 62 characters whose result is shown: 20 options
of 25 characters each with the answers of 5,000 people (orders of 1,000), or 200 words and texts of ordinary length; and
the numbers alone, as they are sent while it is open.
"""

import random
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from poll_server import questions, render
from poll_server.domain.access import Role
from poll_server.domain.ballots import Rank, Standing
from poll_server.domain.programme import Definition, Option, Reveal
from poll_server.domain.rounds import State
from poll_server.live import private
from poll_server.live.hub import Audience
from poll_server.live.room import Room
from tests.live.room import SITE, Clock, event

KB = 1024
TEXT = "Was braucht Ihre Stadt in den nächsten Jahren am dringendsten?"
WORDS = ("Bezahlbarer Wohnraum fü", "Bus und Bahn im Stunden", "Schnelles Internet im D", "Ein lebendiger Ortskern")
OPTIONS = tuple(Option(f"o{n}", f"{WORDS[n % 4]}{n:2}") for n in range(1, 21))
EVERYBODY = [Audience(Role.AUDIENCE, answered=True), Audience(Role.AUDIENCE), Audience(Role.SCREEN)]
PEOPLE = 5000


def answered(definition: Definition, forms: list[tuple[str, ...]]) -> Counter[str]:
    """The tally of these answers."""
    tally: Counter[str] = Counter()
    for form in forms:
        tally.update(questions.marks(definition, form))
    return tally


def room_of(definition: Definition, forms: list[tuple[str, ...]], state: State) -> Room:
    """A room in which people have answered a question, the last of them ``anna``."""
    asked = event(state, Reveal.LIVE)
    question = replace(asked.rounds[0].questions[0], definition=replace(definition, reveal=Reveal.LIVE))
    room = Room(replace(asked, rounds=(replace(asked.rounds[0], questions=(question,)),)), b"key", Clock(), SITE)
    room.askings.tallies = {(question.id, question.wave): answered(definition, forms)}
    room.standing = {"anna": Standing(Rank(1, UUID(int=7)), forms[-1])}
    return room


def frames(room: Room) -> list[bytes]:
    """The result as everybody gets it."""
    return [room.frames.of(audience).html for audience in EVERYBODY]


def ticks(room: Room) -> list[bytes]:
    """The numbers as those get them who see the result."""
    return [render.tick(room.seen(audience)) or b"" for audience in (EVERYBODY[0], EVERYBODY[2])]


def options(kind: str) -> tuple[Definition, list[tuple[str, ...]]]:
    """A question with 20 options, and an answer of each person."""
    chance, keys = random.Random(kind), [option.key for option in OPTIONS]
    definition = Definition(kind, TEXT, OPTIONS)
    few = [tuple(sorted(chance.sample(keys, 5), key=keys.index)) for _ in range(PEOPLE)]
    forms: dict[str, list[tuple[str, ...]]] = {
        "single_choice": [(form[0],) for form in few],
        "multiple_choice": few,
        "points": [tuple(f"{key}=20" for key in form) for form in few],
        "ranking": [tuple(chance.sample(keys, len(keys))) for _ in range(1000)],
    }
    return definition, forms[kind]


@pytest.mark.parametrize("kind", ["single_choice", "multiple_choice", "points", "ranking"])
def test_result_of_twenty_options_stays_small(kind: str) -> None:
    """Under 3 KB for audience and screen, its numbers and the own mark, for as many options, under 2 KB."""
    definition, forms = options(kind)
    assert {len(option.label) for option in OPTIONS} == {25}
    shown, moving = room_of(definition, forms, State.SHOWN), room_of(definition, forms, State.OPEN)
    assert [len(frame) for frame in frames(shown) if len(frame) >= 3 * KB] == []
    assert all(frame.count(b"<td>") >= 40 for frame in frames(shown))
    assert [len(frame) for frame in [*ticks(moving), private.frames(shown, "anna")] if len(frame) >= 2 * KB] == []
    assert private.frames(shown, "anna").count(b"data-mine") == len(forms[-1])


def test_matrix_stays_small() -> None:
    """Ten items on eleven steps, 110 counts with shares and bars: under 10 KB, numbers alone under 4 KB."""
    definition = Definition("rating", TEXT, OPTIONS[:10], {"steps": 11})
    chance = random.Random(1)
    forms = [tuple(f"{option.key}={chance.randrange(11)}" for option in OPTIONS[:10]) for _ in range(1000)]
    room = room_of(definition, forms, State.SHOWN)
    assert [len(frame) for frame in frames(room) if len(frame) >= 10 * KB] == []
    assert [len(frame) for frame in ticks(room) if len(frame) >= 4 * KB] == []


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("word_cloud", [f"Schnelles Internet {n:03}" for n in range(200)]),
        ("open_text", [f"Am Abend fehlt ein Bus, Linie {n:03}." for n in range(200)]),
        ("open_text", [f"{n:03} " + "So geht es nicht weiter. " * 19 for n in range(200)]),
    ],
)
def test_result_of_words_and_texts_stays_small(kind: str, written: list[str]) -> None:
    """Under 6 KB with the first 60, or as many as there is room for, and how many more there are; ticks with them."""
    definition = Definition(kind, TEXT, ())
    room = room_of(definition, [(text,) for text in written for _ in range(3)], State.OPEN)
    whole = [len(frame) for frame in (room.frames.of(EVERYBODY[0]).html, room.frames.of(EVERYBODY[2]).html)]
    moving = [len(render.rows(room.seen(audience)) or b"") for audience in (EVERYBODY[0], EVERYBODY[2])]
    assert [size for size in whole + moving if size >= 6 * KB] == []
    shown = room.frames.of(EVERYBODY[0]).html.decode()
    assert f"… und {200 - shown.count('<bdi>')} weitere" in shown
    assert shown.count("<bdi>") == (60 if len(written[0]) < 60 else 9)
