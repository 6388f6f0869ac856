"""Questions are written, corrected and deleted at the desk by plain forms, as a browser without JavaScript does."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from httpx2 import Response

from poll_server.domain.errors import Conflict, Forbidden
from poll_server.domain.programme import Definition, Option, Reveal, Translation
from poll_server.domain.rounds import Event
from poll_server.questions import KINDS
from poll_server.questions.drafts import Draft, seal
from poll_server.render import environment
from poll_server.storage import events
from poll_server.web.doors import TEXT_BYTES
from tests.questions.filled import filled
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import LIVE, SINGLE, Stored, database_of
from tests.web.people import Desk, Person, german

TWO = (Option("o1", "Wohnraumm"), Option("o2", "Bus und Bahn"))
ALWAYS = {"abstention": True, "seconds": 30, "extension": True}
PREPARED: dict[str, Definition] = {
    "single_choice": Definition("single_choice", "Was?", TWO, {"correct": ["Bus und Bahn"], "shuffle": True} | ALWAYS),
    "multiple_choice": Definition("multiple_choice", "Was?", TWO, {"minimum": 1, "maximum": 2} | ALWAYS, "Zwei."),
    "yes_no": Definition("yes_no", "Ja?", reveal=Reveal.LIVE),
    "rating": Definition("rating", "Wie?", TWO, {"low": "kaltt", "high": "warm", "steps": 7} | ALWAYS),
    "ranking": Definition("ranking", "Wie?", TWO, {"places": 2} | ALWAYS),
    "points": Definition("points", "Wofür?", TWO, {"points": 10} | ALWAYS, reveal=Reveal.ANSWERED),
    "word_cloud": Definition("word_cloud", "Was?", (), {"words": 2, "length": 20, "approval": True} | ALWAYS),
    "open_text": Definition("open_text", "Was <b>noch</b>?", (), {"length": 99, "approval": True} | ALWAYS),
    "statements": Definition("statements", "Was meinen Sie?", TWO, dict(ALWAYS)),
    "notice": Definition("notice", "Pause", (), {"details": "Kaffee im Foyer.\n\nUm 11 Uhr weiter."}),
    "numeric": Definition(
        "numeric", "Wie weit?", (), {"unit": "km", "minimum": "-1", "maximum": "9,5", "decimals": 1} | ALWAYS
    ),
}
READY_MADE = Definition("rating", "Wie?", (), {"scale": "quality"})
ENGLISH = Translation(
    "How much?", {"o1": "Housing", "o2": "Buses and trains"}, {"low": "cold", "high": "warm"}, "Both."
)
TRANSLATED = replace(PREPARED["rating"], hint="Beide.", translations={"en": ENGLISH})

Fields = dict[str, Sequence[str]]
NewWriter = Callable[[Stored, int | str], Awaitable["Writer"]]


async def present(stored: Stored) -> Event:
    """The event as it is stored now."""
    async with database_of(stored.server) as database, database.read() as connection:
        return await events.load(connection, stored.event.id)


async def definitions(stored: Stored) -> list[Definition]:
    """The questions of an event as they are stored now, in their order."""
    return [question.definition for question in (await present(stored)).questions]


class Writer:
    """A moderator at the page of a question."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.fields: Fields = {}
        self.page = ""

    @classmethod
    async def at(cls, person: Person, question: int | str) -> "Writer":
        """Open the page."""
        writer = cls(person)
        await writer.open(question)
        return writer

    async def open(self, question: int | str) -> None:
        """Open the page of another question."""
        self._read(await self.person.get(f"/desk/question/{question}"))

    def _read(self, answer: Response) -> None:
        self.page = answer.text
        self.fields = {
            name: list(values) for name, values in filled(answer.text).items() if name not in ("answer", "file.picture")
        }
        found = re.search(r'<form[^>]*action="([^"]*)" id="editor"', answer.text)
        self.action = found[1].removeprefix(self.person.path) if found else ""

    async def press(self, do: str, **changed: str | Sequence[str]) -> int:
        """Press a button with some fields filled in differently, and return the status; the page is read anew."""
        new: Mapping[str, Sequence[str]] = {
            name.replace("__", "."): [value] if isinstance(value, str) else value for name, value in changed.items()
        }
        data = {name: list(values) for name, values in (self.fields | dict(new)).items()} | {"do": do}
        answer = await self.person.post(self.action, data)
        if answer.status_code != 303:
            self._read(answer)
        return answer.status_code

    async def choose(self, do: str, content: bytes, **changed: str) -> int:
        """Press a button with a file chosen as the picture, as a browser sends it."""
        data = self.fields | {name.replace("__", "."): [value] for name, value in changed.items()} | {"do": [do]}
        files = {"file.picture": ("Plan.png", content, "image/png")}
        answer = await self.person.post(self.action, {name: list(values) for name, values in data.items()}, files)
        if answer.status_code != 303:
            self._read(answer)
        return answer.status_code

    @property
    def notice(self) -> str:
        """What the page says."""
        return re.sub(r"<[^>]+>", "", self.page.partition('id="notice"')[2].partition("</div>")[0].partition(">")[2])


@pytest.fixture
def new_writer(new_person: NewPerson) -> NewWriter:
    """Await it for a moderator at the page of a question."""

    async def make(stored: Stored, question: int | str) -> Writer:
        person = await new_person(stored)
        await person.open("desk")
        return await Writer.at(person, question)

    return make


async def test_form_of_every_kind_saves_what_was_there(new_event: NewEvent, new_writer: NewWriter) -> None:
    """Saved as it stands, each question is the same afterwards; so is the one that it becomes as a copy."""
    assert sorted(PREPARED) == sorted(KINDS)
    before = [*PREPARED.values(), TRANSLATED, READY_MADE]
    stored = await new_event(*before)
    writer = await new_writer(stored, stored.ids[0])
    for number in stored.ids:
        await writer.open(number)
        assert await writer.press("save") == 303
    assert await definitions(stored) == before
    await writer.open(stored.ids[-2])
    assert await writer.press("copy") == 200
    assert await writer.press("save") == 303
    assert await definitions(stored) == [*before[:-1], before[-2], before[-1]]


async def test_question_is_written_by_buttons(new_event: NewEvent, new_writer: NewWriter) -> None:
    """Answers come, move and go, another kind keeps them, mistakes stand at their fields, and then it is stored."""
    stored = await new_event(SINGLE)
    writer = await new_writer(stored, "new")
    await writer.press("add", text="Wohin zuerst?", option=["Bad", "Park"])
    await writer.press("up.2", option=["Bad", "Park", "Bahnhof"], correct="1")
    assert (writer.fields["option"], writer.fields["correct"]) == (["Bad", "Bahnhof", "Park"], ["2"])
    await writer.press("remove.0")
    await writer.press("preview", kind="open_text")
    await writer.press("preview", kind="multiple_choice")
    assert (writer.fields["option"], writer.fields["correct"]) == (["Bahnhof", "Park"], ["1"])
    assert await writer.press("save", rule__minimum="viele", text="") == 422
    assert ('id="wrong-minimum"' in writer.page, 'id="wrong-text"' in writer.page) == (True, True)
    assert await writer.press("save", rule__minimum="1", text="Wohin zuerst?") == 303
    options = (Option("o1", "Bahnhof"), Option("o2", "Park"))
    rules = {"minimum": 1, "correct": ["Park"]}
    assert await definitions(stored) == [SINGLE, Definition("multiple_choice", "Wohin zuerst?", options, rules)]


async def test_statements_are_called_statements(new_event: NewEvent, new_writer: NewWriter) -> None:
    """The form of statements speaks of them and of the order of each device, and says how many are missing."""
    writer = await new_writer(await new_event(PREPARED["statements"]), "new")
    assert await writer.press("save", kind="statements", text="Was meinen Sie?", option="Nur eine.") == 422
    options = writer.page.partition('id="options"')[2].partition("</fieldset>")[0]
    said = re.findall(r"<(?:legend|p|span class=\"kern-body\")[^>]*>([^<]+)<", options)
    assert said == [
        "Aussagen",
        "2 bis 600 Aussagen; jedes Gerät zeigt sie in einer eigenen Reihenfolge.",
        "Gebraucht werden 2 bis 600 Aussagen.",
    ]


async def test_preview_is_for_the_desk_alone(new_event: NewEvent, new_writer: NewWriter, new_person: NewPerson) -> None:
    """Phone and screen of what is typed stand on the page, markup as text, and nothing of it elsewhere."""
    stored = await new_event(SINGLE)
    guest = await new_person(stored)
    line = await guest.take_part()
    writer = await new_writer(stored, stored.ids[0])
    await writer.press("preview", text="Was <i>fehlt</i>?", option=["Ein Bad", "Ein Park"])
    pages = re.findall(r'srcdoc="([^"]*)"', writer.page)
    assert [page.count("Was &amp;lt;i&amp;gt;fehlt&amp;lt;/i&amp;gt;?") for page in pages] == [1, 1]
    assert ["Ein Park" in page for page in pages] == [True, True]
    assert await writer.press("save", text="Wozu?") == 303
    seen = (await guest.get()).text + (await guest.get("/state")).text + "".join(line.frames)
    assert [word for word in ("fehlt", "Ein Park", "Wozu?") if word in seen] == []
    await writer.open(stored.ids[0])
    await writer.press("preview", kind="points", rule__points="1", option=["Ein Bad"])
    assert ("srcdoc" in writer.page, "Die Vorschau kommt, wenn nichts mehr fehlt." in writer.page) == (False, True)


async def test_two_moderators_write_the_same_question(new_event: NewEvent, new_writer: NewWriter) -> None:
    """Steps of the day disturb nobody; the second to save is told, keeps the text, and may save it then."""
    stored = await new_event(SINGLE, LIVE)
    first, second = [await new_writer(stored, stored.ids[0]) for _ in range(2)]
    desk = await Desk.of(first.person)
    await desk.do("open", stored.ids[1])
    assert await first.press("save", text="Was braucht Ihr Ort?") == 303
    assert await second.press("save", text="Was braucht Ihr Dorf?") == 409
    assert second.notice == german(Conflict("edited"))
    assert second.fields["text"] == ["Was braucht Ihr Dorf?"]
    assert (await definitions(stored))[0].text == "Was braucht Ihr Ort?"
    assert await second.press("save") == 303
    assert (await definitions(stored))[0].text == "Was braucht Ihr Dorf?"


async def test_question_that_was_opened_meanwhile_becomes_a_new_one(
    new_event: NewEvent, new_writer: NewWriter, new_desk: NewDesk
) -> None:
    """Who was rewriting it is told, and what was typed is kept as a new question behind it."""
    stored = await new_event(SINGLE, LIVE)
    writer, desk = await new_writer(stored, stored.ids[0]), await new_desk(stored)
    await desk.do("open", stored.ids[0])
    assert await writer.press("save", kind="ranking", text="In welcher Folge?") == 409
    assert writer.notice == german(Conflict("opened"))
    assert await writer.press("save") == 303
    ranked = replace(SINGLE, kind="ranking", text="In welcher Folge?")
    assert await definitions(stored) == [SINGLE, ranked, LIVE]


async def test_words_are_mended_under_the_eyes_of_everybody(
    new_event: NewEvent, new_writer: NewWriter, new_desk: NewDesk, new_person: NewPerson
) -> None:
    """After votes: shown before and after, confirmed, told to everybody; votes stay, and the log has both texts."""
    asked = PREPARED["single_choice"]
    stored = await new_event(replace(asked, rules={"correct": ["Wohnraumm"]}))
    question = stored.ids[0]
    desk, voter = await new_desk(stored), await new_person(stored)
    line = await voter.take_part()
    await desk.do("open", question)
    form = {"question": str(question), "wave": "1", "number": "1"}
    assert (await line.vote(form, "o1")).state == "counted"
    writer = await new_writer(stored, question)
    assert await writer.press("save", option=["Wohnraum", "Bus und Bahn"]) == 200
    assert re.findall(r"<td>([^<]*)</td>", writer.page) == ["Wohnraumm", "Wohnraum"]
    assert (await definitions(stored))[0].options == TWO
    assert await writer.press("save", option=["Wohnraum", "Bus & Bahn"]) == 200, "other words than were shown"
    assert await writer.press("save") == 303
    after = (await definitions(stored))[0]
    assert (after.options, after.rules) == (
        (Option("o1", "Wohnraum"), Option("o2", "Bus & Bahn")),
        {"correct": ["Wohnraum"]},
    )
    told = await line.until(lambda frame: "Text berichtigt um" in frame)
    assert "Wohnraumm" not in told
    assert "Richtig" not in told
    assert "Bus & Bahn" in (await line.vote(form | {"number": "2"}, "o2")).text
    await desk.at(2)
    await desk.do("close", question)
    await desk.do("show", question)
    for page in ("", f"/results/{question}"):
        assert "Text berichtigt um" in (await voter.get(page)).text
    await voter.open("screen")
    assert "Text berichtigt um" in (await voter.get("/screen")).text
    await writer.open(question)
    assert "„Wohnraum“ statt „Wohnraumm“" in writer.page
    export = json.loads((await writer.person.get("/desk/export/json")).text)
    (told_question,) = export["rounds"][0]["questions"]
    assert [(one["field"], one["before"], one["after"]) for one in told_question["corrections"]] == [
        ("o1", "Wohnraumm", "Wohnraum"),
        ("o2", "Bus und Bahn", "Bus & Bahn"),
    ]
    assert [(option["label"], option["count"]) for option in told_question["options"]] == [
        ("Wohnraum", 0),
        ("Bus & Bahn", 1),
    ]
    assert "statt „Wohnraumm“" in (await writer.person.get("/desk/export/csv")).text


async def test_meaning_cannot_be_changed_after_the_opening(
    new_event: NewEvent, new_writer: NewWriter, new_desk: NewDesk
) -> None:
    """Swapped answers are refused at the field, other rules in a forged form, and nothing of it is stored."""
    stored = await new_event(SINGLE)
    writer, desk = await new_writer(stored, stored.ids[0]), await new_desk(stored)
    await desk.do("open", stored.ids[0])
    await writer.open(stored.ids[0])
    assert await writer.press("save", option=["Bus und Bahn", "Wohnraum", "Schnelles Netz"]) == 422
    assert writer.page.count("war eine andere Antwort dieser Frage") == 2
    for forged in ({"kind": "ranking"}, {"rule__shuffle": "yes"}, {"result": "live"}, {"option": ["Wohnraum", "Netz"]}):
        await writer.open(stored.ids[0])
        assert await writer.press("save", **forged, checked=seal(SINGLE)) == 409
    await writer.open(stored.ids[0])
    assert await writer.press("delete") == 403
    assert writer.notice == german(Forbidden("asked"))
    assert await definitions(stored) == [SINGLE]


async def test_question_that_was_taken_back_is_free_again(
    new_event: NewEvent, new_writer: NewWriter, new_desk: NewDesk, new_person: NewPerson
) -> None:
    """Votes that count no more bind nothing: it is rewritten and deleted; one that is asked again stays bound."""
    stored = await new_event(SINGLE, LIVE)
    desk, voter = await new_desk(stored), await new_person(stored)
    line = await voter.take_part()
    await desk.do("open", stored.ids[0])
    await line.vote({"question": str(stored.ids[0]), "wave": "1", "number": "1"}, "o1")
    await desk.do("take_back", stored.ids[0])
    writer = await new_writer(stored, stored.ids[0])
    assert await writer.press("save", kind="ranking") == 303
    await desk.line.send({"action": "look", "question": str(stored.ids[0])})
    await desk.see(lambda frame: "Was braucht Ihre Stadt?" in frame)
    await writer.open(stored.ids[0])
    assert await writer.press("delete") == 303
    assert await definitions(stored) == [LIVE]
    await desk.see(lambda frame: "Wie geht es Ihnen?" in frame and "Was braucht Ihre Stadt?" not in frame)
    for action in ("open", "close", "repeat"):
        await desk.do(action, stored.ids[1])
    await writer.open(stored.ids[1])
    assert await writer.press("delete") == 403


async def test_nothing_is_written_in_a_rehearsal(new_event: NewEvent, new_writer: NewWriter) -> None:
    """What would stay behind is refused, and the text stays in the form."""
    stored = await new_event(SINGLE)
    writer = await new_writer(stored, stored.ids[0])
    desk = await Desk.of(writer.person)
    assert await desk.say("rehearsal_begin") == ""
    assert await writer.press("save", text="Wozu?") == 403
    assert (writer.notice, writer.fields["text"]) == (german(Forbidden("rehearsal")), ["Wozu?"])
    await desk.at(int(desk.seen) + 1)
    assert await desk.say("rehearsal_wipe") == ""


async def test_first_question_of_an_event_without_rounds(new_event: NewEvent, new_writer: NewWriter) -> None:
    """It makes a round of its own, as a question on the spot does."""
    stored = await new_event(empty=True)
    writer = await new_writer(stored, "new")
    assert await writer.press("save", text="Was fehlt?", option=["Bus", "Rad"]) == 303
    event = await present(stored)
    assert [(one.title, len(one.questions)) for one in event.rounds] == [("Sofortfragen", 1)]


async def test_picture_is_chosen_kept_replaced_and_dropped(
    new_event: NewEvent, new_writer: NewWriter, new_person: NewPerson
) -> None:
    """The preview shows it before it is saved; it needs words, is stored with its question, and can go again."""
    first, second = (b"\x89PNG\r\n\x1a\n" + bytes(3000) + bytes([at]) for at in range(2))
    stored = await new_event(SINGLE)
    writer, guest = await new_writer(stored, "new"), await new_person(stored)
    await writer.press("preview", kind="notice")
    assert await writer.choose("preview", first, text="Raumplan", rule__alternative="Saal links") == 200
    (name,) = writer.fields["rule.picture"]
    assert [name in page for page in re.findall(r'srcdoc="([^"]*)"', writer.page)] == [True, True]
    assert await writer.press("save", rule__alternative="") == 422
    assert "Ein Bild braucht einen Alternativtext" in writer.page.partition('id="wrong-picture"')[2]
    assert await writer.press("save", rule__alternative="Saal links") == 303
    rules = {"picture": name, "alternative": "Saal links"}
    assert await definitions(stored) == [SINGLE, Definition("notice", "Raumplan", (), rules)]
    assert (await guest.get(f"/pictures/{name}")).content == first
    _, notice = (await present(stored)).questions
    await writer.open(notice.id)
    assert await writer.choose("save", second) == 303
    assert (await definitions(stored))[1].rules["picture"] != name
    await writer.open(notice.id)
    assert await writer.press("save", rule__picture=[], rule__alternative="") == 303
    assert (await definitions(stored))[1].rules == {}


async def test_translation_is_written_whole(new_event: NewEvent, new_writer: NewWriter) -> None:
    """It goes with its answers, is seen on the phone of the preview, and cannot be saved before it has everything."""
    stored = await new_event(SINGLE)
    writer = await new_writer(stored, "new")
    english = {"en__text": "Where to?", "en__option": ["Pool", "Park"]}
    await writer.press("down.0", text="Wohin?", option=["Bad", "Park"], shown="en", **english)
    assert writer.fields["en.option"] == ["Park", "Pool"]
    phone, screen = re.findall(r'srcdoc="([^"]*)"', writer.page)
    assert ["Pool" in phone, "Wohin?" in phone, "Bad" in screen] == [True, False, True]
    assert await writer.press("save", hint="Eins.", en__option=["Park", ""]) == 422
    told = re.findall(r'id="wrong-([^"]*)"', writer.page)
    assert told == ["en.hint", "en.options"]
    assert await writer.press("save", en__hint="One.", en__option=["Pool", "pool"]) == 422
    assert re.findall(r'id="wrong-([^"]*)"', writer.page) == ["en.options"]
    assert await writer.press("save", en__option=["Park", "Pool"]) == 303
    options = (Option("o1", "Park"), Option("o2", "Bad"))
    words = Translation("Where to?", {"o1": "Park", "o2": "Pool"}, {}, "One.")
    wanted = Definition("single_choice", "Wohin?", options, {}, "Eins.", translations={"en": words})
    assert await definitions(stored) == [SINGLE, wanted]


async def test_words_of_a_translation_are_mended_and_logged(
    new_event: NewEvent, new_writer: NewWriter, new_desk: NewDesk
) -> None:
    """Shown before and after, kept in the log under its language; another language's answers cannot be swapped."""
    stored = await new_event(TRANSLATED)
    (question,) = stored.ids
    desk = await new_desk(stored)
    await desk.do("open", question)
    writer = await new_writer(stored, question)
    assert await writer.press("save", en__option=["Buses and trains", "Housing"]) == 422
    assert writer.page.partition('id="wrong-en.options"')[2].count("war eine andere Antwort dieser Frage") == 2
    assert await writer.press("save", en__option=["Housing!", "Buses and trains"], en__rule__low="cold!") == 200
    assert re.findall(r"<td>([^<]*)</td>", writer.page) == ["Housing", "Housing!", "cold", "cold!"]
    assert await writer.press("save") == 303
    mended = replace(ENGLISH, options={**ENGLISH.options, "o1": "Housing!"}, rules={"low": "cold!", "high": "warm"})
    assert await definitions(stored) == [replace(TRANSLATED, translations={"en": mended})]
    await writer.open(question)
    assert ("„Housing!“ statt „Housing“" in writer.page, "„cold!“ statt „cold“" in writer.page) == (True, True)
    assert await writer.press("save", en__text="") == 422


async def test_file_that_is_no_picture_is_told_at_its_field(new_event: NewEvent, new_writer: NewWriter) -> None:
    """Too large, of another sort or of an unknown name: said there until it is let go; nothing is stored before."""
    stored = await new_event(SINGLE)
    writer = await new_writer(stored, "new")
    await writer.press("preview", kind="notice")
    for content, said in (
        (b"\x89PNG\r\n\x1a\n" + bytes(2_000_000), "Das Bild Plan.png hat mehr als 500 KB. Bitte verkleinern Sie es."),
        (b"<svg onload='x'/>", "Die Datei Plan.png ist kein Bild der Art PNG, JPEG oder WebP."),
    ):
        for button, status in (("preview", 200), ("save", 422)):
            assert await writer.choose(button, content, text="Raumplan") == status
            assert said in writer.page.partition('id="wrong-picture"')[2]
            assert (writer.fields["text"], "rule.picture" in writer.fields) == (["Raumplan"], False)
        assert await writer.press("save") == 422
        assert "Das zuletzt gewählte Bild wurde nicht übernommen." in writer.page.partition('id="wrong-picture"')[2]
    unknown = f"{'0' * 32}.png"
    assert await writer.press("save", rule__picture=unknown, rule__alternative="Saal") == 422
    assert "Dieses Bild ist hier nicht gespeichert" in writer.page.partition('id="wrong-picture"')[2]
    assert await definitions(stored) == [SINGLE]
    assert await writer.press("save", rule__picture=[], rule__alternative="", without="picture") == 303
    assert await definitions(stored) == [SINGLE, Definition("notice", "Raumplan")]


@pytest.mark.parametrize(
    "broken",
    [
        {"do": "explode"},
        {"kind": "x"},
        {"result": "x"},
        {"do": "up.x"},
        {"correct": "-1"},
        {"option": "a\n" * 1000},
        {"text": "x" * TEXT_BYTES},
    ],
)
async def test_form_that_is_none_of_ours_is_refused(
    new_event: NewEvent, new_writer: NewWriter, broken: dict[str, str]
) -> None:
    """A button, a kind or a place that does not exist, or more than any question holds, is no form of ours."""
    stored = await new_event(SINGLE)
    writer = await new_writer(stored, stored.ids[0])
    assert await writer.press(**({"do": "preview"} | broken)) == 400


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_has_a_name_and_a_field(kind: str) -> None:
    """A rule of any kind is named in words; without them the form would show its key, or no field at all."""
    jinja = environment("de")
    fields = jinja.get_template("questions/edit.html").module
    draft = Draft(kind, rules=dict.fromkeys(KINDS[kind].rules, "yes"))
    form = str(fields.rules(draft, {})) + str(fields.options(draft, {}))  # type: ignore[attr-defined]  # its macros
    names = {name for name in KINDS[kind].rules if f">{name}</label>" in form}
    missing = {name for name in KINDS[kind].rules if f'name="rule.{name}"' not in form and f'name="{name}"' not in form}
    assert (names, missing) == (set(), set())
