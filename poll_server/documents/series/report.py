"""The comparison of a series as a document, of the same values as the documentation of an event."""

from collections.abc import Iterator

from poll_server.documents.report.asked import rules
from poll_server.documents.report.choice import Part
from poll_server.documents.report.making import labels
from poll_server.documents.report.method import base_note, counting, meaning, secret
from poll_server.documents.report.model import Asked, Asking, Day, Fact, Note, Report, Slot
from poll_server.documents.report.words import Words
from poll_server.documents.series.comparing import Comparison
from poll_server.documents.series.figures import askings, figures, notes
from poll_server.domain.rounds import Question, State
from poll_server.domain.text import shown_code
from poll_server.render.side_by_side import SideBySide


def make(found: Comparison) -> Report:
    """Return the document: the same comparison gives the same."""
    series = found.series
    words = Words(series.language)
    first, last = series.events[0].day, max((one.ends.date() if one.ends else one.day) for one in series.events)
    rounds = tuple(_rounds(found, words))
    return Report(
        language=words.language,
        spoken=series.language,
        code=shown_code(series.code),
        title=series.title,
        subtitle="",
        series="",
        dates=words.days(first, last),
        last=last.isoformat(),
        organisers=series.organisers,
        partners="",
        parts=(Part.PROGRAMME, *((Part.RESULTS,) if rounds else ()), Part.METHOD),
        numbers=(
            Fact(words.gettext("Events"), words.count(len(series.events))),
            Fact(words.gettext("Asked several times"), words.count(len(found.questions))),
            Fact(words.gettext("Asked only once"), words.count(len(found.once))),
        ),
        introduction=tuple(_introduction(found, words)),
        programme=(Day("", tuple(_events(found, words))),),
        rounds=rounds,
        sessions=(),
        method=tuple(_method(found, words)),
        licence="",
        contact=(),
        labels=_labels(words),
    )


def _introduction(found: Comparison, words: Words) -> Iterator[str]:
    if found.questions:
        yield words.gettext(
            "Some questions were asked at several events of this series. Here their results stand side by side: how "
            "many answered each time, and what they said."
        )
    else:
        yield words.gettext("No question has been asked at two events of this series yet.")
    if found.left_out:
        yield words.ngettext(
            "%(n)s event of the series is not in this document: it belongs to other organisers.",
            "%(n)s events of the series are not in this document: they belong to other organisers.",
            found.left_out,
        )


def _events(found: Comparison, words: Words) -> Iterator[Slot]:
    for one in found.series.events:
        present = found.present[one.code]
        told = words.ngettext(
            "At the most %(n)s person was present.", "At the most %(n)s people were present.", present
        )
        yield Slot(words.short(one.day), one.title, told if present else "", ())


def _rounds(found: Comparison, words: Words) -> Iterator[Asking]:
    if found.questions:
        told = tuple(_asked(seen, number, words) for number, seen in enumerate(found.questions, 1))
        yield Asking(words.gettext("Asked several times"), "", told)
    if found.once:
        named = tuple(Fact(one.definition.text, one.event) for one in found.once)
        yield Asking(words.gettext("Asked only once"), "", (), named)


def _asked(seen: SideBySide, number: int, words: Words) -> Asked:
    column = seen.columns[-1]
    definition = column.asking.definition
    question = Question(0, 0, definition, State.SHOWN, 1)
    return Asked(
        id=0,
        number=number,
        text=definition.text,
        language=definition.language,
        hint=definition.hint,
        kind=words.of_kind(question, "name"),
        rules=tuple(rules(question, words)),
        facts=(),
        say="",
        base=words.of_kind(question, "base") if any(row.label for one in seen.tables for row in one.rows) else "",
        tables=(askings(seen, words), *figures(seen, words)),
        notes=tuple(notes(seen, words)),
    )


def _method(found: Comparison, words: Words) -> Iterator[Note]:
    yield Note(
        words.gettext("The same question"),
        words.gettext(
            "Questions stand side by side if people were asked the same: the same words, the same answers in the same "
            "order, the same rules. Where words were corrected, or said in another language, it is said below the "
            "question."
        ),
    )
    yield Note(
        words.gettext("Different people"),
        words.gettext(
            "Each event has an audience of its own, of different size. Nobody can tell who was at several of them, so "
            "a difference does not say that somebody has changed their mind. A difference of some points between small "
            "groups says little. There are no results by group here: each event tells them by itself."
        ),
    )
    yield from counting(words)
    yield base_note(words)
    yield Note(
        words.gettext("Few answers"),
        words.gettext(
            "Where few people answered there are counts and no shares, as one person would change them by much. From "
            "how many answers on there are shares, each event has decided."
        ),
    )
    if any(column.asking.definition.secret for seen in found.questions for column in seen.columns):
        yield secret(words)
    yield meaning(words)


def _labels(words: Words) -> dict[str, str]:
    return labels(words) | {
        "documentation": words.gettext("Results side by side"),
        Part.PROGRAMME: words.gettext("Events"),
        "time": words.gettext("Day"),
        "imprint": words.gettext("About this document"),
    }
