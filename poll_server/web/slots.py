"""The programme of an organiser's event: its slots one by one, moved, and all later when the conference runs late."""

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.documents.programme_words import KIND_NAMES
from poll_server.domain.errors import Conflict, Malformed, PollError, Unknown
from poll_server.domain.programme import Item, ItemKind, days_of, next_item
from poll_server.domain.slots import beside, find, seal
from poll_server.i18n import translations
from poll_server.live import programming
from poll_server.live.room import Room
from poll_server.messages import ID_MAXIMUM, Shift, parse_shift
from poll_server.messages.accounts import HOME
from poll_server.messages.fields import whole_number
from poll_server.messages.slots import MoveSlot, Problems, SlotForm, SlotOrder, form_of, parse_move, parse_slot
from poll_server.storage.journal import Line
from poll_server.web.doors import (
    STATUS,
    check_origin,
    fields_posted,
    organiser_hand,
    page_language,
    parts,
    room_of,
    said,
    signed_in,
)
from poll_server.web.doors import page as show
from poll_server.web.noting import shift_line

FIELDS_MAXIMUM = 200
"""A form with fifty people."""
EMPTY_PEOPLE = 2
"""Rows for further people below those that are there."""


async def page(request: Request) -> Response:
    """The programme with the ways to change it."""
    return _page(request, await room_of(request))


async def post(request: Request) -> Response:
    """Move a slot among its neighbours, or let the programme go on later or earlier."""
    check_origin(request)
    room = await room_of(request)
    fields = await fields_posted(request)
    wish: Shift | MoveSlot = parse_shift(fields) if "by" in fields else parse_move(fields)
    rooms, hand = parts(request).rooms, organiser_hand(request)
    try:
        if isinstance(wish, Shift):
            await programming.shift(rooms, room, wish, shift_line(wish, hand, room))
        else:
            line = Line(hand, "slot_moved", None, _title(room, wish.item))
            await programming.move(rooms, room, wish.item, wish.by, wish.programme, line)
    except PollError as error:
        return _page(request, room, error)
    moved = "slot" if isinstance(wish, Shift) else "up" if wish.by < 0 else "down"  # so that a key can be pressed again
    return RedirectResponse(f"{address(room)}?at={wish.item}#{moved}-{wish.item}", 303)


async def slot_page(request: Request) -> Response:
    """The form of a slot, or of a new one."""
    room = await room_of(request)
    item = _item(request, room)
    return _slot_page(request, room, item, form_of(item) if item else _new(room))


async def post_slot(request: Request) -> Response:
    """Save a slot or delete it; whatever is wrong, what was written stays in the form."""
    check_origin(request)
    room = await room_of(request)
    order = parse_slot(await fields_posted(request, FIELDS_MAXIMUM))
    try:
        item = _item(request, room)
    except Unknown as error:  # somebody has deleted it meanwhile
        return _slot_page(request, room, None, order.form, error=error)
    draft, problems = order.form.checked(ZoneInfo(room.event.time_zone), item)
    try:
        if order.delete and item:
            line = Line(organiser_hand(request), "slot_removed", None, item.title)
            await programming.remove(parts(request).rooms, room, item.id, order.seen, line)
        elif draft is None:
            return _slot_page(request, room, item, order.form, problems, seen=order.seen)
        else:
            line = Line(organiser_hand(request), "slot_changed" if item else "slot_added", None, draft.title)
            if item:
                await programming.rewrite(parts(request).rooms, room, item.id, order.seen, draft, line)
            else:
                await programming.add(parts(request).rooms, room, [draft], line)
    except PollError as error:
        return _refused(request, room, order, error)
    return RedirectResponse(f"{address(room)}{f'#slot-{item.id}' if item and not order.delete else ''}", 303)


def address(room: Room) -> str:
    """Return the address of an event's programme."""
    return f"{HOME}/events/{room.event.code}/programme"


def _refused(request: Request, room: Room, order: SlotOrder, error: PollError) -> Response:
    """Show a form that was not saved, beside what another organiser has saved meanwhile."""
    try:
        item = _item(request, room)
    except Unknown as gone:
        return _slot_page(request, room, None, order.form, error=gone)
    theirs = isinstance(error, Conflict) and item is not None and seal(item) != order.seen
    return _slot_page(request, room, item, order.form, error=error, theirs=theirs, seen="" if theirs else order.seen)


def _item(request: Request, room: Room) -> Item | None:
    """Return the slot that the address names, None for a new one; raises Unknown."""
    named = request.path_params["slot"]
    if named == "new":
        return None
    try:
        return find(room.event.items, whole_number(named, ID_MAXIMUM))
    except Malformed as error:
        raise Unknown("unknown_page") from error


def _new(room: Room) -> SlotForm:
    """Return the form of a slot behind all that are there, or at nine o'clock of the event's day."""
    last = next((item for item in reversed(room.event.items) if item.kind is not ItemKind.END), None)
    if last is None:
        return SlotForm(starts=f"{room.event.day.isoformat()}T09:00")
    return SlotForm(starts=(last.ends or last.starts).strftime("%Y-%m-%dT%H:%M"))


def _title(room: Room, item_id: int) -> str:
    return next((item.title for item in room.event.items if item.id == item_id), "")


def _page(request: Request, room: Room, error: PollError | None = None) -> Response:
    event = room.event
    coming = next_item(event.items, room.now())
    at = request.query_params.get("at", "")
    return show(
        request,
        "organise/slots.html",
        STATUS[type(error)] if error else 200,
        here=signed_in(request),
        event=event,
        days=days_of(event.items),
        beside=beside(event.items),
        seal=seal(event.items),
        chosen=at or (str(coming.id) if coming else ""),
        moved=next((item for item in event.items if str(item.id) == at), None),
        error=said(request, error) if error else "",
        done=request.query_params.get("done", ""),
        kinds=_kinds(request),
    )


def _slot_page(
    request: Request,
    room: Room,
    item: Item | None,
    form: SlotForm,
    problems: Problems | None = None,
    *,
    error: PollError | None = None,
    theirs: bool = False,
    seen: str = "",
) -> Response:
    gettext = translations(page_language(request)).gettext
    wrong = {name: problem.said(gettext, {}) for name, problem in (problems or {}).items()}
    round_ = next((one for one in room.event.rounds if item and one.item_id == item.id), None)
    return show(
        request,
        "organise/slot.html",
        STATUS[type(error)] if error else 422 if wrong else 200,
        here=signed_in(request),
        event=room.event,
        item=item,
        form=form,
        wrong=wrong,
        seen=seen or (seal(item) if item else ""),
        error=said(request, error) if error else "",
        theirs=item if theirs else None,
        questions=len(round_.questions) if round_ else 0,
        begun=item is not None and item.id in programming.opened(room),
        empty_people=EMPTY_PEOPLE,
        kinds=_kinds(request),
    )


def _kinds(request: Request) -> dict[ItemKind, str]:
    gettext = translations(page_language(request)).gettext
    return {kind: name.said(gettext, {}) for kind, name in KIND_NAMES.items()}
