"""The library of questions: at a desk, to fill a round from it; an organiser's own; and what was answered to one."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server import render
from poll_server.documents.library import ready_made
from poll_server.documents.round_words import name_of
from poll_server.domain.accounts import Organiser
from poll_server.domain.errors import Forbidden, Malformed, PollError, Unknown
from poll_server.domain.library import READY, Entry
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Event, Question, State
from poll_server.i18n import LANGUAGES, sentence, translations
from poll_server.live import editing
from poll_server.live.room import Room
from poll_server.messages import ID_MAXIMUM
from poll_server.messages.accounts import HOME
from poll_server.messages.fields import whole_number
from poll_server.messages.library import Keep, Leaf, Take, leaf, origin_of, parse_forget, parse_library
from poll_server.questions.drafts import Draft
from poll_server.questions.linking import keepable, spoken
from poll_server.render.side_by_side import side_by_side
from poll_server.storage import library
from poll_server.storage.journal import Line
from poll_server.storage.rounds import columns
from poll_server.web.doors import STATUS, check_origin, fields_posted, hand_of, html, parts, room_of, signed_in
from poll_server.web.doors import page as show
from poll_server.web.noting import about
from poll_server.web.preview import Preview, preview

LIBRARY = f"{HOME}/library"


class Offer(NamedTuple):
    """An entry with how often it has been asked, and whether an event can have it."""

    entry: Entry
    asked: int
    fits: bool = True

    def use(self, language: str) -> str:
        """Return when to ask it, in words; nothing for one's own."""
        return translations(language).gettext(self.entry.use) if self.entry.use else ""


async def desk(request: Request) -> Response:
    """What a round can be filled from."""
    room = await room_of(request)
    room.moderate()
    return await _desk(request, room, leaf(request.query_params))


async def desk_post(request: Request) -> Response:
    """Take a question into a round, or keep one of the event; whatever is wrong stands on the page."""
    check_origin(request)
    room = await room_of(request)
    room.moderate()
    wish = parse_library(await fields_posted(request))
    seen = leaf(request.query_params)
    try:
        if isinstance(wish, Take):
            done = {"added": str(await _take(request, room, wish))}
        else:
            await _keep(request, room, wish)
            done = {"kept": str(wish.question)}
    except PollError as error:
        notice = {"code": error.code, "message": sentence(error, room.event.language)}
        return await _desk(request, room, seen, notice, STATUS.get(type(error), 422))
    round_ = wish.round if isinstance(wish, Take) else seen.round
    address = URL(f"/e/{room.event.code}/desk/library").include_query_params(
        **({"q": seen.wanted} if seen.wanted else {}), round=round_, **done
    )
    return RedirectResponse(f"{address}#told", 303)


async def own(request: Request) -> Response:
    """Ready-made questions and an organiser's own, each with how often it has been asked."""
    here, wanted = signed_in(request), leaf(request.query_params).wanted
    async with parts(request).database.read() as connection:
        kept = await library.entries(connection, here.organiser.id)
        asked = await library.asked(connection, here.organiser)
    offers = [Offer(entry, asked.get(entry.origin, 0)) for entry in (*kept, *ready_made())]
    return show(request, "library/own.html", here=here, wanted=wanted, offers=_found(offers, wanted), kept=len(kept))


async def forget(request: Request) -> Response:
    """Take a question out of the own library."""
    check_origin(request)
    origin = parse_forget(await fields_posted(request))
    async with parts(request).database.write() as connection:
        await library.forget(connection, signed_in(request).organiser.id, origin)
    return RedirectResponse(LIBRARY, 303)


async def compare(request: Request) -> Response:
    """The results of all askings of one question, side by side."""
    here = signed_in(request)
    try:
        origin = origin_of(request.path_params["origin"])
    except Malformed as error:
        raise Unknown("unknown_question") from error
    async with parts(request).database.read() as connection:
        kept = await library.entries(connection, here.organiser.id)
        found = await library.askings(connection, here.organiser, origin)
    entry = next((one for one in (*kept, *ready_made()) if one.origin == origin), None)
    if entry is None and not found:
        raise Unknown("unknown_question")
    definition = entry.definition if entry else found[-1].definition
    most = library.ASKINGS_MAXIMUM
    return show(request, "library/compare.html", here=here, definition=definition, most=most, seen=side_by_side(found))


async def _desk(
    request: Request, room: Room, seen: Leaf, notice: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    event = room.event
    organiser = await _organiser(request, room)
    kept: Sequence[Entry] = ()
    asked: Mapping[str, int] = {}
    if organiser:
        async with parts(request).database.read() as connection:
            kept = await library.entries(connection, organiser.id)
            asked = await library.asked(connection, organiser)
    rounds = [round_.id for round_ in event.rounds]
    home = next((one.id for one in event.rounds if not one.questions), rounds[0] if rounds else 0)
    place = seen.round if seen.round in rounds else home
    offers = [_offer(entry, asked, event) for entry in (*kept, *ready_made())]
    own_ones = {entry.origin: entry.definition for entry in kept}
    content = render.page(
        "library/desk.html",
        event.language,
        room.site,
        event=event,
        organiser=organiser,
        offers=_found(offers, seen.wanted),
        there=Counter(question.definition.origin for question in event.questions),
        seen=seen,
        home=place,
        pages=_preview(room, offers, seen.look, place),
        keepable=[one for one in event.questions if _can_keep(one, own_ones)] if organiser else (),
        told=_told(event, request.query_params),
        notice=notice,
    )
    return html(content, status)


async def _organiser(request: Request, room: Room) -> Organiser | None:
    """Return who has signed in if the event is theirs; moderators by link have no library of their own."""
    accounts = parts(request).accounts
    here = await accounts.signed_in(request)
    if here is None:
        return None
    try:
        await accounts.part_in(here, room.event.code)
    except Unknown:
        return None
    return here.organiser


async def _take(request: Request, room: Room, wish: Take) -> int:
    organiser = await _organiser(request, room)
    async with parts(request).database.read() as connection:
        kept = await library.entries(connection, organiser.id) if organiser else []
    entry = next((one for one in (*kept, *ready_made()) if one.origin == wish.origin), None)
    definition = spoken(entry.definition, room.event.language) if entry else None
    if definition is None:
        raise Unknown("unknown_question")
    if wish.round or room.event.rounds:
        room.event.round(wish.round)
    line = Line(await hand_of(request), "add", None, definition.text)
    return await editing.add(parts(request).rooms, room, definition, {}, wish.round, 0, line)


async def _keep(request: Request, room: Room, wish: Keep) -> None:
    organiser = await _organiser(request, room)
    if organiser is None:
        raise Forbidden("role")
    question = room.event.question(wish.question)
    if not _can_keep(question):
        raise Unknown("unknown_question")
    line = about(room, question.id, await hand_of(request), "keep")

    await editing.keep_in_library(parts(request).rooms, room, question.id, organiser.id, secrets.token_hex(10), line)


def _can_keep(question: Question, kept: Mapping[str, Definition] = MappingProxyType({})) -> bool:
    """Tell whether a question can be kept, or kept again because something of it that breaks no link has changed."""
    definition = question.definition
    before = kept.get(definition.origin)
    if not keepable(question) or definition.origin.startswith(READY):
        return False
    return before is None or (before.language == definition.language and columns(before) != columns(definition))


def _offer(entry: Entry, asked: Mapping[str, int], event: Event) -> Offer:
    """Return an entry as it would be in an event, if it can be in one of this language."""
    definition = spoken(entry.definition, event.language)
    fitting = replace(entry, definition=definition or entry.definition)
    return Offer(fitting, asked.get(entry.origin, 0), definition is not None)


def _found(offers: Sequence[Offer], wanted: str) -> list[Offer]:
    """Return the offers in which all these words stand, in whatever language."""
    words = wanted.casefold().split()
    return [offer for offer in offers if all(word in _words(offer) for word in words)]


def _words(offer: Offer) -> str:
    one = offer.entry.definition
    texts = [one.text, one.hint, *(option.label for option in one.options)]
    for other in one.translations.values():
        texts += [other.text, other.hint, *other.options.values()]
    for language in LANGUAGES:
        texts += [name_of(one.kind, language), offer.use(language)]
    return " ".join(texts).casefold()


def _told(event: Event, asked: Mapping[str, str]) -> tuple[str, Question] | None:
    """Return what has just been done with which question, as the address says."""
    for name in ("added", "kept"):
        with suppress(Malformed, Unknown):
            return name, event.question(whole_number(asked.get(name, ""), ID_MAXIMUM))
    return None


def _preview(room: Room, offers: Iterable[Offer], look: str, place: int) -> Preview | None:
    """Return what an entry will look like in a round, None if none is looked at."""
    definition = next((one.entry.definition for one in offers if one.fits and one.entry.origin == look), None)
    if definition is None:
        return None
    stand_in = Question(0, place, definition, State.READY, 1)
    return preview(room, Draft.of(definition), definition, stand_in)
