"""A tick's work: what the server computes when numbers have moved, before anything is sent; by processor time.

One audience each that has answered and that has not, a screen and a desk see the result grow; all frames are made and
encoded, at the desk the entries that it lists, too.
"""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from time import process_time

from bench.figures import Tick
from poll_server import questions, render
from poll_server.domain.access import Role
from poll_server.domain.ballots import Mark
from poll_server.domain.programme import Definition, Item, ItemKind, Option, Reveal
from poll_server.domain.rounds import Event, Question, Round, State
from poll_server.live.encoding import encode
from poll_server.live.hub import Audience
from poll_server.live.room import Room
from poll_server.live.sending import moving
from poll_server.questions.contract import Answer
from poll_server.render import Site

TICKS = 20
SITE = Site("http://localhost", "", "", "", "", lambda name: f"/static/{name}", lambda code: f"/screen/{code}")
AUDIENCES = (Audience(Role.AUDIENCE, answered=True), Audience(Role.AUDIENCE), Audience(Role.SCREEN))
DESK = Audience(Role.MODERATOR)


def measure(idle: float) -> list[Tick]:
    """Measure the dearest questions."""
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
    return [_tick(name, definition, answers, idle) for name, definition, answers in cases]


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


def _tick(name: str, definition: Definition, answers: list[Answer], idle: float) -> Tick:
    room, tally = _room(definition), Counter[str]()
    for answer in answers:
        tally.update(questions.marks(definition, answer))
    room.askings.tallies = {(1, 1): tally}
    times = [_once(room, definition, answers[number]) for number in range(TICKS + 1)][1:]
    return Tick(
        name=name,
        sockets=0,
        rounds=TICKS,
        idle=idle,
        answers=len(answers),
        median_ms=median(times),
        most_ms=max(times),
    )


def _once(room: Room, definition: Definition, answer: Answer) -> float:
    marks = {Mark(1, 1, "", key): n for key, n in questions.marks(definition, answer).items()}
    begun = process_time()
    room.count(marks, {})
    for audience in (*AUDIENCES, DESK):
        for frame in moving(room, audience).values():
            encode(frame)
    encode(render.entry_list(room.seen(DESK)) or b"")
    return (process_time() - begun) * 1000
