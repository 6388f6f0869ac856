"""Links of an event's team: `event links`, `event revoke`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.cli.installation import Code, Data, database_of, existing, find
from poll_server.domain.access import Role
from poll_server.domain.errors import PollError
from poll_server.domain.links import PAGE_OF, Link, Validity, expiry, free_name, link_name
from poll_server.domain.programme import ItemKind
from poll_server.domain.rounds import Event
from poll_server.i18n import sentence
from poll_server.settings import Settings
from poll_server.storage import events, journal, links
from poll_server.storage.contributions import Hand
from poll_server.storage.journal import COMMAND, Line
from poll_server.terminal import Address, fail, gettext, language, page_name, written_links
from poll_server.web.sessions import Sessions

BY_COMMAND = Hand(COMMAND)


def event_links(
    event: Code,
    data: Data = None,
    desk: Annotated[list[str] | None, typer.Option(help="Make a link of this name to the desk.")] = None,
    screen: Annotated[list[str] | None, typer.Option(help="Make a link of this name to the screen.")] = None,
    podium: Annotated[list[str] | None, typer.Option(help="Make a link of this name to the podium.")] = None,
    expires: Annotated[
        str, typer.Option(help="Last day, or time, of the links: 2026-11-25, 2026-11-25T18:00; else until revoked.")
    ] = "",
    listed: Annotated[bool, typer.Option("--list", help="Make none: list those that there are.")] = False,
) -> None:
    """Make links for the team of an event and print them, this once; without a name one for each page."""
    settings = existing(data)
    if listed:
        asyncio.run(_list(settings, event))
        return
    given = {Role.MODERATOR: desk, Role.SCREEN: screen, Role.PODIUM: podium}
    wanted = [(role, name) for role, names in given.items() for name in names or ()]
    try:
        asyncio.run(_make(settings, event, wanted, expires))
    except PollError as error:
        fail(sentence(error, language()))


def revoke(
    event: Code,
    name: Annotated[str, typer.Argument(help="Name of the link, as `event links --list` lists it.")],
    data: Data = None,
) -> None:
    """Take a link back: whoever is on it is out within five seconds, and it opens nothing any more."""
    asyncio.run(_revoke(existing(data), event, name))


async def make_links(
    connection: AsyncConnection,
    settings: Settings,
    event: Event,
    wanted: Sequence[tuple[Role, str]] = (),
    expires: datetime | None = None,
) -> list[Address]:
    """Make links of these roles and names, else one for each page of the event; raises Malformed or Conflict."""
    known = (await links.of_events(connection, [event.id]))[event.id]
    taken = {link.name for link in known if not link.revoked}
    made = []
    for role, typed in wanted or [(role, "") for role in _roles(event)]:
        name = link_name(typed) if typed else _free(role, event, taken)
        taken.add(name)
        link, secret = await links.make(
            connection, event.id, role, name, by=COMMAND, at=datetime.now(UTC), expires=expires
        )
        await journal.note(connection, event.id, Line(BY_COMMAND, "link_made", None, name))
        made.append(Address(role, _address(settings, event, role, secret), link.name))
    return made


async def lasting_links(connection: AsyncConnection, settings: Settings, event: Event) -> list[Address]:
    """Return links of an event that are the same each time, until somebody takes them back: those of the demo."""
    sessions = Sessions(settings.secret(), https=settings.is_https)
    found = []
    for role in _roles(event):
        known = {link.id: link for link in (await links.of_events(connection, [event.id]))[event.id]}
        signed = await links.signed(connection, event.id, role)
        now = datetime.now(UTC)
        if not signed:
            name = _free(role, event, {link.name for link in known.values()})
            await links.sign(connection, event.id, role, name, by=COMMAND, at=now)
        elif known[min(signed.values())].validity(now) is not Validity.VALID:
            found += await make_links(connection, settings, event, [(role, "")])
            continue
        found.append(Address(role, _address(settings, event, role, sessions.key(role, event.code)), ""))
    return found


def _roles(event: Event) -> list[Role]:
    """Return whose pages an event has; a podium only with a session for questions."""
    podium = any(item.kind is ItemKind.QUESTION_SESSION for item in event.items)
    return [Role.MODERATOR, Role.SCREEN, *([Role.PODIUM] if podium else [])]


def _free(role: Role, event: Event, taken: set[str]) -> str:
    return free_name(page_name(role, event.language), taken)


def _address(settings: Settings, event: Event, role: Role, key: str) -> str:
    return f"{settings.base_url}/e/{event.code}/{PAGE_OF[role]}/link/{key}"


async def _make(settings: Settings, typed: str, wanted: Sequence[tuple[Role, str]], expires: str) -> None:
    async with database_of(settings) as database, database.write() as connection:
        event = await events.load(connection, await find(connection, typed))
        until = expiry(expires, event.time_zone, datetime.now(UTC)) if expires else None
        made = await make_links(connection, settings, event, wanted, until)
    typer.echo(written_links(settings.base_url, event.code, made))


async def _list(settings: Settings, typed: str) -> None:
    async with database_of(settings) as database, database.read() as connection:
        event = await events.load(connection, await find(connection, typed))
        found = (await links.of_events(connection, [event.id]))[event.id]
    for link in found:
        typer.echo(f"  {page_name(link.role, language()):<8}  {link.name}   {_described(link, event)}")
    if not found:
        typer.echo(gettext("This event has no links yet."))


def _described(link: Link, event: Event) -> str:
    def written(at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(event.time_zone)):%Y-%m-%d %H:%M}"

    validity = link.validity(datetime.now(UTC))
    if link.revoked:
        said = gettext("taken back %(at)s") % {"at": written(link.revoked)}
    elif link.expires:
        text = gettext("valid until %(at)s") if validity is Validity.VALID else gettext("expired %(at)s")
        said = text % {"at": written(link.expires)}
    else:
        said = gettext("valid until taken back")
    seen = gettext("last seen %(at)s") % {"at": written(link.seen)} if link.seen else gettext("never seen")
    return f"{said}; {seen}"


async def _revoke(settings: Settings, typed: str, name: str) -> None:
    async with database_of(settings) as database, database.write() as connection:
        event_id = await find(connection, typed)
        found = (await links.of_events(connection, [event_id]))[event_id]
        link = next((one for one in found if one.name == name and not one.revoked), None)
        if link is None:
            fail(gettext("The event has no link “%(name)s” that could be taken back."), name=name)
        await links.revoke(connection, event_id, link.id, datetime.now(UTC))
        await journal.note(connection, event_id, Line(BY_COMMAND, "link_revoked", None, name))
    typer.echo(gettext("The link “%(name)s” has been taken back. Whoever is on it is out.") % {"name": name})
