"""The audience's pages and forms: all of it works without JavaScript, and without WebSockets."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server import questions, render
from poll_server.documents.pictures import TYPES
from poll_server.domain.access import Role
from poll_server.domain.errors import Malformed, PollError, Refused, Unavailable, Unknown
from poll_server.i18n import sentence
from poll_server.live import connections, private
from poll_server.live.cast import cast
from poll_server.live.groups import choose
from poll_server.live.room import Room
from poll_server.messages import parse_add, parse_choose, parse_extend, parse_vote
from poll_server.questions.split import NO_GROUP
from poll_server.render import Receipt
from poll_server.storage.ballots import answer_of
from poll_server.web import pieces
from poll_server.web.doors import (
    NO_STORE,
    STATUS,
    check_origin,
    fields_posted,
    html,
    page,
    parts,
    question_in,
    ready,
    room_of,
)
from poll_server.web.languages import language_of
from poll_server.web.static import FOR_EVER

PART_DIGITS = 4
PAGE_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language, Accept-Encoding"}


async def landing(request: Request) -> Response:
    """The front page: type a code."""
    return page(request, "landing.html", typed="", error="")


async def join(request: Request) -> Response:
    """Send somebody with a code to its event, or let them type it again."""
    typed = request.query_params.get("code", "")[:40]
    if not typed.strip():
        return page(request, "landing.html", typed=typed, error="")
    request.path_params["code"] = typed
    room = await room_of(request)
    return RedirectResponse(f"/e/{room.event.code}", 303)


async def legal(request: Request) -> Response:
    """What the installation says when the operator has no page of its own."""
    topic = request.path_params["topic"]
    if topic not in ("imprint", "privacy", "accessibility"):
        raise Unknown("unknown_page")
    missing = "" if getattr(parts(request).settings, f"{topic}_url") else f"POLL_{topic.upper()}_URL"
    return page(request, "legal.html", topic=topic, missing=missing)


def visitor(request: Request, room: Room) -> tuple[str, str, bool]:
    """Return (participant id, pseudonym in this event, whether the id is new).

    Somebody new is there from the socket or the second request on: what keeps no cookie is no person, but a probe.
    """
    sessions = parts(request).sessions
    known = sessions.participant(request)
    participant = known or sessions.new_participant()
    pseudonym = room.pseudonym(participant)
    if known:
        room.visit(pseudonym)
    return participant, pseudonym, known is None


def known_visitor(request: Request, room: Room) -> str:
    """Return the pseudonym of somebody with a cookie, who is there from now on; else an empty one."""
    known = parts(request).sessions.participant(request)
    pseudonym = room.pseudonym(known) if known else ""
    if pseudonym:
        room.visit(pseudonym)
    return pseudonym


async def event(request: Request) -> Response:
    """The page "Now": ready bytes, the same for all who have answered and for all who have not."""
    room = await room_of(request)
    participant, pseudonym, new = visitor(request, room)
    language = language_of(request, room)
    etag = private.etag(room, pseudonym, language)
    headers = PAGE_HEADERS | {"ETag": etag}
    if request.headers.get("if-none-match") == etag:
        response = Response(status_code=304, headers=headers)
    else:
        response = ready(request, room.frames.page(room.audience_of(pseudonym, language)), headers)
    if new:
        parts(request).sessions.keep_participant(response, participant)
    return response


async def state(request: Request) -> Response:
    """The frames that a socket would get, for browsers whose sockets are blocked; 304 when nothing has changed."""
    room = await room_of(request)
    pseudonym = known_visitor(request, room)
    language = language_of(request, room)
    etag = private.etag(room, pseudonym, language)
    headers = PAGE_HEADERS | {"ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    content = room.frames.of(room.audience_of(pseudonym, language)).html
    if own := private.frames(room, pseudonym, language):
        content += b"\n" + own
    return html(content, headers=headers)


async def vote(request: Request) -> Response:
    """A vote by form: a script gets the frames, a plain form is sent on to the page with its acknowledgement."""
    check_origin(request)
    room = await room_of(request)
    fields = await fields_posted(request)
    pseudonym = known_visitor(request, room)
    if not pseudonym:
        raise Refused("no_cookie")
    language = language_of(request, room)
    if wish := parse_extend(fields):
        by_script = "hx-request" in request.headers
        try:
            await parts(request).rooms.extensions.give(room, pseudonym, wish)
        except PollError as error:
            if not by_script:
                raise
            spoken = language or room.event.language
            return html(render.own_time(spoken, wish.question, wish.wave, error=error))
        if by_script:
            frame = room.frames.of(room.audience_of(pseudonym, language)).html
            return html(frame + b"\n" + private.frames(room, pseudonym, language))
        return RedirectResponse(f"/e/{room.event.code}", 303, headers=NO_STORE)
    sent = parse_vote(fields)
    receipt = await cast(room, parts(request).rooms.box, pseudonym, sent, language)
    connections.acknowledge(room, pseudonym, receipt)
    if "hx-request" in request.headers:
        frame = room.frames.of(room.audience_of(pseudonym, language)).html
        return html(frame + b"\n" + private.acknowledgement(room, pseudonym, receipt, language))
    if receipt.error is not None:
        return _answer_page(request, room, receipt, pseudonym, sent.answer, STATUS.get(type(receipt.error), 422))
    at = f"{receipt.at:%Y-%m-%dT%H:%M:%S%z}" if receipt.at else ""
    told = {"counted": parts(request).sessions.sign_receipt(at)} if at else {}
    told |= {"language": language} if language else {}
    page = f"/e/{room.event.code}/answer"
    return RedirectResponse(f"{page}?{urlencode(told)}" if told else page, 303, headers=NO_STORE)


async def add(request: Request) -> Response:
    """What somebody adds to a question, by form: a script gets the frame, a plain form is sent on to the own page."""
    check_origin(request)
    room = await room_of(request)
    addition = parse_add(await fields_posted(request))
    pseudonym = known_visitor(request, room)
    if not pseudonym:
        raise Refused("no_cookie")
    if addition is None:
        raise Malformed("malformed")
    language = language_of(request, room)
    by_script = "hx-request" in request.headers
    try:
        await parts(request).rooms.adding.add(room, pseudonym, addition)
    except PollError as error:
        if by_script:
            return html(private.additions(room, pseudonym, language, error=error))
        said = sentence(error, language or room.event.language)
        status = STATUS.get(type(error), 422)
        return _answer_page(
            request, room, private.receipt(room, pseudonym), pseudonym, (), status, (said, addition.text)
        )
    connections.tell_additions(room, pseudonym, fresh=True)
    if by_script:
        return html(private.additions(room, pseudonym, language, fresh=True))
    told = f"?{urlencode({'language': language})}" if language else ""
    return RedirectResponse(f"/e/{room.event.code}/answer{told}", 303, headers=NO_STORE)


async def answer(request: Request) -> Response:
    """The personal page with the own answer; right after a vote with the time of counting."""
    room = await room_of(request)
    pseudonym = known_visitor(request, room)
    receipt = private.receipt(room, pseudonym)
    counted = parts(request).sessions.read_receipt(request.query_params.get("counted", ""))
    if receipt and counted:
        at = datetime.strptime(counted, "%Y-%m-%dT%H:%M:%S%z")
        receipt = replace(receipt, at=at)
    return _answer_page(request, room, receipt, pseudonym, (), 200)


def _answer_page(
    request: Request,
    room: Room,
    receipt: Receipt | None,
    pseudonym: str,
    given: tuple[str, ...],
    status: int,
    refused: tuple[str, str] = ("", ""),
) -> Response:
    """Return the own page; ``refused`` is why an addition was not taken, and its text."""
    audience = room.audience_of(pseudonym, language_of(request, room))
    view = room.view(Role.AUDIENCE, answered=audience.answered, entitled=audience.entitled, language=audience.language)
    labels: tuple[str, ...] = ()
    said = ""
    if receipt:
        question = next((one for one in view.event.questions if one.id == receipt.question), None)
        labels = questions.describe(question.definition, receipt.answer) if question else ()
        said = render.say(receipt, view.language)
    content = render.page(
        "answer.html",
        view.language,
        room.site,
        view=view,
        tab="now",
        receipt=receipt and render.told(receipt, said),
        labels=labels,
        given=given,
        asked=pieces.asked(request, room, view, pseudonym),
        mine=room.askings.additions_of(pseudonym, view.question) if view.question else (),
        refused=refused,
        until=private.more_time(room, pseudonym),
        submission=receipt.submission or "" if receipt else "",
    )
    return html(content, status)


async def group(request: Request) -> Response:
    """The personal page that says which group somebody has chosen, and lets them choose another one."""
    room = await room_of(request)
    if not room.event.groups:
        raise Unknown("unknown_page")
    chosen = room.groups.get(known_visitor(request, room), NO_GROUP)
    view = room.view(Role.AUDIENCE, language=language_of(request, room))
    return html(render.page("group.html", view.language, room.site, view=view, tab="now", group=chosen))


async def choose_group(request: Request) -> Response:
    """A group chosen by form: a script gets the frame, a plain form is sent on to the page that says so."""
    check_origin(request)
    room = await room_of(request)
    choice = parse_choose(await fields_posted(request))
    pseudonym = known_visitor(request, room)
    if not pseudonym:
        raise Refused("no_cookie")
    if choice is None:
        raise Refused("empty")
    language = language_of(request, room)
    await choose(parts(request).rooms.choices, room, pseudonym, choice)
    if "hx-request" in request.headers:
        spoken = language or room.event.language
        return html(render.own_group(room.event_in(language), choice.group, spoken, fresh=True))
    told = f"?{urlencode({'language': language})}" if language else ""
    return RedirectResponse(f"/e/{room.event.code}/group{told}", 303, headers=NO_STORE)


async def programme(request: Request) -> Response:
    """The whole programme, with the results that have been shown, and the way to the documentation."""
    room = await room_of(request)
    participant, _, new = visitor(request, room)
    view = room.view(Role.AUDIENCE, language=language_of(request, room))
    seen = {"view": view, "tab": "programme", "documented": await _is_documented(request, room)}
    response = html(render.page("programme.html", view.language, room.site, **seen))
    if new:
        parts(request).sessions.keep_participant(response, participant)
    return response


async def _is_documented(request: Request, room: Room) -> bool:
    """Tell whether there is a documentation to read; not while the database does not answer."""
    with suppress(Unavailable):
        return await parts(request).documentations.is_published(room.event.id)
    return False


async def result(request: Request) -> Response:
    """A result that has been shown, with the own answer marked."""
    room = await room_of(request)
    language = language_of(request, room)
    question = room.event_in(language).question(question_in(room, request.path_params["question"]).id)
    if not question.state.shown or not question.answerable:
        raise Unknown("unknown_page")
    pseudonym = known_visitor(request, room)
    own: tuple[str, ...] = ()
    if pseudonym:
        async with parts(request).database.read() as connection:
            own = await answer_of(connection, question.id, question.wave, pseudonym)
    view = room.view_of(question, Role.AUDIENCE, language=language)
    part = request.query_params.get("part", "")
    content = render.page(
        "result.html",
        view.language,
        room.site,
        view=view,
        tab="programme",
        own=own,
        part=int(part) if part.isdecimal() and len(part) < PART_DIGITS else 0,
    )
    return html(content)


async def picture(request: Request) -> Response:
    """A picture of a notice; its name is a hash of its content, so browsers keep it for good."""
    room = await room_of(request)
    name = request.path_params["name"]
    media_type = TYPES.get(name.rpartition(".")[2])
    if media_type is None:
        raise Unknown("unknown_page")
    content = await parts(request).pictures.get(room.event.id, name)
    return Response(content, headers={"Cache-Control": FOR_EVER}, media_type=media_type)
