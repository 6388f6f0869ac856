"""What a process keeps in memory of an event's sessions: read at the start, changed by what has been committed only."""

import time
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.contributions import Contribution, Fate, Session
from poll_server.domain.errors import Unknown
from poll_server.domain.fates import Turn
from poll_server.storage import backings, contributions
from poll_server.storage.contributions import Rules, Sending


class Memory:
    """Sessions, contributions and backings of one event."""

    def __init__(
        self,
        sessions: Mapping[int, Session],
        rules: Rules,
        found: Iterable[Contribution] = (),
        backed: Mapping[str, set[int]] | None = None,
        backers: Mapping[int, int] | None = None,
        turns: Mapping[int, Sequence[Turn]] | None = None,
    ) -> None:
        self.sessions = dict(sessions)
        self.rules = rules
        self.backers = dict(backers or {})
        """How many people back each contribution or one joined with it; what is joined itself has none."""
        self.turns = {id_: list(some) for id_, some in (turns or {}).items()}
        """What became of each contribution one after the other, for its author."""
        self.current_since = 0.0
        """When a contribution was last put on the screen, by the process's own clock."""
        self.shown_last = 0
        """In which session that was."""
        self._backed = {who: set(ids) for who, ids in (backed or {}).items()}
        self._there: dict[int, dict[int, Contribution]] = {item_id: {} for item_id in sessions}
        self._session_of: dict[int, int] = {}
        self._sent: dict[Sending, int] = {}
        self._own: dict[str, list[int]] = {}
        self._joined: dict[int, set[int]] = {}
        for one in found:
            self.take(one)

    def take(self, one: Contribution) -> None:
        """Take a contribution that is new or has changed."""
        before = self._there[one.item_id].get(one.id)
        if one.fate is Fate.CURRENT and (before is None or before.fate is not Fate.CURRENT):
            self.current_since, self.shown_last = time.monotonic(), one.item_id
        if before is None:
            self._session_of[one.id] = one.item_id
            self._sent[one.item_id, one.participant, one.submission] = one.id
            self._own.setdefault(one.participant, []).append(one.id)
        elif before.joined:
            self._joined[before.joined].discard(one.id)
        if one.joined:
            self._joined.setdefault(one.joined, set()).add(one.id)
        self._there[one.item_id][one.id] = one

    def turn(self, id_: int, turn: Turn | None) -> None:
        """Take what has just become of a contribution, if its author hears of it."""
        if turn:
            self.turns.setdefault(id_, []).append(turn)

    def planned(self, item_id: int) -> list[Contribution]:
        """Return those that moderators have planned to show, the next one first."""
        found = (one for one in self._there[item_id].values() if one.place and one.fate is Fate.ACCEPTED)
        return sorted((one for one in found if not one.joined), key=lambda one: (one.place, one.id))

    def session(self, item_id: int) -> Session:
        """Return a session; raises Unknown."""
        if item_id not in self.sessions:
            raise Unknown("unknown_session")
        return self.sessions[item_id]

    def there(self, item_id: int) -> Mapping[int, Contribution]:
        """Return all contributions to a session by id, oldest first."""
        return self._there[item_id]

    def contribution(self, id_: int) -> Contribution:
        """Return a contribution; raises Unknown."""
        if id_ not in self._session_of:
            raise Unknown("unknown_contribution")
        return self._there[self._session_of[id_]][id_]

    def sent(self, sending: Sending) -> Contribution | None:
        """Return what was stored of a sending, None if it is new."""
        id_ = self._sent.get(sending)
        return None if id_ is None else self.contribution(id_)

    def own(self, participant: str, item_id: int) -> list[Contribution]:
        """Return what a participant has sent to a session, oldest first."""
        ids = (id_ for id_ in self._own.get(participant, ()) if self._session_of[id_] == item_id)
        return [self.contribution(id_) for id_ in ids]

    @property
    def people(self) -> set[str]:
        """Everybody who has sent something in."""
        return set(self._own)

    def together(self, root: int) -> list[Contribution]:
        """Return those that are joined with a contribution, oldest first."""
        return [self.contribution(id_) for id_ in sorted(self._joined.get(root, ()))]

    def backed(self, participant: str) -> frozenset[int]:
        """Return the contributions that a participant backs, of those that are joined the one they are joined with."""
        return frozenset(self.contribution(id_).root for id_ in self._backed.get(participant, ()))

    def backs(self, participant: str, root: int) -> bool:
        """Tell whether a participant backs a contribution or one joined with it."""
        return not self._backed.get(participant, set()).isdisjoint({root, *self._joined.get(root, ())})

    def note(self, wishes: Mapping[tuple[int, str], bool], backers: Mapping[int, int]) -> None:
        """Take who backs what now, and how many people that are."""
        for (id_, who), backed in wishes.items():
            if backed:
                self._backed.setdefault(who, set()).add(id_)
            elif who in self._backed:
                self._backed[who].discard(id_)
        self.backers |= backers


async def read(connection: AsyncConnection, event_id: int, zone: ZoneInfo) -> Memory | None:
    """Read the sessions of an event with all that belongs to them; None if it has no session."""
    sessions = await contributions.sessions(connection, event_id)
    if not sessions:
        return None
    rules = await contributions.rules(connection, event_id)
    found = await contributions.contributions(connection, list(sessions), zone)
    backed = await backings.backed(connection, list(sessions))
    backers = await backings.count_all(connection, list(sessions))
    turns = await contributions.turns(connection, list(sessions), zone)
    return Memory(sessions, rules, found.values(), backed, dict.fromkeys(found, 0) | backers, turns)
