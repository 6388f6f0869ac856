"""Kinds of question: the registry. One kind is one module here and one template of the same name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.programme import Definition
from poll_server.questions import (
    multiple_choice,
    notice,
    numeric,
    open_text,
    points,
    ranking,
    rating,
    single_choice,
    statements,
    word_cloud,
    yes_no,
)
from poll_server.questions.contract import ABSTAINED, ABSTENTION, Answer, Kind, Results

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        single_choice.SingleChoice(),
        multiple_choice.MultipleChoice(),
        yes_no.YesNo(),
        rating.Rating(),
        ranking.Ranking(),
        points.Points(),
        word_cloud.WordCloud(),
        open_text.OpenText(),
        numeric.Numeric(),
        statements.Statements(),
        notice.Notice(),
    )
}


def kind_of(definition: Definition) -> Kind:
    """Return the kind that a stored question has; a KeyError means that its module is missing."""
    return KINDS[definition.kind]


def parse(definition: Definition, given: Sequence[str]) -> Answer:
    """Turn a form's answer fields into an answer, or an abstention where it is offered; raises Refused."""
    if tuple(given) == ABSTENTION and kind_of(definition).abstains(definition):
        return ABSTENTION
    return kind_of(definition).parse(definition, given)


def marks(definition: Definition, answer: Answer) -> Counter[str]:
    """Return what this answer adds to the tally."""
    return Counter([ABSTAINED]) if answer == ABSTENTION else kind_of(definition).marks(definition, answer)


def results(definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Results:
    """Return the view of a tally, which may be empty, under the moderators' decisions."""
    found = kind_of(definition).results(definition, tally, decisions)
    return replace(found, abstained=tally.get(ABSTAINED, 0), shares_from=definition.shares_from)


def describe(definition: Definition, answer: Answer) -> tuple[str, ...]:
    """Return the answer in the words of the question; an abstention has none."""
    return () if answer == ABSTENTION else kind_of(definition).describe(definition, answer)
