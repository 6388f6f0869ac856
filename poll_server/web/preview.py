"""What phone and screen will show of a question while it is written: whole pages, made of their own templates."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.languages import NAMES
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Event, Question, Round, State
from poll_server.i18n import translations
from poll_server.live.room import Room
from poll_server.questions import KINDS
from poll_server.questions.drafts import Draft
from poll_server.questions.languages import event_in
from poll_server.render import Counted


class Preview(NamedTuple):
    """The pages of phone and screen, open and without any answer."""

    phone: str
    screen: str


def preview(
    room: Room, draft: Draft, base: Definition, question: Question, behind: int = 0, language: str = ""
) -> Preview | None:
    """Return what a draft will look like, None as long as too much of it is missing.

    The phone reads ``language``, empty for the event's, as far as the question has the whole of it; the screen never.
    ``question`` stands in for the one that is written; a new one is not yet in its round and comes behind another one.
    """
    definition, problems = _filled(draft, room.event.language).definition(base)
    if any(problem.field.partition(".")[0] not in NAMES for problem in problems):
        return None
    now, seconds = room.now(), definition.rules.get("seconds")
    closes = now + timedelta(seconds=seconds) if seconds else None
    answerable = KINDS[definition.kind].answerable
    state = State.OPEN if answerable else State.SHOWN
    shown = replace(question, definition=definition, state=state, answerable=answerable, closes=closes)
    shown = replace(shown, opened=question.opened or now, counts_since=now)
    event = replace(_with(room.event, shown, behind), current=shown.id, join_shown=False)
    pages = []
    for role in (Role.AUDIENCE, Role.SCREEN):
        spoken = language if role is Role.AUDIENCE and language != event.language else ""
        there = event_in(event, spoken) if spoken else event
        counted = Counted(there.question(shown.id).definition, {})
        seen = render.view(there, there.question(shown.id), counted, room.present(), now, role, language=spoken)
        context = {"view": seen, **room.context(role), "floor": None}
        pages.append(render.page("preview.html", seen.language, room.site, **context).decode())
    return Preview(*pages)


def _filled(draft: Draft, language: str) -> Draft:
    """Put something where text and options are not written yet, so that there is something to see."""
    gettext = translations(language).gettext
    written = [label for label in draft.options if label.strip()]
    missing = range(len(written) + 1, KINDS[draft.kind].options.start + 1)
    options = (*written, *(gettext("Answer %(n)s") % {"n": number} for number in missing))
    return replace(draft, text=draft.text if draft.text.strip() else gettext("Your question"), options=options)


def _with(event: Event, question: Question, behind: int) -> Event:
    rounds = tuple(_placed(round_, question, behind) for round_ in event.rounds)
    return replace(event, rounds=rounds or (Round(question.round_id, None, "", (question,)),))


def _placed(round_: Round, question: Question, behind: int) -> Round:
    if round_.id != question.round_id:
        return round_
    ids = [one.id for one in round_.questions]
    others = list(round_.questions)
    if question.id in ids:
        others[ids.index(question.id)] = question
    else:
        others.insert(ids.index(behind) + 1 if behind in ids else len(others), question)
    return replace(round_, questions=tuple(others))
