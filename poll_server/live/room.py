"""One running event: its state in memory, who is there, and the frames they get.

The database is the truth; the room reads it at the start and after each step, and applies what the ballot box has
committed.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from poll_server import render
from poll_server.domain.access import Role, Sight, sees
from poll_server.domain.ballots import Key, Mark, Standing
from poll_server.domain.rounds import Event, Question, State, allowed, following
from poll_server.live.hub import Audience, Hub, Member
from poll_server.live.presence import LINGER_SECONDS, Presence
from poll_server.live.protocol import FanoutProtocol, encode
from poll_server.questions.contract import ANSWERED
from poll_server.render import Receipt, Site, View

DESK_SECONDS = 0.25
"""Desks get numbers at most this often."""
AUDIENCE_SECONDS = 1.0
"""Phones and screens get numbers at most this often; a number that moves faster cannot be read."""
SENDING_SHARE = 4
"""Of the time between two ticks at most one part in so many is spent sending."""
HEARTBEAT_SECONDS = 20.0

STAGE, ROWS, TICK, BEAT = "stage", "rows", "tick", "beat"
_AUDIENCE = {answered: Audience(Role.AUDIENCE, answered) for answered in (False, True)}


class Made(NamedTuple):
    """A frame: its HTML, for those who ask over HTTP, and encoded for sockets."""

    html: bytes
    encoded: bytes


class Room:
    """The live side of one event."""

    def __init__(self, event: Event, pseudonym_key: bytes, clock: Callable[[], datetime], site: Site) -> None:
        self.event = event
        self.site = site
        self.hub = Hub()
        self.presence = Presence()
        self.stepping = asyncio.Lock()
        self.fault_since: datetime | None = None
        self.tallies: dict[tuple[int, int], Counter[str]] = {}
        self.standing: dict[str, Standing] = {}
        self._handed: dict[str, int] = {}
        self._moderated = -LINGER_SECONDS
        self.version = time.time_ns()
        """Changes with everything but numbers; also unlike that of an earlier process, for ETags."""
        self._figures = 0
        self._key = pseudonym_key
        self._clock = clock
        self._frames: dict[Audience, Made] = {}
        self._pages: dict[bool, bytes] = {}
        self._moved = asyncio.Event()
        self._sending = asyncio.Lock()
        self._item = self.view(Role.AUDIENCE).item

    def pseudonym(self, participant_id: str) -> str:
        """Return the name that a participant has in this event's rows; it tells nothing about other events."""
        return blake2b(participant_id.encode(), key=self._key, digest_size=16).hexdigest()

    def now(self) -> datetime:
        """Return the time in the event's time zone."""
        return self._clock().astimezone(ZoneInfo(self.event.time_zone))

    def present(self) -> int:
        """Return how many participants are there."""
        return self.presence.count(time.monotonic())

    def visit(self, participant: str) -> None:
        """A participant asked for something over HTTP."""
        if self.presence.visit(participant, time.monotonic()):
            self.people_moved()

    def moderate(self) -> None:
        """A desk asked for something over HTTP."""
        self._moderated = time.monotonic()

    def is_moderated(self) -> bool:
        """Tell whether somebody is at a desk, with a socket or without."""
        return bool(self.hub.audiences(Role.MODERATOR)) or time.monotonic() - self._moderated < LINGER_SECONDS

    def next_number(self, participant: str, given: int) -> int:
        """Return the number of a plain form, which cannot count: higher than that of any earlier one."""
        standing = self.standing.get(participant)
        stands = standing.rank.number if standing else 0
        number = max(stands, self._handed.get(participant, 0), given - 1) + 1
        self._handed[participant] = number
        return number

    # What has changed

    def begin_event(self, event: Event, standing: dict[str, Standing] | None = None) -> None:
        """Take the state after a step; ``standing`` are the ballots of the question on the stage, None if unchanged."""
        self.event = event
        if standing is not None:
            self.standing = standing
            self._handed.clear()
            self._sort_audience()
        self._renew()

    def _sort_audience(self) -> None:
        for member in self.hub.members(Role.AUDIENCE):
            if member.audience.answered != (member.participant in self.standing):
                self.hub.move(member, self.audience_of(member.participant))

    def _renew(self) -> None:
        self.version += 1
        self._frames.clear()
        self._pages.clear()

    def count(self, changes: dict[Mark, int], standing: dict[Key, Standing]) -> None:
        """Apply what a committed batch has changed."""
        for mark, n in changes.items():
            self.tallies.setdefault((mark.question_id, mark.wave), Counter())[mark.key] += n
        stage = self.event.on_stage
        if stage is None:
            return
        for key, ballot in standing.items():
            if (key.question_id, key.wave) == (stage.id, stage.wave):
                self.standing[key.participant] = ballot
        self._forget_numbers()
        self._moved.set()

    def recall(self, tallies: dict[tuple[int, int], Counter[str]], standing: dict[str, Standing]) -> None:
        """Take what the database has instead of what was added up here; who has answered is told with the receipt."""
        self.tallies = tallies
        self.standing = standing
        self._renew()
        self._moved.set()

    def _forget_numbers(self) -> None:
        """Drop what shows numbers; those who have not answered see none, and in a burst many of them arrive."""
        unmoved = self._frames.get(_AUDIENCE[False])
        self._frames.clear()
        if unmoved:
            self._frames[_AUDIENCE[False]] = unmoved
        self._pages.pop(True, None)
        self._figures += 1

    def people_moved(self) -> None:
        """Somebody came or went: numbers go out with the next tick, or to desks and screens that come before it."""
        self._frames = {audience: made for audience, made in self._frames.items() if audience.role is Role.AUDIENCE}
        self._moved.set()

    async def set_trouble(self, troubled: bool) -> None:
        """Tell the desks that votes are not being stored, or that they are again."""
        self.fault_since = self.now() if troubled else None
        self._frames.clear()
        await self.broadcast(Role.MODERATOR)

    # What is seen

    def tally(self, question: Question) -> Counter[str]:
        """Return the sum of marks of a question's present wave."""
        return self.tallies.get((question.id, question.wave), Counter())

    def view(self, role: Role, *, answered: bool = False, look: int = 0) -> View:
        """Return what an audience sees now."""
        question = self.event.on_stage
        if role is Role.MODERATOR:
            question = self.event.question(look) if look else self.event.cue
        tally = self.tally(question) if question else {}
        return render.view(self.event, question, tally, self.present(), self.now(), role, answered=answered)

    def audience_of(self, participant: str) -> Audience:
        """Return the audience that a participant belongs to."""
        return _AUDIENCE[participant in self.standing]

    def frame(self, audience: Audience) -> Made:
        """Return the frame with the whole present state for an audience."""
        made = self._frames.get(audience)
        if made is None:
            seen = self.view(audience.role, answered=audience.answered, look=audience.look)
            html = render.frame(audience.role.value, seen, **self.context(audience.role, audience.look))
            made = self._frames[audience] = Made(html, encode(html))
        return made

    def page(self, answered: bool) -> bytes:
        """Return the audience page, the same bytes for everybody who has answered or has not."""
        page = self._pages.get(answered)
        if page is None:
            seen = self.view(Role.AUDIENCE, answered=answered)
            page = self._pages[answered] = render.page(
                "audience.html", self.event.language, self.site, view=seen, tab="now"
            )
        return page

    def context(self, role: Role, look: int = 0) -> dict[str, object]:
        """Return what the templates of a role need beside the view."""
        if role is Role.AUDIENCE:
            return {}
        address: dict[str, object] = {"address": self.site.address}
        if role is Role.SCREEN:
            return address | {"qr": render.qr_code(self.site.join_url(self.event.code))}
        question = self.event.question(look) if look else self.event.cue
        return address | {
            "screen": self.view(Role.SCREEN),
            "phone": self.view(Role.AUDIENCE),
            "counts": {one.id: self.tally(one)[ANSWERED] for one in self.event.questions},
            "allowed": allowed(self.event, question) if question else frozenset(),
            "is_last": question is not None and following(self.event, question) is None,
            "fault_since": self.fault_since,
            "screen_link": self.site.screen_link(self.event.code),
        }

    def etag(self, participant: str) -> str:
        """Return a tag of everything that a participant would see: a weak one, of state and not of bytes."""
        standing = self.standing.get(participant)
        numbers = self._figures if standing else 0
        return f'W/"{self.version:x}.{numbers:x}.{standing.rank.number if standing else 0}"'

    def receipt(self, participant: str) -> Receipt | None:
        """Return the greeting of somebody who has answered the question on the stage, else None."""
        stage, standing = self.event.on_stage, self.standing.get(participant)
        if stage is None or standing is None or stage.state is State.READY:
            return None
        rank = standing.rank
        return Receipt("counted", stage.id, stage.wave, standing.answer, rank.number, rank.submission)

    def private_html(self, participant: str, receipt: Receipt) -> bytes:
        """Return the private frame of one participant."""
        return render.private_frame(self.event, self._sights(participant), receipt)

    def _sights(self, participant: str) -> frozenset[Sight]:
        """Return what a participant may see of the question on the stage."""
        stage = self.event.on_stage
        if stage is None:
            return frozenset()
        return sees(Role.AUDIENCE, stage.state, stage.definition.reveal, answered=participant in self.standing)

    # Connections

    def join(self, connection: FanoutProtocol, role: Role, participant: str = "", look: int = 0) -> Member:
        """Take a connection in and send it the complete present state."""
        audience = self.audience_of(participant) if participant else Audience(role, look=look)
        member = Member(connection, participant, audience)
        self.hub.join(member)
        if participant:
            self.presence.connect(participant)
            self.people_moved()
        self.greet(member)
        return member

    def leave(self, member: Member) -> None:
        """Forget a connection that is closed."""
        self.hub.leave(member)
        if member.participant:
            self.presence.disconnect(member.participant, time.monotonic())

    def greet(self, member: Member) -> None:
        """Send one connection the complete present state, and what is private to it."""
        member.connection.push(self.frame(member.audience).encoded, STAGE)
        if member.participant and (receipt := self.receipt(member.participant)):
            member.connection.push(encode(self.private_html(member.participant, receipt)))

    def acknowledge(self, participant: str, receipt: Receipt) -> None:
        """Show all connections of a participant what they may see now, and tell them what became of a submission."""
        private = encode(self.private_html(participant, receipt))
        audience = self.audience_of(participant)
        for member in self.hub.of(participant):
            if member.audience != audience:
                self.hub.move(member, audience)
                member.connection.push(self.frame(audience).encoded + private)
            else:
                member.connection.push(private)

    def look(self, member: Member, question_id: int) -> None:
        """Show a desk another question, 0 for the stage's; raises Unknown."""
        if question_id:
            self.event.question(question_id)
        self.hub.move(member, Audience(Role.MODERATOR, look=question_id))
        self.greet(member)

    # Sending

    async def broadcast(self, *roles: Role) -> None:
        """Send the complete present state to everybody of these roles, then what is private to those who answered."""
        async with self._sending:
            version = self.version

            def current() -> bool:
                return self.version == version

            for audience in self.hub.audiences(*roles):
                await self.hub.send(audience, self.frame(audience).encoded, STAGE, current)
            if Role.AUDIENCE in roles:
                await self._send_receipts(current)

    async def _send_receipts(self, current: Callable[[], bool]) -> None:
        """Give everybody what is their own: the mark in a result shown now, the form in a question opened again."""
        if not self._sights("") & {Sight.FORM, Sight.RESULT}:
            return
        for at, participant in enumerate(list(self.standing)):
            members = self.hub.of(participant)
            receipt = self.receipt(participant) if members else None
            if receipt:
                private = encode(self.private_html(participant, receipt))
                for member in members:
                    member.connection.push(private)
            if at % 200 == 0:
                await asyncio.sleep(0)
                if not current():
                    return

    async def run(self) -> None:
        """Send numbers when they have moved, not faster than they can be read; runs until cancelled."""
        audience_due = 0.0
        audience_waits = False
        while True:
            if not audience_waits:
                await self._moved.wait()
            moved = self._moved.is_set()
            self._moved.clear()
            begun = time.monotonic()
            if moved:
                await self._tick(Role.MODERATOR)
            audience_waits = begun < audience_due
            if not audience_waits:
                self._forget_numbers()
                await self._tick(Role.SCREEN, Role.AUDIENCE)
                spent = time.monotonic() - begun
                audience_due = begun + max(AUDIENCE_SECONDS, SENDING_SHARE * spent)
            await asyncio.sleep(DESK_SECONDS)

    async def _tick(self, *roles: Role) -> None:
        async with self._sending:
            version = self.version
            for audience in self.hub.audiences(*roles):
                for topic, frame in self._moving(audience).items():
                    await self.hub.send(audience, encode(frame), topic, lambda: self.version == version)

    def _moving(self, audience: Audience) -> dict[str, bytes]:
        """Return the frames of a tick by topic: rows of a result that come and go, then the numbers."""
        seen = self.view(audience.role, answered=audience.answered, look=audience.look)
        preview = self.view(Role.SCREEN) if audience.role is Role.MODERATOR else None
        frames = {ROWS: render.rows(seen, preview), TICK: render.tick(seen, preview)}
        return {topic: frame for topic, frame in frames.items() if frame}

    async def heartbeat(self) -> None:
        """Tell every connection that we are here, and follow the clock through the programme; runs until cancelled."""
        beat = encode(render.HEARTBEAT)
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for audience in self.hub.audiences(*Role):
                await self.hub.send(audience, beat, BEAT, lambda: True)
            self.people_moved()
            if (item := self.view(Role.AUDIENCE).item) != self._item:
                self._item = item
                self._renew()
                await self.broadcast(Role.SCREEN, Role.MODERATOR, Role.AUDIENCE)
