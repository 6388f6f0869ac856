"""Pages and frames, made of the same partials. Everything here turns values into text; nothing is sent or stored."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, partial
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import segno
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from poll_server import questions
from poll_server.domain import access, rounds, text
from poll_server.domain.access import Role, Sight
from poll_server.domain.additions import OWN_MAXIMUM, Addition
from poll_server.domain.decisions import UNDECIDED, Decisions, Entry, Listing, Verdict
from poll_server.domain.errors import PollError
from poll_server.domain.figures import fold
from poll_server.domain.languages import NAMES, main_language
from poll_server.domain.programme import Definition, Item, ItemKind, Option, item_now, next_round
from poll_server.domain.rounds import Event, Question, Wave
from poll_server.i18n import LANGUAGES, sentence, translations
from poll_server.questions import KINDS
from poll_server.questions.contract import ABSTAINED, ABSTENTION, ANSWERED, Results, Row
from poll_server.questions.split import Split, translated
from poll_server.resources import resource


@cache
def environment(language: str = "de") -> Environment:
    """Return the one Jinja environment of a language."""
    jinja = Environment(
        loader=FileSystemLoader(resource("templates")),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    jinja.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # by the extension
    locale = main_language(language)
    jinja.globals |= {
        "language": language,
        "languages": NAMES,
        "full_languages": LANGUAGES,
        "lang": lambda of: "" if of == language else Markup(' lang="{}"').format(of),
        "Role": Role,
        "Sight": Sight,
        "State": rounds.State,
        "Action": rounds.Action,
        "ItemKind": ItemKind,
        "main_action": rounds.MAIN_ACTION,
        "kinds": KINDS,
        "abstains": lambda question: KINDS[question.definition.kind].abstains(question.definition),
        "Verdict": Verdict,
        "additions_maximum": OWN_MAXIMUM,
    }
    jinja.filters |= {
        "clock": _clock,
        "exact": lambda moment: f"{_clock(moment)}:{moment:%S}",
        "epoch": _epoch,
        "time": lambda moment: f"{moment:%H:%M}",
        "day": lambda day: format_date(day, "long", locale=locale),
        "weekday": lambda day: format_date(day, "EEEE", locale=locale),
        "number": lambda n: text.count(n, language),
        "spelled": lambda n: text.spelled(n, language),
        "decimal": partial(text.decimal, language=language),
        "mean": partial(text.decimal, language=language, places=1, least=1),
        "percent": lambda share: text.percent(share, language),
        "width": text.width,
        "code": text.shown_code,
        "worded": lambda words, of: words if of == language else Markup('<span lang="{}">{}</span>').format(of, words),
        "counted": lambda keys: keys == [f"o{number}" for number in range(1, len(keys) + 1)],
        "letter": lambda index: chr(ord("A") + index),
    }
    return jinja


def _epoch(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment:%M}"


COMPARED_MAXIMUM = 20
"""Rows of a result that are compared with those of an earlier pass."""


class Counted:
    """A tally under the moderators' decisions, and what comes of it: computed when it is first asked for, and once.

    For as long as neither the tally nor the decisions change.
    """

    def __init__(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> None:
        self.tally = tally
        self._definition = definition
        self._decisions = decisions

    @cached_property
    def results(self) -> Results:
        """The result."""
        return questions.results(self._definition, self.tally, self._decisions)

    def listing(self, wanted: str) -> Listing:
        """What a desk lists of what moderators decide about."""
        return KINDS[self._definition.kind].listing(self._definition, self.tally, self._decisions, wanted)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What moderators decide about in the result."""
        return KINDS[self._definition.kind].entries(self._definition, self.tally, self._decisions)


class Pass(NamedTuple):
    """An earlier asking of the same question with its result."""

    wave: Wave
    results: Results

    def row(self, key: str) -> Row | None:
        """Return the row of this key, if there was one."""
        return next((row for row in self.results.rows if row.key == key), None)


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
        if self.entries is None or self.question is None:
            return None
        return self.entries.listing(self.wanted)

    @property
    def compared(self) -> bool:
        """Whether the result stands beside that of an earlier pass; not one of more rows than people can compare."""
        return bool(self.earlier) and self.results is not None and len(self.results.rows) <= COMPARED_MAXIMUM

    @property
    def correct(self) -> tuple[str, ...]:
        """The labels of the correct options: for the moderators, for everybody else once the result is shown."""
        known = self.question and (self.role is Role.MODERATOR or self.question.state is rounds.State.SHOWN)
        return tuple(self.question.definition.rules.get("correct", ())) if self.question and known else ()

    @property
    def item(self) -> Item | None:
        """The slot of the programme that runs now."""
        return item_now(self.event.items, self.now)

    @property
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
    earlier: Sequence[Counted] = (),
    wanted: str = "",
    language: str = "",
    split: Split | None = None,
) -> View:
    """Return what ``role`` may see; everything else is left out here, before any template runs.

    ``counted`` and ``split`` are of the question, None only without one, ``earlier`` of its earlier askings, in order;
    ``wanted`` is what a desk looks for in the entries of the result; ``language`` empty for the event's.
    """
    language = language or event.language
    sights: frozenset[Sight] = frozenset()
    if question is not None:
        sights = access.sees(
            role,
            question.state,
            question.definition.reveal,
            answered=answered,
            entitled=entitled,
            answerable=question.answerable,
            secret=question.definition.secret,
        )
    seen = question if Sight.QUESTION in sights else None
    results = None
    passes: tuple[Pass, ...] = ()
    figures = {"present": text.count(present, language)}
    bars: dict[str, str] = {}
    if seen and counted and sights & {Sight.COUNT, Sight.RESULT}:
        _count_figures(figures, bars, counted.tally, seen.present or present, language)
    if seen and counted and Sight.RESULT in sights:
        results = counted.results
        _result_figures(figures, bars, results, seen, language)
        if not KINDS[seen.definition.kind].grows:
            passes = tuple(Pass(wave, one.results) for wave, one in zip(seen.earlier, earlier, strict=False))
            _change_figures(figures, results, passes, language)
        if role is Role.SCREEN and results.small:  # the reason for the dash stands on devices only
            figures |= {name: "" for name in figures if name.startswith("s-")}
    decided = seen and role is Role.MODERATOR and KINDS[seen.definition.kind].moderated(seen.definition)
    entries = counted if decided else None
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
        entries,
        wanted,
        entitled,
        translated(split, seen.definition) if split and seen and seen.state is rounds.State.SHOWN else None,
    )


def _count_figures(
    figures: dict[str, str], bars: dict[str, str], tally: Mapping[str, int], present: int, language: str
) -> None:
    answered, abstained = tally.get(ANSWERED, 0), tally.get(ABSTAINED, 0)
    there = max(answered + abstained, present)
    share = (answered + abstained) / there if there else 0.0
    figures |= {
        "answered": text.count(answered, language),
        "abstained": text.count(abstained, language),
        "there": text.count(there, language),
        "turnout": text.percent(share, language),
    }
    bars["turnout"] = text.width(share)


def _result_figures(
    figures: dict[str, str], bars: dict[str, str], results: Results, question: Question, language: str
) -> None:
    small = results.small
    macros: Any = environment(language).get_template(f"questions/{question.definition.kind}.html").module
    gettext = translations(language).gettext
    figures["say"] = str(macros.say(results).unescape()).strip()
    few = gettext("Few answers: we show counts, not shares.")
    figures["base"] = few if small else str(macros.base().unescape()).strip()
    shows_shares = not small and not KINDS[question.definition.kind].grows
    figures["rounded"] = ", " + gettext("shares rounded") if shows_shares else ""
    for name, value in results.statistics.items():
        figures[name] = _statistic(value, language)
    for row in () if KINDS[question.definition.kind].grows else results.rows:
        figures[f"n-{row.key}"] = text.count(row.count, language)
        figures[f"s-{row.key}"] = "\N{EN DASH}" if small else text.percent(row.share, language)
        bars[row.key] = text.width(row.share)


def _statistic(value: float | None, language: str) -> str:
    """Return a count as it is, and a mean with one decimal, so that it keeps its width while it moves."""
    if value is None:
        return "\N{EN DASH}"
    return text.count(value, language) if isinstance(value, int) else text.decimal(value, language, places=1, least=1)


def _change_figures(figures: dict[str, str], results: Results, passes: tuple[Pass, ...], language: str) -> None:
    """Say what this pass gave, and how each share has moved since the one before; of few answers only counts."""
    if not passes:
        return
    few = results.small
    small = few or passes[-1].results.small
    for row in results.rows:
        figures[f"p-{row.key}"] = text.count(row.count, language) if few else text.percent(row.share, language)
        before = passes[-1].row(row.key)
        shown = before is not None and not small
        figures[f"c-{row.key}"] = text.change(row.share, before.share) if before and shown else "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Site:
    """What pages need to know of the installation: addresses, and where static files lie.

    ``official`` is the text of the line for official websites, empty without one. ``screen_link`` makes the secret
    link of an event's screen.
    """

    base_url: str
    official: str
    imprint: str
    privacy: str
    accessibility: str
    static: Callable[[str], str]
    screen_link: Callable[[str], str]

    @property
    def address(self) -> str:
        """The address as people type it."""
        return self.base_url.partition("://")[2]

    def join_url(self, code: str) -> str:
        """Return the address that the QR code of an event carries."""
        return f"{self.base_url}/e/{code}"


def page(name: str, language: str, site: Site, **context: Any) -> bytes:
    """Render a whole page."""
    return environment(language).get_template(name).render(site=site, **context).encode()


def frame(name: str, seen: View, **context: Any) -> bytes:
    """Render a frame: partials for htmx, without the white space between them."""
    rendered = environment(seen.language).get_template(f"frames/{name}.html").render(view=seen, **context)
    return _squeeze(rendered).encode()


_BETWEEN_TAGS = re.compile(r"\s*\n\s*")


def _squeeze(html: str) -> str:
    return _BETWEEN_TAGS.sub("\n", html).strip()


def tick(seen: View, preview: View | None = None) -> bytes | None:
    """Return the numbers of a view as a data frame, or None if it shows none that move.

    Those of the screen that a desk previews go with its own, in the same shape under ``screen``.
    """
    if seen.role is Role.AUDIENCE and Sight.COUNT not in seen.sights:
        return None
    numbers = _numbers(seen)
    if preview:
        numbers["screen"] = _numbers(preview)
    return orjson.dumps({"tick": numbers})


def _numbers(seen: View) -> dict[str, Any]:
    """Return the figures and bars of a view as ticks have them, those of rows in one list for each row."""
    texts, bars = dict(seen.figures), dict(seen.bars)
    numbers: dict[str, Any] = {"text": texts, "bars": bars, "lead": []}
    if (
        seen.results and seen.question and not KINDS[seen.question.definition.kind].grows
    ):  # else its rows go by themselves
        numbers["lead"] = [row.key for row in seen.results.leading]
        if lists := fold(texts, bars, [row.key for row in seen.results.rows]):
            numbers["rows"] = lists
    return numbers


def rows(seen: View, preview: View | None = None) -> bytes | None:
    """Return the result in a frame, with the screen that a desk previews, if rows of it come and go; else None."""
    if seen.results is None or seen.question is None or not KINDS[seen.question.definition.kind].grows:
        return None
    return frame("rows", seen, screen=preview)


def entry_list(seen: View, look: int = 0) -> bytes | None:
    """Return what moderators decide about in a frame for the desk, None if the question has nothing of the kind."""
    if seen.question is None or seen.listing is None or seen.question.state is rounds.State.READY:
        return None
    return frame("entries", seen, look=look)


def heartbeat(now: datetime) -> bytes:
    """Return the data frame that says that the server is there, with its time in milliseconds since 1970."""
    return orjson.dumps({"beat": True, "now": _epoch(now)})


def own_time(
    language: str, question_id: int, wave: int, *, until: datetime | None = None, error: PollError | None = None
) -> bytes:
    """Render the private frame of somebody who has more time, or why there is none to be had."""
    template = environment(language).get_template("frames/own_time.html")
    said = sentence(error, language) if error else ""
    return _squeeze(template.render(question_id=question_id, wave=wave, until=until, said=said)).encode()


@cache
def own_group(code: str, groups: tuple[Option, ...], group: str, language: str, *, fresh: bool = False) -> bytes:
    """Render the private frame of somebody who has chosen a group of an event; ``fresh`` if that was just now."""
    template = environment(language).get_template("frames/own_group.html")
    return _squeeze(template.render(code=code, groups=groups, group=group, fresh=fresh)).encode()


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
    return _squeeze(template.render(event=event, question=question, mine=mine, fresh=fresh, said=said)).encode()


_SUBMISSION = "00000000-0000-4000-8000-00000000face"


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


def private_frame(event: Event, sights: frozenset[Sight], receipt: Receipt, language: str = "") -> bytes:
    """Render a participant's private frame, for an event with its questions in this ``language``; empty for its own.

    Most differ by the submission's id only, so the rest is kept from one to the next.
    """
    language = language or event.language
    stage = event.on_stage if Sight.QUESTION in sights else None
    around = _private(event, stage, sights, told(receipt, say(receipt, language)), language)
    return str(receipt.submission or "").encode().join(around)


def say(receipt: Receipt, language: str) -> str:
    """Return the reason of a refusal in words, empty without one."""
    return sentence(receipt.error, language) if receipt.error else ""


def told(receipt: Receipt, said: str) -> "Told":
    """Return what the templates need of a receipt: everything but the submission's id."""
    at = receipt.at.replace(microsecond=0) if receipt.at else None
    return Told(receipt.state, receipt.question, receipt.wave, receipt.answer, receipt.number, at, said, receipt.secret)


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


_private_kept: dict[tuple[Any, ...], list[bytes]] = {}
_PRIVATE_KEPT_MAXIMUM = 2000


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
        html = _squeeze(
            environment(language)
            .get_template("frames/private.html")
            .render(
                event=event, question=question, sights=sights, receipt=receipt, labels=labels, submission=_SUBMISSION
            )
        )
        pieces = _private_kept[key] = html.encode().split(_SUBMISSION.encode())
    return pieces


def error_frame(error: PollError, language: str) -> bytes:
    """Return the data frame that names a protocol error by code and sentence."""
    return orjson.dumps({"error": {"code": error.code, "message": sentence(error, language)}})


@cache
def qr_code(address: str) -> Markup:
    """Return an address as an SVG QR code, without a border of its own."""
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(border=0, omitsize=True, lineclass=None, svgclass="sg-qr", dark="#000", light=None)
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - made of modules only
