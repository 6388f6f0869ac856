"""Participants over real sockets, who know only docs/protocol.md."""

import asyncio
import re
import resource
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.cookies import SimpleCookie

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from poll_server.simulate.asking import Asker, Pool
from poll_server.simulate.frames import read, read_page
from poll_server.simulate.habits import Habits
from poll_server.simulate.person import Person
from poll_server.simulate.report import Ledger, Report

AT_THE_DOOR = 20
"""So many arrive or come back at the same time; the others queue."""
OPEN_SECONDS = 10.0
SILENCE_SECONDS = 45.0
WATCH_SECONDS = 0.25
PATIENCE_SECONDS = 10.0
CLOSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 15.0
IS_NO_PERSON = 1008
RESTARTS = 1012

Watch = Callable[[Report], None]


class NotThereError(Exception):
    """The address cannot be reached, or is no page of an event; the text is a sentence."""


@dataclass(frozen=True)
class Door:
    """What the page gave somebody: the socket's address, and the cookie that makes them who they are."""

    socket: str
    cookie: str


async def simulate(
    url: str,
    participants: int,
    *,
    seconds: float | None,
    pace: float,
    seed: int,
    watch: Watch | None = None,
    stop: asyncio.Event | None = None,
    alone: bool = False,
    rehearsal: bool = False,
    patience: float = PATIENCE_SECONDS,
) -> Report:
    """Let so many people, one at least, take part in the event whose page is ``url``; gives what was found.

    It ends after ``seconds``, or when ``stop`` is set: nobody votes any more, and what has no word yet is waited for,
    at most ``patience`` seconds more. ``watch`` gets a report four times a second and the last one. With ``alone``
    nobody else may take part; then more answers than voters are found, too; with ``rehearsal`` they vote only while the
    pages say that it is one. Raises NotThereError.
    """
    _allow_files(participants)
    ledger = Ledger()
    people = [
        Person(number, Habits(seed, number, pace), ledger, patience=patience, alone=alone, rehearsal=rehearsal)
        for number in range(participants)
    ]
    # One context for all: making one takes a tenth of a second.
    security = ssl.create_default_context()
    nobodys = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    async with httpx2.AsyncClient(
        cookies=nobodys, verify=security, trust_env=False, follow_redirects=True, timeout=OPEN_SECONDS
    ) as http:
        pool = Pool()
        askers = {
            person: Asker(Habits(seed, participants + number, pace), ledger, pool)
            for number, person in enumerate(people)
        }
        crowd = Crowd(url, people, ledger, http, security, patience, askers)
        return await crowd.run(seconds, stop or asyncio.Event(), watch or (lambda report: None))


class Crowd:
    """Brings people to the server and back; one task for each of them."""

    def __init__(
        self,
        url: str,
        people: list[Person],
        ledger: Ledger,
        http: httpx2.AsyncClient,
        security: ssl.SSLContext,
        patience: float,
        askers: Mapping[Person, Asker],
    ) -> None:
        self._askers = askers
        self._url = url
        self._people = people
        self._ledger = ledger
        self._http = http
        self._security = security
        self._patience = patience
        self._doors: dict[Person, Door] = {}
        self._entrance = asyncio.Semaphore(AT_THE_DOOR)
        self._leaving = asyncio.Event()
        self._began = asyncio.get_running_loop().time()

    async def run(self, seconds: float | None, stop: asyncio.Event, watch: Watch) -> Report:
        """See ``simulate``."""
        await self._look()
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(self._tell(watch))
            tasks = {person: group.create_task(self._take_part(person)) for person in self._people}
            asking = [group.create_task(self._ask(person)) for person in self._people]
            await _wait(stop, seconds)
            self._leaving.set()
            for person, task in tasks.items():
                person.finish()
                if not person.is_waiting:
                    task.cancel()
            # Somebody who is on the way to the door now gets there, and waits as long as everybody else.
            await asyncio.wait(tasks.values(), timeout=OPEN_SECONDS + self._patience)
            for task in (watcher, *tasks.values()):
                task.cancel()
            await asyncio.wait(asking, timeout=OPEN_SECONDS + self._patience)
            for task in asking:
                task.cancel()
        watch(report := self._report())
        return report

    def _report(self) -> Report:
        return self._ledger.report(len(self._people), asyncio.get_running_loop().time() - self._began)

    async def _tell(self, watch: Watch) -> None:
        while True:
            watch(self._report())
            await asyncio.sleep(WATCH_SECONDS)

    async def _look(self) -> None:
        """Let the first one look whether there is an event before anybody else sets out."""
        try:
            await self._visit(self._people[0])
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise NotThereError(f"{self._url} cannot be reached: {str(error).rstrip('.')}.") from error

    async def _visit(self, person: Person) -> None:
        """Open the page for the first time."""
        answer = await self._http.get(self._url)
        page = read_page(answer.text)
        if answer.status_code != 200 or page.socket is None:
            raise NotThereError(f"{self._url} is no page of an event (status {answer.status_code}).")
        cookies: SimpleCookie = SimpleCookie()
        for header in answer.headers.get_list("set-cookie"):
            cookies.load(header)
        self._ledger.arrived += 1
        cookie = "; ".join(f"{name}={one.coded_value}" for name, one in cookies.items())
        self._doors[person] = Door(re.sub("^http", "ws", str(answer.url.join(page.socket))), cookie)
        person.arrive(page.groups)

    async def _take_part(self, person: Person) -> None:
        """Arrive, and come back whenever the connection is lost, until all are leaving.

        Whoever waits for a word then comes back at once, until a try fails.
        """
        await _wait(self._leaving, person.habits.arrival())
        failures = 0
        pause: float | None = 0.0
        while pause is not None and (not self._leaving.is_set() or person.is_waiting):
            is_last_try = self._leaving.is_set()
            try:
                connection = await self._enter(person)
            except (OSError, WebSocketException, httpx2.HTTPError, NotThereError):
                if is_last_try:
                    break
                failures += 1
                pause = person.habits.between(0.5, 1) * min(2.0**failures, LONGEST_PAUSE_SECONDS)
            else:
                failures = 0
                pause = await self._stay(person, connection)
            await _wait(self._leaving, pause)

    async def _ask(self, person: Person) -> None:
        """Look at the questions to the panel now and then, and at the end whether all that is one's own is there."""
        asker = self._askers[person]
        there = True
        while there and not self._leaving.is_set():
            await _wait(self._leaving, asker.habits.looks_again())
            if person not in self._doors or self._leaving.is_set() or not person.may_ask:
                continue
            with suppress(httpx2.HTTPError):
                async with self._entrance:
                    there = await asker.visit(self._http, f"{self._url}/questions", self._doors[person].cookie)
        if person in self._doors and not person.rehearses:
            with suppress(httpx2.HTTPError):
                async with self._entrance:
                    await asker.check(self._http, self._doors[person].cookie)

    async def _enter(self, person: Person) -> ClientConnection:
        """Open the page the first time, and a socket each time."""
        async with self._entrance:
            if person not in self._doors:
                await self._visit(person)
            door = self._doors[person]
            return await connect(
                door.socket,
                additional_headers={"Cookie": door.cookie},
                ssl=self._security if door.socket.startswith("wss:") else None,
                compression=None,
                ping_interval=None,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                proxy=None,
            )

    async def _stay(self, person: Person, connection: ClientConnection) -> float | None:
        """Be there until the connection is lost; gives the seconds until coming back, None for never."""
        self._ledger.connected += 1
        try:
            return await self._converse(person, connection)
        except ConnectionClosed as closed:
            return _pause_after(closed.rcvd.code if closed.rcvd else None, person.habits)
        finally:
            self._ledger.connected -= 1
            person.disconnect()
            await connection.close()

    async def _converse(self, person: Person, connection: ClientConnection) -> float:
        now = asyncio.get_running_loop().time
        heard = now()
        person.connect(heard)
        while not self._leaving.is_set() or person.is_waiting:
            messages, network_fails = person.act(now())
            for message in messages:
                await connection.send(message)
            if network_fails:
                connection.transport.abort()
                return person.habits.away()
            try:
                async with asyncio.timeout_at(min(person.due, heard + SILENCE_SECONDS)):
                    data = await connection.recv(decode=False)
            except TimeoutError:
                if now() < heard + SILENCE_SECONDS:
                    continue
                break
            heard = now()
            self._ledger.frames += 1
            self._ledger.bytes += len(data)
            person.hear(read(data), heard)
        return 0.0


def _pause_after(code: int | None, habits: Habits) -> float | None:
    """How long the protocol asks somebody to stay away after this close code; None is for good."""
    if code == IS_NO_PERSON:
        return None
    return habits.between(1, 5) if code == RESTARTS else habits.between(0.5, 2)


async def _wait(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for an event, at most so long; for ever without a limit."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def _allow_files(participants: int) -> None:
    """Each socket is a file: use what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = participants + 100
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
