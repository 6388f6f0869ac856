"""Whole rounds at the desk: pasted, loaded, looked at, saved; and what is wrong with them."""

import re

import httpx2
import pytest

from poll_server.documents.round_file import FORMS, decoded, read_round
from poll_server.domain.errors import Conflict, Forbidden, Malformed, Unknown
from poll_server.storage import events
from poll_server.web.rounds import FORM_BYTES
from tests.web.conftest import NewDesk, NewEvent
from tests.web.events import LIVE, SINGLE, Stored, database_of
from tests.web.people import Desk, Tags, german

PAGE = "/desk/rounds"
TEXT = "Runde: Am Abend\r\n\r\nWie war <b>es</b>?\r\n- Gut\r\n- Mittel\r\n\r\nWas noch?\r\n"
ADDED = ["Wie war <b>es</b>?", "Was noch?"]
CSV = "Frage;Antworten\r\nWie wär’s?;Gut|Schön\r\n"
WRONG = "Wie war es?\n- Gut\n\nWas noch?\nHöchtens: 3\n"


def form(desk: Desk, text: str = TEXT, button: str = "look", round_: int = 0, **more: str) -> dict[str, str]:
    """The fields of the form, as the browser sends them."""
    return {"text": text, "round": str(round_), "seen": desk.seen, button: "yes"} | more


async def rounds_of(stored: Stored) -> list[tuple[str, list[str]]]:
    """The rounds of an event in the database: title, texts of the questions."""
    async with database_of(stored.server) as database, database.read() as connection:
        event = await events.load(connection, stored.event.id)
    return [(round_.title, [one.definition.text for one in round_.questions]) for round_ in event.rounds]


def area(page: str) -> str:
    """What stands in the field for the text."""
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert found
    return found[1]


def notice(page: str) -> list[str]:
    """The codes of what the page says was wrong."""
    return [tag["data-code"] for tag in Tags(page).having("data-code")]


async def test_pasted_round_is_looked_at_before_it_is_saved(new_event: NewEvent, new_desk: NewDesk) -> None:
    """To look stores nothing and shows every question as text, never as markup; to save puts them behind the others."""
    stored = await new_event(SINGLE, LIVE)
    desk, other = await new_desk(stored), await new_desk(stored)
    before, home = await rounds_of(stored), stored.event.rounds[0].id
    looked = await desk.person.post(PAGE, form(desk, round_=home))
    assert (looked.status_code, await rounds_of(stored)) == (200, before)
    assert ("&lt;b&gt;es&lt;/b&gt;" in looked.text, "<b>es</b>" in looked.text) == (True, False)
    assert area(looked.text) == TEXT.replace("<b>es</b>", "&lt;b&gt;es&lt;/b&gt;")
    checked = [tag["value"] for tag in Tags(looked.text).having("checked")]
    assert (checked, looked.text.count('id="save"')) == ([str(home)], 1)
    saved = await desk.person.post(PAGE, form(desk, button="save", round_=home))
    assert saved.status_code == 303
    assert await rounds_of(stored) == [(before[0][0], [*before[0][1], *ADDED])]
    frame = await other.at(1)
    assert ("&lt;b&gt;es&lt;/b&gt;" in frame, "Was noch?" in frame) == (True, True)
    picked = await desk.person.http.get(saved.headers["location"])
    assert re.search(r"<h1[^>]*>Wie war &lt;b&gt;es&lt;/b&gt;\?</h1>", picked.text)


async def test_round_of_its_own_has_the_title_of_the_text(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Outside the programme it gets the title of the text, or a ready-made one; also in an event without any round."""
    stored = await new_event(empty=True)
    desk = await new_desk(stored)
    assert (await desk.person.post(PAGE, form(desk, button="save"))).status_code == 303
    await desk.at(1)
    untitled = form(desk, TEXT.partition("\n")[2], "save")
    assert (await desk.person.post(PAGE, untitled)).status_code == 303
    assert await rounds_of(stored) == [("Am Abend", ADDED), ("Weitere Fragen", ADDED)]
    page = await desk.person.get(PAGE)
    assert (page.status_code, re.findall(r'<label[^>]*for="round-[1-9]\d*">([^<]*)', page.text)) == (
        200,
        ["Am Abend, ", "Weitere Fragen, "],
    )


async def test_mistakes_stand_beside_the_text(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Each mistake has its line and its place in the text; the text stays, nothing is saved, and there is no button."""
    stored = await new_event()
    desk, before = await new_desk(stored), await rounds_of(stored)
    answer = await desk.person.post(PAGE, form(desk, WRONG, "save"))
    assert (answer.status_code, area(answer.text), await rounds_of(stored)) == (422, WRONG, before)
    told = re.findall(r"<b>Zeile (\d+)</b>: ([^<]+)<code><bdi>([^<]+)</bdi>", answer.text)
    assert told == [
        ("2", "Eine Frage braucht 2 bis 20 Antworten.", "- Gut"),
        ("5", "Das Wort „Höchtens“ ist nicht bekannt. Meinen Sie „Höchstens“?", "Höchtens: 3"),
    ]
    assert 'id="save"' not in answer.text


async def test_round_after_another_step_is_told_and_kept(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Who saves after somebody else's step is told; the text stays with the new state, so saving again is enough."""
    stored = await new_event(SINGLE)
    desk, other = await new_desk(stored), await new_desk(stored)
    await other.do("open", stored.ids[0])
    late = await desk.person.post(PAGE, form(desk, button="save"))
    assert (late.status_code, notice(late.text), german(Conflict("conflict")) in late.text) == (409, ["conflict"], True)
    assert area(late.text) == TEXT.replace("<b>es</b>", "&lt;b&gt;es&lt;/b&gt;")
    (seen,) = [tag["value"] for tag in Tags(late.text).having("value") if tag.get("name") == "seen"]
    again = await desk.person.post(PAGE, form(desk, button="save", seen=seen))
    assert (again.status_code, (await rounds_of(stored))[1]) == (303, ("Am Abend", ADDED))


async def test_rehearsal_takes_no_round(new_event: NewEvent, new_desk: NewDesk) -> None:
    """In a rehearsal a round would be left behind: it is refused in words, and the text stays."""
    stored = await new_event(SINGLE)
    desk = await new_desk(stored)
    await desk.do("rehearsal_begin", 0)
    answer = await desk.person.post(PAGE, form(desk, button="save"))
    assert (answer.status_code, notice(answer.text)) == (403, ["rehearsal"])
    assert german(Forbidden("rehearsal")) in answer.text
    await desk.do("rehearsal_wipe", 0)


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        (
            "runde.csv",
            "Frage;Antworten\r\nWie wär’s?;Gut|Schön\r\n".encode("cp1252"),
            "Frage;Antworten\r\nWie wär’s?;Gut|Schön\r\n",
        ),
        ("runde.yaml", b"questions:\n- kind: yes_no\n  text: Ja?\n", "questions:\n- kind: yes_no\n  text: Ja?\n"),
        ("notizen", "\ufeffWas noch?".encode("utf-16"), "Was noch?"),
    ],
)
async def test_file_comes_into_the_text(
    new_event: NewEvent, new_desk: NewDesk, name: str, content: bytes, text: str
) -> None:
    """A file takes the place of the text and is looked at first, also when it was to be saved at once."""
    stored = await new_event()
    desk, before = await new_desk(stored), await rounds_of(stored)
    answer = await upload(desk, name, content, "save")
    assert (answer.status_code, await rounds_of(stored)) == (200, before)
    assert area(answer.text).replace("\r\n", "\n").removeprefix("\ufeff") == text.replace("\r\n", "\n")
    assert answer.text.count('id="save"') == 1


async def upload(desk: Desk, name: str, content: bytes, button: str = "look") -> httpx2.Response:
    """Send the form with a file."""
    return await desk.person.http.post(
        desk.person.path + PAGE,
        data=form(desk, "", button),
        files={"file": (name, content)},
        headers={"origin": desk.person.origin},
    )


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("bild.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06", "no_text"),
        ("lang.txt", b"a" * FORM_BYTES, "too_large"),
    ],
)
async def test_file_that_cannot_be_read_is_told(
    new_event: NewEvent, new_desk: NewDesk, name: str, content: bytes, code: str
) -> None:
    """What is no text, or larger than any round, is refused on the page itself, with what to do."""
    stored = await new_event()
    answer = await upload(await new_desk(stored), name, content)
    assert (answer.status_code, notice(answer.text)) == (400, [code])
    assert german(Malformed(code, kilobytes=FORM_BYTES // 1000)) in answer.text


async def test_round_of_another_event_takes_nothing(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Questions go into rounds of this event only."""
    stored, other = await new_event(), await new_event()
    desk, before = await new_desk(stored), await rounds_of(other)
    answer = await desk.person.post(PAGE, form(desk, button="save", round_=other.event.rounds[0].id))
    assert (answer.status_code, notice(answer.text)) == (404, ["unknown_round"])
    assert await rounds_of(other) == before


async def test_rounds_are_saved_as_files(new_event: NewEvent, new_desk: NewDesk) -> None:
    """The page links each round in each form, and each file is the same round when it is loaded again."""
    stored = await new_event()
    desk = await new_desk(stored)
    home = stored.event.rounds[0]
    page = await desk.person.get(PAGE)
    links = [tag["href"] for tag in Tags(page.text).having("download")]
    assert links == [f"{desk.person.path}{PAGE}/{home.id}/{one}" for one in FORMS]
    for address, (one, form_) in zip(links, FORMS.items(), strict=True):
        file = await desk.person.http.get(address)
        assert (file.status_code, file.headers["content-type"]) == (200, form_.media_type)
        name = f'attachment; filename="{stored.code}-1{form_.suffixes[0]}"'
        assert (file.headers["content-disposition"], file.headers["cache-control"]) == (name, "no-store")
        loaded = read_round(decoded(file.content), "de", one)
        assert (loaded.title, list(loaded.definitions)) == (home.title, [one.definition for one in home.questions])


@pytest.mark.parametrize(
    ("address", "code"), [("1/pdf", "unknown_page"), ("0/csv", "unknown_round"), ("x/csv", "unknown_round")]
)
async def test_file_that_is_none_is_told(new_event: NewEvent, new_desk: NewDesk, address: str, code: str) -> None:
    """A form or a round that does not exist is a page not found."""
    desk = await new_desk(await new_event())
    answer = await desk.person.get(f"{PAGE}/{address}")
    assert (answer.status_code, german(Unknown(code)) in answer.text) == (404, True)
