"""Open text: an example of 200 people, what is refused, what moderators decide, how it is shown."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.decisions import UNDECIDED, Decision, Decisions, Entry, Verdict
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import State
from poll_server.questions.open_text import OpenText
from tests.domain.stages import event

KIND = OpenText()
QUESTION = Definition("open_text", "Was noch?")
WAITING = Definition("open_text", "Was noch?", rules={"approval": True, "length": 40})
HIDDEN, SHOWN, CHOSEN = Decision(Verdict.HIDDEN), Decision(Verdict.SHOWN), Decision(Verdict.CHOSEN)
FRAME_MAXIMUM = 6 * 1024


def into(key: str) -> Decision:
    """Joined with this entry."""
    return Decision(Verdict.JOINED, key)


def tally_of(*texts: str) -> Counter[str]:
    """The tally of people who wrote one text each."""
    tally: Counter[str] = Counter()
    for text in texts:
        tally.update(KIND.marks(QUESTION, KIND.parse(QUESTION, [text])))
    return tally


def shown(
    tally: Counter[str], decisions: Decisions = UNDECIDED, question: Definition = QUESTION
) -> list[tuple[str, int]]:
    """The texts that are shown in their order, with their counts."""
    return [(row.label, row.count) for row in KIND.results(question, tally, decisions).rows]


def test_result_of_200_people() -> None:
    """120 want more time, 50 of them with two spaces; 30 want more money; 50 write something of their own."""
    texts = ["Mehr Zeit"] * 70 + ["Mehr  Zeit "] * 50 + ["Mehr Geld"] * 30 + [f"Text {n:02d}" for n in range(50)]
    results = KIND.results(QUESTION, tally_of(*texts))
    assert results.base == 200
    assert [(row.label, row.count, row.share, row.leads) for row in results.rows[:3]] == [
        ("Mehr Zeit", 120, 0.6, True),
        ("Mehr Geld", 30, 0.15, False),
        ("Text 00", 1, 0.005, False),
    ]
    assert (len(results.rows), results.more) == (52, 0)


def test_order_is_that_of_the_alphabet_and_not_of_arrival() -> None:
    """Equally frequent texts stand in the same order on every server and after a restart."""
    texts = ["b", "A", "C", "a"]
    assert shown(tally_of(*texts)) == shown(tally_of(*reversed(texts))) == [("A", 1), ("a", 1), ("b", 1), ("C", 1)]


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("  Mehr\r\nZeit\tfür alle ", "Mehr Zeit für alle"),
        ("<script>alert(1)</script> & mehr", "<script>alert(1)</script> & mehr"),
        ("Mehr\x00 \x1bZeit\u202e", "Mehr Zeit"),
        ("مزيد من الوقت 🚲", "مزيد من الوقت 🚲"),
        ("x" * 500, "x" * 500),
    ],
)
def test_parse_takes_a_text(given: str, answer: str) -> None:
    """One line of it; markup is text, control and direction marks go, emoji and every script stay."""
    assert KIND.parse(QUESTION, ["", given]) == (answer,)
    assert KIND.marks(QUESTION, (answer,)) == {"#": 1, f"t:{answer}": 1}
    assert KIND.describe(QUESTION, (answer,)) == (answer,)


@pytest.mark.parametrize(
    ("question", "form", "code", "values"),
    [
        (QUESTION, [], "unwritten", {}),
        (QUESTION, [" \n", "-", "?!"], "unwritten", {}),
        (QUESTION, ["a", "b"], "one_only", {}),
        (QUESTION, ["x" * 501], "too_long", {"start": "x" * 20, "maximum": "500"}),
        (QUESTION, ["x" * 10_000], "too_long", {"start": "x" * 20, "maximum": "500"}),
        (WAITING, ["x" * 41], "too_long", {"start": "x" * 20, "maximum": "40"}),
    ],
)
def test_parse_refuses(question: Definition, form: Sequence[str], code: str, values: dict[str, object]) -> None:
    """Nothing, two texts and one that is too long are refused, each with its reason."""
    with pytest.raises(Refused) as refused:
        KIND.parse(question, form)
    assert (refused.value.code, refused.value.values) == (code, values)


@pytest.mark.parametrize(("length", "fields"), [(1, []), (500, []), (0, ["length"]), (501, ["length"])])
def test_check_names_the_rule(length: int, fields: list[str]) -> None:
    """A text may have 1 to 500 characters."""
    problems = KIND.check(Definition("open_text", "Was noch?", rules={"length": length}))
    assert [problem.field for problem in problems] == fields


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ({}, [("C", 2), ("A", 1), ("B", 1)]),
        ({"C": HIDDEN}, [("A", 1), ("B", 1)]),
        ({"C": SHOWN}, [("C", 2), ("A", 1), ("B", 1)]),
        ({"B": CHOSEN}, [("B", 1), ("C", 2), ("A", 1)]),
        ({"A": into("B"), "B": into("C")}, [("C", 4)]),
        ({"A": into("B"), "B": HIDDEN}, [("C", 2)]),
        ({"A": into("B"), "B": into("A")}, [("A", 2), ("C", 2)]),
        ({"A": into("gone")}, [("C", 2), ("B", 1), ("gone", 1)]),
    ],
)
def test_decisions_stand(decisions: Decisions, expected: list[tuple[str, int]]) -> None:
    """Hidden texts are away and come back, chosen ones are first, joined ones count at the end of their chain."""
    assert shown(tally_of("A", "B", "C", "C"), decisions) == expected


def test_texts_wait_for_approval() -> None:
    """Only what was shown or chosen is in a row, and only chosen ones are large."""
    tally = tally_of("A", "B", "C", "D")
    results = KIND.results(WAITING, tally, {"A": SHOWN, "B": CHOSEN, "C": HIDDEN})
    assert [row.label for row in results.rows] == ["B", "A"]
    assert [row.label for row in results.chosen] == ["B"]


def test_moderators_see_every_entry() -> None:
    """Each text with its own count and what was decided about it, the most frequent first, then as they came."""
    assert KIND.entries(WAITING, tally_of("B", "A", "C", "C"), {"A": HIDDEN, "B": into("C")}) == (
        Entry("C", "C", 2, None),
        Entry("B", "B", 1, Verdict.JOINED, "C"),
        Entry("A", "A", 1, Verdict.HIDDEN),
    )


def view_of(
    tally: Counter[str], role: Role, question: Definition = QUESTION, decisions: Decisions = UNDECIDED
) -> render.View:
    """What a role sees of the shown result."""
    there = event([State.SHOWN], current=1, definition=question)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    counted = render.Counted(question, tally, decisions)
    return render.view(there, there.question(1), counted, 3, now, role, answered=True)


@pytest.mark.parametrize("role", [Role.AUDIENCE, Role.SCREEN])
@pytest.mark.parametrize("decisions", [{}, {"Geheimtext": HIDDEN}, {"Geheimtext": into("Anderes")}])
def test_texts_that_are_not_shown_are_in_no_byte(role: Role, decisions: Decisions) -> None:
    """Neither the state nor a tick nor a frame of rows has a text that waits, is hidden or counts with another."""
    tally = tally_of("Geheimtext", "Anderes")
    seen = view_of(tally, role, WAITING, {"Anderes": SHOWN, **decisions})
    frames = [render.frame(role.value, seen, address="", qr=""), render.rows(seen), render.tick(seen)]
    assert [b"eheimtext" in (frame or b"") for frame in frames] == [False] * 3
    assert [b"Anderes" in (frame or b"") for frame in frames] == [True, True, False]


@pytest.mark.parametrize("role", [Role.AUDIENCE, Role.SCREEN])
@pytest.mark.parametrize(("length", "letter"), [(20, "e"), (500, "e"), (500, "🚲"), (500, "&")])
def test_frame_stays_small(role: Role, length: int, letter: str) -> None:
    """Two thousand texts, however long: at most sixty are sent, in less than 6 KB, and how many more there are."""
    tally = tally_of(*(f"{n:04d}".ljust(length, letter) for n in range(2000)))
    seen = view_of(tally, role)
    frame = (render.rows(seen) or b"").decode()
    count = frame.count("<li")
    assert len(frame.encode()) < FRAME_MAXIMUM
    assert 1 <= count <= 60
    assert re.findall(r"und ([\d.]+) weitere Texte", frame) == [f"{2000 - count:,}".replace(",", ".")]


def test_chosen_texts_have_the_screen_to_themselves() -> None:
    """The screen shows what was chosen and nothing else; on devices all are there, the chosen ones first."""
    tally, decisions = tally_of("A", "B", "B", "C"), {"C": CHOSEN}
    screen, device = ((render.rows(view_of(tally, role, decisions=decisions)) or b"").decode() for role in ROLES)
    assert re.findall(r"<bdi>(.*?)</bdi>", screen) == ["C"]
    assert re.findall(r"<bdi>(.*?)</bdi>(?: <small>(.*?)</small>)?", device) == [
        ("C", ""),
        ("B", "2 Personen"),
        ("A", ""),
    ]


ROLES = (Role.SCREEN, Role.AUDIENCE)


def test_texts_are_never_markup() -> None:
    """A participant's tags are shown as they were typed."""
    rows = render.rows(view_of(tally_of("<img src=x onerror=alert(1)>"), Role.AUDIENCE)) or b""
    assert b"<bdi>&lt;img src=x onerror=alert(1)&gt;</bdi>" in rows
