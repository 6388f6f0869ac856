"""Who of the organisers a request comes from: passwords, cookies of sessions, and which events they may enter."""

import asyncio
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from ipaddress import ip_network

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from poll_server.domain.accounts import (
    PASSWORD_MAXIMUM,
    SEEN_EVERY,
    SESSION_LASTS,
    Organiser,
    Session,
    browser_family,
    check_password,
    entered,
    sign_in_name,
)
from poll_server.domain.errors import Refused, Unknown
from poll_server.live.links import LINK_OVER, LOOK_SECONDS
from poll_server.live.protocol import FanoutProtocol
from poll_server.live.room import Room
from poll_server.storage import links, organisers, sharing
from poll_server.storage.database import Database
from poll_server.web.brake import Brake, Keys

KNOWN_SECONDS = 180 * 24 * 3600
OF_AN_ACCOUNT = 5
"""Failures in a row that cost no waiting, for one account from one address, or in a browser that knows it."""
OF_A_NETWORK = 20
"""The same for an address: a whole office may have one."""
OF_ALL_NETWORKS = 100
"""The same for one account from everywhere: few addresses cannot make its owner wait at another one."""
AT_ONCE = 2
"""Passwords that are checked at a time: each takes a twentieth of a second and 64 MiB."""
WAITING_MAXIMUM = 20
"""Passwords that are checked or wait for it, some seconds long; in browsers that are not known more are not taken."""
SESSION_OVER = "You are signed out. Please sign in again."
"""The reason in the close frame of a desk or screen whose organiser is signed out."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An organiser who has signed in, and the session of this browser."""

    organiser: Organiser
    session: Session


def new_key() -> str:
    """Return what stands in a cookie or link: 256 bits that nobody guesses."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """Return how such a key is stored."""
    return sha256(key.encode()).hexdigest()


class Passwords:
    """Makes and checks hashes of passwords (argon2id, RFC 9106), in threads, so that the loop never waits."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @contextmanager
    def turn(self, *, known: bool) -> Iterator[None]:
        """Wait for a password to be checked; raises Refused when too many do, unless this browser is known."""
        if self._waiting >= WAITING_MAXIMUM and not known:
            raise Refused("sign_in_crowded")
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def hashed(self, password: str) -> str:
        """Return the hash of a password."""
        async with self._at_once:
            return await asyncio.to_thread(self._hasher.hash, entered(password))

    async def fits(self, password: str, stored: str | None) -> bool:
        """Tell whether a password is the one whose hash is stored; for nobody's it takes as long and is not."""
        async with self._at_once:
            return await asyncio.to_thread(self._fits, entered(password), stored)

    def is_old(self, stored: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _nobodys(self) -> str:
        """A hash for a name that does not exist: that takes as long as one that does."""
        return self._hasher.hash(new_key())

    def _fits(self, password: str, stored: str | None) -> bool:
        nobodys = self._nobodys  # made the first time, whoever's password is asked for
        try:
            self._hasher.verify(stored or nobodys, password)
        except VerificationError:
            return False
        return stored is not None


class Accounts:
    """Signs organisers in and out, and knows who a request comes from."""

    def __init__(self, database: Database, secret: bytes, *, https: bool) -> None:
        self._database = database
        self._https = https
        self._known = Signer(secret, salt="organiser-known", digest_method=sha256)
        self._passwords = Passwords()
        self._brake = Brake(time.monotonic)
        self._held: dict[FanoutProtocol, Session] = {}

    async def run(self) -> None:
        """Close once a second what a session has opened that is over, by its age too, or ended by another process."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.put_out()
            except Exception as error:  # nobody may stay because of a mistake of ours
                log.warning("sessions not looked at", error=type(error).__name__)

    async def sign_in(self, request: Request, response: Response, name: str, password: str) -> None:
        """Begin a session with a new key, whatever the browser had; raises Refused, also for who has to wait."""
        keys = self._keys(request, name)
        with self._passwords.turn(known=len(keys) == 1):
            self._slow_down(keys)
            async with self._database.read() as connection:
                found = await organisers.password_of(connection, name)
            fits = await self._passwords.fits(password[: PASSWORD_MAXIMUM + 1], found and found[1])
        if not fits or found is None:
            raise Refused("sign_in")
        self._brake.succeed(keys)
        organiser, stored = found
        renewed = await self._passwords.hashed(password) if self._passwords.is_old(stored) else ""
        async with self._database.write() as connection:
            if renewed:
                await organisers.keep_password(connection, organiser.id, renewed)
            if before := await organisers.resume(connection, digest(self._key(request))):
                await organisers.end_session(connection, before[0].id, before[1].id)
        if before:
            await self.put_out()
        await self._begin(request, response, organiser)

    async def sign_out(self, request: Request, response: Response) -> None:
        """End the session of this browser."""
        here = await self.signed_in(request)
        if here:
            async with self._database.write() as connection:
                await organisers.end_session(connection, here.organiser.id, here.session.id)
            await self.put_out()
        response.delete_cookie(self._cookie, path="/", secure=self._https, httponly=True, samesite="lax")

    async def set_password(self, request: Request, response: Response, key: str, password: str) -> None:
        """Set a password by a link, once, and sign in with it; all sessions there were end. Raises Refused, Unknown."""
        organiser = await self.offered(key)
        check_password(password, organiser.name)
        hashed = await self._passwords.hashed(password)
        async with self._database.write() as connection:
            if not await organisers.use_link(connection, digest(key), datetime.now(UTC)):
                raise Unknown("password_link")
            await organisers.keep_password(connection, organiser.id, hashed)
            await organisers.end_sessions(connection, organiser.id)
        await self.put_out()
        await self._begin(request, response, organiser)

    async def offered(self, key: str) -> Organiser:
        """Return whose password a link sets; raises Unknown."""
        async with self._database.read() as connection:
            found = await organisers.offered(connection, digest(key), datetime.now(UTC))
        if found is None:
            raise Unknown("password_link")
        return found

    async def change_password(
        self, request: Request, response: Response, here: SignedIn, present: str, password: str
    ) -> None:
        """Set another password and a new key for this session; the others end. Raises Refused."""
        name = here.organiser.name
        check_password(password, name)
        keys = {f"change {here.organiser.id}": OF_AN_ACCOUNT}
        self._slow_down(keys)
        async with self._database.read() as connection:
            found = await organisers.password_of(connection, name)
        if not await self._passwords.fits(present, found and found[1]):
            raise Refused("password_wrong")
        self._brake.succeed(keys)
        hashed = await self._passwords.hashed(password)
        async with self._database.write() as connection:
            await organisers.keep_password(connection, here.organiser.id, hashed)
            await organisers.end_sessions(connection, here.organiser.id)
        await self.put_out()
        await self._begin(request, response, here.organiser)

    def has_key(self, connection: HTTPConnection) -> bool:
        """Tell whether a browser says that somebody has signed in with it: for what it is offered, not what it may."""
        return bool(self._key(connection))

    async def signed_in(self, connection: HTTPConnection) -> SignedIn | None:
        """Return who has signed in with this browser, None for nobody; notes once an hour that the session is used."""
        key = self._key(connection)
        if not key:
            return None
        async with self._database.read() as reading:
            found = await organisers.resume(reading, digest(key))
        now = datetime.now(UTC)
        if found is None or not found[1].lasts(now):
            return None
        if now - found[1].seen >= SEEN_EVERY:
            async with self._database.write() as writing:
                await organisers.note_seen(writing, found[1].id, now)
        return SignedIn(*found)

    async def hold(self, connection: HTTPConnection, socket: FanoutProtocol) -> None:
        """Let an organiser's socket end with the session that has opened it; one by a link is left alone."""
        if here := self.let_in(connection):
            self._held[socket] = here.session
            try:
                await self.put_out()  # the session may have ended while the socket was being opened
            except BaseException:
                self.release(socket)
                raise

    def release(self, socket: FanoutProtocol) -> None:
        """Forget a socket that is closed."""
        self._held.pop(socket, None)

    async def put_out(self) -> None:
        """Close organisers' sockets whose session is over."""
        if not self._held:
            return
        async with self._database.read() as connection:
            found = await organisers.sessions_of(connection, {session.id for session in self._held.values()})
        now = datetime.now(UTC)
        begun = {session.id: session.created for session in found if session.lasts(now)}
        for socket, session in list(self._held.items()):
            if begun.get(session.id) != session.created:  # the number of one that is over may be given again
                socket.close(LINK_OVER, SESSION_OVER)

    @staticmethod
    def let_in(connection: HTTPConnection) -> SignedIn | None:
        """Return the organiser who was let in to a desk or screen by `desk_link`; None for who comes by a link."""
        found: SignedIn | None = getattr(connection.state, "signed_in", None)
        return found

    async def part_in(self, here: SignedIn, code: str) -> sharing.Part:
        """Return an organiser's part in an event; raises Unknown for one of others, as if it were not there."""
        async with self._database.read() as connection:
            part = await sharing.part_in(connection, here.organiser, code)
        if part is None:
            raise Unknown("unknown_event")
        return part

    async def desk_link(self, connection: HTTPConnection, room: Room) -> int | None:
        """Return the id of the link by which an organiser of the event is at its desk; None for anybody else.

        `let_in` tells then that this is how the request comes in.
        """
        here = await self.signed_in(connection)
        if here is None:
            return None
        async with self._database.read() as reading:
            part = await sharing.part_in(reading, here.organiser, room.event.code)
            if part is None:
                return None
            link_id = await sharing.desk_link(reading, part.event_id, here.organiser.id)
        connection.state.signed_in = here
        if link_id is None:
            async with self._database.write() as writing:
                link_id = await sharing.make_desk_link(writing, part.event_id, here.organiser, room.now())
        if link_id not in {link.id for link in room.links.known}:
            async with self._database.read() as reading:
                room.links.take((await links.of_events(reading, [part.event_id]))[part.event_id])
        return link_id

    async def _begin(self, request: Request, response: Response, organiser: Organiser) -> None:
        key, browser = new_key(), browser_family(request.headers.get("user-agent", ""))
        async with self._database.write() as connection:
            await organisers.begin(connection, organiser.id, digest(key), browser, datetime.now(UTC))
        self._keep(response, self._cookie, key, int(SESSION_LASTS.total_seconds()))
        known = self._known.sign(f"{sign_in_name(organiser.name)} {secrets.token_hex(8)}").decode()
        self._keep(response, f"{self._cookie}-known", known.encode().hex(), KNOWN_SECONDS)

    def _keep(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(name, value, seconds, path="/", secure=self._https, httponly=True, samesite="lax")

    def _key(self, connection: HTTPConnection) -> str:
        return connection.cookies.get(self._cookie, "")

    @property
    def _cookie(self) -> str:
        return "__Host-organiser" if self._https else "organiser"

    def _slow_down(self, keys: Keys) -> None:
        if seconds := self._brake.take(keys):
            raise Refused("sign_in_wait", seconds=seconds)

    def _keys(self, request: Request, name: str) -> Keys:
        """Return what a failure is counted for.

        A browser in which this account has signed in before has a count of its own: whoever guesses elsewhere cannot
        make its owner wait.
        """
        sign_in = sign_in_name(name)
        if known := self._known_here(request, sign_in):
            return {known: OF_AN_ACCOUNT}
        network = network_of(request)
        return {
            f"account {sign_in} at {network}": OF_AN_ACCOUNT,
            f"network {network}": OF_A_NETWORK,
            f"account {sign_in}": OF_ALL_NETWORKS,
        }

    def _known_here(self, request: Request, sign_in: str) -> str:
        try:
            kept = bytes.fromhex(request.cookies.get(f"{self._cookie}-known", ""))
            known = self._known.unsign(kept).decode()
        except (ValueError, BadSignature):
            return ""
        return f"browser {known}" if known.rpartition(" ")[0] == sign_in else ""


def network_of(request: Request) -> str:
    """Return where a request comes from: its IPv4 address, of IPv6 the 64 bits of the network."""
    host = request.client.host if request.client else ""
    try:
        return str(ip_network((host, 64 if ":" in host else 32), strict=False))
    except ValueError:
        return host
