"""How many are there, seen by a desk: people, whichever door they came through. How long they linger: tests/live."""

import json
from collections import Counter
from collections.abc import Callable

from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.people import Desk, Person


def figure(frame: str, name: str) -> str | None:
    """A number in a tick or a page; None where it is not shown."""
    if frame.startswith("{"):
        texts: dict[str, str] = json.loads(frame).get("tick", {}).get("text", {})
        return texts.get(name)
    _, found, rest = frame.partition(f'data-figure="{name}">')
    return rest.partition("<")[0] if found else None


def shows(number: str) -> Callable[[str], bool]:
    """Whether a frame says that so many are there."""
    return lambda frame: figure(frame, "present") == number


async def present(desk: Desk) -> str | None:
    """The number of people there on the desk's page now."""
    return figure((await desk.person.get("/desk")).text, "present")


async def test_presence_is_told_by_tick(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Each person who comes moves the number on an open desk without any step."""
    stored = await new_event()
    desk = await new_desk(stored)
    for number in ("1", "2", "3"):
        await (await new_person(stored)).take_part()
        await desk.line.until(shows(number))


async def test_presence_counts_two_tabs_once(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Three sockets and a page of one browser are one person; moderators and screens are none."""
    stored = await new_event()
    desk, anna, bert = await new_desk(stored), await new_person(stored), await new_person(stored)
    await desk.person.open("screen")
    await desk.person.line("/screen/socket")
    assert await present(desk) == "0"
    for _ in range(3):
        await anna.take_part()
    await anna.get("/programme")
    assert await present(desk) == "1"
    await bert.take_part()
    assert await present(desk) == "2"


async def test_presence_survives_reload(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Closing a tab, or coming back with the same cookie, moves no number: somebody who left may be reloading."""
    stored = await new_event()
    desk, anna = await new_desk(stored), await new_person(stored)
    counts: Counter[str | None] = Counter()
    for _ in range(3):
        line = await anna.take_part()
        await line.take()
        await line.connection.close()
        counts[await present(desk)] += 1
    assert counts == {"1": 3}


async def test_presence_counts_those_without_socket(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Who asks by HTTP only, with or without JavaScript, is there too: once, whatever is asked."""
    stored = await new_event()
    desk, bert, clara = await new_desk(stored), await new_person(stored), await new_person(stored)
    await bert.get()
    for _ in range(3):
        await bert.get("/state")
    assert await present(desk) == "1"
    await clara.get("/programme")
    await clara.get()
    assert await present(desk) == "2"


async def test_presence_counts_nobody_without_cookie(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Asking for the state without ever taking the page's cookie makes nobody: it is no way to fill the hall."""
    stored = await new_event()
    desk, stranger = await new_desk(stored), await new_person(stored)
    for _ in range(3):
        await stranger.get("/state")
    assert await present(desk) == "0"


async def test_presence_belongs_to_one_event(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A browser that goes to another event is somebody there, under another name, and stays in the first as well."""
    here, there = await new_event(), await new_event()
    desks = [await new_desk(here), await new_desk(there)]
    anna = await new_person(here)
    await anna.take_part()
    assert [await present(desk) for desk in desks] == ["1", "0"]
    await anna.http.get(f"/e/{there.code}")
    assert [await present(desk) for desk in desks] == ["1", "1"]


async def test_presence_is_told_for_every_page(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A person who comes back to any page without a socket moves the number on an open desk, after they had left."""
    stored = await new_event()
    desk = await new_desk(stored)
    question = stored.ids[0]
    for action in ("open", "close", "show"):
        await desk.do(action, question)
    for number, path in enumerate(("/state", "/answer", f"/results/{question}", "/programme"), 1):
        person, elsewhere = await new_person(stored), await new_event()
        await person.http.get(f"/e/{elsewhere.code}")
        await person.get(path)
        await desk.line.until(shows(str(number)))


async def test_presence_counts_no_probe(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Requests that keep no cookie, as of a monitor or a link preview, are nobody."""
    stored = await new_event()
    desk = await new_desk(stored)
    for _ in range(5):
        async with Person(stored) as probe:
            await probe.get()
    assert await present(desk) == "0"
