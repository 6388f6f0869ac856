"""Which questions of a series are the same, and in which order they stand."""

from dataclasses import replace

from poll_server.documents.series import Comparison
from poll_server.domain.programme import Definition, Option
from tests.documents.exports import BUS, FIRST
from tests.documents.series.comparisons import asking, compared


def told(found: Comparison) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """The wording of each question with the events that asked it, and those that were asked once."""
    pairs = [
        (seen.columns[-1].asking.definition.text, [one.asking.code for one in seen.columns]) for seen in found.questions
    ]
    return pairs, [one.definition.text for one in found.once]


def test_question_is_the_same_by_its_link_or_its_words() -> None:
    """A linked one stays the same in other words; without a link the same words do, also beside a linked one."""
    linked = replace(BUS, origin="eigen")
    mended = replace(linked, text="Womit sind Sie heute gekommen?")
    found = compared(asking("tag1", linked, {}), asking("tag2", mended, {}), asking("tag3", BUS, {}))
    assert told(found) == ([(BUS.text, ["tag1", "tag2", "tag3"])], [])


def test_other_words_answers_rules_or_language_are_another_question() -> None:
    """Each of them alone parts two questions without a link; the time to answer does not."""
    others = (
        replace(BUS, text="Womit?"),
        replace(BUS, hint="Bitte."),
        replace(BUS, options=tuple(reversed(BUS.options))),
        replace(BUS, rules={"abstention": True}),
        replace(BUS, language="en"),
    )
    for other in others:
        found = compared(asking("tag1", BUS, {}), asking("tag2", other, {}))
        assert (found.questions, len(found.once)) == ((), 2)
    found = compared(asking("tag1", BUS, {}), asking("tag2", replace(BUS, rules={"seconds": 30}), {}))
    assert len(found.questions) == 1


def test_events_stand_by_date_and_questions_by_their_first_asking() -> None:
    """Whichever was asked first stands first; both passes of an event stand beside each other."""
    found = compared(
        asking("tag3", FIRST, {}),
        asking("tag2", BUS, {}, again=2),
        asking("tag2", BUS, {}),
        asking("tag1", FIRST, {}, again=2),
        asking("tag3", BUS, {}),
    )
    assert told(found)[0] == [(FIRST.text, ["tag1", "tag3"]), (BUS.text, ["tag2", "tag2", "tag3"])]
    (numbers, *_) = [[one.asking.pass_number for one in seen.columns] for seen in found.questions[1:]]
    assert numbers == [1, 2, 1]


def test_question_of_one_event_is_named_once() -> None:
    """However many passes it has had; a notice, which nobody answers, is no question."""
    notice = Definition("notice", "Pause")
    found = compared(asking("tag1", BUS, {}), asking("tag1", BUS, {}, again=2), asking("tag2", notice, {}))
    assert told(found) == ([], [BUS.text])
    assert found.present == {"tag1": 130, "tag2": 0}


def test_labels_are_those_of_the_last_event() -> None:
    """What was mended there is what stands in the table."""
    linked = replace(BUS, origin="eigen")
    mended = replace(linked, options=(Option("o1", "Mit dem Bus"), linked.options[1]))
    found = compared(asking("tag1", linked, {"#": 1, "o1": 1}), asking("tag2", mended, {"#": 2, "o1": 2}))
    (table,) = found.questions[0].tables
    assert [row.label for row in table.rows] == ["Mit dem Bus", BUS.options[1].label]
