"""A ballot is a maximum: of all submissions for one key the one with the highest rank stands.

Rank is (number, submission): a total order, so tabs, resends and processes may race in any order of arrival. The
tally is the sum of the marks of the standing ballots and moves by differences.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

NUMBER_MAXIMUM = 2**31 - 2
"""The highest number of a submission; one more is `PERSON_RANK`'s."""


class Outcome(StrEnum):
    """What became of one submission."""

    COUNTED = "counted"
    DUPLICATE = "duplicate"
    """This very submission stands already: its acknowledgement was lost."""
    STALE = "stale"
    """A newer submission of the same participant stands."""
    CLOSED = "closed"
    REFUSED = "refused"
    """The database rejects it, even alone."""


class Key(NamedTuple):
    """Whose ballot, and for what: unique in the database."""

    question_id: int
    wave: int
    participant: str
    part: str = ""


class Rank(NamedTuple):
    """The order of one key's submissions: the client's count of changes, then the submission's id."""

    number: int
    submission: UUID


PERSON_RANK = Rank(NUMBER_MAXIMUM + 1, UUID(int=0))
"""Of the ballot that counts a person who answers piece by piece, above all that people send: it takes the place of an
abstention that comes before it, and none that comes after takes its place."""


class Mark(NamedTuple):
    """One cell of the tally."""

    question_id: int
    wave: int
    grp: str
    key: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """One submission, checked, with the marks that its kind made of the answer."""

    key: Key
    rank: Rank
    answer: tuple[str, ...]
    marks: Counter[str]
    grp: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A participant's ballot that counts now."""

    rank: Rank
    answer: tuple[str, ...]


CAST_IN_SECRET = Standing(Rank(1, UUID(int=0)), ())
"""All that is known of somebody's secret ballot: that there is one. Neither its answer nor its submission is kept."""


def joined(pieces: Sequence[Standing]) -> Standing:
    """Return one participant's ballots for the parts of a question as one, with the highest rank of them.

    Each piece of an answer is written ``PART=value``; what is not (an abstention) stands only alone. A ballot without
    an answer only counts the person.
    """
    if len(pieces) == 1:
        return pieces[0]
    answer = tuple(piece for ballot in pieces for piece in ballot.answer if "=" in piece)
    return Standing(max(ballot.rank for ballot in pieces if ballot.answer), answer)


def with_piece(standing: Standing | None, part: str, piece: Standing) -> Standing:
    """Return what stands of a participant once this part is answered anew."""
    if standing is None:
        return piece
    prefix = f"{part}="
    others = [one for one in standing.answer if "=" in one and not one.startswith(prefix)]
    return Standing(max(standing.rank, piece.rank), (*others, *piece.answer))


def verdict(rank: Rank, standing: Rank | None) -> Outcome:
    """Say what became of a submission that was not written, from the rank that stands."""
    if standing is None or standing < rank:
        return Outcome.CLOSED
    return Outcome.DUPLICATE if standing == rank else Outcome.STALE


_SAID_FIRST = (Outcome.REFUSED, Outcome.CLOSED, Outcome.COUNTED, Outcome.DUPLICATE, Outcome.STALE)


def together(ballots: Sequence[Ballot], outcomes: Sequence[Outcome]) -> Outcome:
    """Say what became of a vote from what became of its ballots: the worst, but "stale" only if all are outranked.

    Of several those without a part only count the person, and have no say.
    """
    if len(ballots) == 1:
        return outcomes[0]
    return min((one for ballot, one in zip(ballots, outcomes, strict=True) if ballot.key.part), key=_SAID_FIRST.index)


def difference(ballot: Ballot, grp: str, replaced: Mapping[str, int]) -> dict[Mark, int]:
    """Return what a written ballot changes in the tally: plus its marks, minus those it replaced."""
    question, wave, *_ = ballot.key
    change = {Mark(question, wave, grp, key): n for key, n in ballot.marks.items() if n}
    for key, n in replaced.items():
        mark = Mark(question, wave, grp, key)
        change[mark] = change.get(mark, 0) - n
        if not change[mark]:
            del change[mark]
    return change
