"""The documentation of an event: for everybody, once its organisers have published it, and for them to choose."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.documents import report
from poll_server.documents.report import Choice, Part
from poll_server.domain.errors import Conflict, PollError, Unknown
from poll_server.domain.languages import main_language
from poll_server.domain.rounds import Event
from poll_server.messages.accounts import HOME
from poll_server.messages.reports import (
    FIELDS_MAXIMUM,
    INTRODUCTION_MAXIMUM,
    LICENCE_MAXIMUM,
    REMARK_MAXIMUM,
    ReportForm,
    parse_report,
)
from poll_server.storage import events, report_choices
from poll_server.storage.report_choices import Kept
from poll_server.web.doors import (
    STATUS,
    check_origin,
    fields_posted,
    part_here,
    parts,
    ready,
    room_of,
    said,
    signed_in,
)
from poll_server.web.doors import page as show


async def public(request: Request) -> Response:
    """The documentation of an event as a page, if its organisers have published it."""
    room = await room_of(request)
    found = await parts(request).documentations.page(room.event.id)
    if found is None:
        raise Unknown("unknown_page")
    return ready(request, found, {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"})


async def page(request: Request) -> Response:
    """What is chosen for the documentation of an event."""
    async with parts(request).database.read() as connection:
        kept = await report_choices.find(connection, part_here(request).event_id)
    return await _page(request, report.chosen(kept.choice), kept.public)


async def post(request: Request) -> Response:
    """Keep what was chosen, and have the file made if it is wanted; a text that is too long stays in its field."""
    check_origin(request)
    event_id = part_here(request).event_id
    form = parse_report(await fields_posted(request, FIELDS_MAXIMUM), tuple(Part))
    async with parts(request).database.read() as connection:
        before = report.chosen((await report_choices.find(connection, event_id)).choice)
    choice = _choice(form, before)
    try:
        form.check()
    except PollError as error:
        return await _page(request, choice, form.public, error)
    async with parts(request).database.write() as connection:
        await report_choices.keep(connection, event_id, Kept(choice.fields(), form.public))
    parts(request).documentations.forget(event_id)
    own = f"{HOME}/events/{request.path_params['code']}"
    if not form.make:
        return RedirectResponse(f"{own}/documentation?done=saved#told", 303)
    try:
        parts(request).makings.begin(event_id, form.make)
    except Conflict as error:
        return await _page(request, choice, form.public, error)
    return RedirectResponse(f"{own}/export#files", 303)


def _choice(form: ReportForm, before: Choice) -> Choice:
    """Return what a form says; of questions that did not stand in it what was chosen before stays."""
    order = sorted((part for part in Part if form.places[part]), key=lambda part: form.places[part])
    elsewhere = {question: words for question, words in before.remarks.items() if question not in form.listed}
    return replace(
        before,
        parts=tuple(order),
        left_out=(before.left_out - form.listed) | (form.listed - form.kept),
        remarks={**elsewhere, **form.remarks},
        introduction=form.introduction,
        language=form.language,
        names=form.names,
        every_text=form.every_text,
        licence=form.licence,
    )


async def _page(request: Request, choice: Choice, public: bool, error: PollError | None = None) -> Response:
    async with parts(request).database.read() as connection:
        event = await events.load(connection, part_here(request).event_id)
    places = {part: choice.parts.index(part) + 1 if part in choice.parts else 0 for part in Part}
    return show(
        request,
        "organise/documentation.html",
        STATUS[type(error)] if error else 200,
        here=signed_in(request),
        event=event,
        choice=choice,
        public=public,
        places=places,
        rounds=_rounds(event),
        spoken=choice.language or main_language(event.language),
        address=f"{parts(request).site.join_url(event.code)}/documentation",
        maxima={"introduction": INTRODUCTION_MAXIMUM, "remark": REMARK_MAXIMUM, "licence": LICENCE_MAXIMUM},
        error=said(request, error) if error else "",
        done=request.query_params.get("done"),
    )


def _rounds(event: Event) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return the rounds that have anything to document, each with the ids and texts of its questions."""
    pairs = (
        (round_.title, [(one.id, one.definition.text) for one in round_.questions if report.documented(one)])
        for round_ in event.rounds
    )
    return [(title, questions) for title, questions in pairs if questions]
