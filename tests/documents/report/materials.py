"""Material for documentations made of values alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from poll_server.documents.floor_export import FloorExport
from poll_server.documents.report import Choice, Material, Report, make
from poll_server.domain.contributions import Contribution, Fate, Session, SessionState
from poll_server.domain.programme import Definition, Item, ItemKind, Option, Person, Translation
from poll_server.domain.rounds import Question, State, Wave
from tests.documents.exports import BERLIN, BUS, FIRST, exported, question

GROUPS = (Option("g1", "Kommune"), Option("g2", "Verband"))
ITEMS = (
    Item(
        1,
        datetime(2026, 11, 22, 9, 30, tzinfo=BERLIN),
        datetime(2026, 11, 22, 9, 45, tzinfo=BERLIN),
        about=True,
        kind=ItemKind.TALK,
        title="Begrüßung",
        description="Die Moderation führt in den Tag ein.",
        people=(Person("Erika Muster", "Moderatorin"),),
    ),
    Item(
        2,
        datetime(2026, 11, 22, 13, 0, tzinfo=BERLIN),
        None,
        about=False,
        kind=ItemKind.QUESTION_SESSION,
        title="Fragerunde",
        description="",
        people=(),
    ),
)
ENGLISH = replace(BUS, translations={"en": Translation("How did you come?", {"o1": "Bus", "o2": "Bicycle; on foot"})})

MARKUP = "*a* #set text(red) $x^2$ <b>x</b> \\LaTeX{} @ref // `c` = d"
WILD = f"{MARKUP} 漢字 \u202eabc\u202c \x00\x1b مرحبا שלום 😀 " + "x" * 300
CLOUD = Definition("word_cloud", "Was fehlt?")
TEXTS = Definition("open_text", "Was nehmen Sie mit?")
SAID = Definition(
    "statements", "Stimmen Sie zu?", tuple(Option(f"o{n}", f"Aussage {n} {WILD}"[:280]) for n in range(1, 31))
)

Asked = tuple[Question, Mapping[str, int]]


def material(
    asked: Mapping[str, Sequence[Asked]] | None = None,
    sent: Sequence[Contribution] = (),
    earlier: Mapping[int, Sequence[Mapping[str, int]]] | None = None,
    shares_from: int = 1,
) -> Material:
    """What came of an event with these rounds, where ``earlier`` has the tallies of earlier passes by question."""
    rounds = {
        title: [(_asked(one, shares_from, (earlier or {}).get(one.id, ())), tally) for one, tally in each]
        for title, each in (asked if asked is not None else example()).items()
    }
    export = exported(rounds, shares_from=shares_from)
    export = replace(export, event=replace(export.event, items=ITEMS, contact="Telefon 0123", partners="Ein Verein"))
    tallies = {(one.id, one.wave): tally for each in rounds.values() for one, tally in each}
    for id_, waves in (earlier or {}).items():
        tallies |= {(id_, number): tally for number, tally in enumerate(waves, 1)}
    floor = FloorExport(
        export.event,
        {2: Session(2, SessionState.CLOSED, True, 10, False, 1, "Fragerunde", ("Amt",))},
        {one.id: one for one in sent},
        {one.id: one.id for one in sent},
        (),
    )
    return Material(export, floor if sent else None, tallies, {})


def _asked(one: Question, shares_from: int, earlier: Sequence[Mapping[str, int]]) -> Question:
    assert one.opened
    assert one.closed or not earlier
    waves = tuple(Wave(n, one.opened, one.closed or one.opened, 50) for n in range(1, len(earlier) + 1))
    definition = replace(one.definition, shares_from=shares_from)
    return replace(one, definition=definition, wave=len(earlier) + 1, earlier=waves)


def example() -> dict[str, list[Asked]]:
    """Two rounds with a question each."""
    return {
        "Runde I": [(question(FIRST, State.SHOWN, 1, present=9), {"#": 8, "o1": 8, "o2": 2, "-": 4})],
        "Runde II": [(question(ENGLISH, State.SHOWN, 2, present=40), {"#": 30, "o1": 10, "o2": 20})],
    }


def contribution(number: int, text: str, fate: Fate = Fate.ACCEPTED) -> Contribution:
    """A question from the floor; it has as many backers as its number."""
    at = datetime(2026, 11, 22, 13, 5, tzinfo=BERLIN)
    return Contribution(number, 2, f"geheim{number}", UUID(int=number), text, at, fate=fate)


def full() -> Report:
    """A documentation of everything: all sorts of results, passes, questions from the floor, wild texts everywhere."""
    given = {
        "R": [
            (question(BUS, State.SHOWN, 1), {"#": 30, "o1": 10, "o2": 20}),
            (question(replace(BUS, text=WILD[:300], hint=WILD[:300]), State.SHOWN, 2), {}),
            (question(CLOUD, State.SHOWN, 3), {"#": 30, f"w:x|{WILD[:60]}": 25, "w:mut|Mut": 1}),
            (question(TEXTS, State.SHOWN, 4), {"#": 3, f"t:{WILD}": 1, "t:مرحبا": 2}),
            (question(SAID, State.SHOWN, 5), {"#": 9, "o1=a": 9, "o2=d": 4}),
        ],
        WILD[:200]: [(question(BUS, State.SHOWN, 6), {"#": 2, "o1": 2})],
    }
    sent = [replace(contribution(1, WILD, Fate.IN_WRITING), answer=WILD, name=WILD[:80], addressee="Amt")]
    there = material(given, sent, {1: [{"#": 9, "o1": 9}]})
    event = replace(there.export.event, title=WILD[:300], subtitle=WILD, partners=WILD, contact=WILD)
    choice = Choice(introduction=WILD, remarks={1: WILD}, names=True, every_text=True, licence="CC BY 4.0")
    return make(replace(there, export=replace(there.export, event=event)), choice)
