"""Questions answered piece by piece at the doors: pages of statements, one after the other without JavaScript."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest

from poll_server.domain.programme import Option, Reveal
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import STATEMENTS
from tests.web.people import Person, Tags, ballot_form, receipts

MANY = replace(
    STATEMENTS,
    options=tuple(Option(f"o{n}", f"{n}: ".ljust(280, "ä")) for n in range(1, 301)),
    reveal=Reveal.LIVE,
)
FRAME, RESULT_FRAME = 3000, 6000


def pages_of(html: str) -> list[str]:
    """The addresses of the pages that a frame tells."""
    (box,) = Tags(html).having("data-parts")
    return [box["data-url"] + digest for digest in box["data-pages"].split()]


async def test_statements_come_in_pages_that_never_change(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """300 statements are six pages, kept for ever, not there before the opening; the frame holds none of them."""
    stored = await new_event(MANY)
    desk, anna = await new_desk(stored), await new_person(stored)
    line = await anna.take_part()
    await desk.do("open", stored.ids[0])
    frame = await line.until(lambda one: "data-parts" in one)
    assert len(frame.encode()) < FRAME
    assert MANY.options[0].label not in frame
    pages = [await anna.http.get(path) for path in pages_of(frame)]
    assert [text for page in pages for text in page.json()] == [option.label for option in MANY.options]
    assert {page.headers["cache-control"] for page in pages} == {"public, max-age=31536000, immutable"}
    await desk.do("take_back", stored.ids[0])
    assert (await anna.http.get(pages_of(frame)[0])).status_code == 404


async def test_result_of_long_statements_fits_its_frame(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """With 300 long statements in all three lists the frame of a tick stays below 6 KB, and so does the first state."""
    tally = {"#": 40} | {f"o{n}={'ada'[n % 3]}": 20 for n in range(1, 301)} | {f"o{n}=d": 20 for n in range(2, 301, 3)}
    stored = await new_event(MANY, tally=tally)
    desk, anna = await new_desk(stored), await new_person(stored)
    line = await anna.take_part()
    await desk.do("open", stored.ids[0])
    form = ballot_form(await line.until(lambda one: "data-parts" in one))
    assert form is not None
    await line.send(form | {"answer.o7": "a", "submission": str(uuid4())})
    rows = await line.until(lambda one: one.startswith("<template") and 'hx-target="#rows-' in one[:200])
    assert len(rows.encode()) < RESULT_FRAME
    assert rows.count("<li>") >= 3


def buttons(html: str) -> dict[str, str]:
    """The field of each of the three buttons and what is pressed."""
    found = [tag for name, tag in Tags(html).all if name == "button" and tag.get("name", "").startswith("answer.")]
    return {tag["value"]: tag["name"] + " pressed" * ("aria-pressed" in tag) for tag in found}


async def press(person: Person, html: str, choice: str) -> str:
    """Press a button of the form as a browser without JavaScript does, and return the page it ends on."""
    form = ballot_form(html)
    assert form is not None
    response = await person.post("/vote", form | {buttons(html)[choice]: choice})
    assert response.status_code == 303
    return (await person.http.get(response.headers["location"])).text


async def test_statements_without_javascript(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Each button leads to the next statement until all are answered; the last answer can be changed."""
    stored = await new_event(STATEMENTS)
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    assert f'href="/e/{stored.code}/answer"' in (await clara.get()).text
    page = (await clara.get("/answer")).text
    asked = []
    for choice in "ads":
        asked.append(buttons(page)[choice])
        page = await press(clara, page, choice)
    assert sorted(asked) == ["answer.o1", "answer.o2", "answer.o3"]
    assert (ballot_form(page), "Sie haben alle Aussagen beantwortet" in page) == (None, True)
    last = f"/answer?part={asked[-1].removeprefix('answer.')}"
    page = (await clara.get(last)).text
    assert buttons(page)["s"] == f"{asked[-1]} pressed"
    page = await press(clara, page.replace(" pressed", ""), "a")
    (receipt,) = receipts(page)
    given = {f"{name.removeprefix('answer.')}={choice}" for name, choice in zip(asked, "ada", strict=True)}
    assert {*receipt.answer.split()} == given
    assert receipt.state == "counted"


async def test_result_page_has_all_statements_in_pages(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """The shown result has its lists; a link leads to all statements, sixty on a page, with the own answers."""
    stored = await new_event(replace(MANY, options=MANY.options[:70]))
    desk, anna = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    form = {"question": str(stored.ids[0]), "wave": "1", "number": "1", "submission": str(uuid4())}
    await anna.get()
    await anna.post("/vote", form | {"answer.o61": "d", "answer.o2": "a"})
    for action in ("close", "show"):
        await desk.do(action, stored.ids[0])
    address = f"/results/{stored.ids[0]}"
    assert f'href="{anna.path}{address}?part=1"' in (await anna.get(address)).text
    first, second = [(await anna.get(f"{address}?part={n}")).text for n in (1, 2)]
    assert [len(re.findall("<li><p><bdi>", page)) for page in (first, second)] == [60, 10]
    assert [page.count("Ihre Antwort") for page in (first, second)] == [1, 1]
    assert "Ihre Antwort: stimmen nicht zu" not in second
    for part in ("9999", "99", "x", "-1", ""):
        assert (await anna.get(f"{address}?part={part}")).status_code == 200


@pytest.mark.parametrize("digest", ["0" * 10, "..", "%00", "x" * 300])
async def test_unknown_page_is_not_found(new_event: NewEvent, new_person: NewPerson, digest: str) -> None:
    """An address that names no page of the question is not found."""
    stored = await new_event(STATEMENTS)
    anna = await new_person(stored)
    assert (await anna.get(f"/parts/{stored.ids[0]}/{digest}")).status_code == 404
