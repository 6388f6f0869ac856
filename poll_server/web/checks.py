"""The check list of an event before it goes live, and the question whether people can reach this server."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.domain import checklist
from poll_server.domain.checklist import Installation, Point
from poll_server.domain.links import Validity
from poll_server.domain.rounds import Event
from poll_server.messages.accounts import HOME
from poll_server.storage import dashboard, links
from poll_server.web.doors import Parts, check_origin, parts


async def points(found: Parts, connection: AsyncConnection, event: Event) -> tuple[Point, ...]:
    """Return the check list of an event as it stands."""
    now, room = datetime.now(UTC), found.rooms.opened(event.id)
    team = (await links.of_events(connection, [event.id]))[event.id]
    valid = [link for link in team if link.validity(now) is Validity.VALID]
    if room:  # what it knows is stored once a minute
        valid = [replace(link, seen=room.links.last_seen(link) or link.seen) for link in valid]
    return checklist.points(
        event, dashboard.flawed(event), await dashboard.unread(connection, event), valid, installation(found, event)
    )


def installation(found: Parts, event: Event) -> Installation:
    """Return what the check list says about the installation."""
    settings = found.settings
    imprint, privacy = event.imprint or settings.imprint_url, event.privacy or settings.privacy_url
    missing = tuple(name for name, url in (("POLL_IMPRINT_URL", imprint), ("POLL_PRIVACY_URL", privacy)) if not url)
    return Installation(found.reach.address, settings.is_https, missing)


async def reach(request: Request) -> Response:
    """Ask whether the public address leads here, and show the check list again."""
    check_origin(request)
    await parts(request).reach.ask()
    return RedirectResponse(f"{HOME}/events/{request.path_params['code']}#checklist", 303)
