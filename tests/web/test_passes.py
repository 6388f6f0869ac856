"""The same question asked again: both results stay, and stand side by side once the second one is seen."""

import re

from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import LIVE, SINGLE, Stored, ballots_of
from tests.web.people import Desk, Line, Person, ballot_form

COMPARED = "compare-"


async def answer(line: Line, option: str) -> None:
    """Answer the question that comes next, in whatever pass."""
    form = ballot_form(await line.until(lambda frame: "data-vote" in frame))
    assert form is not None
    assert (await line.vote(form, option)).state == "counted"


async def passed(desk: Desk, lines: list[Line], question: int, options: str) -> None:
    """Ask a question until its result is shown; each line gives its option."""
    await desk.do("open", question)
    for line, option in zip(lines, options.split(), strict=True):
        await answer(line, option)
    await desk.do("close", question)
    await desk.do("show", question)


async def pages(person: Person, screen: Person, question: int) -> list[str]:
    """Everything of a result that the audience and the screen can ask for."""
    asked = ("", "/state", f"/results/{question}", "/programme")
    return [(await person.get(path)).text for path in asked] + [(await screen.get("/screen/state")).text]


async def many(new_person: NewPerson, stored: Stored, n: int) -> list[Line]:
    """So many people in the audience."""
    return [await (await new_person(stored)).take_part() for _ in range(n)]


async def test_passes_stand_side_by_side(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """From the second result on everybody sees the first one beside it, on all pages; all ballots are kept."""
    stored = await new_event(SINGLE)
    desk, question, screen = await new_desk(stored), stored.ids[0], await new_person(stored)
    await screen.open("screen")
    lines = await many(new_person, stored, 3)
    await passed(desk, lines, question, "o1 o1 o2")
    assert await desk.say("repeat", question) == ""
    await desk.at(int(desk.seen) + 1)
    await passed(desk, lines, question, "o1 o3 o3")
    anna = await new_person(stored)
    shown = await pages(anna, screen, question)
    assert [COMPARED in page for page in shown] == [True, True, True, False, True]
    table = shown[2][shown[2].index(f'id="{COMPARED}') :].partition("</table>")[0]
    cells = re.findall(r"<td>([^<]*)", table)
    assert [cells[at : at + 3] for at in (0, 3, 6)] == [["2", "1", "–"], ["1", "0", "–"], ["0", "2", "–"]]
    assert await ballots_of(stored) == {(question, 1): 3, (question, 2): 3}


async def test_first_pass_is_not_seen_before_the_second(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """A result that was never shown stays hidden while the question is asked again, and so does one that was."""
    stored = await new_event(SINGLE)
    desk, question, screen = await new_desk(stored), stored.ids[0], await new_person(stored)
    await screen.open("screen")
    lines = await many(new_person, stored, 2)
    await desk.do("open", question)
    for line in lines:
        await answer(line, "o2")
    await desk.do("close", question)
    for action in ("repeat", "open"):
        await desk.do(action, question)
        anna = await new_person(stored)
        for page in await pages(anna, screen, question):
            assert (COMPARED in page, "data-cells" in page) == (False, False)
    # Who answered the first pass is asked again like everybody else.
    assert ballot_form(await lines[0].until(lambda frame: "data-vote" in frame)) is not None


async def test_late_vote_of_the_first_pass(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A vote names its pass, so that a phone that slept does not answer the second one by accident."""
    stored = await new_event(LIVE)
    desk, question = await new_desk(stored), stored.ids[0]
    (line,) = await many(new_person, stored, 1)
    await desk.do("open", question)
    form = ballot_form(await line.until(lambda frame: "data-vote" in frame))
    assert form is not None
    await desk.do("close", question)
    await desk.do("repeat", question)
    await desk.do("open", question)
    assert (await line.vote(form, "o1")).state == "refused"
    assert (await line.vote(form | {"wave": "2"}, "o1")).state == "counted"
