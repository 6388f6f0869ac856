"""One participant without the network: what they hear, intend and send. Times are those of the loop."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from uuid import uuid4

from poll_server.simulate.answers import ABSTAIN, Field, fill, learns, sizes, statement
from poll_server.simulate.frames import ABSTENTION, Form, Frame, Key, Receipt, Stage, figure
from poll_server.simulate.habits import Habits
from poll_server.simulate.report import Ledger

RESEND_SECONDS = 5.0
WAITING_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
CHANGES_MAXIMUM = 2


@dataclass
class Vote:
    """A vote that was made; ``word`` is the last that the server said about it: nothing, waiting, counted or refused.

    ``size`` is what the crowd can learn of it: see `answers.sizes`; ``told`` the answer that the server made of it.
    ``sent`` is when it was first sent over the present connection, ``since`` when the present wait for a word began.
    """

    form: Form
    number: int
    entered: tuple[Field, ...]
    size: int
    submission: str
    is_change: bool
    word: str = ""
    told: frozenset[str] = frozenset()
    waits: int = 0
    sent: float | None = None
    since: float = 0.0
    resend: float = 0.0

    @property
    def key(self) -> Key:
        """What it answers."""
        return self.form.key

    @property
    def answer(self) -> tuple[str, ...]:
        """What was chosen, as answers and tallies write it; what was written is not in it."""
        if self.entered == (ABSTAIN,):
            return (ABSTENTION,)
        offered = {control.name: control for control in self.form.controls if control.values}
        return tuple(offered[name].token(value) for name, value in self.entered if name in offered)

    @property
    def is_plain(self) -> bool:
        """Whether it is told just as it was sent: a choice, an abstention; other answers the server may tidy up."""
        return {name for name, _ in self.entered} <= {"answer", "abstain"} and len(self.answer) == len(self.entered)

    @property
    def people(self) -> tuple[str, ...]:
        """What the tally counts of it, as far as that can be known."""
        return self.answer if self.answer == (ABSTENTION,) else (*self.answer, "people")

    @property
    def message(self) -> str:
        """What goes over the wire, each time the same: a list where a name has several controls or may have."""
        lists = {control.name for control in self.form.controls if control.type == "checkbox"}
        entered: dict[str, str | list[str]] = {}
        for name, value in self.entered:
            before = entered.get(name, [] if name in lists else None)
            entered[name] = value if before is None else [*([before] if isinstance(before, str) else before), value]
        return json.dumps({**self.form.fields, "number": str(self.number), "submission": self.submission, **entered})

    def is_told_as(self, answer: frozenset[str]) -> bool:
        """Whether the server may tell this as the answer that stands; of a secret one it may tell nothing."""
        if self.form.secret:
            return not answer
        return answer == (frozenset(self.answer) if self.is_plain else self.told or answer)


@dataclass(frozen=True)
class Plan:
    """To answer, or to change the answer, at this time."""

    key: Key
    at: float


class Person:
    """Somebody in the audience; ``patience`` is how long a vote may go without a word before it is called lost.

    With ``rehearsal`` they make a vote only while the stage says that it is one.
    """

    def __init__(
        self, number: int, habits: Habits, ledger: Ledger, *, patience: float, alone: bool, rehearsal: bool = False
    ) -> None:
        self.habits = habits
        self.pending: dict[str, Vote] = {}
        self._number = number
        self._ledger = ledger
        self._patience = patience
        self._alone = alone
        self._rehearsal = rehearsal
        self._made: dict[str, Vote] = {}
        self._standing: dict[Key, Vote] = {}
        self._answers: dict[Key, bool] = {}
        self._changes: dict[Key, int] = {}
        self._forms: dict[Key, Form] = {}
        self._stage: Stage | None = None
        self._plan: Plan | None = None
        self._leaves = inf
        self._group: str | None = None
        self._is_done = False
        self._has_been_there = False
        self._chooses = inf
        self._own: dict[str, list[str]] = {}  # by question, the statements that they have not got in yet
        self._adding: Form | None = None
        self._adds = inf
        self._has_added = False

    @property
    def due(self) -> float:
        """When ``act`` has something to do next."""
        planned = self._plan.at if self._plan and self._stage else inf
        return min([planned, self._leaves, self._chooses, self._adds, *(vote.resend for vote in self.pending.values())])

    @property
    def is_waiting(self) -> bool:
        """Whether a word about a vote may still come in time."""
        return any(vote.submission not in self._ledger.unanswered for vote in self.pending.values())

    @property
    def rehearses(self) -> bool:
        """Whether they do anything in a rehearsal only."""
        return self._rehearsal

    @property
    def may_ask(self) -> bool:
        """Whether they may send something else than votes now: a rehearsal must say that it is one."""
        return not self._rehearsal or (self._stage is not None and self._stage.rehearsal)

    def arrive(self, groups: Sequence[str]) -> None:
        """See the page, and choose one of these groups if there are any."""
        if groups:
            self._group = self.habits.group(groups)

    def connect(self, now: float) -> None:
        """A connection stands: what has no final word is sent again at once."""
        self._chooses = inf if self._group is None else now
        self._ledger.reconnects += self._has_been_there
        self._has_been_there = True
        for vote in self.pending.values():
            vote.sent, vote.resend = None, now

    def disconnect(self) -> None:
        """The connection is gone; what is on now will be told again."""
        self._ledger.look(self._stage, None)
        self._stage = None
        self._leaves = self._adds = inf

    def finish(self) -> None:
        """No more votes and no more failing networks: only wait for what has no word yet."""
        self._is_done = True
        self._plan = None
        self._leaves = self._adds = inf

    def act(self, now: float) -> tuple[list[str], bool]:
        """What to send now, and whether the network fails directly afterwards."""
        leaves = now >= self._leaves
        chosen = []
        if now >= self._chooses:
            chosen, self._chooses = [json.dumps({"group": self._group})], inf
        if self._plan and self._stage and now >= self._plan.at:
            vote = self._vote(self._plan.key)
            self._plan = None
            if vote:
                vote.resend = now
                leaves |= self.habits.leaves_after_sending()
        if now >= self._adds:
            chosen += self._add()
        due = [vote for vote in self.pending.values() if now >= vote.resend]
        for vote in due:
            self._note_sending(vote, now)
        return [*chosen, *(vote.message for vote in due)], leaves

    def hear(self, frame: Frame, now: float) -> None:
        """Take in what the server says."""
        ledger = self._ledger
        # A question may close while somebody's statement is on its way.
        is_late = self._has_added and frame.error == "no_addition"
        ledger.errors += bool(frame.error) and not is_late
        if frame.group:
            self._group = None
        for form in frame.forms:
            self._hear_form(form, is_asked=frame.stage is not None)
        if frame.stage:
            self._hear_stage(frame.stage, now)
        self._hear_additions(frame, now)
        for receipt in frame.receipts:
            self._hear_receipt(receipt, now)
        if self._stage == ledger.stage:
            ledger.figures.update(frame.figures)
        self._count_answers(figure(frame.figures, "answered"))

    def _hear_form(self, form: Form, *, is_asked: bool) -> None:
        """A stage that asks for a number which has been counted already comes from a server that forgot the vote.

        Not so where people go on: that form is the same for all.
        """
        self._forms[form.key] = form
        self._ledger.labels.update({(form.key.question, one): label for one, label in form.labels.items()})
        standing = self._standing.get(form.key)
        if is_asked and standing and not form.parts and form.number <= standing.number:
            self._ledger.forgotten.add(standing.submission)

    def _hear_stage(self, stage: Stage, now: float) -> None:
        self._ledger.look(self._stage, stage)
        is_news, self._stage = stage != self._stage, stage
        if self._plan and (stage.state != "open" or self._plan.key != stage.key):
            self._plan = None
        if is_news and not self._is_done:
            self._leaves = now + (self.habits.leaves_on_news() or inf)
        if stage.state == "open" and stage.key in self._forms and not self._has_voted(stage.key):
            self._intend(stage.key, now)

    def _hear_additions(self, frame: Frame, now: float) -> None:
        """Decide once for each question what to add; a word about the last one, whatever it says, is time for the next.

        What was sent before the network failed is told on coming back.
        """
        for key in frame.added:
            if self._has_added and self._own.get(key.question):
                del self._own[key.question][0]
                self._ledger.added += 1
            self._has_added = False
        for form in frame.adding:
            if form.key.question not in self._own:
                texts = [statement(self.habits, form.controls[0].longest) for _ in range(self.habits.adds())]
                self._own[form.key.question] = texts
            if self._own[form.key.question] and self._adds == inf and not self._is_done:
                self._adding, self._adds = form, now + self.habits.thinking()

    def _add(self) -> list[str]:
        """Give the next statement of their own, if it may be sent now."""
        form, self._adds = self._adding, inf
        if not form or not self._stage or (self._stage.key, self._stage.state) != (form.key, "open"):
            return []
        if not self._own[form.key.question] or (self._rehearsal and not self._stage.rehearsal):
            return []
        self._has_added = True
        return [json.dumps({**form.fields, form.controls[0].name: self._own[form.key.question][0]})]

    def _has_voted(self, key: Key) -> bool:
        return key in self._standing or any(vote.key == key for vote in self.pending.values())

    def _intend(self, key: Key, now: float) -> None:
        """Decide once for each question whether to answer it, and when."""
        if key not in self._answers:
            self._answers[key] = self.habits.answers()
        if self._answers[key] and not self._plan:
            self._plan_at(key, now + self.habits.thinking())

    def _plan_at(self, key: Key, at: float) -> None:
        if not self._is_done:
            self._plan = Plan(key, at)

    def _vote(self, key: Key) -> Vote | None:
        """Make the planned vote.

        None when it would be in earnest, nothing is left to try, or the answer stays the same.
        """
        if self._rehearsal and not (self._stage and self._stage.rehearsal):
            return None
        form, standing = self._forms[key], self._standing.get(key)
        left = sizes(form, self._ledger.refused_sizes.get(key, ()))
        size = self.habits.size(left) if left else 0
        entered = fill(form, size, self.habits) if left else ()
        if not entered or (standing and standing.entered == entered):
            return None
        number = max(form.number, standing.number + 1) if standing else form.number
        vote = Vote(form, number, entered, size, str(uuid4()), is_change=standing is not None)
        self.pending[vote.submission] = self._made[vote.submission] = vote
        self._ledger.voters.setdefault(key, set()).add(self._number)
        self._ledger.votes += 1
        return vote

    def _note_sending(self, vote: Vote, now: float) -> None:
        if vote.sent is None:
            vote.sent = now
        if vote.sent == now or vote.word == "waiting":
            vote.word, vote.since = "", now
        elif now - vote.since >= self._patience:
            self._ledger.unanswered.add(vote.submission)
        vote.resend = now + min(RESEND_SECONDS, self._patience / 2)

    def _hear_receipt(self, receipt: Receipt, now: float) -> None:
        vote = self.pending.get(receipt.submission)
        if vote and receipt.state == "waiting":
            pause = WAITING_SECONDS[min(vote.waits, len(WAITING_SECONDS) - 1)]
            vote.word = receipt.state
            vote.waits += 1
            vote.resend = now + self.habits.between(pause / 2, pause)
        elif vote:
            self._settle(vote, receipt.state, now)
        if receipt.state != "waiting":
            self._compare(receipt)

    def _settle(self, vote: Vote, word: str, now: float) -> None:
        """The final word on a vote."""
        ledger = self._ledger
        vote.word = word
        del self.pending[vote.submission]
        ledger.unanswered.discard(vote.submission)
        if vote.sent is not None:
            ledger.latencies.append(now - vote.sent)
        if word == "counted":
            ledger.acknowledged += 1
            ledger.changes += vote.is_change
            before = self._standing.get(vote.key)
            ledger.believe(vote.key, before.people if before else (), vote.people)
            self._standing[vote.key] = vote
            self._think_again(vote.key, now)
        else:
            ledger.refused += 1
            self._learn(vote, now)

    def _think_again(self, key: Key, now: float) -> None:
        made = self._changes.get(key, 0)
        if made < CHANGES_MAXIMUM and not self._forms[key].secret and self.habits.changes():
            self._changes[key] = made + 1
            self._plan_at(key, now + self.habits.thinking())

    def _learn(self, vote: Vote, now: float) -> None:
        """A refusal while the question is open was about the size of the answer; the crowd tries others."""
        is_open = self._stage is not None and (self._stage.key, self._stage.state) == (vote.key, "open")
        if is_open and learns(vote.form):
            self._ledger.refused_sizes.setdefault(vote.key, set()).add(vote.size)
            self._plan_at(vote.key, now + self.habits.thinking() / 4)

    def _compare(self, receipt: Receipt) -> None:
        """Hold the answer that stands, as the server tells it, against what this person sent and was told before."""
        vote = self._made.get(receipt.submission)
        key = vote.key if vote else receipt.key
        standing = self._standing.get(key)
        if receipt.number == 0:
            # Of a wave that was taken back nothing stands any more: there only "counted" would be a lie.
            if vote and receipt.state == "counted":
                self._ledger.forgotten.add(vote.submission)
            return
        told = frozenset(receipt.answer)
        own = [one for one in self._made.values() if (one.key, one.number) == (key, receipt.number)]
        meant = [one for one in own if one.word != "refused" and one.is_told_as(told)]
        for one in meant:
            one.told = told
        greets = not receipt.submission  # somebody who has voted in secret: no submission of theirs is known
        if (vote is None and not greets) or not meant:
            self._ledger.foreign.add((self._number, key))
        elif standing and receipt.number < standing.number:
            self._ledger.forgotten.add(standing.submission)

    def _count_answers(self, answered: int | None) -> None:
        """When nobody else takes part, no more people can have answered than have sent a vote."""
        if not (self._alone and answered and self._stage and self._stage.key.wave):
            return
        key = self._stage.key
        surplus = answered - len(self._ledger.voters.get(key, set()))
        if surplus > 0:
            self._ledger.surplus[key] = max(surplus, self._ledger.surplus.get(key, 0))
