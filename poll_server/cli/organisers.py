"""Organisers' accounts: `organiser add`, `list`, `link`, `deactivate`, `activate`; `event share` and `event give`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.cli.installation import Code, Data, database_of, existing, find, prepare, settings_of
from poll_server.cli.links import BY_COMMAND
from poll_server.domain.access import Role
from poll_server.domain.accounts import NAME_MAXIMUM, Organiser
from poll_server.domain.text import fold
from poll_server.settings import Settings
from poll_server.storage import journal, organisers, sharing
from poll_server.storage.journal import Line
from poll_server.terminal import fail, gettext, say
from poll_server.web.accounts import digest, new_key

Name = Annotated[str, typer.Argument(help="Name or e-mail address with which the organiser signs in.")]


def add(
    name: Name,
    data: Data = None,
    administrator: Annotated[bool, typer.Option("--administrator", help="All events are theirs, too.")] = False,
) -> None:
    """Make an account for an organiser, and print a link with which they set their password."""
    if not 0 < len(fold(name)) <= NAME_MAXIMUM:
        fail(gettext("The name of an organiser has 1 to %(n)s characters."), n=NAME_MAXIMUM)
    settings = settings_of(data)
    prepare(settings)
    try:
        key = asyncio.run(_add(settings, name, Role.ADMINISTRATOR if administrator else Role.ORGANISER))
    except organisers.NameTaken:
        fail(gettext("Somebody signs in with the name %(name)s already. Nothing has been made."), name=fold(name))
    _say_link(settings, name, key)


def list_organisers(data: Data = None) -> None:
    """Print all organisers with role and state."""
    found = asyncio.run(_everyone(existing(data)))
    if not found:
        say(gettext("There is no organiser yet: poll-server organiser add NAME --administrator makes the first."))
    for one in found:
        words = [gettext("administrator") if one.is_administrator else gettext("organiser")]
        words += [] if one.active else [gettext("deactivated")]
        typer.echo(f"{one.name}  ({', '.join(words)})")


def link(name: Name, data: Data = None) -> None:
    """Print a link with which an organiser sets a new password; earlier links end."""
    settings = existing(data)
    key = asyncio.run(_offer(settings, name))
    _say_link(settings, name, key)


def deactivate(name: Name, data: Data = None) -> None:
    """End an account: it is signed out everywhere and signs in no more. Its events stay."""
    asyncio.run(_activate(existing(data), name, active=False))
    say(gettext("%(name)s is signed out everywhere and cannot sign in any more. The events stay."), name=fold(name))


def activate(name: Name, data: Data = None) -> None:
    """Let an organiser sign in again, with the password as it was."""
    asyncio.run(_activate(existing(data), name, active=True))
    say(gettext("%(name)s can sign in."), name=fold(name))


def share(
    event: Code,
    name: Name,
    data: Data = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="End the sharing.")] = False,
) -> None:
    """Share an event with an organiser, or take it back; its owner keeps it."""
    done = asyncio.run(_share(existing(data), event, name, take_back=take_back))
    if take_back and not done:
        fail(gettext("The event %(code)s is not shared with %(name)s. Nothing has changed."), code=event, name=name)
    if take_back:
        say(gettext("The event %(code)s is no longer shared with %(name)s."), code=event, name=fold(name))
    else:
        say(gettext("The event %(code)s is now among those of %(name)s."), code=event, name=fold(name))


def give(event: Code, name: Name, data: Data = None) -> None:
    """Make an organiser the owner of an event that has none, as those have that were made without one."""
    if not asyncio.run(_give(existing(data), event, name)):
        fail(gettext("The event %(code)s has an owner already. Nothing has changed."), code=event)
    say(gettext("The event %(code)s now belongs to %(name)s."), code=event, name=fold(name))


def _say_link(settings: Settings, name: str, key: str) -> None:
    said = gettext("%(name)s sets a password with this link. It can be used once, within 24 hours:")
    say(said, name=fold(name))
    typer.echo(f"  {settings.base_url}/organise/password/{key}")


async def organiser_named(connection: AsyncConnection, name: str) -> Organiser:
    """Return the organiser who signs in with a name; fails in words."""
    found = await organisers.find(connection, name)
    if found is None:
        fail(gettext("There is no organiser %(name)s. Nothing has changed."), name=fold(name))
    return found


async def _add(settings: Settings, name: str, role: Role) -> str:
    key, now = new_key(), datetime.now(UTC)
    async with database_of(settings) as database, database.write() as connection:
        organiser_id = await organisers.add(connection, name, role, now)
        await organisers.offer_link(connection, organiser_id, digest(key), now)
    return key


async def _everyone(settings: Settings) -> Sequence[Organiser]:
    async with database_of(settings) as database, database.read() as connection:
        return await organisers.everyone(connection)


async def _offer(settings: Settings, name: str) -> str:
    key = new_key()
    async with database_of(settings) as database, database.write() as connection:
        organiser = await organiser_named(connection, name)
        if not organiser.active:
            fail(gettext("%(name)s is deactivated. Please activate the account first."), name=fold(name))
        await organisers.offer_link(connection, organiser.id, digest(key), datetime.now(UTC))
    return key


async def _activate(settings: Settings, name: str, *, active: bool) -> None:
    async with database_of(settings) as database, database.write() as connection:
        organiser = await organiser_named(connection, name)
        await organisers.activate(connection, organiser.id, active)
        if not active:
            await sharing.leave_desks(connection, organiser.id, datetime.now(UTC))


async def _share(settings: Settings, event: str, name: str, *, take_back: bool) -> bool:
    async with database_of(settings) as database, database.write() as connection:
        event_id = await find(connection, event)
        organiser = await organiser_named(connection, name)
        if take_back:
            done = await sharing.take_back(connection, event_id, organiser.id, datetime.now(UTC))
        else:
            done = await sharing.give(connection, event_id, organiser.id, owner=False)
        if done:
            line = Line(BY_COMMAND, "event_unshare" if take_back else "event_share", None, organiser.name)
            await journal.note(connection, event_id, line)
        return done


async def _give(settings: Settings, event: str, name: str) -> bool:
    async with database_of(settings) as database, database.write() as connection:
        event_id = await find(connection, event)
        organiser = await organiser_named(connection, name)
        done = await sharing.hand_over(connection, event_id, organiser.id)
        if done:
            await journal.note(connection, event_id, Line(BY_COMMAND, "event_give", None, organiser.name))
        return done
