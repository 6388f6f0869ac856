"""Running the server: `serve`, `demo`, and `migrate`."""

import asyncio
import errno
import hmac
import json
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from textwrap import wrap
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.app import SelfRunning
from poll_server.cli.installation import Data, database_of, prepare, settings_of
from poll_server.cli.links import lasting_links
from poll_server.documents.event_file import example_text, read_event
from poll_server.documents.event_times import TIME_ZONE
from poll_server.domain.access import Role
from poll_server.domain.programme import EventDraft
from poll_server.server import listen, run
from poll_server.settings import Settings
from poll_server.storage import days, events, organisers, sharing
from poll_server.terminal import Address, addresses, fail, gettext, welcome
from poll_server.web.accounts import Passwords

DEMO_ORGANISER = "demo"

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]


def serve(data: Data = None, host: Host = None, port: Port = None) -> None:
    """Run the server; the database is brought to its newest form first."""
    with _listening(settings_of(data, host, port)) as (settings, listener):
        prepare(settings)
        serving = gettext("Serving %(address)s. Ctrl-C ends it.") % {"address": settings.base_url}
        _run(settings, listener, serving)


def migrate_command(data: Data = None) -> None:
    """Bring the database to its newest form."""
    prepare(settings_of(data))
    typer.echo(gettext("The database is up to date."))


def demo(
    data: Data = None,
    host: Host = None,
    port: Port = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the links as one line of JSON first.")] = False,
    simulated: Annotated[
        int, typer.Option("--simulate", min=0, help="Simulated participants; the rounds go by themselves.")
    ] = 0,
) -> None:
    """Run the server with the example event, dated today, and print its links."""
    with _listening(settings_of(data, host, port)) as (settings, listener):
        prepare(settings)
        draft = read_event(example_text(), datetime.now(ZoneInfo(TIME_ZONE)).date())
        made, sign_in = asyncio.run(_create_or_move(settings, draft))
        found = addresses(settings.base_url, draft.code, made) | sign_in
        greeting = json.dumps(found) if as_json else welcome(found, local=settings.is_local)
        _run(settings, listener, greeting, SelfRunning(draft.code, simulated) if simulated else None)


@contextmanager
def _listening(settings: Settings) -> Iterator[tuple[Settings, socket.socket]]:
    """Listen before anything is made; in the settings that come back a port of 0 is the one that was found."""
    host, port = settings.host, settings.port
    try:
        listener = listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            taken = gettext("Port %(port)s is taken. Take another: make demo PORT=%(other)s, or --port %(other)s.")
            fail(taken, port=port, other=port + 1)
        refused = gettext("Host %(host)s, port %(port)s: %(reason)s. Please check --host and --port.")
        fail(refused, host=host, port=port, reason=str(error.strerror).partition(" (")[0])
    with listener:
        yield settings.model_copy(update={"port": listener.getsockname()[1]}), listener


def _run(settings: Settings, listener: socket.socket, greeting: str, self_running: SelfRunning | None = None) -> None:
    run(settings, listener, lambda: typer.echo(greeting), self_running)
    typer.echo("\n" + gettext("Stopped. Every vote that was acknowledged is stored."))


async def _create_or_move(settings: Settings, draft: EventDraft) -> tuple[list[Address], dict[str, str]]:
    """Make the demo's event, or move the one that is there to the draft's day: a demo is always today.

    Returns its links, which are the same at each start, and where and how its organiser signs in.
    """
    async with database_of(settings) as database, database.write() as connection:
        found = await events.find(connection, draft.code)
        if found:
            event_id = found[0]
            await days.move(connection, event_id, draft.day)
        else:
            event_id = await events.create(connection, draft, draft.code, secrets.token_bytes(32))
        sign_in = await _organiser(connection, settings, event_id)
        return await lasting_links(connection, settings, await events.load(connection, event_id)), sign_in


async def _organiser(connection: AsyncConnection, settings: Settings, event_id: int) -> dict[str, str]:
    """Make the demo's organiser, unless there is one, and return how they sign in.

    The password is made of the installation's secret, so it is the same at each start. Where somebody has set another
    one, it is not told.
    """
    password = "-".join(wrap(hmac.digest(settings.secret(), b"demo organiser", "sha256").hex()[:16], 4))
    passwords = Passwords()
    if await organisers.find(connection, DEMO_ORGANISER) is None:
        organiser_id = await organisers.add(connection, DEMO_ORGANISER, Role.ORGANISER, datetime.now(UTC))
        await organisers.keep_password(connection, organiser_id, await passwords.hashed(password))
        await sharing.give(connection, event_id, organiser_id, owner=True)
    owned = await organisers.password_of(connection, DEMO_ORGANISER)
    sign_in = {"organise": f"{settings.base_url}/organise", "organiser": DEMO_ORGANISER}
    return sign_in | ({"password": password} if await passwords.fits(password, owned and owned[1]) else {})
