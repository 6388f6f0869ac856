"""One running event: its state in memory, who is there, and the frames they get.

The database is the truth; the room reads it at the start and after each step, and applies what the ballot box has
committed.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from poll_server import render
from poll_server.domain import additions
from poll_server.domain.access import Role, Sight, sees
from poll_server.domain.additions import Addition
from poll_server.domain.ballots import CAST_IN_SECRET, Key, Mark, Standing, with_piece
from poll_server.domain.decisions import UNDECIDED, Decision, Entry
from poll_server.domain.errors import PollError
from poll_server.domain.programme import Definition, item_now
from poll_server.domain.rounds import FINAL, TAKES_BALLOTS, Event, Question, State, allowed, following
from poll_server.domain.timing import Extension
from poll_server.live.hub import Audience, Hub, Member, audience_in
from poll_server.live.presence import LINGER_SECONDS, Presence
from poll_server.live.protocol import FanoutProtocol, encode
from poll_server.questions import kind_of
from poll_server.questions.contract import ANSWERED
from poll_server.questions.languages import event_in
from poll_server.questions.split import NO_GROUP, Split, splits
from poll_server.render import Counted, Receipt, Site, View

DESK_SECONDS = 0.25
"""Desks get numbers at most this often."""
AUDIENCE_SECONDS = 1.0
"""Phones and screens get numbers at most this often; a number that moves faster cannot be read."""
SENDING_SHARE = 4
"""Of the time between two ticks at most one part in so many is spent sending."""
HEARTBEAT_SECONDS = 20.0
CLOSING = timedelta(seconds=1.5)
"""How long a closing question waits for votes that are on their way."""

STAGE, ROWS, ENTRIES, TICK, BEAT = "stage", "rows", "entries", "tick", "beat"


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
        self.extensions: dict[str, Extension] = {}
        """Who has more time to answer the question on the stage; gone when it is over."""
        self.extended = False
        """Whether anybody has taken more time for it, even if that is over: then the others' end stands."""
        self.finals: dict[tuple[int, int], Counter[str]] = {}
        """What stands beside the tally of each asking that is closed, see `Kind.final`."""
        self.splits: dict[tuple[int, int], Split] = {}
        """What may be shown by group and as movements of each asking that is closed."""
        self.groups: dict[str, str] = {}  # of each participant who has chosen one
        self.decisions: dict[tuple[int, int], dict[str, Decision]] = {}
        """What moderators have decided about the entries of each asking."""
        # What participants have added, by question and id; nobody but the desks sees it before it is accepted.
        self.additions: dict[int, dict[int, Addition]] = {}
        self._grown = False
        self._figures = self._decided = 0
        self._listed: dict[Audience, bytes] = {}
        self._key = pseudonym_key
        self._clock = clock
        self._counted: dict[tuple[int, int, str], Counted] = {}
        self._translated: dict[str, Event] = {}
        self._frames: dict[Audience, Made] = {}
        self._pages: dict[Audience, bytes] = {}
        self._moved, self._sending = asyncio.Event(), asyncio.Lock()
        self._item = item_now(event.items, self.now())

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
        self._translated.clear()
        for question in event.questions:
            if question.state not in FINAL:
                self.finals.pop((question.id, question.wave), None)
                self.splits.pop((question.id, question.wave), None)
        for member in self.hub.members(Role.MODERATOR):
            if member.audience.look and not event.has(member.audience.look):
                self.hub.move(member, Audience(Role.MODERATOR))
        stage = event.on_stage
        audience_moves = standing is not None
        if stage is None or stage.state not in TAKES_BALLOTS:
            audience_moves |= bool(self.extensions)
            self.extensions = {}
            self.extended = False
        if standing is not None:
            self.standing = standing
            self._handed.clear()
        if audience_moves:
            self._sort_audience()
        self._renew()

    def _sort_audience(self) -> None:
        for member in self.hub.members(Role.AUDIENCE):
            if member.audience != (audience := self.audience_of(member.participant, member.audience.language)):
                self.hub.move(member, audience)

    def _renew(self) -> None:
        self.version += 1
        self._counted.clear()
        self._frames.clear()
        self._pages.clear()

    def count(self, changes: dict[Mark, int], standing: dict[Key, Standing]) -> None:
        """Apply what a committed batch has changed."""
        for mark, n in changes.items():
            self.tallies.setdefault((mark.question_id, mark.wave), Counter())[mark.key] += n
        self._counted.clear()
        stage = self.event.on_stage
        if stage is None:
            return
        for key, ballot in standing.items():
            if (key.question_id, key.wave) != (stage.id, stage.wave):
                continue
            if key.part:
                self.standing[key.participant] = with_piece(self.standing.get(key.participant), key.part, ballot)
            elif ballot.answer or ballot is CAST_IN_SECRET:  # another one without an answer only counts the person
                self.standing[key.participant] = ballot
        if stage.definition.secret:  # that somebody has voted is a number too, and a tick would tell when
            return
        self._forget_numbers()
        self._moved.set()

    def recall(
        self,
        tallies: dict[tuple[int, int], Counter[str]],
        decisions: dict[tuple[int, int], dict[str, Decision]],
        standing: dict[str, Standing],
    ) -> None:
        """Take what the database has instead of what was added up here; who has answered is told with the receipt."""
        self.tallies = tallies
        self.decisions = decisions
        self.standing = standing
        self._renew()
        self._moved.set()

    def extend(self, participant: str, extension: Extension | None) -> None:
        """Give a participant more time, or take what is over; their connections see the form accordingly."""
        if extension:
            self.extensions[participant] = extension
            self.extended = True
        else:
            self.extensions.pop(participant, None)
        self._figures += 1
        self._frames = {audience: made for audience, made in self._frames.items() if audience.role is Role.AUDIENCE}
        for member in self.hub.of(participant):
            self.hub.move(member, self.audience_of(participant, member.audience.language))
            self.greet(member)

    def takes_from(self, participant: str, question: Question) -> bool:
        """Tell whether a vote of this participant comes in time; where some took more time, the others' end stands."""
        if question.state is not State.CLOSING or question.closed is None or not self.extended:
            return True
        return participant in self.extensions or self.now() < question.closed + CLOSING

    def group_of(self, participant: str, definition: Definition) -> str:
        """Return the group to store with a ballot: that of its participant, none where there is no result by group."""
        return self.groups.get(participant, NO_GROUP) if self.groups and splits(definition) else NO_GROUP

    def choose(self, participant: str, group: str) -> None:
        """Take the group that a participant comes from, and tell all their connections."""
        self.groups[participant] = group
        for member in self.hub.of(participant):
            spoken = member.audience.language or self.event.language
            told = render.own_group(self.event.code, self.event.groups, group, spoken, fresh=True)
            member.connection.push(encode(told))

    def additions_of(self, participant: str, question: Question) -> list[Addition]:
        """Return what a participant has added to a question, oldest first."""
        return [one for one in self.additions.get(question.id, {}).values() if one.participant == participant]

    def keep_addition(self, addition: Addition) -> None:
        """Take an addition that is new or was decided about; the desks list it with the next tick."""
        self.additions.setdefault(addition.question_id, {})[addition.id] = addition
        self._counted.clear()
        self._moved.set()

    def grow(self, event: Event, addition: Addition) -> None:
        """Take an event whose question has got another part, or lost one; it goes out anew with the next tick.

        However many are accepted within a tick, everybody gets one frame; the desks see it in their lists at once.
        """
        self.event = event
        self._translated.clear()
        self._grown = True
        self._decided += 1
        self._frames.clear()
        self._pages.clear()
        self.keep_addition(addition)

    def tell_additions(self, participant: str, *, fresh: bool = False) -> None:
        """Tell all connections of a participant what has become of their additions."""
        for member in self.hub.of(participant):
            if told := self.own_additions(participant, member.audience.language, fresh=fresh):
                member.connection.push(encode(told))

    def own_additions(
        self, participant: str, language: str = "", *, fresh: bool = False, error: PollError | None = None
    ) -> bytes:
        """Return the private frame with somebody's additions to the question on the stage, nothing without a form."""
        stage = self.event.on_stage
        if stage is None or Sight.FORM not in self.sights(participant):
            return b""
        if not kind_of(stage.definition).extensible(stage.definition):
            return b""
        spoken = language or self.event.language
        mine = self.additions_of(participant, stage)
        return render.own_additions(self.event_in(language), stage.id, mine, spoken, fresh=fresh, error=error)

    def finish(self, question: Question, final: Counter[str]) -> None:
        """Take what stands beside the tally of a question that is closed."""
        self.finals[question.id, question.wave] = final
        self._renew()

    def take_split(self, question: Question, split: Split) -> None:
        """Take what may be shown of a closed question by group and as movements."""
        self.splits[question.id, question.wave] = split
        self._renew()

    def decide(self, decisions: dict[tuple[int, int], dict[str, Decision]]) -> None:
        """Take what moderators have decided; results go out with the next tick, so that no form is disturbed."""
        self.decisions = decisions
        self._decided += 1
        self._counted.clear()
        self._frames.clear()
        self._pages.clear()
        self._moved.set()

    def _forget_numbers(self) -> None:
        """Drop what shows numbers; those who have not answered see none, and in a burst many of them arrive."""
        self._frames = {audience: made for audience, made in self._frames.items() if audience.sees_no_number}
        self._pages = {audience: page for audience, page in self._pages.items() if audience.sees_no_number}
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

    def counted(self, question: Question, wave: int) -> Counted:
        """Return the sum of marks of one asking, after closing with what stands beside it, and what comes of it.

        All views in the question's language share it until something changes.
        """
        asking, key = (question.id, wave), (question.id, wave, question.definition.language)
        if key not in self._counted:
            tally = self.tallies[asking] = kind_of(question.definition).kept(self.tallies.get(asking, Counter()))
            whole = tally + final if (final := self.finals.get(asking)) else tally
            decided = self.decisions.get(asking, UNDECIDED)
            if (added := self.additions.get(question.id)) and wave == question.wave:
                whole = whole + additions.entered(added.values())
                decided = {**decided, **additions.decided(added.values())}
            self._counted[key] = Counted(question.definition, whole, decided)
        return self._counted[key]

    def tally(self, question: Question) -> Mapping[str, int]:
        """Return the tally of a question's present wave."""
        return self.counted(question, question.wave).tally

    def entries(self, question: Question) -> tuple[Entry, ...]:
        """Return what moderators decide about in the result of a question's present wave."""
        return self.counted(question, question.wave).entries

    def event_in(self, language: str) -> Event:
        """Return the event with its questions in a language, empty for its own; made when it is first asked for."""
        if not language:
            return self.event
        if language not in self._translated:
            self._translated[language] = event_in(self.event, language)
        return self._translated[language]

    def view(
        self,
        role: Role,
        *,
        answered: bool = False,
        look: int = 0,
        wanted: str = "",
        entitled: bool = False,
        language: str = "",
    ) -> View:
        """Return what an audience sees now."""
        question = self.event_in(language).on_stage
        if role is Role.MODERATOR:
            question = self.event.question(look) if look else self.event.cue
        return self.view_of(question, role, answered=answered, wanted=wanted, entitled=entitled, language=language)

    def view_of(
        self,
        question: Question | None,
        role: Role,
        *,
        answered: bool = False,
        wanted: str = "",
        entitled: bool = False,
        language: str = "",
    ) -> View:
        """Return what a role may see now of this question, which is one of the event in this language."""
        return render.view(
            self.event_in(language),
            question,
            self.counted(question, question.wave) if question else None,
            self.present(),
            self.now(),
            role,
            answered=answered,
            earlier=[self.counted(question, wave.number) for wave in question.earlier] if question else (),
            wanted=wanted,
            entitled=entitled,
            language=language,
            split=self.splits.get((question.id, question.wave)) if question else None,
        )

    def audience_of(self, participant: str, language: str = "") -> Audience:
        """Return the audience that a participant belongs to who reads this language, empty for the event's."""
        return audience_in(language, participant in self.standing, participant in self.extensions)

    def frame(self, audience: Audience) -> Made:
        """Return the frame with the whole present state for an audience."""
        made = self._frames.get(audience)
        if made is None:
            seen = self._seen(audience)
            self._listed.pop(audience, None)
            html = render.frame(audience.role.value, seen, **self.context(audience.role, audience.look))
            made = self._frames[audience] = Made(html, encode(html))
        return made

    def _seen(self, audience: Audience) -> View:
        return self.view(
            audience.role,
            answered=audience.answered,
            look=audience.look,
            wanted=audience.wanted,
            entitled=audience.entitled,
            language=audience.language,
        )

    def page(self, audience: Audience) -> bytes:
        """Return the page of the audience, the same bytes for everybody in it."""
        page = self._pages.get(audience)
        if page is None:
            seen = self._seen(audience)
            page = self._pages[audience] = render.page("audience.html", seen.language, self.site, view=seen, tab="now")
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
            "counts": {one.id: self.tally(one).get(ANSWERED, 0) for one in self.event.questions},
            "allowed": allowed(self.event, question) if question else frozenset(),
            "is_last": question is not None and following(self.event, question) is None,
            "fault_since": self.fault_since,
            "more_time": len(self.extensions),
            "screen_link": self.site.screen_link(self.event.code),
            "look": look,
            "translated": {tag: self.event_in(tag).question(question.id) for tag in self.event.languages[1:]}
            if question
            else {},
        }

    def etag(self, participant: str, language: str = "") -> str:
        """Return a tag of everything that a participant would see: a weak one, of state and not of bytes."""
        standing, extension = self.standing.get(participant), self.extensions.get(participant)
        numbers = self._figures if standing else 0
        group = self.groups.get(participant, NO_GROUP)
        own = f"{standing.rank.number if standing else 0}.{extension.times if extension else 0}.{group}"
        if (stage := self.event.on_stage) and (mine := self.additions_of(participant, stage)):
            own += "." + "".join(str(one.verdict or "-")[0] for one in mine)
        return f'W/"{self.version:x}.{self._decided:x}.{numbers:x}.{own}{language}"'

    def receipt(self, participant: str) -> Receipt | None:
        """Return the greeting of somebody who has answered the question on the stage, else None."""
        stage, standing = self.event.on_stage, self.standing.get(participant)
        if stage is None or standing is None or stage.state is State.READY:
            return None
        rank, secret = standing.rank, standing is CAST_IN_SECRET
        submission = None if secret else rank.submission
        return Receipt("counted", stage.id, stage.wave, standing.answer, rank.number, submission, secret=secret)

    @property
    def _counts_down(self) -> bool:
        """Whether those who are there need to know the server's time."""
        stage = self.event.on_stage
        return stage is not None and stage.closes is not None and stage.state in TAKES_BALLOTS

    def private(self, participant: str, language: str = "") -> bytes:
        """Return what is private to somebody who comes back: group, answer that counts, more time; maybe nothing."""
        frames = []
        if group := self.groups.get(participant):
            spoken = language or self.event.language
            frames.append(render.own_group(self.event.code, self.event.groups, group, spoken))
        if receipt := self.receipt(participant):
            frames.append(self.private_html(participant, receipt, language))
        stage, extension = self.event.on_stage, self.extensions.get(participant)
        if stage and stage.closes and extension:
            spoken = language or self.event.language
            frames.append(render.own_time(spoken, stage.id, stage.wave, until=extension.until))
        if stage and self.additions_of(participant, stage) and (told := self.own_additions(participant, language)):
            frames.append(told)
        return b"\n".join(frames)

    def private_html(self, participant: str, receipt: Receipt, language: str = "") -> bytes:
        """Return the private frame of one participant."""
        return render.private_frame(self.event_in(language), self.sights(participant), receipt, language)

    def sights(self, participant: str) -> frozenset[Sight]:
        """Return what a participant may see of the question on the stage."""
        stage = self.event.on_stage
        if stage is None:
            return frozenset()
        return sees(
            Role.AUDIENCE,
            stage.state,
            stage.definition.reveal,
            answered=participant in self.standing,
            entitled=participant in self.extensions,
            answerable=stage.answerable,
            secret=stage.definition.secret,
        )

    # Connections

    def join(
        self,
        connection: FanoutProtocol,
        role: Role,
        participant: str = "",
        look: int = 0,
        wanted: str = "",
        language: str = "",
    ) -> Member:
        """Take a connection in and send it the complete present state."""
        audience = Audience(role, look=look, wanted=wanted)
        if participant:
            audience = self.audience_of(participant, language)
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
        if self._counts_down:
            member.connection.push(encode(render.heartbeat(self.now())), BEAT)
        if member.participant and (private := self.private(member.participant, member.audience.language)):
            member.connection.push(encode(private))

    def acknowledge(self, participant: str, receipt: Receipt) -> None:
        """Show all connections of a participant what they may see now, and tell them what became of a submission."""
        for member in self.hub.of(participant):
            private = encode(self.private_html(participant, receipt, member.audience.language))
            audience = self.audience_of(participant, member.audience.language)
            if member.audience != audience:
                self.hub.move(member, audience)
                member.connection.push(self.frame(audience).encoded + private)
            else:
                member.connection.push(private)

    def look(self, member: Member, question_id: int, wanted: str = "") -> None:
        """Show a desk another question, of its entries those with ``wanted``; the stage's for one that is not there."""
        look = question_id if self.event.has(question_id) else 0
        self.hub.move(member, Audience(Role.MODERATOR, look=look, wanted=wanted))
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
            if self._counts_down:
                await self._beat()

    async def _send_receipts(self, current: Callable[[], bool]) -> None:
        """Give everybody what is their own: the mark in a result shown now, the form in a question opened again."""
        if not self.sights("") & {Sight.FORM, Sight.RESULT}:
            return
        for at, participant in enumerate(list(self.standing)):
            members = self.hub.of(participant)
            receipt = self.receipt(participant) if members else None
            if receipt:
                for member in members:
                    private = self.private_html(participant, receipt, member.audience.language)
                    member.connection.push(encode(private))
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
                if self._grown:
                    self._grown = False
                    await self.broadcast(Role.SCREEN, Role.AUDIENCE)
                else:
                    await self._tick(Role.SCREEN, Role.AUDIENCE)
                await self.list_entries()
                spent = time.monotonic() - begun
                audience_due = begun + max(AUDIENCE_SECONDS, SENDING_SHARE * spent)
            await asyncio.sleep(DESK_SECONDS)

    async def _tick(self, *roles: Role) -> None:
        async with self._sending:
            version = self.version
            for audience in self.hub.audiences(*roles):
                for topic, frame in self._moving(audience).items():
                    await self.hub.send(audience, encode(frame), topic, lambda: self.version == version)

    async def list_entries(self) -> None:
        """Send the desks what they decide about, where it is not what they got last."""
        async with self._sending:
            version = self.version
            desks = self.hub.audiences(Role.MODERATOR)
            self._listed = {audience: html for audience, html in self._listed.items() if audience in desks}
            for audience in desks:
                html = render.entry_list(self._seen(audience), audience.look)
                if html and html != self._listed.get(audience):
                    await self.hub.send(audience, encode(html), ENTRIES, lambda: self.version == version)
                    self._listed[audience] = html

    def _moving(self, audience: Audience) -> dict[str, bytes]:
        """Return the frames of a tick by topic: rows of a result that come and go, then the numbers."""
        seen = self._seen(audience)
        preview = self.view(Role.SCREEN) if audience.role is Role.MODERATOR else None
        frames = {ROWS: render.rows(seen, preview), TICK: render.tick(seen, preview)}
        return {topic: frame for topic, frame in frames.items() if frame}

    async def _beat(self) -> None:
        beat = encode(render.heartbeat(self.now()))
        for audience in self.hub.audiences(*Role):
            await self.hub.send(audience, beat, BEAT, lambda: True)

    async def heartbeat(self) -> None:
        """Tell every connection that we are here, and follow the clock through the programme; runs until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self._beat()
            self.people_moved()
            if (item := item_now(self.event.items, self.now())) != self._item:
                self._item = item
                self._renew()
                await self.broadcast(Role.SCREEN, Role.MODERATOR, Role.AUDIENCE)
