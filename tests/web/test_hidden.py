"""What is hidden is hidden in the bytes: rounds on a real server, with numbers that nobody could overlook."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from uuid import uuid4

import pytest

from poll_server.domain.access import Role, Sight, sees
from poll_server.domain.programme import Reveal
from poll_server.domain.rounds import State
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE
from tests.web.people import Line, Person, ballot_form

TALLY = {"#": 9127, "o1": 7331, "o2": 1796}
# The voter adds one to the second option. Counts, shares, widths of bars, words for a result.
RESULT = re.compile(r"7\.?331|1\.?79[67]|\b80\s%|80\.3%|19\.7%|is-lead|Am häufigsten|Wohnraum“")
COUNT = re.compile(r"9\.?12[78]")
NUMBER_OF_VOTER = "9.128"


@dataclass
class Seat:
    """Somebody in front of a page; ``judged`` frames have been looked at, the last ones as showing ``sights``."""

    role: Role
    person: Person
    line: Line
    answered: bool = False
    judged: int = 0
    sights: frozenset[Sight] = frozenset()

    async def catch_up(self) -> None:
        """Read all that has been sent until now: the answer to nonsense comes after it."""
        await self.line.send("nonsense")
        await self.line.error()

    def new_frames(self) -> tuple[list[str], list[str]]:
        """Return what came since the last time: before the frame with the whole new state, and from it on."""
        frames = self.line.frames[self.judged :]
        self.judged = len(self.line.frames)
        whole = [at for at, frame in enumerate(frames) if re.search('hx-target="#(stage|screen)"', frame)]
        first = whole[0] if whole else 0
        return frames[:first], frames[first:]

    async def pages(self) -> list[str]:
        """The bodies of all that this seat may ask for by HTTP."""
        paths = {
            Role.AUDIENCE: ["", "/state", "/programme", "/answer"],
            Role.SCREEN: ["/screen", "/screen/state"],
        }[self.role]
        return [(await self.person.get(path)).text for path in paths]


def unseen(sights: Iterable[Sight], bodies: list[str]) -> list[str]:
    """What stands in these bodies although it may not be seen."""
    everything = "\n".join(bodies)
    results = [] if Sight.RESULT in sights else RESULT.findall(everything)
    return results + ([] if Sight.COUNT in sights else COUNT.findall(everything))


class Round:
    """A question's life, watched from all seats."""

    def __init__(self, seats: list[Seat], reveal: Reveal) -> None:
        self.seats = seats
        self.reveal = reveal

    async def look(self, state: State, newcomer: Person) -> None:
        """Compare what every seat got and can get in this state with what it may see; a newcomer makes ticks go out."""
        for seat in self.seats:
            await seat.catch_up()
        await newcomer.take_part()
        await self.seats[-1].line.until(lambda frame: frame.startswith('{"tick"'))
        for seat in self.seats:
            await seat.catch_up()
            sights = sees(seat.role, state, self.reveal, answered=seat.answered)
            before, after = seat.new_frames()
            after += await seat.pages()
            where = (seat.role, seat.answered, state)
            assert (where, unseen(seat.sights, before), unseen(sights, after)) == (where, [], [])
            assert (where, Sight.RESULT in sights) == (where, "7.331" in "".join(after))
            assert (where, Sight.COUNT in sights) == (where, COUNT.search("".join(after)) is not None)
            seat.sights = sights


@pytest.mark.parametrize("reveal", list(Reveal))
async def test_hidden_numbers_are_in_no_byte_that_may_not_carry_them(
    reveal: Reveal, new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """In each state pages, frames and ticks hold results and counts exactly as domain/access.py says."""
    stored = await new_event(replace(SINGLE, reveal=reveal), tally=TALLY)
    (question,) = stored.ids
    desk = await new_desk(stored)
    mute, voter, beamer = [await new_person(stored) for _ in range(3)]
    await beamer.open("screen")
    seats = [
        Seat(Role.AUDIENCE, mute, await mute.take_part()),
        Seat(Role.AUDIENCE, voter, await voter.take_part()),
        Seat(Role.SCREEN, beamer, await beamer.line("/screen/socket")),
    ]
    watched = Round(seats, reveal)

    async def look(state: State) -> None:
        if state is not State.READY:
            for seat in seats[:2]:
                if not any(f'data-state="{state}"' in frame for frame in seat.line.frames[-3:]):
                    await seat.line.until(lambda frame: f'data-state="{state}"' in frame)
        await watched.look(state, await new_person(stored))

    await look(State.READY)
    await desk.do("open", question)
    await look(State.OPEN)
    form = ballot_form("".join(seats[1].line.frames)) or {}
    submission = str(uuid4())
    await seats[1].line.vote(form, "o2", submission=submission)
    seats[1].answered = True
    await look(State.OPEN)
    assert await desk.say("close", question) == ""
    await seats[0].line.until(lambda frame: 'data-state="closing"' in frame)
    await look(State.CLOSING)
    await desk.see(lambda frame: "Geschlossen, Antworten" in frame)
    await look(State.CLOSED)
    await desk.do("show", question)
    await look(State.SHOWN)
    result = await mute.get(f"/results/{question}")
    assert (result.status_code, NUMBER_OF_VOTER in result.text) == (200, True)
    await desk.do("hide", question)
    await look(State.CLOSED)
    hidden = await mute.get(f"/results/{question}")
    assert (hidden.status_code, RESULT.findall(hidden.text)) == (404, [])

    names = [person.http.cookies["participant"].partition(".")[0] for person in (mute, voter)]
    names += [blake2b(name.encode(), key=stored.pseudonym_key, digest_size=16).hexdigest() for name in names]
    everything = {seat.person: "".join(seat.line.frames + await seat.pages()) for seat in seats}
    everything[desk.person] = "".join(desk.line.frames)
    assert [name for name in names if name in "".join(everything.values())] == []
    others = "".join(text for person, text in everything.items() if person is not voter)
    assert [private for private in (submission, "data-answer") if private in others] == []
    assert submission in everything[voter]


async def test_result_for_those_who_answered_reaches_nobody_else(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """It grows for the voter at every door; nobody else has it, by socket, polling, plain pages or on the screen."""
    stored = await new_event(replace(SINGLE, reveal=Reveal.ANSWERED), tally=TALLY)
    (question,) = stored.ids
    desk, voter, poller, beamer = await new_desk(stored), *[await new_person(stored) for _ in range(3)]
    await beamer.open("screen")
    line, waiting = await voter.take_part(), await (await new_person(stored)).take_part()
    screen = Seat(Role.SCREEN, beamer, await beamer.line("/screen/socket"))
    await desk.do("open", question)
    form = ballot_form(await line.until(lambda frame: "data-vote" in frame)) or {}
    assert (await line.vote(form, "o2")).state == "counted"
    await screen.line.until(lambda frame: NUMBER_OF_VOTER in frame)
    for action in ("", "close"):
        if action:
            await desk.do(action, question)
        for seat in (screen, Seat(Role.AUDIENCE, poller, waiting)):
            await seat.catch_up()
            seen = [*seat.line.frames, *await seat.pages(), (await poller.get(f"/results/{question}")).text]
            assert (action, seat.role, RESULT.findall("".join(seen))) == (action, seat.role, [])
        doors = [(await voter.get(path)).text for path in ("", "/state")]
        assert (action, ["7.331" in text for text in ("".join(line.frames), *doors)]) == (action, [True] * 3)
    await desk.do("show", question)
    assert ["7.331" in (await person.get(path)).text for person, path in ((poller, ""), (beamer, "/screen"))] == [
        True
    ] * 2


async def test_discarded_result_is_seen_nowhere(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """After a question is made ready again, nobody but the desk's history of steps knows of its first wave."""
    stored = await new_event(SINGLE, tally=TALLY)
    (question,) = stored.ids
    desk = await new_desk(stored)
    person = await new_person(stored)
    line = await person.take_part()
    for action in ("open", "close", "show", "discard", "open", "close", "show"):
        await desk.do(action, question)
    frame = await line.until(lambda one: f'id="question-{question}-2"' in one and 'data-state="shown"' in one)
    pages = [frame, *[(await person.get(path)).text for path in ("", "/state", f"/results/{question}")]]
    assert [RESULT.findall(page) + COUNT.findall(page) for page in pages] == [[], [], [], []]
