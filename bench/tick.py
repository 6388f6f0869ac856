"""A tick's work: what the server computes when numbers have moved, before anything is sent; by processor time.

One audience each that has answered and that has not, a screen and a desk see the result grow; all frames are made and
encoded, at the desk the entries that it lists, too. They have got the whole state before, as everybody has who is
connected; so the first tick counts like all others. The collector is as calm as in the server.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from time import process_time

from bench.figures import Tick
from poll_server import questions, render
from poll_server.app import calm_collector
from poll_server.domain.access import Role
from poll_server.domain.ballots import Mark
from poll_server.domain.decisions import UNDECIDED, Decision, Entry, Verdict, resolve
from poll_server.domain.programme import Definition, Item, ItemKind, Option, Reveal
from poll_server.domain.rounds import Event, Question, Round, State
from poll_server.live.encoding import encode
from poll_server.live.hub import Audience
from poll_server.live.room import Room
from poll_server.live.sending import moving
from poll_server.questions.contract import Answer
from poll_server.render import Site

TICKS = 20
SITE = Site("http://localhost", "", "", "", "", lambda name: f"/static/{name}")
AUDIENCES = (Audience(Role.AUDIENCE, answered=True), Audience(Role.AUDIENCE), Audience(Role.SCREEN))
DESK = Audience(Role.MODERATOR)


def measure(idle: float) -> list[Tick]:
    """Measure the dearest questions."""
    calm_collector()
    chance = random.Random(1)
    options = tuple(Option(f"o{number}", f"Antwort mit 25 Zeichen: {number}") for number in range(1, 21))
    keys = [option.key for option in options]
    people = range(10_000)
    cases: list[tuple[str, Definition, list[Answer]]] = [
        ("single choice, 20 options", _asked("single_choice", options), [(chance.choice(keys),) for _ in people]),
        (
            "rating, 10 items × 11 steps",
            _asked("rating", options[:10], steps=11),
            [tuple(f"{key}={chance.randrange(11)}" for key in keys[:10]) for _ in people],
        ),
        ("word cloud, 1,000 different words", _asked("word_cloud", words=5), [_words(chance, 1000) for _ in people]),
        ("open text, 2,000 different texts", _asked("open_text"), [(_text(number),) for number in range(2000)]),
        (
            "word cloud, 50,000 different words",
            _asked("word_cloud", words=5),
            [tuple(f"Wort {5 * number + at}" for at in range(5)) for number in people],
        ),
        ("300 statements, 60,000 votes", _asked("statements", _statements()), [_opinions(chance) for _ in range(300)]),
    ]
    figures = [_tick(name, definition, answers, idle) for name, definition, answers in cases]
    moderated, texts = _asked("open_text", approval=True), cases[3][2]
    decisions = {_text(number): _decided(number) for number in range(2000)}
    figures.append(
        _tick("open text, 2,000 moderated texts, new ones come", moderated, texts, idle, decisions, new=True)
    )
    name = "open text, 2,000 moderated texts, one is hidden or joined"
    figures.append(_tick(name, moderated, texts, idle, decisions, deciding=True))
    return figures


def _asked(kind: str, options: tuple[Option, ...] = (), **rules: int) -> Definition:
    return Definition(kind, "Was braucht Ihre Stadt?", options, rules, reveal=Reveal.LIVE)


def _words(chance: random.Random, different: int) -> Answer:
    return tuple(f"Wort {number}" for number in chance.sample(range(different), 5))


def _statements() -> tuple[Option, ...]:
    return tuple(Option(f"o{number}", _text(number)) for number in range(1, 301))


def _opinions(chance: random.Random) -> Answer:
    return tuple(f"o{number}={chance.choice('ads')}" for number in chance.sample(range(1, 301), 200))


def _text(number: int) -> str:
    return f"Text {number} eines Menschen, der in der Stadt wohnt und etwas zu sagen hat."


def _room(definition: Definition) -> Room:
    now = datetime.now(UTC)
    question = Question(1, 1, definition, State.OPEN, 1, now, None, 0)
    item = Item(1, now, now + timedelta(hours=1), False, ItemKind.ROUND, "Runde", "", ())
    rounds = (Round(1, 1, "Runde", (question,)),)
    day, zone = now.date(), "Europe/Berlin"
    event = Event(1, "k7d42p", "Tagung", "", "", day, zone, "de", 1, 1, False, (item,), rounds)
    return Room(event, b"key", lambda: datetime.now(UTC), SITE)


def _decided(number: int) -> Decision:
    if number % 20 == 5:
        return Decision(Verdict.JOINED, _text(number - 1))
    return Decision(Verdict.HIDDEN if number % 10 == 0 else Verdict.SHOWN)


def _tick(
    name: str,
    definition: Definition,
    answers: list[Answer],
    idle: float,
    decisions: Mapping[str, Decision] = UNDECIDED,
    *,
    new: bool = False,
    deciding: bool = False,
) -> Tick:
    """Measure ticks after one more vote each, a ``new`` text or one that is there, or after one more decision."""
    room, tally = _room(definition), Counter[str]()
    for answer in answers:
        tally.update(questions.marks(definition, answer))
    room.askings.tallies = {(1, 1): tally}
    room.decide({(1, 1): dict(decisions)})
    for audience in (*AUDIENCES, DESK):
        room.frames.of(audience)
    moves: list[Callable[[], None]] = []
    for number in range(TICKS):
        vote = (_text(len(answers) + number),) if new else answers[number]
        moves.append(partial(_decide, room, number) if deciding else partial(_vote, room, definition, vote))
    times = [_once(room, move) for move in moves]
    return Tick(
        name=name,
        sockets=0,
        rounds=TICKS,
        idle=idle,
        answers=len(answers),
        median_ms=median(times),
        most_ms=max(times),
    )


def _vote(room: Room, definition: Definition, answer: Answer) -> None:
    room.count({Mark(1, 1, "", key): n for key, n in questions.marks(definition, answer).items()}, {})


def _decide(room: Room, number: int) -> None:
    """Hide a text or join it with the one before, as a moderator's press does; storing it is not measured."""
    question = room.event.question(1)
    name, into = (Entry(_text(at), "", 0, None).name for at in (20 * number + 8, 20 * number + 7))
    verdict = Verdict.JOINED if number % 2 else Verdict.HIDDEN
    key, decision = resolve(room.askings.entries(question), name, verdict, into)
    assert decision
    room.decide({(1, 1): room.askings.decisions[1, 1] | {key: decision}})


def _once(room: Room, move: Callable[[], None]) -> float:
    begun = process_time()
    move()
    for audience in (*AUDIENCES, DESK):
        for frame in moving(room, audience).values():
            encode(frame)
    encode(render.entry_list(room.seen(DESK)) or b"")
    return (process_time() - begun) * 1000
