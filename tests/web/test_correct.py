"""Correct and shuffled answers: which ones are correct is in no byte before the result is shown, no order tells it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import pytest

from poll_server.domain.programme import EventDraft, Option, Reveal
from tests.harness.server import Server, StartServer
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, draft, store
from tests.web.people import Desk, Line, Person, Tags, ballot_form

QUIZ = replace(SINGLE, reveal=Reveal.LIVE, rules={"shuffle": True, "correct": ("Bus und Bahn",)})
SUBMISSION = "5f0c7a52-6d0e-4d2b-9a55-0d5a3a1f9b01"
MARK = "sg-correct"
SAID = re.compile(r'hx-target="#said-stage" hx-swap="innerMorph">(.*?)</template>', re.DOTALL)


def order(html: str) -> list[str]:
    """The options of a form in the order of its bytes."""
    return [tag["value"] for tag in Tags(html).having("type") if tag["type"] in ("radio", "checkbox")]


@dataclass
class Quiz:
    """An event on a server of its own, seen by a voter, a guest and a screen."""

    server: Server
    desk: Desk
    voter: Person
    line: Line
    guest: Person
    screen: Person

    @classmethod
    async def of(cls, server: Server, prepared: EventDraft, new_person: NewPerson, new_desk: NewDesk) -> Self:
        """Store the event and let them come."""
        stored = await store(server, prepared)
        desk, voter, guest, screen = await new_desk(stored), *[await new_person(stored) for _ in range(3)]
        await screen.open("screen")
        await guest.get()
        return cls(server, desk, voter, await voter.take_part(), guest, screen)

    async def bytes_sent(self) -> list[str]:
        """All that audience and screen can ask for now, without clock times and the server's own address."""
        question = self.desk.person.stored.ids[0]
        paths = ["", "/state", "/programme", "/answer", f"/results/{question}"]
        bodies = [(await person.get(path)).text for person in (self.voter, self.guest) for path in paths]
        bodies += [(await self.screen.get(path)).text for path in ("/screen", "/screen/state")]
        own = re.compile(rf"{re.escape(self.server.url)}|127\.0\.0\.1:\d+|\b\d+:\d\d\b|<svg[^>]*sg-qr.*?</svg>")
        return [own.sub("", body) for body in bodies]

    async def take(self, action: str) -> None:
        """Take a step with the question, or vote."""
        if action != "vote":
            await self.desk.do(action, self.desk.person.stored.ids[0])
            return
        form = ballot_form(await self.line.until(ballot_form))
        assert form is not None
        assert (await self.line.vote(form, "o2", submission=SUBMISSION)).state == "counted"


async def test_pages_are_the_same_whatever_is_correct(
    start_server: StartServer, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Two events that differ in nothing but the correct answer send the same bytes until the result is shown."""
    prepared = replace(draft(QUIZ), code="quiz")
    slot = prepared.items[1]
    other = replace(QUIZ, rules={"shuffle": True, "correct": ("Wohnraum", "Schnelles Netz")})
    twin = replace(prepared, items=(prepared.items[0], replace(slot, questions=(other,))))
    quizzes = [await Quiz.of(await start_server(), event, new_person, new_desk) for event in (prepared, twin)]

    async def sent(action: str) -> Sequence[list[str]]:
        for quiz in quizzes:
            await quiz.take(action)
        return [await quiz.bytes_sent() for quiz in quizzes]

    for action in ("open", "vote", "close"):
        one, two = await sent(action)
        assert (action, one) == (action, two)
    assert [MARK in "".join(quiz.line.frames) for quiz in quizzes] == [False, False]
    one, two = await sent("show")
    assert [MARK in body for body in one] == [True, True, False, False, True] * 2 + [True, True]
    assert one != two
    for action in ("hide", "repeat", "open"):
        one, two = await sent(action)
        assert (action, one) == (action, two)


async def test_correct_answer_is_marked_in_every_pass(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """The screen marks it where two passes stand side by side, too; nobody learns it from the second pass's form."""
    stored = await new_event(QUIZ)
    desk, screen, question = await new_desk(stored), await new_person(stored), stored.ids[0]
    await screen.open("screen")
    for action in ("open", "close", "show", "repeat", "open", "close", "show"):
        await desk.do(action, question)
    page = (await screen.get("/screen/state")).text
    assert (f'id="compare-{question}-2"' in page, page.count(MARK)) == (True, 1)


@pytest.mark.parametrize(
    ("correct", "said"),
    [
        (("Bus und Bahn",), "Richtig ist: Bus und Bahn."),
        (("Wohnraum", "Bus und Bahn"), "Richtig sind: Wohnraum, Bus und Bahn."),
    ],
)
async def test_correct_answer_is_announced_with_the_result(
    correct: tuple[str, ...], said: str, new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """A screen reader hears it on phone and screen when the result is shown, and in no state before or after that."""
    stored = await new_event(replace(QUIZ, rules={"correct": correct}))
    desk, phone, screen, question = await new_desk(stored), *[await new_person(stored) for _ in range(2)], stored.ids[0]
    await screen.open("screen")
    opened, result = f"Neue Frage: {QUIZ.text}", f"Ergebnis: Noch keine Antworten. {said}"
    steps = (("open", opened), ("close", ""), ("show", result), ("hide", ""), ("repeat", ""))
    for action, heard in steps:
        await desk.do(action, question)
        frames = [(await phone.get("/state")).text, (await screen.get("/screen/state")).text]
        assert (action, [found[1].strip() for found in map(SAID.search, frames) if found]) == (action, [heard] * 2)


async def test_shuffled_form_has_the_order_of_the_ballot(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Only the browser shuffles: all get the same bytes, and without JavaScript everybody the order of the ballot."""
    options = tuple(Option(f"o{at}", f"Ort {at}") for at in range(1, 13))
    stored = await new_event(replace(QUIZ, options=options, rules={"shuffle": True}))
    desk, people = await new_desk(stored), [await new_person(stored) for _ in range(3)]
    lines = [await person.take_part() for person in people]
    await desk.do("open", stored.ids[0])
    frames = [await line.until(ballot_form) for line in lines]
    pages = [(await person.get(path)).text for person in people for path in ("", "/state")]
    assert {tuple(order(html)) for html in (*frames, *pages)} == {tuple(option.key for option in options)}
    assert ["data-shuffle" in html for html in (*frames, *pages)] == [True] * 9
