"""The laws that every kind of question keeps, checked over the whole registry with made-up questions and answers."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from poll_server.domain.ballots import Ballot, Key, Mark, Rank, difference
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.domain.text import storable
from poll_server.questions import KINDS
from poll_server.questions.contract import ANSWERED, Answer, Kind
from tests.questions.samples import SAMPLES

PEOPLE = st.sampled_from(["kim", "alex", "sascha", "robin"])

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
pytestmark = every_kind


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


@given(st.data())
def test_sample_can_be_asked(kind: Kind, data: DataObject) -> None:
    """The kind finds nothing wrong with the questions of its own sample."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    assert definition.kind == kind.name
    assert kind.check(definition) == []


@given(st.data())
def test_plus_then_minus_is_nothing(kind: Kind, data: DataObject) -> None:
    """An answer added and taken back leaves the tally as it was, cell by cell."""
    question = asked(data, kind, least=1)
    tally = total(question.bags[1:])
    after = Counter(tally)
    after.update(question.bags[0])
    after.subtract(question.bags[0])
    assert {key: n for key, n in after.items() if n} == dict(tally)


@given(st.data())
def test_order_does_not_matter(kind: Kind, data: DataObject) -> None:
    """The same answers in another order make the same result."""
    question = asked(data, kind, least=2)
    shuffled = data.draw(st.permutations(question.bags))
    first, second = (kind.results(question.definition, total(bags)) for bags in (question.bags, shuffled))
    assert first == second


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


@given(st.data())
def test_empty_tally_has_a_result(kind: Kind, data: DataObject) -> None:
    """Nobody has answered: the result is there with zeros, and so it is after everything was taken back."""
    question = asked(data, kind)
    empty = kind.results(question.definition, {})
    assert (empty.base, empty.leading, empty.following) == (0, (), ())
    assert [(row.count, row.share) for row in empty.rows] == [(0, 0.0)] * len(empty.rows)
    assert kind.results(question.definition, dict.fromkeys(total(question.bags), 0)) == empty


@given(st.data())
def test_marks_count_a_person_once(kind: Kind, data: DataObject) -> None:
    """Every answer is one person's: the base is the number of answers, and every mark a plain text and a count."""
    question = asked(data, kind)
    assert [marks[ANSWERED] for marks in question.bags] == [1] * len(question.bags)
    assert kind.results(question.definition, total(question.bags)).base == len(question.bags)
    for marks in question.bags:
        assert min(marks.values()) >= 1
        assert all(storable(key) for key in marks)


@given(st.data())
def test_shares_are_of_the_people_who_answered(kind: Kind, data: DataObject) -> None:
    """No row counts more people than there are, each share is of them, and what leads is the most frequent."""
    question = asked(data, kind, least=1)
    results = kind.results(question.definition, total(question.bags))
    most = max(row.count for row in results.rows)
    for row in results.rows:
        assert 0 <= row.count <= results.base
        assert row.share == row.count / results.base
        assert row.leads == (row.count == most > 0)


@given(st.data())
def test_results_carry_no_participant(kind: Kind, data: DataObject) -> None:
    """Who answered does not matter: every text of a result stands in the question or is a mark's key."""
    question = asked(data, kind)
    tally = total(question.bags)
    known = {*texts(asdict(question.definition)), *tally}
    assert set(texts(asdict(kind.results(question.definition, tally)))) <= known


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


@given(st.data())
def test_answer_sent_again_is_the_same_answer(kind: Kind, data: DataObject) -> None:
    """A form filled with the standing answer, as after a reload, gives that answer again, in words that are there."""
    question = asked(data, kind, least=1)
    for answer in question.answers:
        assert kind.parse(question.definition, answer) == answer
        assert "" not in kind.describe(question.definition, answer)
        assert kind.describe(question.definition, answer) != ()


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


@given(st.data())
def test_parse_refuses_or_answers_whatever_is_sent(kind: Kind, data: DataObject) -> None:
    """Any texts at all are an answer of the question or refused, never another error."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    words = st.text(max_size=5) | st.sampled_from([option.key for option in definition.options] or [""])
    form = data.draw(st.lists(words, max_size=25))
    try:
        answer = kind.parse(definition, form)
    except Refused:
        return
    assert kind.parse(definition, answer) == answer
