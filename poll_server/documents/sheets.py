"""What stands in the sheets of an event's spreadsheet.

`docs/export.md` says what is in them. The first sheet explains the columns of all others.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

from poll_server.documents.ballots import cells_of, headings_of, withheld
from poll_server.documents.export import Export, moves, present_at
from poll_server.documents.floor_export import FloorExport, contribution_headings, contribution_rows
from poll_server.documents.report.words import Words
from poll_server.documents.result_sheet import Counts, explanations, result_sheet, sheet
from poll_server.documents.wording import corrections_said, kind_words, state_name
from poll_server.documents.workbook import Column, Row, Sheet, Workbook, sheet_name
from poll_server.domain.rounds import Event, Question
from poll_server.i18n import translations
from poll_server.questions.contract import Answer
from poll_server.questions.split import NO_GROUP, Split


def workbook(
    export: Export, floor: FloorExport | None = None, ballots: Mapping[int, Mapping[Answer, int]] | None = None
) -> Workbook:
    """Return the sheets of an event, in its language: what was asked, each question, contributions, raw ballots.

    ``ballots`` are the answers of those questions whose ballots may be told, each with how many people gave it.
    """
    given, event = ballots or {}, export.event
    numbered = list(_numbered(event))
    sheets = [_questions(export, numbered, given)]
    sheets += [_result(export, place, question) for place, question in numbered]
    if moved := _movements(export, numbered):
        sheets.append(moved)
    if floor:
        sheets.append(_contributions(floor))
    sheets += [
        _ballots(event, place, question, given[question.id]) for place, question in numbered if question.id in given
    ]
    return Workbook(event.title, event.day, event.language, (_about(event, sheets), *sheets))


def _numbered(event: Event) -> Iterator[tuple[tuple[int, int], Question]]:
    """Give each question that people answer with the numbers of its round and of itself."""
    for number, round_ in enumerate(event.rounds, 1):
        for place, question in enumerate((one for one in round_.questions if one.answerable), 1):
            yield (number, place), question


def _ballots_name(event: Event, place: tuple[int, int]) -> str:
    gettext = translations(event.language).gettext
    return sheet_name(gettext("%(place)s ballots") % {"place": "{}.{}".format(*place)})


# What was asked


def _about(event: Event, sheets: Sequence[Sheet]) -> Sheet:
    """Say what all columns are, and what holds for an event's numbers."""
    gettext, days = translations(event.language).gettext, Words(event.language).days(event.day, event.ends)
    said = (
        f"{event.title}, {days}",
        gettext("The numbers are the stored tallies of one moment, of each question's last asking."),
        gettext("Who abstained is in no count and in no share."),
        gettext("Shares are parts of the people who answered that question; of points and orders, of all points."),
        gettext("What moderators have hidden of what people wrote is left out, and so is whatever names a person."),
    )
    return explanations(said, sheets, event.language)


def _questions(
    export: Export, numbered: Sequence[tuple[tuple[int, int], Question]], given: Mapping[int, Mapping[Answer, int]]
) -> Sheet:
    event = export.event
    gettext = translations(event.language).gettext
    columns = (
        Column(gettext("Round no."), gettext("The round's place in the event, from 1."), 9),
        Column(gettext("Round"), gettext("Its title."), 30),
        Column(gettext("Question no."), gettext("The question's place in its round, from 1."), 9),
        Column(gettext("Question"), gettext("Its wording."), 60),
        Column(gettext("Hint"), gettext("The line below it."), 30),
        Column(gettext("Kind"), gettext("How it is answered."), 18),
        Column(gettext("Instruction"), gettext("How many answers could be chosen, in the words of the form."), 36),
        Column(gettext("Stands"), gettext("How far it has come: only what is closed does not move any more."), 16),
        Column(
            gettext("Wave"), gettext("The number of the asking; those taken back, discarded and rehearsed count."), 10
        ),
        Column(gettext("Opened"), gettext("When it was first opened in this wave, in the event's time zone."), 19),
        Column(gettext("Closed"), gettext("When it was closed."), 19),
        Column(gettext("Present at the close"), gettext("How many participants were there when it closed.")),
        Column(gettext("Have answered"), gettext("How many people answered, without those who abstained.")),
        Column(gettext("Have abstained"), gettext("How many people abstained.")),
        Column(gettext("Corrections"), gettext("What was mended in its words after people had been asked."), 30),
        Column(gettext("Ballots"), gettext("The sheet with its single ballots, or why there is none."), 36),
    )
    return sheet(gettext("Questions"), "questions", columns, [_about_question(export, *one, given) for one in numbered])


def _about_question(
    export: Export, place: tuple[int, int], question: Question, given: Mapping[int, Mapping[Answer, int]]
) -> Row:
    event, results = export.event, export.results[question.id]
    name, instruction = kind_words(question, event.language)
    why = _ballots_name(event, place) if question.id in given else withheld(question, results, event.language)
    return (
        place[0],
        event.rounds[place[0] - 1].title,
        place[1],
        question.definition.text,
        question.definition.hint,
        name,
        instruction,
        state_name(question.state, event.language),
        question.wave,
        question.opened,
        question.closed,
        present_at(question),
        results.base,
        results.abstained,
        corrections_said(export.corrections.get(question.id, ()), event.language),
        why,
    )


# Results


def _result(export: Export, place: tuple[int, int], question: Question) -> Sheet:
    """Give the result of a question: of all, by group, and by pass."""
    name = "{}.{}".format(*place)
    return result_sheet(name, question.definition, list(_sides(export, question)), export.event.language)


def _sides(export: Export, question: Question) -> Iterator[Counts]:
    gettext = translations(export.event.language).gettext
    yield Counts(
        "", gettext("What is counted depends on the kind: mostly people who chose it."), export.results[question.id]
    )
    by_group = gettext("Of this group alone. Groups that are too small are not shown.")
    for part in export.splits.get(question.id, Split()).parts:
        yield Counts(part.label if part.key != NO_GROUP else gettext("No group chosen"), by_group, part.results)
    by_pass = gettext("Of an earlier asking of the same question.")
    for number, earlier in enumerate(export.earlier.get(question.id, ()), 1):
        yield Counts(gettext("Pass %(number)s") % {"number": number}, by_pass, earlier.results)


def _movements(export: Export, numbered: Sequence[tuple[tuple[int, int], Question]]) -> Sheet | None:
    """Give where people went between two passes, as far as that is shown; None where nothing is."""
    gettext = translations(export.event.language).gettext
    rows: list[Row] = []
    for place, question in numbered:
        split = export.splits.get(question.id, Split())
        if split.movement and split.movement.people:
            about = (*place, question.definition.text)
            rows += [(*about, before.label, after.label, n) for before, after, n in moves(split)]
            rows.append((*about, None, gettext("Sum: have answered both times"), split.movement.people))
            rows.append((*about, None, gettext("Sum: have changed their answer"), split.movement.changed))
    columns = (
        Column(gettext("Round no."), gettext("The round's place in the event, from 1."), 9),
        Column(gettext("Question no."), gettext("The question's place in its round, from 1."), 9),
        Column(gettext("Question"), gettext("Its wording."), 60),
        Column(gettext("Answer before"), gettext("The answer in the pass before."), 40),
        Column(gettext("Answer"), gettext("The answer in the present pass."), 40),
        Column(gettext("People"), gettext("How many people went from the one to the other; few are not shown.")),
    )
    return sheet(gettext("Movements"), "movements", columns, rows) if rows else None


# Questions from the floor


def _contributions(floor: FloorExport) -> Sheet:
    gettext = translations(floor.event.language).gettext
    meanings = (
        gettext("The slot of the programme in which it was sent."),
        gettext("By which other lines name it."),
        gettext("The minute of sending, in the event's time zone."),
        gettext("As it was sent."),
        gettext("As moderators have published it."),
        gettext("The name that its author gave, if any."),
        gettext("Who is asked; empty for everybody on the panel."),
        gettext("What has become of it."),
        gettext("Why it was declined."),
        gettext("The number of the one that it is joined with."),
        gettext("How many people back it or one joined with it; empty for one that is joined itself."),
        gettext("The moderators' labels."),
        gettext("The note to other moderators."),
        gettext("The blocked words in it."),
        gettext("Who shall answer it in writing."),
        gettext("The answer as it is being written."),
        gettext("The answer that was released."),
    )
    headings = contribution_headings(floor.event.language)
    wide = {3: 60, 4: 60, 16: 60}
    columns = [
        Column(title, meaning, wide.get(at, 18))
        for at, (title, meaning) in enumerate(zip(headings, meanings, strict=True))
    ]
    return sheet(gettext("Contributions"), "contributions", columns, contribution_rows(floor))


# Raw ballots


def _ballots(event: Event, place: tuple[int, int], question: Question, given: Mapping[Answer, int]) -> Sheet:
    """Give each ballot as a row, in an order of the answers themselves, which tells nothing about people."""
    gettext = translations(event.language).gettext
    meaning = gettext(
        "What this ballot says to it: 1 for chosen, 0 for not; of an order the place, of a scale the step."
    )
    headings = headings_of(question.definition, gettext("Abstained"))
    columns = [
        Column(
            gettext("Ballot no."), gettext("A number for this sheet alone, in the order of the answers themselves."), 9
        ),
        *(Column(heading or question.definition.text, meaning, 24) for heading in headings),
    ]

    def rows() -> Iterator[Row]:
        number = 0
        for answer, n in sorted(given.items(), key=itemgetter(0)):
            cells = cells_of(question.definition, answer)
            for _ in range(n):
                number += 1
                yield (number, *cells)

    file = "{}.{}-ballots".format(*place)
    sort = gettext("A sheet with the ballots of a question")
    return Sheet(_ballots_name(event, place), file, sort, tuple(columns), rows, Counter(given).total())
