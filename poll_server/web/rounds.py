"""Whole rounds at the desk: pasted or loaded, looked at, saved into the event; and saved as files."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server import render
from poll_server.documents.round_file import (
    FORMS,
    NoText,
    ReadQuestion,
    ReadRound,
    decoded,
    form_of,
    form_of_name,
    pictures_of,
    read_round,
    save_round,
)
from poll_server.documents.round_words import name_of, rules_said, written
from poll_server.domain.errors import Malformed, PollError, Unknown
from poll_server.i18n import sentence, translations
from poll_server.live import editing
from poll_server.live.room import Room
from poll_server.messages import ID_MAXIMUM, Paste, parse_paste
from poll_server.messages.fields import whole_number
from poll_server.storage.journal import Line
from poll_server.web.doors import NO_STORE, STATUS, check_origin, hand_of, html, parts, room_of, upload_posted

FORM_BYTES = 600_000
"""The whole form with text and file: 100,000 characters take at most 400,000 bytes."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What stands on the page: what was sent, how it was understood, and what was wrong."""

    paste: Paste
    read: ReadRound | None = None
    notice: dict[str, str] | None = None
    status: int = 200


async def page(request: Request) -> Response:
    """The empty form, and every round to save."""
    room = await room_of(request)
    room.moderate()
    return _page(request, room, _Seen(_empty(room)))


async def post(request: Request) -> Response:
    """Show how a round is understood, or save it; with a mistake the text stays and nothing is saved."""
    check_origin(request)
    room = await room_of(request)
    room.moderate()
    paste = _empty(room)
    try:
        paste, form = await _pasted(request)
        read = await _read(room, paste.text, form)
        if read.mistakes or not paste.save or form:
            return _page(request, room, _Seen(paste, read, status=422 if read.mistakes else 200))
        added = await _save(request, room, paste, read)
    except PollError as error:
        notice = {"code": error.code, "message": sentence(error, room.event.language)}
        read_again = await _read(room, paste.text) if paste.text else None
        return _page(request, room, _Seen(paste, read_again, notice, STATUS.get(type(error), 422)))
    return RedirectResponse(f"/e/{room.event.code}/desk?question={added}", 303)


async def save(request: Request) -> Response:
    """A round as a file, in the form that the address names."""
    room = await room_of(request)
    form = FORMS.get(request.path_params["format"])
    if form is None:
        raise Unknown("unknown_page")
    try:
        round_ = room.event.round(whole_number(request.path_params["round"], ID_MAXIMUM))
    except Malformed as error:
        raise Unknown("unknown_round") from error
    definitions = [question.definition for question in round_.questions]
    content = save_round(round_.title, definitions, room.event.language, request.path_params["format"])
    name = f"{room.event.code}-{room.event.rounds.index(round_) + 1}{form.suffixes[0]}"
    headers = NO_STORE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=form.media_type, headers=headers)


def _empty(room: Room) -> Paste:
    """Return the form before anything is sent: its questions go where there are none yet."""
    rounds = room.event.rounds
    home = next((round_ for round_ in rounds if not round_.questions), rounds[0]) if rounds else None
    return Paste("", home.id if home else None, False, room.event.revision)


async def _pasted(request: Request) -> tuple[Paste, str]:
    """Return the form, its text that of the file if one was chosen, with the form that the file's name stands for.

    Raises Malformed.
    """
    fields, files = await upload_posted(request, FORM_BYTES)
    paste = parse_paste(fields)
    file = next(iter(files.values()), None)
    if file is None:
        return paste, ""
    try:
        text = decoded(file.content)
    except NoText as error:
        raise Malformed("no_text") from error
    return replace(paste, text=text), form_of_name(file.name) or form_of(text)


async def _read(room: Room, text: str, form: str = "") -> ReadRound:
    """Read a round in a thread: a long one takes a second, in which everybody else goes on."""
    pictures = pictures_of(question.definition for question in room.event.questions)
    return await asyncio.to_thread(read_round, text, room.event.language, form, pictures)


async def _save(request: Request, room: Room, paste: Paste, read: ReadRound) -> int:
    if paste.round is not None:
        room.event.round(paste.round)
    title = read.title or translations(room.event.language).gettext("Further questions")
    line = Line(await hand_of(request), "add_round", None, title)
    return await editing.add_round(parts(request).rooms, room, paste.seen, paste.round, title, read.definitions, line)


def _page(request: Request, room: Room, seen: _Seen) -> Response:
    language = room.event.language
    understood = [(one, *_told(one, language)) for one in seen.read.questions] if seen.read else []
    content = render.page(
        "rounds.html",
        language,
        room.site,
        event=room.event,
        organiser=parts(request).accounts.has_key(request),
        paste=seen.paste,
        read=seen.read,
        lines=seen.paste.text.splitlines(),
        understood=understood,
        notice=seen.notice,
        forms=FORMS,
    )
    return html(content, seen.status)


def _told(question: ReadQuestion, language: str) -> tuple[str, Sequence[tuple[str, str]]]:
    """Return the name of the kind, empty for none, and what the question carries besides text and options."""
    kind = question.definition.kind
    return name_of(kind, language) if kind else "", rules_said(written(question.definition), language)
