"""One event in three languages: who reads what, by socket, by polling and without JavaScript, and one tally of all."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from poll_server.domain.programme import Definition, Option, Translation
from poll_server.simulate.frames import read
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, Stored, ballots_of
from tests.web.people import Desk, Line, Person, Tags, ballot_form

UUID = "11111111-2222-4333-8444-55555555555{}"
PLACE = re.compile(r"%\(\w+\)s|\{\}")
CATALOGUES = Path(__file__).parents[2] / "locale"
ASKED = replace(
    SINGLE,
    options=(Option("o1", "Wohnraum"), Option("o2", "Bus und Bahn")),
    rules={"correct": ("Bus und Bahn",), "abstention": True},
    translations={
        "en": Translation("What does your town need?", {"o1": "Housing", "o2": "Bus and train"}),
        "de-simple": Translation("Was fehlt Ihnen?", {"o1": "Wohnungen", "o2": "Busse"}),
    },
)
ITEMS = Definition(
    "rating",
    "Stimmt das?",
    (Option("o1", "Es ist laut."), Option("o2", "Es ist warm.")),
    translations={"en": Translation("Is this right?", {"o1": "It is loud.", "o2": "It is warm."})},
)


def words_of(catalogue: str) -> set[str]:
    """What only this language says: the longer pieces of its sentences between their places."""
    with (CATALOGUES / catalogue / "messages.po").open("rb") as source:
        said = [(str(one.id), str(one.string)) for one in read_po(source, locale="de") if one.id]
    english = " ".join(message for message, _ in said)
    pieces = {piece.strip(" .,:") for _, text in said for piece in PLACE.split(text)}
    return {piece for piece in pieces if len(piece) > 5 and piece not in english}


def text_of(html: str) -> str:
    """What people read or hear of a page or frame, apart from what is marked as German."""
    unmarked = re.sub(r'<(?!html)(\w+)[^>]* lang="de(?:-simple)?"[^>]*>.*?</\1>', "", html, flags=re.DOTALL)
    return unescape(unmarked)


def german_in(html: str) -> list[str]:
    """The pieces of the German catalogue in a page or frame in English."""
    return sorted(piece for piece in words_of("de") if re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text_of(html)))


@pytest.fixture
async def stored(new_event: NewEvent) -> Stored:
    """An event in German: a question in three languages, one in two and one in German alone."""
    return await new_event(ASKED, ITEMS, SINGLE)


async def choose(person: Person, language: str, page: str = "") -> str:
    """Choose a language by its button on a page; return where that leads."""
    answer = await person.post("/language", {"language": language}, referer=person.origin + person.path + page)
    assert answer.status_code == 303
    return answer.headers["location"].removeprefix(person.path)


def heading(html: str) -> str:
    """The first heading of a page or frame, with its marks."""
    found = re.search(r"<h1[^>]*>.*?</h1>", html, re.DOTALL)
    return found[0] if found else ""


async def form_on(line: Line) -> dict[str, str]:
    """Wait for a form on a socket."""
    return ballot_form(await line.until(lambda one: "data-vote" in one)) or {}


async def test_english_audience_reads_no_german(stored: Stored, new_person: NewPerson, new_desk: NewDesk) -> None:
    """In no state of a question is a word of the German catalogue in a byte that goes to somebody who chose English."""
    desk, person = await new_desk(stored), await new_person(stored)
    await person.get()
    await choose(person, "en")
    read = [(await person.get(page)).text for page in ("", "/programme", "/answer")]
    line = await person.take_part()
    await desk.do("open", stored.ids[0])
    form = await form_on(line)
    read += [(await person.get()).text, (await line.vote(form, "o9")).text, (await line.vote(form, "o1")).text]
    read += [(await person.get(page)).text for page in ("", "/answer")]
    for step in ("close", "show"):
        await desk.do(step, stored.ids[0])
        read += [(await person.get(page)).text for page in ("", "/state", "/programme")]
    read += [(await person.get(f"/results/{stored.ids[0]}")).text, *line.frames]
    assert [german_in(html) for html in read] == [[]] * len(read)
    assert german_in((await (await new_person(stored)).get()).text) != []


def figures(page: str, *names: str) -> list[str]:
    """Figures of a page by their names, as everybody reads them."""
    found = read(page.encode()).figures
    return [found[name] for name in names]


@pytest.mark.parametrize("written", ["12 minutes", "12 Minuten", "12"])
@pytest.mark.parametrize("language", ["de", "en"])
async def test_unit_of_another_language_is_read(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk, written: str, language: str
) -> None:
    """What was written before its reader chose another language, and kept offline, is counted as it was meant."""
    rules = {"unit": "Minuten", "maximum": "100"}
    words = {"en": Translation("How far is it?", rules={"unit": "minutes"})}
    stored = await new_event(Definition("numeric", "Wie weit ist es?", rules=rules, translations=words))
    desk, person = await new_desk(stored), await new_person(stored)
    await person.get()
    await choose(person, language)
    line = await person.take_part()
    await desk.do("open", stored.ids[0])
    form = await form_on(line)
    assert [(await line.vote(form, given)).state for given in (written, "12 heures")] == ["counted", "refused"]


async def test_three_languages_make_one_tally(stored: Stored, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Socket, polling and plain form vote in a language each; each reads the common result in its own words."""
    desk = await new_desk(stored)
    people = {tag: await new_person(stored) for tag in ("en", "de-simple", "de")}
    for tag, person in people.items():
        await person.get()
        await choose(person, tag)
    line = await people["en"].take_part()
    await desk.do("open", stored.ids[0])
    assert (await line.vote(await form_on(line), "o2")).state == "counted"
    polled = (await people["de-simple"].get("/state")).text
    form = (ballot_form(polled) or {}) | {"submission": UUID.format(1), "answer": "o2"}
    told = await people["de-simple"].post("/vote", form, hx_request="true")
    assert ("Was fehlt Ihnen?" in heading(polled), "Wir haben Ihre Antwort gezählt" in told.text) == (True, True)
    page = (await people["de"].get()).text
    sent = await people["de"].post("/vote", (ballot_form(page) or {}) | {"answer": "o1"})
    assert "Ihre Stimme ist gezählt" in (await people["de"].http.get(sent.headers["location"])).text
    for step in ("close", "show"):
        await desk.do(step, stored.ids[0])
    shown = {tag: (await person.get()).text for tag, person in people.items()}
    rows = {tag: re.findall(r"<tr[^>]*><th>([\w ]*\w)", html.partition("<tbody")[2]) for tag, html in shown.items()}
    counts = {tag: figures(html, "n-o1", "n-o2") for tag, html in shown.items()}
    assert rows == {
        "en": ["Housing", "Bus and train"],
        "de-simple": ["Wohnungen", "Busse"],
        "de": ["Wohnraum", "Bus und Bahn"],
    }
    assert counts == {tag: ["1", "2"] for tag in people}
    assert [html.count('class="sg-correct"') for html in shown.values()] == [1, 1, 1]
    assert await ballots_of(stored) == {(stored.ids[0], 1): 3}


async def test_language_is_that_of_address_cookie_browser_and_event(stored: Stored, new_person: NewPerson) -> None:
    """Each goes before the next; what the event does not have is passed over."""
    person = await new_person(stored)
    english, wanted = {"accept-language": "en-GB,de;q=0.5"}, []
    wanted.append(await person.get(**{"accept-language": "fr"}))
    wanted.append(await person.get(**english))
    await choose(person, "de-simple")
    wanted.append(await person.get(**english))
    wanted.append(await person.get("?language=de", **english))
    wanted.append(await person.get("?language=fr", **english))
    languages = [re.findall(r'<html lang="([^"]+)"', one.text)[0] for one in wanted]
    assert languages == ["de", "en", "de-simple", "de", "en"]
    assert {one.headers["vary"] for one in wanted} == {"Cookie, Accept-Language, Accept-Encoding"}


async def test_chosen_language_that_an_event_lacks_is_passed_over(new_event: NewEvent, new_person: NewPerson) -> None:
    """What somebody chose at another event, or what is no language, leaves it to the browser and then to the event."""
    stored = await new_event(ITEMS)
    wanted = []
    for chosen in ("de-simple", "fr", "<b>"):
        person = await new_person(stored)
        person.http.cookies.set("language", chosen, domain="127.0.0.1")
        wanted += [await person.get(**{"accept-language": browser}) for browser in ("en", "fr")]
    assert [re.findall(r'<html lang="([^"]+)"', one.text) for one in wanted] == [["en"], ["de"]] * 3


async def test_page_of_another_language_has_another_tag(stored: Stored, new_person: NewPerson) -> None:
    """What was read in one language is not "not changed" in another, page and frame alike."""
    person = await new_person(stored)
    await person.get()
    for path in ("", "/state"):
        tags = {tag: (await person.get(f"{path}?language={tag}")).headers["etag"] for tag in ("de", "en", "de-simple")}
        again = await person.get(f"{path}?language=en", **{"if-none-match": tags["en"]})
        other = await person.get(f"{path}?language=de", **{"if-none-match": tags["en"]})
        assert (len({*tags.values()}), again.status_code, other.status_code) == (3, 304, 200)


async def test_tabs_of_one_person_may_speak_different_languages(
    stored: Stored, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """The language belongs to the connection: each tab gets the question, the receipt and the next state in its own."""
    desk, person = await new_desk(stored), await new_person(stored)
    await person.get()
    lines = {tag: await person.line(f"/socket?language={tag}") for tag in ("en", "de-simple")}
    await desk.do("open", stored.ids[0])
    form = await form_on(lines["en"])
    await form_on(lines["de-simple"])
    await lines["en"].vote(form, "o1", submission=UUID.format(1))
    await lines["de-simple"].receipt(UUID.format(1))
    heard = {tag: text_of(line.frames[-1]) for tag, line in lines.items()}
    told = {tag: re.findall(r"<strong>(.*?)</strong>", html) for tag, html in heard.items()}
    assert told == {"en": ["Housing"], "de-simple": ["Wohnungen"]}


async def test_event_of_one_language_stays_as_it_is(new_event: NewEvent, new_person: NewPerson) -> None:
    """Nothing to choose, no language in addresses, and neither browser nor cookie change a byte."""
    person = await new_person(await new_event())
    pages = [await person.get(), await person.get(**{"accept-language": "en"}), await person.get("?language=en")]
    await choose(person, "en")
    pages.append(await person.get())
    assert {one.text for one in pages} == {pages[0].text}
    assert [word for word in ("language=", "/language", "languages.css") if word in pages[0].text] == []


async def test_question_without_translation_is_marked(stored: Stored, new_person: NewPerson, new_desk: NewDesk) -> None:
    """On an English page it stands in German and says so: heading and options, in the form and in the result."""
    desk, person = await new_desk(stored), await new_person(stored)
    await person.get()
    await desk.do("open", stored.ids[2])
    page = (await person.get("?language=en")).text
    assert heading(page) == '<h1 class="sg-question" lang="de">Was braucht Ihre Stadt?</h1>'
    assert '<div class="sg-choices" lang="de">' in page
    for step in ("close", "show"):
        await desk.do(step, stored.ids[2])
    page = (await person.get("?language=en")).text
    assert re.findall(r"<tr[^>]*><th>(.*?)</span>", page.partition("<tbody")[2])[0] == '<span lang="de">Wohnraum'


async def test_choice_leads_back_to_the_page(stored: Stored, new_person: NewPerson) -> None:
    """The page on which somebody chose is shown again; what is no page of the event leads to its first one."""
    person = await new_person(stored)
    pages = {"": "", "/programme": "/programme", "/results/5": "/results/5", "/vote": "", "/../../x": ""}
    assert {page: await choose(person, "en", page) for page in pages} == pages
    assert [one["aria-current"] for one in Tags((await person.get()).text).having("value") if one["value"] == "en"] == [
        "true"
    ]


async def test_choice_is_one_of_ours_from_our_own_page(stored: Stored, new_person: NewPerson) -> None:
    """Any other word is refused, and so is a form of another site."""
    person = await new_person(stored)
    refused = [
        await person.post("/language", {"language": "fr"}),
        await person.post("/language", {}),
        await person.post("/language", {"language": "en"}, origin="https://example.org"),
    ]
    assert [one.status_code for one in refused] == [400, 400, 403]
    assert [one.headers.get("set-cookie") for one in refused] == [None] * 3


async def test_refusals_and_errors_speak_the_chosen_language(
    stored: Stored, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """A refusal names options as its reader knows them; errors of the socket and pages of mistakes follow, too."""
    desk, person = await new_desk(stored), await new_person(stored)
    await person.get()
    await choose(person, "en")
    line = await person.take_part()
    await desk.do("open", stored.ids[1])
    form = await form_on(line)
    refused = await line.vote(form, ["o1=5"])
    await line.send({"hello": "world"})
    error = await line.error()
    lost = await person.get("/nowhere")
    assert "Please rate this, too: “It is warm.”." in refused.text
    assert error["message"] == "This message is not known here. Please reload the page and try again."
    assert "There is no page at this address." in lost.text


async def test_numbers_are_written_as_the_reader_does(new_event: NewEvent, new_person: NewPerson) -> None:
    """Result and ticks of one tally have the separators, the shares and the sentence of each language."""
    stored = await new_event(ASKED, tally={"#": 1200, "o1": 1001, "o2": 199})
    desk = await Desk.of(await new_person(stored))
    await desk.do("open", stored.ids[0])
    for step in ("close", "show"):
        await desk.do(step, stored.ids[0])
    person = await new_person(stored)
    pages = {tag: (await person.get(f"?language={tag}")).text for tag in ("de", "en", "de-simple")}
    assert {tag: figures(html, "n-o1", "s-o1") for tag, html in pages.items()} == {
        "de": ["1.001", "83 %"],
        "en": ["1,001", "83%"],
        "de-simple": ["1.001", "83 %"],
    }
    sentences = {tag: re.findall(r'data-figure="say">([^<]+)', html)[0] for tag, html in pages.items()}
    assert sentences["de-simple"].startswith("Die meisten Stimmen hat: „Wohnungen“. Das sind 1.001 von 1.200 Stimmen.")


async def test_screen_shows_the_second_language_and_never_the_simple_one(
    stored: Stored, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Below the question stands its English; the desk lists all languages of the question with their words."""
    desk, wall = await new_desk(stored), await new_person(stored)
    await wall.open("screen")
    frame = await desk.do("open", stored.ids[0])
    page = (await wall.get("/screen")).text
    assert '<span class="sg-second" lang="en">What does your town need?</span>' in heading(page)
    assert "Was fehlt Ihnen?" not in page
    shown = {tag: text in frame for tag, text in (("en", "Bus and train"), ("de-simple", "Busse"))}
    assert shown == {"en": True, "de-simple": True}
