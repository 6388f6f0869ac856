"""An event with a question of every kind, answered at random; and a count of what is stored, with nothing of ours."""

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from poll_server.domain.ballots import PERSON_RANK, Ballot, Key, Rank
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Action, Event
from poll_server.questions import kind_of, marks, parse
from poll_server.questions.contract import ABSTENTION, ANSWERED
from poll_server.storage import ballots, slips
from poll_server.storage.database import Database
from tests.storage.databases import draft, ids, stepped, stored

PEOPLE = 60
OPTIONS = tuple(Option(f"o{at}", f"Antwort {at}") for at in range(1, 5))
KEYS = [option.key for option in OPTIONS]
STEPS = [str(step) for step in range(1, 6)]
WORDS = ("Mut", "Bus", "Rad", "Geld", "Zeit")
DEFINITIONS = (
    Definition("single_choice", "Womit?", OPTIONS),
    Definition("multiple_choice", "Was alles?", OPTIONS),
    Definition("rating", "Wie war es?", OPTIONS),
    Definition("points", "Wie viel wofür?", OPTIONS),
    Definition("ranking", "In welcher Folge?", OPTIONS),
    Definition("statements", "Wie sehen Sie das?", OPTIONS),
    Definition("yes_no", "Wollen wir das?"),
    Definition("rating", "Wie war der Tag?"),
    Definition("numeric", "Wie oft?", rules={"minimum": "0", "maximum": "3"}),
    Definition("single_choice", "Wen wählen Sie?", OPTIONS, {"secret": True}),
    Definition("word_cloud", "Was fehlt?"),
    Definition("open_text", "Was noch?"),
)
"""Those in people's own words come last."""


def form(definition: Definition, chance: random.Random) -> list[str]:
    """What somebody sends."""
    some = chance.sample(KEYS, chance.randint(1, 4))
    rated = [f"{key}={chance.choice(STEPS)}" for key in KEYS] if definition.options else [chance.choice(STEPS)]
    forms = {
        "single_choice": some[:1],
        "multiple_choice": some,
        "rating": rated,
        "points": [f"{some[0]}=100"] if len(some) == 1 else [f"{some[0]}=30", f"{some[1]}=70"],
        "ranking": chance.sample(KEYS, 4),
        "statements": [f"{key}={chance.choice('ads')}" for key in some],
        "yes_no": [chance.choice(["yes", "no", *ABSTENTION])],
        "numeric": [str(chance.randint(0, 3))],
        "word_cloud": chance.sample(WORDS, chance.randint(1, 3)),
        "open_text": [f"Mehr {chance.choice(WORDS)}!"],
    }
    return forms[definition.kind]


def sent(definition: Definition, question_id: int, chance: random.Random) -> Iterable[Ballot]:
    """The ballots of all people: those of a kind that is answered piece by piece are several."""
    for at in range(PEOPLE):
        answer = parse(definition, form(definition, chance))
        rank = Rank(1, UUID(int=at + 1))
        if not kind_of(definition).piecewise:
            yield Ballot(Key(question_id, 1, f"p{at}"), rank, answer, marks(definition, answer))
            continue
        yield Ballot(Key(question_id, 1, f"p{at}"), PERSON_RANK, (), Counter([ANSWERED]))
        for piece in answer:
            yield Ballot(Key(question_id, 1, f"p{at}", piece.partition("=")[0]), rank, (piece,), Counter([piece]))


async def asked(database: Database, definitions: Sequence[Definition] = DEFINITIONS) -> Event:
    """An event in which all of these have been asked, answered at random, and shown."""
    chance = random.Random(8)
    event = await stored(database, draft(definitions))
    for question_id, definition in zip(ids(event), definitions, strict=True):
        event = await stepped(database, event, Action.OPEN, question_id)
        batch = list(sent(definition, question_id, chance))
        await (slips if definition.secret else ballots).count(database, batch)
        for action in (Action.CLOSE, Action.SETTLE, Action.SHOW, Action.NEXT):
            event = await stepped(database, event, action, question_id)
    return event


def given(file: Path, question_id: int) -> list[list[str]]:
    """The answers to a question as they are stored, abstentions too, read with nothing of the program."""
    query = "SELECT answer FROM ballot WHERE question_id = ? UNION ALL SELECT answer FROM slip WHERE question_id = ?"
    with sqlite3.connect(file) as database:
        found = database.execute(query, (question_id, question_id)).fetchall()
    database.close()
    return [json.loads(answer) for (answer,) in found]


def counted(definition: Definition, answers: Sequence[Sequence[str]]) -> list[int]:
    """Count answers by hand, in the order of the result's rows."""
    pieces = Counter(piece for answer in answers for piece in answer)
    match definition.kind:
        case "single_choice" | "multiple_choice":
            return [pieces[key] for key in KEYS]
        case "rating" if definition.options:
            return [pieces[f"{key}={step}"] for key in KEYS for step in STEPS]
        case "rating":
            return [pieces[step] for step in STEPS]
        case "statements":
            return [pieces[f"{key}={choice}"] for key in KEYS for choice in "ads"]
        case "points":
            amounts = [one.split("=") for answer in answers for one in answer]
            return [sum(int(points) for key, points in amounts if key == wanted) for wanted in KEYS]
        case "ranking":
            return [sum(4 - answer.index(key) for answer in answers) for key in KEYS]
        case "yes_no" | "numeric":
            return [pieces[key] for key in (["yes", "no"] if definition.kind == "yes_no" else "0123")]
        case _:
            return sorted(pieces.values(), reverse=True)


def people(definition: Definition, answers: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many answered and how many abstained."""
    abstained = answers.count([*ABSTENTION])
    return PEOPLE - abstained, abstained
