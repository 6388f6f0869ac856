"""The composition root: every part is made and wired here."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from poll_server.domain.errors import PollError
from poll_server.live.autopilot import drive
from poll_server.live.rehearsal import Crowds
from poll_server.live.rooms import Rooms
from poll_server.render import Site
from poll_server.resources import resource
from poll_server.settings import Settings
from poll_server.storage.database import Database
from poll_server.web.accounts import Accounts
from poll_server.web.deadline import BodyDeadline
from poll_server.web.documentations import Documentations
from poll_server.web.doors import Parts, on_departure, on_failure, on_http_error, on_poll_error
from poll_server.web.headers import SecurityHeaders
from poll_server.web.makings import Makings
from poll_server.web.metrics import Metrics
from poll_server.web.pictures import Pictures
from poll_server.web.reach import Reach
from poll_server.web.routes import routes
from poll_server.web.sessions import Sessions
from poll_server.web.static import StaticFiles


class SelfRunning(NamedTuple):
    """An event that goes by itself while nobody is at the desk, with so many simulated participants."""

    code: str
    participants: int


def build(settings: Settings, self_running: SelfRunning | None = None) -> ASGIApp:
    """Return the application for these settings; its database must have been migrated."""
    database = Database(settings.database)
    sessions = Sessions(settings.secret(), https=settings.is_https)
    static = StaticFiles(resource("static"))
    site = Site(
        base_url=settings.base_url,
        official=settings.official_website,
        imprint=settings.imprint_url or "/legal/imprint",
        privacy=settings.privacy_url or "/legal/privacy",
        accessibility=settings.accessibility_url or "/legal/accessibility",
        static=static.url,
    )
    rehearsing = Crowds(settings.loopback_url, "--rehearsal", "--json")
    rooms = Rooms(database, lambda: datetime.now(UTC), site, rehearsing)
    accounts = Accounts(database, settings.secret(), https=settings.is_https)
    crowds = Crowds(settings.loopback_url, in_terminal=True)
    makings = Makings(settings.database, settings.data_dir / "exports")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        rooms.start()
        makings.start()
        rooms.spawn(accounts.run())
        if self_running:
            await crowds.begin(*self_running)
            rooms.spawn(drive(rooms, self_running.code))
        calm_collector()
        yield
        await makings.stop()
        await crowds.end_all()
        await rooms.stop()
        await database.close()

    app = Starlette(
        routes=routes(),
        exception_handlers={
            PollError: on_poll_error,
            HTTPException: on_http_error,
            ClientDisconnect: on_departure,
            Exception: on_failure,
        },
        lifespan=lifespan,
    )
    pictures, metrics = Pictures(database), Metrics(rooms)
    reach, documentations = Reach(settings), Documentations(database, site)
    app.state.parts = Parts(
        *(settings, database, rooms, sessions, site, static, pictures, metrics),
        *(accounts, reach, makings, documentations),
    )
    return SecurityHeaders(BodyDeadline(app), https=settings.is_https)


def calm_collector() -> None:
    """Collect rarely: a full collection walks every live connection, a quarter of the cost of a handshake."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)
