"""The documentation as values: what was chosen, in its order, with the numbers of the tally and nothing else."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from poll_server.documents.report import Choice, Part, Report, make
from poll_server.documents.report.model import Asked, Fact
from poll_server.domain.contributions import Fate
from poll_server.domain.decisions import Decision, Verdict
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import State
from poll_server.questions import kind_of, marks, results
from poll_server.questions.blocks import Look
from tests.documents.exports import BUS, FIRST, question
from tests.documents.report.materials import contribution, example, material
from tests.questions.samples import ANSWERED_KINDS, SAMPLES

TEXT = Definition("open_text", "Was nehmen Sie mit?")


def told(report: Report) -> list[Asked]:
    """All questions of a documentation."""
    return [one for round_ in report.rounds for one in round_.questions]


def only(report: Report) -> Asked:
    """The one question of a documentation."""
    (found,) = told(report)
    return found


def test_report_has_wording_rules_times_and_numbers() -> None:
    """A question stands with its kind, its rules, when it was open, who was there and answered, and its rows."""
    first, second = told(make(material(), Choice()))
    assert (first.number, first.text, first.hint, first.kind) == (
        1,
        "Womit „beginnen“?",
        "Zwei Vorhaben.",
        "Mehrfachauswahl",
    )
    assert first.rules == ("Bitte wählen Sie bis zu zwei Antworten.",)
    assert first.facts == (
        Fact("Geöffnet", "11:16 bis 11:18 Uhr"),
        Fact("Anwesend beim Schließen", "9"),
        Fact("Haben geantwortet", "8"),
        Fact("Haben sich enthalten", "4"),
    )
    (table,) = first.tables
    assert table.headings == ("Antwort", "Personen", "Anteil")
    assert [(line.label, line.cells, line.bars, line.leads) for line in table.lines] == [
        ('Der "Ortskern"', ("8", "100\N{NO-BREAK SPACE}%"), (1.0,), True),
        ("Radwege\nund Bus", ("2", "25\N{NO-BREAK SPACE}%"), (0.25,), False),
        ("Jugendrat", ("0", "0\N{NO-BREAK SPACE}%"), (0.0,), False),
    ]
    assert first.say.startswith('Am häufigsten: „Der "Ortskern"“')
    assert first.base.startswith("Mehrere Antworten waren möglich.")
    assert (second.number, second.text) == (2, "Womit sind Sie gekommen?")


@st.composite
def answered(draw: DrawFn) -> tuple[Definition, list[Sequence[str]]]:
    """A question of any kind, and answers to it."""
    definition = draw(st.one_of([SAMPLES[kind].definitions for kind in ANSWERED_KINDS]))
    forms = draw(st.lists(SAMPLES[definition.kind].forms(definition), max_size=12))
    return definition, [kind_of(definition).parse(definition, form) for form in forms]


@settings(max_examples=100, deadline=None)
@given(asked=answered(), shares_from=st.sampled_from([1, 5]))
def test_report_counts_as_the_tally(asked: tuple[Definition, list[tuple[str, ...]]], shares_from: int) -> None:
    """Of every kind the numbers that stand there are those of the result, row by row, and none is missing."""
    definition, answers = asked
    tally: Counter[str] = sum((marks(definition, answer) for answer in answers), Counter())
    report = make(
        material({"R": [(question(definition, State.SHOWN), tally)]}, shares_from=shares_from), Choice(every_text=True)
    )
    one = only(report)
    found = results(replace(definition, shares_from=shares_from), tally)
    people = Fact("Haben geantwortet", str(found.base))
    assert people in one.facts
    expected = [row.count for row in found.rows] if found.base else []
    looks = {block.look for block in found.blocks}
    if looks <= {Look.BARS}:
        at = (
            next(at for at, name in enumerate(found.blocks[0].columns) if name in ("people", "points"))
            if expected
            else 0
        )
        assert [number(line.cells[at]) for table in one.tables for line in table.lines] == expected
    elif looks == {Look.PARTS}:
        _check_parts(one, found.blocks, shares_from)
    else:
        assert [word.count for word in one.words] or [text.people for text in one.texts] == [
            str(n) if one.words else f"{n} Personen" if n > 1 else "" for n in expected
        ]


def _check_parts(one: Asked, blocks: Sequence[object], shares_from: int) -> None:
    """A line of several parts has the counts of few people, and the number of all of them."""
    if not one.tables:
        return
    (table,) = one.tables
    for line, block in zip(table.lines, blocks, strict=True):
        counts = [row.count for row in block.rows]  # type: ignore[attr-defined]  # a Block
        assert number(line.cells[-1]) == sum(counts)
        if sum(counts) < shares_from:
            assert [number(cell) for cell in line.cells[: len(counts)]] == counts
        elif counts:
            assert line.bars == tuple(count / sum(counts) if sum(counts) else 0.0 for count in counts)


def number(cell: str) -> int:
    """A number as it stands in a German cell."""
    return int(cell.replace(".", ""))


def test_few_answers_have_no_shares() -> None:
    """Below the event's limit there are counts, a dash for the share, and no bar that would tell it."""
    one = only(
        make(material({"R": [(question(BUS, State.SHOWN), {"#": 4, "o1": 3, "o2": 1})]}, shares_from=5), Choice())
    )
    assert [(line.cells, line.bars) for line in one.tables[0].lines] == [(("3", "–"), ()), (("1", "–"), ())]
    assert one.base == "Wenige Antworten: Wir zeigen Anzahlen, keine Anteile."


def test_question_without_answers_says_so() -> None:
    """Nobody answered: a sentence and no table."""
    one = only(make(material({"R": [(question(BUS, State.SHOWN), {})]}), Choice()))
    assert (one.say, one.tables, one.base) == ("Noch keine Antworten.", (), "")


@pytest.mark.parametrize("state", [state for state in State if not state.shown])
def test_report_has_no_result_that_was_not_shown(state: State) -> None:
    """What the room has not seen is in no documentation, and a round without anything else is not there either."""
    asked = question(BUS, State.SHOWN)
    there = material({"R": [(asked, {"#": 3, "o1": 3})]})
    hidden = replace(there.export.event.rounds[0].questions[0], state=state)
    event = replace(there.export.event, rounds=(replace(there.export.event.rounds[0], questions=(hidden,)),))
    report = make(replace(there, export=replace(there.export, event=event)), Choice())
    assert (report.rounds, report.parts) == ((), (Part.PROGRAMME,))


def test_choice_says_what_goes_in_and_in_which_order() -> None:
    """Parts stand in the order that was chosen, once each; questions are left out, and the others numbered anew."""
    choice = Choice(
        (Part.METHOD, Part.RESULTS, Part.METHOD), frozenset({1}), {2: "Dazu gab es Streit."}, "Eins.\n\n\nZwei.\n"
    )
    report = make(material(sent=[contribution(1, "Wann?")]), choice)
    assert report.parts == (Part.METHOD, Part.RESULTS)
    assert [(one.number, one.id, one.remark) for one in told(report)] == [(1, 2, "Dazu gab es Streit.")]
    assert (report.introduction, report.programme, report.sessions) == (("Eins.", "Zwei."), (), ())


def test_report_speaks_the_language_that_was_chosen() -> None:
    """In English the sentences are, and those questions that have a translation; others and titles stay as they are."""
    report = make(material(), Choice(language="en"))
    first, second = told(report)
    assert (report.language, report.spoken, report.labels["contents"]) == ("en", "de", "Contents")
    assert (first.text, first.language, first.kind) == ("Womit „beginnen“?", "de", "Multiple choice")
    assert (second.text, second.language) == ("How did you come?", "en")
    assert [line.label for line in second.tables[0].lines] == ["Bus", "Bicycle; on foot"]
    assert second.tables[0].lines[1].cells == ("20", "67%")


def test_programme_names_who_speaks() -> None:
    """Speakers are named whatever was chosen about names; about a time that is approximate it says so."""
    (day,) = make(material(), Choice(names=False)).programme
    assert [(slot.time, slot.title) for slot in day.slots] == [("ca. 9:30", "Begrüßung"), ("13:00", "Fragerunde")]
    assert [(person.name, person.role) for person in day.slots[0].people] == [("Erika Muster", "Moderatorin")]


@pytest.mark.parametrize("names", [True, False])
def test_floor_has_what_was_public(names: bool) -> None:
    """Published questions stand there, most backed first, with fate, answer and, if so chosen, name; no others."""
    sent = [
        replace(
            contribution(3, "Wann fährt der Bus?", Fate.CURRENT),
            name="Kim",
            addressee="Amt",
            wording="Wann fährt der Bus ab?",
        ),
        replace(contribution(8, "Und das Geld?", Fate.IN_WRITING), answer="Es folgt."),
        contribution(5, "Geheim A", Fate.DECLINED),
        contribution(6, "Geheim B", Fate.WAITING),
        contribution(7, "Geheim C", Fate.WITHDRAWN),
        replace(contribution(4, "Geheim D"), joined=3),
    ]
    report = make(material(sent=sent), Choice(names=names))
    (session,) = report.sessions
    assert [(one.text, one.backers, one.fate, one.about, one.answer) for one in session.contributions] == [
        ("Und das Geld?", "8 Personen fragen das auch", "Schriftlich", "", "Es folgt."),
        (
            "Wann fährt der Bus ab?",
            "3 Personen fragen das auch",
            "Freigegeben",
            "Von Kim, An Amt" if names else "An Amt",
            "",
        ),
    ]
    assert session.facts == (
        Fact("Eingereicht", "5"),
        Fact("Mit anderen zusammengeführt", "1"),
        Fact("Freigegeben", "2"),
    )
    assert [word for word in ("Geheim", "geheim") if word in repr(report)] == []


@pytest.mark.parametrize(("every", "texts"), [(True, ["Mut", "Geld", "Zeit"]), (False, ["Mut"])])
def test_texts_are_those_chosen_or_all(every: bool, texts: list[str]) -> None:
    """Moderators have chosen one and hidden one: a short documentation has the one, a whole one all but the hidden."""
    tally = {"#": 6, "t:Mut": 1, "t:Geld": 3, "t:Zeit": 1, "t:Schimpf": 1}
    there = material({"R": [(question(TEXT, State.SHOWN), tally)]})
    decided = {"Mut": Decision(Verdict.CHOSEN), "Schimpf": Decision(Verdict.HIDDEN)}
    one = only(make(replace(there, decided={(1, 1): decided}), Choice(every_text=every)))
    assert [text.text for text in one.texts] == texts
    assert one.texts[0].chosen
    assert one.more == ("" if every else "2 weitere Antworten stehen nicht hier.")


def test_words_stand_by_their_number() -> None:
    """The words of a cloud come most frequent first, each with how often and how large."""
    cloud = Definition("word_cloud", "Was fehlt?")
    tally = {"#": 30, "w:busse|Busse": 25, "w:mut|Mut": 1}
    one = only(make(material({"R": [(question(cloud, State.SHOWN), tally)]}), Choice()))
    assert [(word.text, word.count, word.size) for word in one.words] == [("Busse", "25", 6), ("Mut", "1", 2)]


def test_method_says_only_what_is_there() -> None:
    """Secret votes, groups, passes and words of people are explained where there are any."""
    plain = [note.title for note in make(material(), Choice()).method]
    assert plain == [
        "Wer geantwortet hat",
        "Anwesend, beantwortet, enthalten",
        "Basis und Anteil",
        "Was die Ergebnisse bedeuten",
    ]
    secret = question(replace(FIRST, rules={"secret": True}), State.SHOWN, 1)
    asked = {"R": [(secret, {"#": 2, "o1": 2}), (question(TEXT, State.SHOWN, 2), {"#": 1, "t:Mut": 1})]}
    titles = [note.title for note in make(material(asked, [contribution(1, "Wann?")]), Choice()).method]
    assert titles == [*plain[:3], "Geheime Abstimmungen", "In eigenen Worten", "Fragen aus dem Publikum", plain[3]]
    assert make(material({}), Choice()).method == ()


def test_same_choice_makes_the_same() -> None:
    """Nothing but what was read and chosen is in it."""
    assert make(material(), Choice()) == make(material(), Choice())
    assert make(material(example()), Choice(licence="CC BY 4.0")).licence == "CC BY 4.0"
