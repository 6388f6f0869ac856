"""Organisers in the database of a server that runs: accounts, sessions, links, and a browser of one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Self

import httpx2
from argon2 import PasswordHasher

from poll_server.domain.access import Role
from poll_server.storage import organisers, sharing
from poll_server.web.accounts import digest, new_key
from tests.harness.server import Server
from tests.harness.visitor import visitor
from tests.web.events import Stored, database_of

PASSWORD = "Vier Amseln baden im Regen"
EVENT_FORM = dict.fromkeys(
    (
        *("subtitle", "last_day", "code", "organisers", "partners", "welcome", "contact"),
        *("imprint", "privacy", "accessibility"),
    ),
    "",
) | {"title": "Neue Tagung", "day": "2026-12-03", "time_zone": "Europe/Berlin", "language": "de", "seen": "0"}
"""The form of an event, with what is needed."""


@cache
def hashed() -> str:
    """The hash of the password that all have, made with today's parameters."""
    return PasswordHasher().hash(PASSWORD)


async def account(
    server: Server,
    name: str,
    *,
    role: Role = Role.ORGANISER,
    active: bool = True,
    owns: Stored | None = None,
    shares: Stored | None = None,
    password: str = "",
) -> int:
    """Make an account with PASSWORD, or with another one by its hash, and return its id."""
    async with database_of(server) as database, database.write() as connection:
        organiser_id = await organisers.add(connection, name, role, datetime.now(UTC))
        await organisers.keep_password(connection, organiser_id, password or hashed())
        await organisers.activate(connection, organiser_id, active)
        for event, owner in ((owns, True), (shares, False)):
            if event:
                await sharing.give(connection, event.event.id, organiser_id, owner=owner)
    return organiser_id


async def give(event: Stored, organiser_id: int, *, owner: bool) -> None:
    """Make an organiser the owner of an event, or share it with them."""
    async with database_of(event.server) as database, database.write() as connection:
        await sharing.give(connection, event.event.id, organiser_id, owner=owner)


async def session_cookie(server: Server, organiser_id: int, now: datetime | None = None) -> str:
    """Begin a session and return the cookie that is it."""
    key = new_key()
    async with database_of(server) as database, database.write() as connection:
        await organisers.begin(connection, organiser_id, digest(key), "Firefox", now or datetime.now(UTC))
    return f"organiser={key}"


async def password_link(server: Server, organiser_id: int, now: datetime | None = None) -> str:
    """Return the key of a link to set a password."""
    key = new_key()
    async with database_of(server) as database, database.write() as connection:
        await organisers.offer_link(connection, organiser_id, digest(key), now or datetime.now(UTC))
    return key


class Browser:
    """An organiser's browser: keeps its cookies, sends forms from our own pages. Use it in ``async with``."""

    def __init__(self, server: Server, user_agent: str = "Mozilla/5.0 Firefox/130.0", address: str = "") -> None:
        self.server = server
        self.origin = server.env["POLL_PUBLIC_URL"]
        headers = {"user-agent": user_agent} | ({"x-forwarded-for": address} if address else {})
        self.http = visitor(server.url, headers=headers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    @property
    def key(self) -> str | None:
        """What the session's cookie says."""
        return self.http.cookies.get("organiser")

    async def get(self, path: str = "/organise") -> httpx2.Response:
        """Open a page."""
        return await self.http.get(path)

    async def post(self, path: str, fields: Mapping[str, str], **headers: str) -> httpx2.Response:
        """Send a form."""
        return await self.http.post(path, data=dict(fields), headers={"origin": self.origin} | headers)

    async def sign_in(self, name: str, password: str = PASSWORD, wanted: str = "/organise") -> httpx2.Response:
        """Sign in."""
        return await self.post("/organise/sign-in", {"name": name, "password": password, "wanted": wanted})
