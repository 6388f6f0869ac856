"""The laws that every kind with answers keeps, checked over the whole registry with made-up questions and answers."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from poll_server import questions
from poll_server.domain.ballots import Ballot, Key, Mark, Rank, difference
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Translation
from poll_server.domain.text import clean, storable
from poll_server.questions.contract import ABSTAINED, ABSTENTION, ANSWERED, Answer, Kind, Results
from poll_server.questions.languages import in_language
from tests.questions.samples import ANSWERED_KINDS, SAMPLES

PEOPLE = st.sampled_from(["kim", "alex", "sascha", "robin"])

every_kind = pytest.mark.parametrize("kind", ANSWERED_KINDS.values(), ids=ANSWERED_KINDS.keys())
pytestmark = every_kind
# Each law draws questions and answers anew, so a kind meets some seven hundred of them in a run.
FIFTY = settings(max_examples=50)


@dataclass(frozen=True)
class Asked:
    """A question with the answers that people gave to it, the same person maybe several times."""

    kind: Kind
    definition: Definition
    given: list[tuple[str, Answer]]

    @property
    def answers(self) -> list[Answer]:
        """All answers, in the order of arrival."""
        return [answer for _, answer in self.given]

    @property
    def bags(self) -> list[Counter[str]]:
        """The marks of all answers."""
        return [self.kind.marks(self.definition, answer) for answer in self.answers]


def asked(data: DataObject, kind: Kind, least: int = 0) -> Asked:
    """Draw a question, and at least so many answers to it."""
    sample = SAMPLES[kind.name]
    definition = data.draw(sample.definitions)
    forms = st.lists(st.tuples(PEOPLE, sample.forms(definition)), min_size=least, max_size=12)
    return Asked(kind, definition, [(person, kind.parse(definition, form)) for person, form in data.draw(forms)])


def total(bags: Sequence[Mapping[str, int]]) -> Counter[str]:
    """The sum of bags, without zeros."""
    tally: Counter[str] = Counter()
    for bag in bags:
        tally.update(bag)
    return tally


def texts(value: Any) -> Iterator[str]:
    """Every text in a nest of mappings and sequences."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts([*value.values()])
    elif isinstance(value, Sequence):
        for inner in value:
            yield from texts(inner)


def is_of_one_person(marks: Mapping[str, int]) -> bool:
    """Whether these marks count one person who answered, under keys that a database takes as they are."""
    plain = all(storable(key) and 0 < len(key) <= 1000 and n for key, n in marks.items())
    return plain and (marks.get(ANSWERED), ABSTAINED in marks) == (1, False)


@FIFTY
@given(st.data())
def test_sample_can_be_asked(kind: Kind, data: DataObject) -> None:
    """The kind finds nothing wrong with the questions of its own sample."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    assert definition.kind == kind.name
    assert kind.check(definition) == []


@FIFTY
@given(st.data())
def test_plus_then_minus_is_nothing(kind: Kind, data: DataObject) -> None:
    """An answer added and taken back leaves the tally as it was, cell by cell."""
    question = asked(data, kind, least=1)
    tally = total(question.bags[1:])
    after = Counter(tally)
    after.update(question.bags[0])
    after.subtract(question.bags[0])
    assert {key: n for key, n in after.items() if n} == dict(tally)


@FIFTY
@given(st.data())
def test_order_does_not_matter(kind: Kind, data: DataObject) -> None:
    """The same answers in another order make the same result."""
    question = asked(data, kind, least=2)
    shuffled = data.draw(st.permutations(question.bags))
    first, second = (kind.results(question.definition, total(bags)) for bags in (question.bags, shuffled))
    assert first == second


@FIFTY
@given(st.data())
def test_recount_equals_tally(kind: Kind, data: DataObject) -> None:
    """People who change their minds move the tally to just the sum of the answers that stand at the end."""
    question = asked(data, kind)
    standing: dict[str, Counter[str]] = {}
    tally: Counter[Mark] = Counter()
    for number, ((person, answer), marks) in enumerate(zip(question.given, question.bags, strict=True), 1):
        ballot = Ballot(Key(1, 1, person), Rank(number, UUID(int=number)), answer, marks)
        tally.update(difference(ballot, "", standing.get(person, {})))
        standing[person] = marks
    recounted = total(list(standing.values()))
    assert {mark.key: n for mark, n in tally.items() if n} == dict(recounted)


@FIFTY
@given(st.data())
def test_empty_tally_has_a_result(kind: Kind, data: DataObject) -> None:
    """Nobody has answered: the result is there with zeros, and so it is after everything was taken back."""
    question = asked(data, kind)
    empty = kind.results(question.definition, {})
    assert (empty.base, empty.abstained, empty.leading, empty.following) == (0, 0, (), ())
    assert [(row.count, row.share) for row in empty.rows] == [(0, 0.0)] * len(empty.rows)
    assert set(empty.statistics.values()) <= {None, 0}
    assert kind.results(question.definition, dict.fromkeys(total(question.bags), 0)) == empty


@FIFTY
@given(st.data())
def test_marks_count_a_person_once(kind: Kind, data: DataObject) -> None:
    """Every answer is one person's: the base is the number of answers, and every mark a plain text and a number."""
    question = asked(data, kind)
    assert kind.results(question.definition, total(question.bags)).base == len(question.bags)
    for marks in question.bags:
        assert is_of_one_person(marks)


@FIFTY
@given(st.data())
def test_rows_and_statistics_are_numbers_of_the_result(kind: Kind, data: DataObject) -> None:
    """Shares are fractions, counts are not negative, keys differ, and what can be computed has a finite value."""
    question = asked(data, kind)
    results = kind.results(question.definition, total(question.bags))
    assert all(row.count >= 0 and 0 <= row.share <= 1 for row in results.rows)
    assert len({row.key for row in results.rows}) == len(results.rows)
    assert all(value is None or isfinite(value) for value in results.statistics.values())
    if not kind.grows:
        empty = kind.results(question.definition, {})
        assert [*results.statistics] == [*empty.statistics]
        assert [(row.key, row.label) for row in results.rows] == [(row.key, row.label) for row in empty.rows]


@FIFTY
@given(st.data())
def test_ballots_are_rows_of_a_table(kind: Kind, data: DataObject) -> None:
    """Each answer is a row as long as the headings; where people choose, the row tells all that the marks do."""
    question = asked(data, kind)
    rows = [kind.cells(question.definition, answer) for answer in question.answers]
    assert {len(row) for row in rows} <= {len(kind.columns(question.definition))}
    if not kind.written:
        told = {(tuple(sorted(marks.items())), row) for marks, row in zip(question.bags, rows, strict=True)}
        assert len({marks for marks, _ in told}) == len({row for _, row in told}) == len(told)


@FIFTY
@given(st.data())
def test_results_carry_no_participant(kind: Kind, data: DataObject) -> None:
    """Every word of a result stands in the question or in a mark, or is the kind's own: there without answers, too."""
    question = asked(data, kind)
    tally = total(question.bags)
    own = set(texts(asdict(kind.results(question.definition, {}))))
    known = [*texts(asdict(question.definition)), *tally]
    found = set(texts(asdict(kind.results(question.definition, tally)))) - own
    strange = [text for text in found if not any(text in one for one in known)]
    own_words = re.compile(rf"\b(?:{'|'.join(SAMPLES[kind.name].words) or '(?!)'})\b")
    assert [text for text in strange if re.search(r"[^\W\d]", own_words.sub("", text))] == []


@FIFTY
@given(st.data())
def test_sums_of_the_closed_question_stand_beside_the_tally(kind: Kind, data: DataObject) -> None:
    """What is computed at the closing does not depend on order, and leaves the numbers that were seen before."""
    question = asked(data, kind)
    final = kind.final(question.definition, iter(question.answers))
    assert kind.final(question.definition, iter(data.draw(st.permutations(question.answers)))) == final
    assert kind.finishes or not final
    before = kind.results(question.definition, total(question.bags))
    after = kind.results(question.definition, total([*question.bags, final]))
    assert (after.base, after.rows) == (before.base, before.rows)
    assert {name: after.statistics[name] for name in before.statistics} == before.statistics


@FIFTY
@given(st.data())
def test_abstention_is_counted_beside_the_result(kind: Kind, data: DataObject) -> None:
    """Where it is offered it is taken, and leaves the result of all others as it was."""
    question = asked(data, kind)
    definition = replace(question.definition, rules={**question.definition.rules, "abstention": True})
    assert kind.check(definition) == []
    assert questions.parse(definition, ABSTENTION) == ABSTENTION
    assert questions.marks(definition, ABSTENTION) == {ABSTAINED: 1}
    assert questions.describe(definition, ABSTENTION) == ()
    abstained = [questions.marks(definition, ABSTENTION)] * data.draw(st.integers(0, 3))
    found = questions.results(definition, total([*question.bags, *abstained]))
    assert found.abstained == len(abstained)
    assert replace(found, abstained=0) == questions.results(definition, total(question.bags))


@FIFTY
@given(st.data())
def test_abstention_that_is_not_offered_is_none(kind: Kind, data: DataObject) -> None:
    """Where nobody may abstain its sign is refused, or an answer of its own that is counted like any other."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    if kind.abstains(definition):
        return
    try:
        answer = questions.parse(definition, [ABSTAINED])
    except Refused:
        return
    assert answer != ABSTENTION
    assert is_of_one_person(questions.marks(definition, answer))


@FIFTY
@given(st.data())
def test_answer_survives_storage(kind: Kind, data: DataObject) -> None:
    """An answer written as JSON and read again is the same answer, with the same marks and the same words."""
    question = asked(data, kind, least=1)
    for answer, marks in zip(question.answers, question.bags, strict=True):
        read = tuple(json.loads(json.dumps(list(answer))))
        assert read == answer
        assert kind.marks(question.definition, read) == marks
        assert json.loads(json.dumps(marks)) == marks
        assert kind.describe(question.definition, read) == kind.describe(question.definition, answer)


@FIFTY
@given(st.data())
def test_answer_sent_again_is_the_same_answer(kind: Kind, data: DataObject) -> None:
    """A form filled with the standing answer, as after a reload, gives that answer again, in words that are there."""
    question = asked(data, kind, least=1)
    for answer in question.answers:
        assert kind.parse(question.definition, answer) == answer
        assert "" not in kind.describe(question.definition, answer)
        assert kind.describe(question.definition, answer) != ()


@FIFTY
@given(st.data())
def test_parse_refuses_with_the_reason(kind: Kind, data: DataObject) -> None:
    """A form that cannot be counted is refused with the code of its fault, and its sentence has all its values."""
    sample = SAMPLES[kind.name]
    definition = data.draw(sample.definitions)
    form, code = data.draw(sample.refused(definition))
    with pytest.raises(Refused) as refused:
        kind.parse(definition, form)
    assert refused.value.code == code
    assert refused.value.sentence % refused.value.values


NUMBERS = st.integers(-5, 10**7).map(str) | st.floats().map(str) | st.sampled_from(["3,5", "٣", "1_000", "0x1", "1e9"])


@FIFTY
@given(st.data())
def test_parse_refuses_or_answers_whatever_is_sent(kind: Kind, data: DataObject) -> None:
    """Any texts that come through the door are an answer like others or refused, never another error."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    keys = st.sampled_from([*(option.key for option in definition.options), ""])
    signs = st.sampled_from([ANSWERED, ABSTAINED, "<b>", "=", "o1@1", "x" * 10_000, "שלום", "👩🏽‍🦽"])
    values = st.text(max_size=5).map(clean) | NUMBERS | signs | keys
    form = data.draw(st.lists(values | st.tuples(keys | values, values).map("=".join), max_size=25))
    try:
        answer = kind.parse(definition, form)
    except Refused:
        return
    assert kind.parse(definition, answer) == answer
    assert all(storable(text) and len(text) <= 1000 for text in answer)
    assert is_of_one_person(kind.marks(definition, answer))
    assert "" not in kind.describe(definition, answer)


def in_other_words(definition: Definition) -> Definition:
    """The question in a language in which its texts are others, but for a unit, which people write themselves."""
    kind = questions.kind_of(definition)
    told = {
        name: definition.rules[name] for name, rule in kind.rules.items() if rule.words and name in definition.rules
    }
    words = {name: text if name == "unit" else f"{text}*" for name, text in told.items()}
    options = {option.key: f"{option.label}*" for option in definition.options}
    translation = Translation(f"{definition.text}*", options, words, f"{definition.hint}*" if definition.hint else "")
    return in_language(replace(definition, translations={"en": translation}), "en")


def numbers(results: Results) -> tuple[object, ...]:
    """What a result says apart from words."""
    rows = [(row.key, row.count, row.share, row.leads) for row in results.rows]
    return results.base, results.abstained, results.statistics, rows


@given(st.data())
def test_one_tally_in_all_languages(kind: Kind, data: DataObject) -> None:
    """What somebody sends who reads a translation is the same answer with the same marks, and results are the same."""
    sample = SAMPLES[kind.name]
    definition = data.draw(sample.definitions)
    translated = in_other_words(definition)
    assert translated.language == "en"
    forms = data.draw(st.lists(sample.forms(definition), max_size=8))
    answers = [kind.parse(definition, form) for form in forms]
    assert [kind.parse(translated, form) for form in forms] == answers
    bags = [kind.marks(definition, answer) for answer in answers]
    assert [kind.marks(translated, answer) for answer in answers] == bags
    one, other = (numbers(kind.results(asked, total(bags))) for asked in (definition, translated))
    assert one == other
