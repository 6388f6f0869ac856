"""Private frames: what is said to one person alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from poll_server import questions
from poll_server.domain.access import Sight
from poll_server.domain.additions import Addition
from poll_server.domain.errors import PollError
from poll_server.domain.programme import Option
from poll_server.domain.rounds import Event, Question
from poll_server.i18n import sentence
from poll_server.questions.contract import ABSTENTION
from poll_server.render.templates import environment, squeeze


def own_time(
    language: str, question_id: int, wave: int, *, until: datetime | None = None, error: PollError | None = None
) -> bytes:
    """Render the private frame of somebody who has more time, or why there is none to be had."""
    template = environment(language).get_template("frames/own_time.html")
    said = sentence(error, language) if error else ""
    return squeeze(template.render(question_id=question_id, wave=wave, until=until, said=said)).encode()


class _Grouped(NamedTuple):
    """What a frame about groups takes of an event."""

    code: str
    groups: tuple[Option, ...]
    groups_spoken: str
    languages: tuple[str, ...]


def own_group(event: Event, group: str, language: str, *, fresh: bool = False) -> bytes:
    """Render the private frame of somebody who has chosen a group of an event; ``fresh`` if that was just now."""
    return _own_group(_Grouped(event.code, event.groups, event.groups_spoken, event.languages), group, language, fresh)


@cache
def _own_group(event: _Grouped, group: str, language: str, fresh: bool) -> bytes:
    template = environment(language).get_template("frames/own_group.html")
    return squeeze(template.render(event=event, group=group, fresh=fresh)).encode()


def own_additions(
    event: Event,
    question_id: int,
    mine: Sequence[Addition],
    language: str,
    *,
    fresh: bool = False,
    error: PollError | None = None,
) -> bytes:
    """Render the private frame of somebody who adds to a question; ``fresh`` if just now, ``error`` if that failed."""
    question, said = event.question(question_id), sentence(error, language) if error else ""
    template = environment(language).get_template("frames/own_additions.html")
    return squeeze(template.render(event=event, question=question, mine=mine, fresh=fresh, said=said)).encode()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is said to one participant about one question.

    ``state`` is ``counted``, ``waiting`` or ``refused``; ``answer`` the one that stands now, ``number`` its count of
    changes (0 without one); ``at`` the time of counting, only right after it; ``error`` the reason of a refusal. A
    ``secret`` ballot has no answer to tell.
    """

    state: str
    question: int
    wave: int
    answer: tuple[str, ...]
    number: int
    submission: UUID | None
    at: datetime | None = None
    error: PollError | None = None
    secret: bool = False

    @property
    def fresh(self) -> bool:
        """Whether this answers a submission, rather than greeting somebody who comes back."""
        return self.at is not None or self.error is not None


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt as the templates see it; what is equal here renders to the same text."""

    state: str
    question: int
    wave: int
    answer: tuple[str, ...]
    number: int
    at: datetime | None
    said: str
    secret: bool

    @property
    def abstained(self) -> bool:
        """Whether the answer that stands is an abstention."""
        return self.answer == ABSTENTION


def told(receipt: Receipt, said: str) -> Told:
    """Return what the templates need of a receipt: everything but the submission's id."""
    at = receipt.at.replace(microsecond=0) if receipt.at else None
    return Told(receipt.state, receipt.question, receipt.wave, receipt.answer, receipt.number, at, said, receipt.secret)


def say(receipt: Receipt, language: str) -> str:
    """Return the reason of a refusal in words, empty without one."""
    return sentence(receipt.error, language) if receipt.error else ""


_SUBMISSION = "00000000-0000-4000-8000-00000000face"


_private_kept: dict[tuple[Any, ...], list[bytes]] = {}


_PRIVATE_KEPT_MAXIMUM = 2000


def private_frame(event: Event, sights: frozenset[Sight], receipt: Receipt, language: str = "") -> bytes:
    """Render a participant's private frame, for an event with its questions in this ``language``; empty for its own.

    Most differ by the submission's id only, so the rest is kept from one to the next.
    """
    language = language or event.language
    stage = event.on_stage if Sight.QUESTION in sights else None
    around = _private(event, stage, sights, told(receipt, say(receipt, language)), language)
    return str(receipt.submission or "").encode().join(around)


def _private(
    event: Event, question: Question | None, sights: frozenset[Sight], receipt: Told, language: str
) -> list[bytes]:
    """Return the private frame in pieces, between which the submission's id belongs."""
    added = question.definition.added if question else ()
    key = (event.id, event.revision, sights, receipt, language, added)
    pieces = _private_kept.get(key)
    if pieces is None:
        if len(_private_kept) >= _PRIVATE_KEPT_MAXIMUM:
            _private_kept.clear()
        labels: tuple[str, ...] = ()
        if question is not None:
            labels = questions.describe(question.definition, receipt.answer)
        html = squeeze(
            environment(language)
            .get_template("frames/private.html")
            .render(
                event=event, question=question, sights=sights, receipt=receipt, labels=labels, submission=_SUBMISSION
            )
        )
        pieces = _private_kept[key] = html.encode().split(_SUBMISSION.encode())
    return pieces
