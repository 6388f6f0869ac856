"""Who abstains is heard and counted, beside the answers and not among them: through all the doors."""

import re
from dataclasses import replace

from poll_server.domain.programme import Definition, Reveal
from poll_server.simulate.frames import read
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SEVERAL, SINGLE, ballots_of
from tests.web.people import Tags, ballot_form, receipts

ABSTAINING = replace(SINGLE, rules={"abstention": True})
ABSTAINED = "Sie haben sich enthalten."


def buttons(html: str) -> list[str]:
    """The names of what can be pressed in the forms for a vote."""
    return [found["name"] for tag, found in Tags(html).all if tag == "button" and found.get("name")]


def offered(definition: Definition) -> Definition:
    """The question with an abstention."""
    return replace(definition, rules={**definition.rules, "abstention": True})


async def test_abstention_without_javascript(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A button of its own sends it, whatever else is chosen; the receipt says it in words, then and later."""
    stored = await new_event(offered(SEVERAL))
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    page = (await clara.get()).text
    form = ballot_form(page)
    assert (form is not None, buttons(page)) == (True, ["abstain"])
    sent = await clara.post("/vote", {**(form or {}), "answer": "o1", "abstain": "yes"})
    told = [(await clara.http.get(sent.headers["location"])).text, (await clara.get("/answer")).text]
    for text in told:
        (receipt,) = receipts(text)
        assert (receipt.state, receipt.answer, receipt.number) == ("counted", "-", "1")
        assert (receipt.text.count(ABSTAINED), "Ihre Antwort:" in receipt.text) == (1, False)
        assert Tags(text).having("checked") == []
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


async def test_abstention_that_is_not_offered(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Without the rule there is no button, and what it would send is refused."""
    stored = await new_event(SINGLE)
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    page = (await clara.get()).text
    sent = await clara.post("/vote", {**(ballot_form(page) or {}), "answer": "-"})
    assert (buttons(page), sent.status_code) == ([], 422)
    assert await ballots_of(stored) == {}


async def test_abstention_is_counted_beside_the_answers(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """One answers, one abstains, one answers and then abstains: one answer and two abstentions, at every door."""
    stored = await new_event(replace(ABSTAINING, reveal=Reveal.LIVE))
    (question,) = stored.ids
    desk = await new_desk(stored)
    people = [await new_person(stored) for _ in range(3)]
    lines = [await person.take_part() for person in people]
    await desk.do("open", question)
    forms = [ballot_form(await line.until(lambda frame: "data-vote" in frame)) or {} for line in lines]
    answers = [
        await line.vote(form, "o1" if at else "-") for at, (line, form) in enumerate(zip(lines, forms, strict=True))
    ]
    answers.append(await lines[2].vote(forms[2], "-", number="2"))
    assert [(one.state, one.answer, one.number) for one in answers] == [
        ("counted", "-", "1"),
        ("counted", "o1", "1"),
        ("counted", "o1", "1"),
        ("counted", "-", "2"),
    ]
    assert [ABSTAINED in one.text for one in answers] == [True, False, False, True]
    await desk.do("close", question)
    await desk.do("show", question)
    for text in (await lines[1].until(lambda frame: 'data-state="shown"' in frame), (await people[0].get()).text):
        words = " ".join(Tags(text).text.split())
        assert re.findall(r"\d+ von \d+ Anwesenden \w+ geantwortet\. Enthaltungen: \d+\.", words) == [
            "1 von 3 Anwesenden hat geantwortet. Enthaltungen: 2."
        ]
        figures = read(text.encode()).figures
        assert [figures[f"n-{option}"] for option in ("o1", "o2", "o3")] == ["1", "0", "0"]
    assert ABSTAINED in (await people[0].get("/state")).text
