"""Groups at the doors: chosen by socket and by form, and a closed result that tells nothing about small ones."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from poll_server.domain.programme import Definition, EventDraft, Option, Translation
from poll_server.storage.tables import metadata
from tests.harness.server import Server
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, Stored, database_of, draft, store
from tests.web.people import Line, Person, ballot_form

GROUPS = tuple(Option(f"g{at}", label) for at, label in enumerate(("Kommune", "Verband", "Politik"), 1))
MINE = re.compile(r'id="group-(g\d)" value="g\d" checked')


def grouped(*questions: Definition) -> EventDraft:
    """An event with groups."""
    return replace(draft(*questions), groups=GROUPS)


async def choose(line: Line, group: str) -> str:
    """Choose a group by socket; returns the private frame."""
    await line.send({"group": group})
    return await line.until(lambda frame: 'hx-target="#group"' in frame and "#said-vote" in frame)


async def crowd(new_person: NewPerson, stored: Stored, groups: Sequence[str]) -> list[Person]:
    """Somebody of each of these groups, by form."""
    people = []
    for group in groups:
        people.append(person := await new_person(stored))
        await person.get()
        assert (await person.post("/group", {"group": group})).status_code == 303
    return people


async def vote(person: Person, question: int, answer: str, wave: int = 1) -> None:
    """Vote by form."""
    fields = {"question": str(question), "wave": str(wave), "number": "1", "answer": answer}
    assert (await person.post("/vote", fields)).status_code == 303


async def test_group_chosen_by_socket_comes_again(shared_server: Server, new_person: NewPerson) -> None:
    """All sockets of a participant hear which group they have chosen, each new one too, and nobody else does."""
    stored = await store(shared_server, grouped())
    anna, bert = await new_person(stored), await new_person(stored)
    first = await anna.take_part()
    second = await anna.line()
    other = await bert.take_part()
    assert MINE.findall(await choose(first, "g2")) == ["g2"]
    assert MINE.findall(await second.until(lambda frame: 'hx-target="#group"' in frame)) == ["g2"]
    again = await anna.line()
    assert MINE.findall(await again.until(lambda frame: 'hx-target="#group"' in frame)) == ["g2"]
    assert MINE.findall((await anna.get("/state")).text) == ["g2"]
    assert MINE.findall(await choose(first, "")) == []
    await first.send({"group": "g9"})
    assert (await first.error())["code"] == "unknown_group"
    await choose(other, "g1")
    assert [frame for frame in other.frames if "Verband</strong>" in frame] == []


async def test_group_chosen_by_form(shared_server: Server, new_person: NewPerson) -> None:
    """Without a script a personal page says what was chosen; a script gets the frame; polling notices the change."""
    stored = await store(shared_server, grouped())
    anna = await new_person(stored)
    page = await anna.get()
    assert MINE.findall(page.text) == []
    etag = (await anna.get("/state")).headers["etag"]
    chosen = await anna.post("/group", {"group": "g3"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, f"{anna.path}/group")
    assert "<strong>Politik</strong>" in (await anna.get("/group")).text
    assert (await anna.get("/state", **{"if-none-match": etag})).status_code == 200
    frame = await anna.post("/group", {"group": "g1"}, HX_Request="true")
    assert MINE.findall(frame.text) == ["g1"]
    assert (await anna.post("/group", {"group": "Verband"})).status_code == 422
    assert (await anna.post("/group", {})).status_code == 422
    assert (await anna.post("/group", {"group": "g1"}, origin="https://elsewhere.example")).status_code == 403


async def test_event_without_groups_asks_nobody(new_event: NewEvent, new_person: NewPerson) -> None:
    """There is nothing to choose, and no page for it."""
    stored = await new_event()
    anna = await new_person(stored)
    assert ('id="group' in (await anna.get()).text) is False
    assert (await anna.get("/group")).status_code == 404
    assert (await anna.post("/group", {"group": "g1"})).status_code == 422


async def test_closed_result_by_group(shared_server: Server, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Nobody sees anything by group before the result is shown; then everybody the same, and what is small nowhere."""
    stored = await store(shared_server, grouped(SINGLE))
    desk, screen, question = await new_desk(stored), await new_person(stored), stored.ids[0]
    await screen.open("screen")
    people = await crowd(new_person, stored, ["g1"] * 7 + ["g2"] * 6 + ["g3"] * 2 + [""] * 5)
    await desk.do("open", question)
    for at, person in enumerate(people):
        await vote(person, question, "o1" if at % 2 else "o3")

    async def seen() -> list[str]:
        asked = [people[0].get(path) for path in ("", "/state", f"/results/{question}")]
        asked += [screen.get("/screen"), screen.get("/screen/state")]
        asked += [desk.person.get(path) for path in ("/desk", "/desk/state")]
        return [(await one).text for one in asked]

    file = await desk.person.get("/desk/export/json")
    await desk.do("close", question)
    before = [*(await seen()), (await desk.person.get("/desk/export/json")).text]
    assert ["Nach Gruppen" in page or "Nicht gezeigt" in page for page in before] == [False] * len(before)
    assert json.loads(file.text)["rounds"][0]["questions"][0]["groups"] == []
    await desk.do("show", question)
    await people[0].get("/state")
    pages = await seen()
    assert ["Nicht gezeigt, damit" in page for page in pages] == [True] * len(pages)
    few = re.compile(r"n = [25]<|Antworten: [25]\)")
    assert [few.search(page) for page in pages] == [None] * len(pages)
    (asked,) = json.loads((await desk.person.get("/desk/export/json")).text)["rounds"][0]["questions"]
    assert [(group["key"], group["answered"]) for group in asked["groups"]] == [("g1", 7), ("g2", 6)]
    # The five without a group went with the two of politics.
    csv = (await desk.person.get("/desk/export/csv")).text.splitlines()
    assert [line.split(";")[-8:] for line in csv[1:]] == [
        ["7", "3", "6", "3", "", "", "", ""],
        ["7", "0", "6", "0", "", "", "", ""],
        ["7", "4", "6", "3", "", "", "", ""],
    ]


async def test_groups_in_the_language_of_each_participant(
    shared_server: Server, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Form, own frame and result have the names in their language, marked where there is none; one tally; restarts."""
    names = {"en": dict(zip(("g1", "g2", "g3"), ("Municipality", "Association", "Politics"), strict=True))}
    translated = replace(SINGLE, translations={"de-simple": Translation("Was?", {})})
    stored = await store(shared_server, replace(grouped(translated), group_names=names))
    desk, question = await new_desk(stored), stored.ids[0]
    anna = await new_person(stored)
    assert "Municipality" in (await anna.get("?language=en")).text
    assert '<label class="kern-label" for="group-g1" lang="de">Kommune' in (await anna.get("?language=de-simple")).text
    chosen = await anna.post("/group?language=en", {"group": "g2"})
    assert chosen.headers["location"] == f"{anna.path}/group?language=en"
    assert "You answer as: <strong>Association</strong>" in (await anna.get("/group?language=en")).text
    assert "Sie antworten als: <strong>Verband</strong>" in (await anna.get("/group?language=de")).text
    assert "<strong>Association</strong>" in (await anna.get("/state?language=en")).text
    people = await crowd(new_person, stored, ["g1"] * 8 + ["g2"] * 6 + ["g3"] * 2)
    await desk.do("open", question)
    for person in (anna, *people):
        await vote(person, question, "o1")
    await desk.do("close", question)
    await desk.do("show", question)
    await desk.person.get("/desk/export/json")
    english, german = [(await anna.get(f"/results/{question}?language={one}")).text for one in ("en", "de")]
    for page, shown, hidden in ((english, "Municipality", "Politics"), (german, "Kommune", "Politik")):
        assert (f"{shown}</strong> (" in page, f"<span>{hidden}</span>" in page) == (True, True)
    assert [one in english for one in ("Kommune", "Verband", "Politik")] == [False] * 3


async def test_movements_between_two_passes(shared_server: Server, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Without groups, too: how many have changed, and from where to where, on pages, screen and in the file."""
    stored = await store(shared_server, draft(SINGLE))
    desk, question = await new_desk(stored), stored.ids[0]
    people = await crowd_without_groups(new_person, stored, 20)
    for wave, answers in ((1, "1" * 12 + "2" * 8), (2, "1" * 6 + "2" * 14)):
        await desk.do("open", question)
        for person, answer in zip(people, answers, strict=True):
            await vote(person, question, f"o{answer}", wave)
        await desk.do("close", question)
        await desk.do("show", question)
        if wave == 1:
            await desk.do("repeat", question)
    page = (await people[0].get(f"/results/{question}")).text
    assert "6 von 20 Personen, die beide Male geantwortet haben, haben ihre Antwort geändert." in page
    assert "6 von „Wohnraum“ zu „Bus und Bahn“" in page
    (asked,) = json.loads((await desk.person.get("/desk/export/json")).text)["rounds"][0]["questions"]
    assert (asked["movements"]["people"], asked["movements"]["changed"]) == (20, 6)
    rows = [line.split(";") for line in (await desk.person.get("/desk/export/csv")).text.splitlines()]
    assert [row[-2:] for row in rows[:4]] == [
        ["Antwort davor", "Personen, die von dort zu dieser Antwort kamen"],
        *[["", ""]] * 3,
    ]
    assert [(row[17], row[18], *row[-2:]) for row in rows[4:]] == [
        ("Wohnraum", "", "Wohnraum", "6"),
        ("Bus und Bahn", "", "Wohnraum", "6"),
        ("Bus und Bahn", "", "Bus und Bahn", "8"),
        ("Summe: haben beide Male geantwortet", "", "", "20"),
        ("Summe: haben ihre Antwort geändert", "", "", "6"),
    ]


async def crowd_without_groups(new_person: NewPerson, stored: Stored, n: int) -> list[Person]:
    """So many people."""
    people = [await new_person(stored) for _ in range(n)]
    for person in people:
        await person.get()
    return people


async def test_group_goes_with_later_votes_only(
    shared_server: Server, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """A vote by socket keeps the group it was first given with; the live form is there as for everybody."""
    stored = await store(shared_server, grouped(SINGLE))
    desk, anna = await new_desk(stored), await new_person(stored)
    line = await anna.take_part()
    await choose(line, "g1")
    await desk.do("open", stored.ids[0])
    form = ballot_form(await line.until(lambda frame: "data-vote" in frame))
    assert form is not None
    assert (await line.vote(form, "o1")).state == "counted"
    await choose(line, "g2")
    assert (await line.vote(form, "o2", number="2")).state == "counted"
    assert await groups_of_ballots(stored) == ["g1"]


async def groups_of_ballots(stored: Stored) -> list[str]:
    """The groups that are stored with the ballots of an event."""
    table = metadata.tables["ballot"]
    async with database_of(stored.server) as database, database.read() as connection:
        rows = await connection.execute(table.select().where(table.c.question_id.in_(stored.ids)))
        return sorted(row.grp for row in rows)


async def test_rating_that_nobody_of_a_group_answered(
    shared_server: Server, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Groups without answers have a dash for their mean, as everybody has where there is none; no page fails."""
    matrix = Definition("rating", "Wie?", (Option("o1", "Bus"), Option("o2", "Bahn")))
    stored = await store(shared_server, grouped(Definition("rating", "Wie sehr?"), matrix))
    desk, person, screen = await new_desk(stored), await new_person(stored), await new_person(stored)
    await screen.open("screen")
    await person.get()
    for question in stored.ids:
        for action in ("open", "close", "show"):
            await desk.do(action, question)
        pages = [person.get(""), person.get("/state"), person.get(f"/results/{question}"), screen.get("/screen")]
        pages += [desk.person.get("/desk")]
        assert [(await page).status_code for page in pages] == [200] * 5
    assert re.findall(r"<td></td><td>(.*?)</td>", (await person.get(f"/results/{stored.ids[1]}")).text) == ["–"] * 6
