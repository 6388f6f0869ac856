"""Questions that are over: archived and restored, what they take meanwhile, and who still sees their results."""

import re
from dataclasses import replace

import pytest

from poll_server.domain.errors import Forbidden
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Action, State
from tests.harness.server import StartServer
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, Stored, draft, store
from tests.web.people import Desk, Person, Tags, german
from tests.web.test_decisions import decide
from tests.web.test_desk import at_once, revision_stored, states_of
from tests.web.test_editor import Writer
from tests.web.test_hidden import COUNT, RESULT, TALLY

TEXT = Definition("open_text", "Was sollen wir wissen?")
OTHERS = (replace(SINGLE, text="Zweite?"), replace(SINGLE, text="Dritte?"))


async def over(desk: Desk, question: int, *, shown: bool = False) -> None:
    """Ask a question and leave it behind, with its result shown or not."""
    for action in ("open", "close", *(["show"] if shown else []), "next"):
        await desk.do(action, question)


def lists(page: str) -> tuple[list[int], list[int]]:
    """The questions in the working list of a desk, and in its archive."""
    working, _, archive = page.partition('id="archive"')
    found = [re.findall(r'id="pick-(\d+)"', part) for part in (working, archive)]
    return [int(one) for one in found[0]], [int(one) for one in found[1]]


async def shown_everywhere(person: Person, stored: Stored) -> str:
    """Everything that somebody in the audience may ask for."""
    paths = ["", "/state", "/programme", "/answer", *(f"/results/{one}" for one in stored.ids)]
    return "\n".join([(await person.get(path)).text for path in paths])


@pytest.mark.parametrize("shown", [False, True])
async def test_archived_question_is_over_until_it_is_restored(
    shown: bool, new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """It leaves the working list, nobody's stage moves, its result stays where it was, and it comes back as it was."""
    stored = await new_event(SINGLE, *OTHERS, tally=TALLY)
    first, second, third = stored.ids
    desk, person = await new_desk(stored), await new_person(stored)
    line = await person.take_part()
    await over(desk, first, shown=shown)
    before, seen = await shown_everywhere(person, stored), await states_of(stored)
    assert (RESULT.search(before) is not None, COUNT.search(before) is not None) == (shown, shown)
    assert await desk.say("join_show") == ""
    await desk.at(int(desk.seen) + 1)
    frame = await desk.do("archive", first)
    assert await states_of(stored) == [State.ARCHIVED_SHOWN if shown else State.ARCHIVED, *seen[1:]]
    assert (lists(frame), 'value="join_hide"' in frame) == (([second, third], [first]), True)
    assert await shown_everywhere(person, stored) == before
    assert [one for one in line.frames if RESULT.search(one) and not shown] == []
    assert (await person.get(f"/results/{first}")).status_code == (200 if shown else 404)
    page = (await desk.person.get(f"/desk?question={first}")).text
    assert {tag["id"] for tag in Tags(page).having("id") if tag["id"].startswith("button-") and "-" in tag["id"]} == {
        f"button-restore-{first}",
        f"button-copy-{first}",
        "button-join",
    }
    assert (RESULT.search(page) is not None, '<details class="sg-rounds" id="archive" open>' in page) == (True, True)
    frame = await desk.do("restore", first)
    assert (await states_of(stored), lists(frame)) == (seen, ([first, second, third], []))
    assert await shown_everywhere(person, stored) == before


async def test_question_on_the_stage_is_not_archived(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Everybody still sees it; there is no button for it, and who sends the step all the same is told."""
    stored = await new_event()
    desk, question = await new_desk(stored), stored.ids[0]
    await desk.do("open", question)
    frame = await desk.do("close", question)
    assert f'id="button-archive-{question}"' not in frame
    assert await desk.say("archive", question) == "on_stage"
    await desk.do("next", question)
    assert f'id="button-archive-{question}"' in (await desk.person.get(f"/desk?question={question}")).text
    assert await desk.say("archive", question) == ""


@pytest.mark.parametrize("shown", [False, True])
async def test_archived_question_takes_nothing_else(shown: bool, new_event: NewEvent, new_desk: NewDesk) -> None:
    """No other step, no moving, no decision about an entry, no mending, no deleting: by socket and by form."""
    stored = await new_event(TEXT, *OTHERS, tally={"#": 9, "t:Bus": 5, "t:Quatsch": 4})
    question, second, _ = stored.ids
    desk = await new_desk(stored)
    await over(desk, question, shown=shown)
    await desk.do("archive", question)
    revision, states = await revision_stored(stored), await states_of(stored)
    for action in sorted(set(Action) - {Action.RESTORE, Action.SETTLE}):
        assert (action, await desk.say(action, question)) == (action, "step")
        sent = {"action": action, "question": question, "seen": desk.seen}
        assert (action, (await desk.person.post("/desk", sent)).status_code) == (action, 403)
    for move in ("up", "down"):
        assert await desk.say(move, question) == "archived_question"
    assert await desk.say("up", second) == "edge"
    assert await decide(desk, question, hidden="Quatsch") == "archived_question"
    page = (await desk.person.get(f"/desk?question={question}")).text
    assert ('id="entries"' in page, "Quatsch" in page) == (False, True)
    writer = await Writer.at(desk.person, question)
    assert await writer.press("save", hint="Neu") == 200  # before and after, to look at
    assert (await writer.press("save"), writer.notice) == (403, german(Forbidden("archived_question")))
    assert await writer.press("delete") == 403
    assert (await revision_stored(stored), await states_of(stored)) == (revision, states)


@pytest.mark.parametrize("by_form", [False, True])
async def test_round_is_archived_and_restored_at_once(by_form: bool, new_event: NewEvent, new_desk: NewDesk) -> None:
    """What is over goes, shown or not; what is ready or on the stage stays; the button says how many, and undoes it."""
    stored = await new_event(SINGLE, *OTHERS, replace(SINGLE, text="Vierte?"))
    first, second, third, fourth = stored.ids
    desk, other = await new_desk(stored), await new_desk(stored)

    async def press(action: str) -> None:
        if by_form:
            sent = {"action": action, "question": first, "seen": desk.seen}
            assert (await desk.person.post("/desk", sent)).status_code == 303
        else:
            assert await desk.say(action, first) == ""

    await over(desk, first, shown=True)
    await over(desk, second)
    for action in ("open", "close"):
        await desk.do(action, third)
    before = await states_of(stored)
    assert "Beendete dieser Runde archivieren (2)" in (await desk.person.get(f"/desk?question={first}")).text
    await press("archive_round")
    assert await states_of(stored) == [State.ARCHIVED_SHOWN, State.ARCHIVED, *before[2:]]
    assert await other.say("archive_round", first) == "conflict"
    for one in (desk, other):
        await one.at(await revision_stored(stored))
    assert await other.say("archive_round", first) == "step"
    page = (await desk.person.get(f"/desk?question={second}")).text
    assert (lists(page), "Alle dieser Runde wiederherstellen (2)" in page) == (([third, fourth], [first, second]), True)
    steps = re.findall(r"<li([^>]*)>\d (\w+)", page[page.index("sg-steps") :].partition("</ol>")[0])
    assert steps == [
        (' class="is-done"', "Öffnen"),
        (' class="is-done"', "Schließen"),
        ("", "Ergebnis"),
        (' aria-current="step"', "Archiviert"),
    ]
    await press("restore_round")
    assert await states_of(stored) == before


async def test_two_moderators_at_once_make_one_step(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Of two who archive in the same moment, or one who archives what the other asks again, one is told."""
    stored = await new_event(SINGLE, *OTHERS)
    first, second = await new_desk(stored), await new_desk(stored)
    await over(first, stored.ids[0])
    await second.at(int(first.seen))
    _, notices = await at_once(first, second, "archive", stored.ids[0])
    assert (notices, (await states_of(stored))[0]) == (["", "conflict"], State.ARCHIVED)
    for desk in (first, second):
        await desk.at(await revision_stored(stored))
    assert await first.say("restore", stored.ids[0]) == ""
    assert await second.say("restore", stored.ids[0]) == "conflict"
    assert (await states_of(stored))[0] is State.CLOSED


async def test_archive_survives_a_restart_and_stands_in_the_export(start_server: StartServer) -> None:
    """A killed server knows what is archived; the files name it, with all numbers, and forms alone restore it."""
    server = await start_server()
    stored = await store(server, draft(SINGLE, *OTHERS), TALLY)
    first, second, _ = stored.ids
    async with Person(stored) as moderator:
        desk = await Desk.of(moderator)
        await over(desk, first, shown=True)
        await over(desk, second)
        for question in (first, second):
            sent = {"action": "archive", "question": question, "seen": await revision_stored(stored)}
            assert (await moderator.post("/desk", sent)).status_code == 303
    await server.kill()
    await server.restart()
    async with Person(stored) as moderator, Person(stored) as visitor:
        await moderator.open("desk")
        page = (await moderator.get("/desk")).text
        assert lists(page) == (stored.ids[2:], [first, second])
        told = (await moderator.get("/desk/export/json")).json()["rounds"][0]["questions"]
        assert [(one["state"], one["answered"]) for one in told[:2]] == [("archived_shown", 9127), ("archived", 0)]
        table = (await moderator.get("/desk/export/csv")).text
        assert [words for words in ("archiviert, Ergebnis gezeigt", ";archiviert;") if words not in table] == []
        assert [(await visitor.get(f"/results/{one}")).status_code for one in (first, second)] == [200, 404]
        sent = {"action": "restore", "question": first, "seen": await revision_stored(stored)}
        assert (await moderator.post("/desk", sent)).status_code == 303
        assert (await states_of(stored))[:2] == [State.SHOWN, State.ARCHIVED]


async def test_moving_passes_over_the_archive_and_a_copy_begins_anew(new_event: NewEvent, new_desk: NewDesk) -> None:
    """What stands beside each other in the list changes places; a copy of what is archived is a new question."""
    stored = await new_event(OTHERS[0], SINGLE, OTHERS[1])
    first, second, third = stored.ids
    desk = await new_desk(stored)
    await over(desk, second)
    await desk.do("archive", second)
    assert lists(await desk.do("up", third)) == ([third, first], [second])
    working, archive = lists(await desk.do("copy", second))
    assert (set(working) - {first, third} != set(), archive) == (True, [second])
    assert sorted(await states_of(stored)) == sorted([State.READY] * 3 + [State.ARCHIVED])
