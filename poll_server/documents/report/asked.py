"""One question of a documentation: what was asked, under which rules, and what came of it."""

from collections.abc import Iterator

from poll_server.documents.report.choice import Choice
from poll_server.documents.report.model import Asked, Fact, Text, Word
from poll_server.documents.report.reading import Material
from poll_server.documents.report.tables import Tables
from poll_server.documents.report.words import Words
from poll_server.domain.rounds import Event, Question
from poll_server.questions import kind_of
from poll_server.questions.blocks import Block, Look
from poll_server.questions.contract import Results, Row
from poll_server.questions.split import Split, translated
from poll_server.render import Pass

COMPARED_MAXIMUM = 20
"""Rows of a result that are compared with those of an earlier pass."""


def asked(material: Material, event: Event, question: Question, number: int, choice: Choice, words: Words) -> Asked:
    """Return a question that is `documented`; it and the event are in the documentation's language if they can be."""
    definition = question.definition
    results = material.results(question, definition, question.wave)
    tables = Tables(words, results, definition.language, definition.rules.get("correct", ()))
    split = translated(material.export.splits.get(question.id, Split()), definition, event.groups)
    earlier = _earlier(material, question, results)
    shown, left = _shown(results.blocks, choice)
    return Asked(
        id=question.id,
        number=number,
        text=definition.text,
        language=definition.language,
        hint=definition.hint,
        kind=words.of_kind(question, "name"),
        rules=tuple(rules(question, words)),
        facts=tuple(_facts(question, results, event, words)),
        say=words.of_kind(question, "say", results),
        base=words.base(question, results) if results.base else "",
        tables=tuple(tables.result()) if results.base else (),
        words=tuple(Word(row.label, words.count(row.count), getattr(row, "size", 1)) for row in shown[Look.WORDS]),
        texts=tuple(_text(row, words) for row in shown[Look.TEXTS]),
        more=words.ngettext("%(n)s more is not shown here.", "%(n)s more are not shown here.", left) if left else "",
        compared=(
            *tables.passes(earlier),
            *tables.figures([] if earlier else _passes(material, question, results)),
            *tables.groups(split),
            *(tables.movements(split.movement) if split.movement else ()),
        ),
        notes=tuple(_notes(material, question, results, split, event, words)),
        remark=choice.remarks.get(question.id, ""),
    )


def _earlier(material: Material, question: Question, results: Results) -> list[Pass]:
    """Return the earlier passes that stand beside the result, as pages have them."""
    apart = kind_of(question.definition).grows or len(results.rows) > COMPARED_MAXIMUM
    return [] if apart else _passes(material, question, results)


def _passes(material: Material, question: Question, results: Results) -> list[Pass]:
    """Return the earlier passes, none beside a result without answers."""
    waves = question.earlier if results.base else ()
    return [Pass(wave, material.results(question, question.definition, wave.number)) for wave in waves]


def _shown(blocks: tuple[Block, ...], choice: Choice) -> tuple[dict[Look, list[Row]], int]:
    """Return the rows that are no tables, by their look, and how many are left out."""
    shown: dict[Look, list[Row]] = {look: [] for look in Look}
    left = 0
    for block in blocks:
        rows = block.rows if choice.every_text or block.selected is None else block.selected
        shown[block.look].extend(rows)
        left += len(block.rows) - len(rows)
    return shown, left


def _text(row: Row, words: Words) -> Text:
    people = words.ngettext("%(n)s person", "%(n)s people", row.count) if row.count > 1 else ""
    return Text(row.label, people, getattr(row, "chosen", False))


def rules(question: Question, words: Words) -> Iterator[str]:
    """Give the rules of a question, each in a sentence."""
    definition, kind = question.definition, kind_of(question.definition)
    yield words.of_kind(question, "instruction", question)
    if kind.abstains(definition):
        yield words.gettext("Abstaining was possible.")
    if seconds := definition.rules.get("seconds"):
        yield words.ngettext("Time to answer: %(n)s second.", "Time to answer: %(n)s seconds.", seconds)
    if definition.secret:
        yield words.gettext("The vote was secret.")


def _facts(question: Question, results: Results, event: Event, words: Words) -> Iterator[Fact]:
    if question.opened and question.closed:
        span = words.span(question.opened, question.closed)
        if event.ends > event.day:
            span = f"{words.day(question.opened.date())}, {span}"
        yield Fact(words.gettext("Was open"), span)
    yield Fact(words.gettext("Present at the close"), words.count(question.present))
    yield Fact(words.gettext("Have answered"), words.count(results.base))
    if results.abstained or kind_of(question.definition).abstains(question.definition):
        yield Fact(words.gettext("Have abstained"), words.count(results.abstained))
    if question.earlier:
        yield Fact(words.gettext("Pass"), words.count(question.pass_number))


def _notes(
    material: Material, question: Question, results: Results, split: Split, event: Event, words: Words
) -> Iterator[str]:
    """Give what is to be known of the result: what stands elsewhere or is hidden, and which words were corrected."""
    if question.earlier and not results.compared:
        yield words.gettext("What was written in earlier passes stands in the data of the event only.")
    if told := words.said("parts/split_words.html", "about", split, event):
        yield told
    if split.movement and split.movement.hidden:
        yield words.gettext(
            "Movements of fewer than five people are not shown, and more where they could be computed otherwise."
        )
    corrections = material.export.corrections.get(question.id, ())
    if question.corrected:
        for one in corrections:
            yield words.gettext(
                "Corrected at %(time)s: “%(after)s” instead of “%(before)s”.",
                time=words.clock(one.at),
                after=one.change.after,
                before=one.change.before,
            )
