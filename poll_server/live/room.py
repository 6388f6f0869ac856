"""One running event in memory: what is known of it, how that changes, and what comes of it for whoever looks.

The database is the truth; the room reads it at the start and after each step, and applies what the ballot box has
committed. `connections` lets people in, `private` says what is theirs alone, `sending` sends to many.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from poll_server import render
from poll_server.domain.access import SEES, Role, Sight, sees
from poll_server.domain.additions import Addition
from poll_server.domain.ballots import CAST_IN_SECRET, Key, Mark, Standing, with_piece
from poll_server.domain.contributions import SessionState
from poll_server.domain.decisions import Decision
from poll_server.domain.errors import Conflict
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import TAKES_BALLOTS, Action, Event, Question, State, allowed, following, plan_round
from poll_server.domain.slots import seal
from poll_server.domain.timing import Extension
from poll_server.live import floor_views
from poll_server.live.askings import Askings
from poll_server.live.floor import Floor
from poll_server.live.floor_views import FloorView
from poll_server.live.frames import Frames
from poll_server.live.hub import Audience, Hub, audience_in
from poll_server.live.links import Links
from poll_server.live.presence import LINGER_SECONDS, Presence
from poll_server.live.storing import EVERYTHING_STORED, Storing
from poll_server.questions.contract import ANSWERED
from poll_server.questions.languages import event_in
from poll_server.questions.split import NO_GROUP, Split, splits
from poll_server.render import Site, View

CLOSING = timedelta(seconds=1.5)
"""How long a closing question waits for votes that are on their way."""


class Room:
    """The live side of one event."""

    def __init__(self, event: Event, pseudonym_key: bytes, clock: Callable[[], datetime], site: Site) -> None:
        self.event = event
        self.site = site
        self.hub = Hub()
        self.presence = Presence()
        self.askings = Askings()
        self.floor: Floor | None = None
        """The questions from the floor, if the event has a session for them."""
        self.links = Links((), clock)
        """Those of the team, with whoever came by each."""
        self.frames = Frames(self.seen, self.context, site)
        self.stepping = asyncio.Lock()
        """Held while the event is changed: one step at a time."""
        self.sending = asyncio.Lock()
        """Held while something goes to many: one after the other."""
        self.moved = asyncio.Event()
        """Whether numbers have changed since the last tick."""
        self.grown = False
        """Whether the question on the stage has got or lost a part since the last tick."""
        self.ticks = self.ticks_skipped = 0
        """How often numbers went to phones and screens, and how often not because sending the last ones took long."""
        self.storing = EVERYTHING_STORED
        self.standing: dict[str, Standing] = {}
        """The ballots of the question on the stage, by participant."""
        self.extensions: dict[str, Extension] = {}
        """Who has more time to answer the question on the stage; gone when it is over."""
        self.extended = False
        """Whether anybody has taken more time for it, even if that is over: then the others' end stands."""
        self.groups: dict[str, str] = {}  # of each participant who has chosen one
        self._handed: dict[str, int] = {}
        self._moderated = -LINGER_SECONDS
        self._shown_since = 0.0  # when a result or notice was last shown, by the process's own clock
        self.key = pseudonym_key
        self._clock = clock
        self._translated: dict[str, Event] = {}

    def check_seen(self, revision: int) -> None:
        """Raise Conflict unless this is the present revision: the sender decided by what does not stand any more."""
        if revision != self.event.revision:
            raise Conflict("conflict")

    def pseudonym(self, participant_id: str) -> str:
        """Return the name that a participant has in this event's rows; it tells nothing about other events."""
        return blake2b(participant_id.encode(), key=self.key, digest_size=16).hexdigest()

    @property
    def badge(self) -> str:
        """What stands for the event in its team's cookies: one that gets its code when it is deleted has another."""
        return f"{self.event.code}.{self.pseudonym('team')}"

    def now(self) -> datetime:
        """Return the time in the event's time zone."""
        return self._clock().astimezone(ZoneInfo(self.event.time_zone))

    def present(self) -> int:
        """Return how many participants are there."""
        return self.presence.count(time.monotonic())

    def take_storing(self, storing: Storing) -> None:
        """Take how it stands with the votes, for the desks to see."""
        since = storing.since and storing.since.astimezone(ZoneInfo(self.event.time_zone))
        self.storing = storing._replace(since=since)
        self.frames.forget_staff()

    def visit(self, participant: str) -> None:
        """A participant asked for something over HTTP."""
        if self.presence.visit(participant, time.monotonic()):
            self.people_moved()

    def moderate(self) -> None:
        """A desk asked for something over HTTP."""
        self._moderated = time.monotonic()

    def is_moderated(self) -> bool:
        """Tell whether somebody is at a desk, with a socket or without."""
        hubs = (self.hub, self.floor.hub) if self.floor else (self.hub,)
        return any(hub.audiences(Role.MODERATOR) for hub in hubs) or time.monotonic() - self._moderated < LINGER_SECONDS

    def next_number(self, participant: str, given: int) -> int:
        """Return the number of a plain form, which cannot count: higher than that of any earlier one."""
        standing = self.standing.get(participant)
        stands = standing.rank.number if standing else 0
        number = max(stands, self._handed.get(participant, 0), given - 1) + 1
        self._handed[participant] = number
        return number

    @property
    def counts_down(self) -> bool:
        """Whether those who are there need to know the server's time."""
        stage = self.event.on_stage
        return stage is not None and stage.closes is not None and stage.state in TAKES_BALLOTS

    # What has changed

    def begin_event(self, event: Event, standing: dict[str, Standing] | None = None) -> None:
        """Take the state after a step; ``standing`` are the ballots of the question on the stage, None if unchanged."""
        stage, before = event.on_stage, self.event.on_stage
        if stage and stage.state.shown and (before is None or (before.id, before.state) != (stage.id, stage.state)):
            self._shown_since = time.monotonic()
        self.event = event
        self._translated.clear()
        self.askings.forget_endings(event)
        for member in self.hub.members(Role.MODERATOR):
            if member.audience.look and not event.has(member.audience.look):
                self.hub.move(member, Audience(Role.MODERATOR))
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
        self.renew()

    def _sort_audience(self) -> None:
        for member in self.hub.members(Role.AUDIENCE):
            if member.audience != (audience := self.audience_of(member.participant, member.audience.language)):
                self.hub.move(member, audience)

    def renew(self) -> None:
        """Let everything be made anew: something else than numbers has changed."""
        self.askings.forget_results()
        self.frames.forget()
        if self.floor:  # its pages say when a question is open
            self.floor.kept.renew()

    def count(self, changes: dict[Mark, int], standing: dict[Key, Standing]) -> None:
        """Apply what a committed batch has changed."""
        self.askings.add(changes)
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
        self.frames.forget_numbers()
        self.moved.set()

    def recall(
        self,
        tallies: dict[tuple[int, int], Counter[str]],
        decisions: dict[tuple[int, int], dict[str, Decision]],
        standing: dict[str, Standing],
    ) -> None:
        """Take what the database has instead of what was added up here; who has answered is told with the receipt."""
        self.askings.tallies = tallies
        self.askings.decisions = decisions
        self.standing = standing
        self.renew()
        self.moved.set()

    def extend(self, participant: str, extension: Extension | None) -> None:
        """Give a participant more time, or take what is over."""
        if extension:
            self.extensions[participant] = extension
            self.extended = True
        else:
            self.extensions.pop(participant, None)
        self.frames.numbers += 1
        self.frames.forget_staff()

    def takes_from(self, participant: str, question: Question) -> bool:
        """Tell whether a vote of this participant comes in time; where some took more time, the others' end stands."""
        if question.state is not State.CLOSING or question.closed is None or not self.extended:
            return True
        return participant in self.extensions or self.now() < question.closed + CLOSING

    def group_of(self, participant: str, definition: Definition) -> str:
        """Return the group to store with a ballot: that of its participant, none where there is no result by group."""
        return self.groups.get(participant, NO_GROUP) if self.groups and splits(definition) else NO_GROUP

    def keep_addition(self, addition: Addition) -> None:
        """Take an addition that is new or was decided about; the desks list it with the next tick."""
        self.askings.keep_addition(addition)
        self.moved.set()

    def grow(self, event: Event, addition: Addition) -> None:
        """Take an event whose question has got another part, or lost one; it goes out anew with the next tick.

        However many are accepted within a tick, everybody gets one frame; the desks see it in their lists at once.
        """
        self.event = event
        self._translated.clear()
        self.grown = True
        self.frames.forget_decided()
        self.keep_addition(addition)

    def finish(self, question: Question, final: Counter[str]) -> None:
        """Take what stands beside the tally of a question that is closed."""
        self.askings.finals[question.id, question.wave] = final
        self.renew()

    def take_split(self, question: Question, split: Split) -> None:
        """Take what may be shown of a closed question by group and as movements."""
        self.askings.splits[question.id, question.wave] = split
        self.renew()

    def decide(self, decisions: dict[tuple[int, int], dict[str, Decision]]) -> None:
        """Take what moderators have decided; results go out with the next tick, so that no form is disturbed."""
        self.askings.decisions = decisions
        self.askings.forget_results()
        self.frames.forget_decided()
        self.moved.set()

    def people_moved(self) -> None:
        """Somebody came or went: numbers go out with the next tick, or to desks and screens that come before it."""
        self.frames.forget_staff()
        self.moved.set()

    # What is seen

    def event_in(self, language: str) -> Event:
        """Return the event with its questions in a language, empty for its own; made when it is first asked for."""
        if not language:
            return self.event
        if language not in self._translated:
            self._translated[language] = event_in(self.event, language)
        return self._translated[language]

    def seen(self, audience: Audience) -> View:
        """Return what an audience sees now."""
        return self.view(
            audience.role,
            answered=audience.answered,
            look=audience.look,
            wanted=audience.wanted,
            entitled=audience.entitled,
            language=audience.language,
        )

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
        """Return what somebody sees now."""
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
            self.askings.present(question) if question else None,
            self.present(),
            self.now(),
            role,
            answered=answered,
            earlier=[self.askings.counted(question, wave.number) for wave in question.earlier] if question else (),
            wanted=wanted,
            entitled=entitled,
            extended=self.extended,
            language=language,
            split=self.askings.split(question) if question else None,
        )

    def floor_on_screen(self) -> FloorView | None:
        """Return the questions from the floor that the screen shows now, None while it shows something else.

        A question that is being asked goes before, and the join code where moderators show it. Of the current
        contribution and a result the one that was shown last stands there; the list of the most backed goes only before
        the join code.
        """
        stage = self.event.on_stage
        if self.floor is None or self.event.join_shown or (stage and stage.state in TAKES_BALLOTS):
            return None
        item_id = floor_views.on_stage(self.floor.memory)
        if not item_id:
            return None
        found = floor_views.screen(self.floor.memory, item_id)
        if found.current and not (stage and stage.state.shown and self._shown_since > self.floor.memory.current_since):
            return found
        shown = found.session.state is SessionState.OPEN and found.listed.items
        return found if shown and not (stage and SEES[Role.SCREEN, stage.state]) else None

    def floor_on_podium(self) -> FloorView | None:
        """Return the questions from the floor that the podium reads now, None without a session."""
        item_id = floor_views.on_stage(self.floor.memory) if self.floor else 0
        return floor_views.podium(self.floor.memory, item_id) if self.floor and item_id else None

    def audience_of(self, participant: str, language: str = "") -> Audience:
        """Return the audience that a participant belongs to who reads this language, empty for the event's."""
        return audience_in(language, participant in self.standing, participant in self.extensions)

    def context(self, role: Role, look: int = 0) -> dict[str, object]:
        """Return what the templates of a role need beside the view."""
        if role is Role.AUDIENCE:
            return {}
        address: dict[str, object] = {"address": self.site.address}
        if role is Role.SCREEN:
            qr = render.qr_code(self.site.join_url(self.event.code))
            return address | {"qr": qr, "floor": self.floor_on_screen()}
        if role is Role.PODIUM:
            return {"floor": self.floor_on_podium()}
        question = self.event.question(look) if look else self.event.cue
        return address | {
            "screen": self.view(Role.SCREEN),
            "floor": self.floor_on_screen(),
            "phone": self.view(Role.AUDIENCE),
            "counts": {one.id: self.askings.present(one).tally.get(ANSWERED, 0) for one in self.event.questions},
            "allowed": allowed(self.event, question) if question else frozenset(),
            "of_round": {
                action: len(plan_round(self.event, action, question.id))
                for action in (Action.ARCHIVE, Action.RESTORE)
                if question
            },
            "is_last": question is not None and following(self.event, question) is None,
            "storing": self.storing,
            "programme_seal": seal(self.event.items),
            "more_time": len(self.extensions),
            "look": look,
            **self.queue(),
            "translated": {tag: self.event_in(tag).question(question.id) for tag in self.event.languages[1:]}
            if question
            else {},
        }

    def queue(self) -> dict[str, object]:
        """Return what stands of the questions from the floor at the desk: how many wait, and the first of them."""
        found = {"waiting": self.floor.waiting, "queue": floor_views.queue(self.floor.memory)} if self.floor else {}
        return {"waiting": None, "queue": None, **found}

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
            extended=self.extended,
            answerable=stage.answerable,
            secret=stage.definition.secret,
        )
