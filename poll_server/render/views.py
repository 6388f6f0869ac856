"""What one audience sees of an event at one moment: what it may not see is left out here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from poll_server.domain import access, text
from poll_server.domain.access import Role, Sight
from poll_server.domain.decisions import Listing
from poll_server.domain.programme import Item, item_now, next_item, next_round
from poll_server.domain.rounds import Event, Question
from poll_server.questions import KINDS
from poll_server.questions.contract import Results
from poll_server.questions.split import Split, translated
from poll_server.render.counted import Counted, Pass
from poll_server.render.figures import count_figures, result_figures

COMPARED_MAXIMUM = 20
"""Rows of a result that are compared with those of an earlier pass."""


@dataclass(frozen=True)
class View:
    """What one audience sees of an event at one moment; the context of every live template.

    ``question`` is None when nothing of it may be seen, ``results`` likewise. ``figures`` maps the name of each
    number on the page to its text: templates write them in place, ticks send them alone. ``bars`` maps to widths.
    ``earlier`` are the results of earlier askings, oldest first, seen only together with the present one. ``entries``
    is for moderators alone, who list those with ``wanted``. Who is ``entitled`` has more time to answer. ``language``
    is what the page speaks; ``event`` and ``question`` have their questions in it as far as there are translations.
    ``split`` is the result by group and as movements, for everybody while the result is shown and for nobody before.
    """

    event: Event
    role: Role
    answered: bool
    now: datetime
    present: int
    question: Question | None
    sights: frozenset[Sight]
    results: Results | None
    figures: Mapping[str, str]
    bars: Mapping[str, str]
    language: str
    earlier: tuple[Pass, ...] = ()
    entries: Counted | None = None
    wanted: str = ""
    entitled: bool = False
    split: Split | None = None

    @cached_property
    def listing(self) -> Listing | None:
        """What moderators decide about, None for everybody else; not in every tick, so made when it is asked for."""
        if self.entries is None or self.question is None or self.question.state.archived:
            return None
        return self.entries.listing(self.wanted)

    @property
    def compared(self) -> bool:
        """Whether the result stands beside that of an earlier pass; not one of more rows than people can compare."""
        return bool(self.earlier) and self.results is not None and len(self.results.rows) <= COMPARED_MAXIMUM

    @property
    def correct(self) -> tuple[str, ...]:
        """The labels of the correct options: for the moderators, for everybody else once the result is shown."""
        known = self.question and (self.role is Role.MODERATOR or self.question.state.shown)
        return tuple(self.question.definition.rules.get("correct", ())) if self.question and known else ()

    @cached_property
    def item(self) -> Item | None:
        """The slot of the programme that runs now."""
        return item_now(self.event.items, self.now)

    @cached_property
    def next_item(self) -> Item | None:
        """The next slot of the programme that begins."""
        return next_item(self.event.items, self.now)

    @cached_property
    def today(self) -> tuple[Item, ...]:
        """The slots of the day that is on, or else comes next; after the event those of its last day."""
        near = self.item or self.next_item
        return next((items for _, items in self.event.days if near in items), self.event.days[-1][1])

    @property
    def over(self) -> bool:
        """Whether the programme has ended and moderators have nothing on the stage any more."""
        left = self.item or self.next_item
        return bool(self.event.items) and left is None and self.event.current is None

    @cached_property
    def next_round(self) -> Item | None:
        """The next slot in which the audience will be asked."""
        return next_round(self.event.items, self.now)

    @property
    def kind_template(self) -> str:
        """The template of the question's kind, with its macros."""
        assert self.question is not None
        return f"questions/{self.question.definition.kind}.html"


def view(
    event: Event,
    question: Question | None,
    counted: Counted | None,
    present: int,
    now: datetime,
    role: Role,
    *,
    answered: bool = False,
    entitled: bool = False,
    extended: bool = False,
    earlier: Sequence[Counted] = (),
    wanted: str = "",
    language: str = "",
    split: Split | None = None,
) -> View:
    """Return what ``role`` may see; everything else is left out here, before any template runs.

    ``counted`` and ``split`` are of the question, None only without one, ``earlier`` of its earlier askings, in order;
    ``wanted`` is what a desk looks for in the entries of the result; ``language`` empty for the event's. ``extended``
    says that some have taken more time.
    """
    language = language or event.language
    sights = _sights(question, role, answered=answered, entitled=entitled, extended=extended)
    seen = question if Sight.QUESTION in sights else None
    results = counted.results if seen and counted and Sight.RESULT in sights else None
    passes = _passes(seen, earlier) if seen and results else ()
    tally = counted.tally if seen and counted and sights & {Sight.COUNT, Sight.RESULT} else None
    figures, bars = _figures(seen, tally, results, passes, present, role, language)
    decided = seen and role is Role.MODERATOR and KINDS[seen.definition.kind].moderated(seen.definition)
    told = split if seen and seen.state.shown else None
    shown = translated(told, seen.definition, event.groups) if told and seen else None
    return View(
        event,
        role,
        answered,
        now,
        present,
        seen,
        sights,
        results,
        figures,
        bars,
        language,
        passes,
        counted if decided else None,
        wanted,
        entitled,
        shown,
    )


def _figures(
    question: Question | None,
    tally: Mapping[str, int] | None,
    results: Results | None,
    passes: Sequence[Pass],
    present: int,
    role: Role,
    language: str,
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the figures and bars of what is seen: ``tally`` is None if not even numbers are."""
    figures: dict[str, str] = {"present": text.count(present, language)}
    bars: dict[str, str] = {}
    if question and tally is not None:
        count_figures(figures, bars, tally, question.present or present, question.definition.shares_from, language)
    if question and results:
        result_figures(figures, bars, results, passes, question.definition.kind, language)
        if role is Role.SCREEN and results.small:  # the reason for the dash stands on devices only
            figures |= {name: "" for name in figures if name.startswith("s-")}
    return figures, bars


def _sights(
    question: Question | None, role: Role, *, answered: bool, entitled: bool, extended: bool
) -> frozenset[Sight]:
    """Return what a role may see of a question now."""
    if question is None:
        return frozenset()
    return access.sees(
        role,
        question.state,
        question.definition.reveal,
        answered=answered,
        entitled=entitled,
        extended=extended,
        answerable=question.answerable,
        secret=question.definition.secret,
    )


def _passes(question: Question, earlier: Sequence[Counted]) -> tuple[Pass, ...]:
    """Return the earlier askings that stand beside the result; none where its rows come and go."""
    if KINDS[question.definition.kind].grows:
        return ()
    return tuple(Pass(wave, one.results) for wave, one in zip(question.earlier, earlier, strict=False))
