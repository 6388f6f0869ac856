"""The documentation of an event, made of what was read and of what an organiser has chosen. No clock, no chance."""

from collections.abc import Iterator, Sequence

from poll_server.documents.report.asked import asked
from poll_server.documents.report.choice import Choice, Part
from poll_server.documents.report.floor import sessions
from poll_server.documents.report.lettering import REPLACED
from poll_server.documents.report.method import method
from poll_server.documents.report.model import Asked, Asking, Day, Fact, Person, Report, Session, Slot
from poll_server.documents.report.reading import Material, documented
from poll_server.documents.report.words import Words
from poll_server.domain.programme import Item
from poll_server.domain.rounds import Event, Question, Round
from poll_server.domain.text import shown_code
from poll_server.questions.languages import event_in


def make(material: Material, choice: Choice) -> Report:
    """Return the documentation: the same material and the same choice give the same."""
    own = material.export.event
    words = Words(choice.language or own.language)
    event = event_in(own, words.language)
    kept = _kept(event, choice)
    rounds = tuple(_rounds(material, event, kept, choice, words)) if Part.RESULTS in choice.parts else ()
    told = [question for round_ in rounds for question in round_.questions]
    heard = tuple(sessions(material.floor, choice, words)) if material.floor and Part.FLOOR in choice.parts else ()
    used = [question for _, questions in kept for question in questions] if rounds else []
    programme = tuple(_programme(event, words)) if Part.PROGRAMME in choice.parts else ()
    notes = tuple(method(event, used, told, heard, words)) if Part.METHOD in choice.parts else ()
    filled = {Part.PROGRAMME: programme, Part.RESULTS: rounds, Part.FLOOR: heard, Part.METHOD: notes}
    return Report(
        language=words.language,
        spoken=event.language,
        code=shown_code(event.code),
        title=event.title,
        subtitle=event.subtitle,
        series=event.series.title if event.series else "",
        dates=words.days(event.day, event.ends),
        last=event.ends.isoformat(),
        organisers=event.organisers,
        partners=event.partners,
        parts=tuple(part for part in dict.fromkeys(choice.parts) if filled[part]),
        numbers=tuple(_numbers(told, heard, words)),
        introduction=_paragraphs(choice.introduction),
        programme=programme,
        rounds=rounds,
        sessions=heard,
        method=notes,
        licence=choice.licence,
        contact=tuple(line for line in event.contact.splitlines() if line.strip()),
        labels=labels(words),
    )


def _kept(event: Event, choice: Choice) -> list[tuple[Round, list[Question]]]:
    """Return the rounds with those of their questions that are in the documentation; none without any."""
    pairs = (
        (round_, [one for one in round_.questions if documented(one) and one.id not in choice.left_out])
        for round_ in event.rounds
    )
    return [(round_, questions) for round_, questions in pairs if questions]


def _rounds(
    material: Material, event: Event, kept: Sequence[tuple[Round, list[Question]]], choice: Choice, words: Words
) -> Iterator[Asking]:
    items = {item.id: item for item in event.items}
    number = 0
    for round_, questions in kept:
        told: list[Asked] = []
        for question in questions:
            number += 1
            told.append(asked(material, event, question, number, choice, words))
        item = items.get(round_.item_id or 0)
        yield Asking(round_.title, _when(event, item, words) if item else "", tuple(told))


def _when(event: Event, item: Item, words: Words) -> str:
    time = words.span(item.starts, item.ends) if item.ends else words.clock(item.starts)
    return f"{words.weekday(item.starts.date())}, {time}" if len(event.days) > 1 else time


def _programme(event: Event, words: Words) -> Iterator[Day]:
    for day, items in event.days:
        if items:
            slots = tuple(_slot(item, words) for item in items)
            yield Day(words.weekday(day) if len(event.days) > 1 else "", slots)


def _slot(item: Item, words: Words) -> Slot:
    start = f"{item.starts.hour}:{item.starts:%M}"
    people = tuple(Person(one.name, one.role) for one in item.people)
    return Slot(
        words.gettext("about %(time)s", time=start) if item.about else start, item.title, item.description, people
    )


def _numbers(told: Sequence[Asked], heard: Sequence[Session], words: Words) -> Iterator[Fact]:
    """Give the few numbers that stand on the cover's back: how many questions, and how many from the floor."""
    if told:
        yield Fact(words.gettext("Questions to the audience"), words.count(len(told)))
    if heard:
        yield Fact(words.gettext("Questions from the floor"), words.count(sum(len(one.contributions) for one in heard)))


def _paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text, between which there are empty lines."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return tuple(block.strip() for block in blocks if block.strip())


def labels(words: Words) -> dict[str, str]:
    """Return the names that stand around the contents, by what they are for."""
    return {
        "documentation": words.gettext("Documentation"),
        "contents": words.gettext("Contents"),
        "introduction": words.gettext("Introduction"),
        Part.PROGRAMME: words.gettext("Programme"),
        Part.RESULTS: words.gettext("Questions and results"),
        Part.FLOOR: words.gettext("Questions from the floor"),
        Part.METHOD: words.gettext("How it was counted"),
        "organisers": words.gettext("Organisers"),
        "partners": words.gettext("Partners"),
        "imprint": words.gettext("About this documentation"),
        "licence": words.gettext("Licence"),
        "contact": words.gettext("Contact"),
        "time": words.gettext("Time"),
        "remark": words.gettext("Remark"),
        "answer": words.gettext("Answer"),
        "chosen": words.gettext("Chosen by the moderators"),
        "replaced": words.gettext("%(sign)s stands for a character that this file has no letter for.", sign=REPLACED),
    }
