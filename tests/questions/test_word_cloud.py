"""Word cloud: which spellings join, an example of 200 people, what moderators decide, how it is shown."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from poll_server import questions, render
from poll_server.domain.access import Role
from poll_server.domain.decisions import UNDECIDED, Decision, Decisions, Entry, Verdict
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import State
from poll_server.questions.word_cloud import WordCloud, key_of
from tests.domain.stages import event

KIND = WordCloud()
QUESTION = Definition("word_cloud", "Welches Wort?", rules={"words": 3})
WAITING = Definition("word_cloud", "Welches Wort?", rules={"approval": True})
HIDDEN, SHOWN, CHOSEN = Decision(Verdict.HIDDEN), Decision(Verdict.SHOWN), Decision(Verdict.CHOSEN)
FRAME_MAXIMUM = 6 * 1024


def into(key: str) -> Decision:
    """Joined with this entry."""
    return Decision(Verdict.JOINED, key)


def tally_of(*answers: Sequence[str], question: Definition = QUESTION) -> Counter[str]:
    """The tally of these people's words."""
    tally: Counter[str] = Counter()
    for given in answers:
        tally.update(KIND.marks(question, KIND.parse(question, given)))
    return tally


def shown(tally: Counter[str], decisions: Decisions = UNDECIDED, question: Definition = QUESTION) -> dict[str, int]:
    """The words that are shown, with their counts."""
    return {row.label: row.count for row in KIND.results(question, tally, decisions).rows}


# Spelling


@pytest.mark.parametrize(
    "spellings",
    [
        ("Nähe", "nähe", "NÄHE", "Naehe", "Na\u0308he", "Nähe!", "„Nähe“", "#nähe", " Nähe ", "Nä\u00adhe"),
        ("Straße", "Strasse", "STRASSE", "STRAẞE"),
        ("Home Office", "Home-Office", "Homeoffice", "home\u2011office", "Home – Office"),
        ("zu Hause", "zuhause"),
        ("Bürger:innen", "Bürger*innen", "Bürger_innen", "Bürger/-innen", "buerger·innen"),
        ("Wie geht's?", "wie gehts", "Wie geht’s"),
        ("CO₂", "CO2", "co 2"),
        ("24-7", "24 7"),
        ("❤️", "❤"),
        ("Masse", "MASSE"),
        ("Maß", "Mass"),
    ],
)
def test_spellings_of_a_word_join(spellings: tuple[str, ...]) -> None:
    """Forms that differ in spelling only are one word."""
    assert {key_of(one) for one in spellings} == {key_of(spellings[0])}
    assert key_of(spellings[0]) != ""


@pytest.mark.parametrize(
    "words",
    [
        ("Maße", "Masse"),
        ("Maßen", "Massen"),
        ("Buße", "Busse"),
        ("Nahe", "Nähe"),
        ("schon", "schön"),
        ("Bürgerinnen", "Bürger:innen", "Bürger"),
        ("24/7", "24 7", "247"),
        ("1,5", "15", "1.5"),
        ("C", "C++", "C#"),
        ("50", "50 %", "§ 50"),
        ("🚲", "🚗"),
        ("Verein", "Vereine"),
    ],
)
def test_different_words_do_not_join(words: tuple[str, ...]) -> None:
    """What means something else is another word."""
    assert len({key_of(word) for word in words}) == len(words)


@pytest.mark.parametrize("text", ["", " ", "-", "...", "?!", "„“", "|", "\u200b\ufeff", "/", "&"])
def test_punctuation_is_no_word(text: str) -> None:
    """Without a letter, a digit or a symbol a field counts as empty, so an answer is never a mere hyphen."""
    assert key_of(text) == ""


def test_key_is_bounded_and_has_no_bar() -> None:
    """A letter that is eighteen in its compatible form cannot make a key long; the bar separates key and form."""
    assert len(key_of("\ufdfa" * 60)) == 200
    assert key_of("a|b") == "ab"
    assert shown(tally_of(["a|b"])) == {"a|b": 1}


# An answer


def test_answer_keeps_the_words_of_the_person() -> None:
    """Empty fields fall away, spaces are put in order, of the same word the first form stays; the receipt says so."""
    answer = KIND.parse(QUESTION, ["  kurze   Wege ", "", "Mut!", "KURZE WEGE", "-"])
    assert answer == ("kurze Wege", "Mut!")
    assert KIND.describe(QUESTION, answer) == answer
    assert KIND.marks(QUESTION, answer) == {"#": 1, "w:kurzewege|kurze Wege": 1, "w:mut|Mut!": 1}


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("<b>Mut</b> & mehr", "<b>Mut</b> & mehr"),
        ("Mu\x00t\x07", "Mut"),
        ("\u202eMut\u2066", "Mut"),
        ("👨\u200d👩\u200d👧 🚲", "👨\u200d👩\u200d👧 🚲"),
        ("شجاعة", "شجاعة"),
        ("kurze\nWege", "kurze Wege"),
        ("x" * 30, "x" * 30),
        (f" {'x' * 30} ", "x" * 30),
    ],
)
def test_parse_takes_a_word_as_text(given: str, answer: str) -> None:
    """Markup is text, control and direction marks go, emoji and every script stay."""
    assert KIND.parse(QUESTION, [given]) == (answer,)


@pytest.mark.parametrize(
    ("form", "code", "values"),
    [
        ([], "unwritten", {}),
        (["", " ", "-", "!"], "unwritten", {}),
        (["a", "b", "c", "d", "e"], "too_many_words", {"written": 5, "excess": 2}),
        (["x" * 31], "too_long", {"start": "x" * 20, "maximum": "30"}),
        (["Mut", "ä" * 10_000], "too_long", {"start": "ä" * 20, "maximum": "30"}),
    ],
)
def test_parse_refuses(form: list[str], code: str, values: dict[str, object]) -> None:
    """Nothing, too many words and one that is too long are refused, each with its reason."""
    with pytest.raises(Refused) as refused:
        KIND.parse(QUESTION, form)
    assert (refused.value.code, refused.value.values) == (code, values)


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({}, []),
        ({"words": 5, "length": 60}, []),
        ({"words": 6}, ["words"]),
        ({"words": 0, "length": 0}, ["words", "length"]),
        ({"length": 61}, ["length"]),
    ],
)
def test_check_names_the_rule(rules: dict[str, int], fields: list[str]) -> None:
    """One to five words of one to sixty characters are possible."""
    problems = KIND.check(Definition("word_cloud", "Welches Wort?", rules=rules))
    assert [problem.field for problem in problems] == fields


# A result


def test_result_of_200_people() -> None:
    """Every second of 200 writes "Nähe" and every fourth "naehe": 100 + 50. Every fifth writes "Mut": 40.

    Every tenth writes "mut!" beside it, which is no second word. "Rad" is written by 50 less those ten who write "Mut".
    """
    people = [
        [
            *(["Nähe"] if n % 2 == 0 else []),
            *(["naehe"] if n % 4 == 1 else []),
            *(["Mut"] if n % 5 == 0 else []),
            *(["mut!"] if n % 10 == 0 else []),
            *(["Rad"] if n % 4 == 3 and n % 5 else []),
        ]
        for n in range(200)
    ]
    tally = tally_of(*people)
    results = KIND.results(QUESTION, tally)
    assert results.base == 200
    assert [(row.key, row.label, row.count, row.share, row.leads) for row in results.rows] == [
        ("naehe", "Nähe", 150, 0.75, True),
        ("mut", "Mut", 40, 0.2, False),
        ("rad", "Rad", 40, 0.2, False),
    ]
    # 1 + sqrt(25), 1 + sqrt(25 * 40 / 150), whole
    assert [row.size for row in results.rows if hasattr(row, "size")] == [6, 3, 3]
    assert [row.label for row in results.alphabetical] == ["Mut", "Nähe", "Rad"]
    assert (results.more, [row.label for row in results.following]) == (0, ["Mut", "Rad"])


def test_shown_form_is_the_most_frequent() -> None:
    """Two of three wrote it in small letters; a vote that is changed can turn it."""
    tally = tally_of(["Heimat"], ["heimat"], ["heimat"])
    assert shown(tally) == {"heimat": 3}
    tally.subtract(tally_of(["heimat"], ["heimat"]))
    assert shown(tally) == {"Heimat": 1}


@pytest.mark.parametrize(
    ("forms", "best"),
    [
        (("NÄHE", "nähe", "Nähe"), "Nähe"),
        (("Strasse", "Straße"), "Straße"),
        (("öpnv", "ÖPNV"), "öpnv"),
        (("Mut!", "Mut"), "Mut"),
    ],
)
def test_shown_form_of_a_tie_is_always_the_same(forms: tuple[str, ...], best: str) -> None:
    """Of equally frequent forms the order of arrival does not decide."""
    answers = [[form] for form in forms]
    assert [shown(tally_of(*order)) for order in (answers, answers[::-1])] == [{best: len(forms)}] * 2


def test_single_mentions_are_of_middle_size() -> None:
    """The first words of a cloud do not fill the screen; the size is measured against five mentions at least."""
    assert [row.size for row in KIND.results(QUESTION, tally_of(["Mut", "Rad"])).rows if hasattr(row, "size")] == [3, 3]


# Decisions


def test_hidden_word_can_come_back() -> None:
    """A hidden word is in no row; without the decision, and when it is shown, it is there with its count."""
    tally = tally_of(["Mut"], ["Mist"], ["mist!"])
    assert shown(tally, {"mist": HIDDEN}) == {"Mut": 1}
    assert shown(tally, {"mist": SHOWN}) == shown(tally, {}) == {"Mist": 2, "Mut": 1}


def test_joined_words_count_together() -> None:
    """Somebody who wrote both counts twice, as two mentions, under the other word's form; shares stay fractions."""
    tally = tally_of(["Bahn", "Zug"], ["Zug"])
    assert shown(tally, {"zug": into("bahn")}) == {"Bahn": 3}
    (row,) = KIND.results(QUESTION, tally, {"zug": into("bahn")}).rows
    assert (row.count, row.share) == (3, 1.0)


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ({"a": into("b"), "b": into("c")}, {"C": 6}),
        ({"a": into("b"), "b": into("c"), "c": HIDDEN}, {}),
        ({"a": into("a")}, {"C": 3, "B": 2, "A": 1}),
        ({"a": into("b"), "b": into("a")}, {"A": 3, "C": 3}),
        ({"a": into("c"), "b": into("c"), "c": into("b")}, {"B": 6}),
        ({"a": into("gone"), "b": into("gone")}, {"C": 3, "gone": 3}),
        ({"a": into("gone"), "gone": HIDDEN}, {"C": 3, "B": 2}),
        ({"a": into("")}, {"C": 3, "B": 2, "A": 1}),
        ({"never": HIDDEN, "nobody": into("a")}, {"C": 3, "B": 2, "A": 1}),
    ],
)
def test_chains_and_circles_are_harmless(decisions: Decisions, expected: dict[str, int]) -> None:
    """A chain counts at its end, a circle as its first word; what is joined with a hidden word is hidden."""
    tally = tally_of(["A", "B", "C"], ["B", "C"], ["C"])
    assert shown(tally, decisions) == expected


def test_long_chain_is_followed_to_its_end() -> None:
    """A thousand words joined one with the next are one."""
    tally = Counter({"#": 1000} | {f"w:w{n}|W{n}": 1 for n in range(1000)})
    assert shown(tally, {f"w{n}": into(f"w{n + 1}") for n in range(999)}) == {"W999": 1000}


def test_words_wait_for_approval() -> None:
    """Only what was shown or chosen is in a row; joined words need an approved one to count with."""
    tally = tally_of(["Mut"], ["Rad"], ["Zug"], ["Bahn"], question=WAITING)
    assert shown(tally, {}, WAITING) == {}
    assert shown(tally, {"mut": SHOWN, "rad": CHOSEN, "zug": into("bahn")}, WAITING) == {"Mut": 1, "Rad": 1}
    assert shown(tally, {"bahn": SHOWN, "zug": into("bahn")}, WAITING) == {"Bahn": 2}
    assert shown(tally, {"bahn": into("zug"), "zug": into("bahn")}, WAITING) == {}


def test_moderators_see_every_entry() -> None:
    """Each word with its own count and what was decided about it, the most frequent first, then as they came."""
    tally = tally_of(["Zug"], ["Mist"], ["zug", "Bahn"])
    decisions = {"mist": HIDDEN, "bahn": into("zug")}
    assert KIND.entries(WAITING, tally, decisions) == (
        Entry("zug", "Zug", 2, None),
        Entry("mist", "Mist", 1, Verdict.HIDDEN),
        Entry("bahn", "Bahn", 1, Verdict.JOINED, "zug"),
    )


# On pages


def view_of(
    tally: Counter[str], role: Role, question: Definition = QUESTION, decisions: Decisions = UNDECIDED
) -> render.View:
    """What a role sees of the shown result."""
    there = event([State.SHOWN], current=1, definition=question)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    counted = render.Counted(question, tally, decisions)
    return render.view(there, there.question(1), counted, 3, now, role, answered=True)


@pytest.mark.parametrize("role", [Role.AUDIENCE, Role.SCREEN])
def test_waiting_words_are_in_no_byte(role: Role) -> None:
    """Neither a frame nor the tick nor a frame of rows for the audience or the screen has a word that waits."""
    seen = view_of(tally_of(["Geheimwort"], question=WAITING), role, WAITING)
    state = render.frame(role.value, seen, address="", qr="")
    assert [b"eheimwort" in (frame or b"") for frame in (state, render.rows(seen), render.tick(seen))] == [False] * 3
    approved = view_of(tally_of(["Geheimwort"], question=WAITING), role, WAITING, {"geheimwort": SHOWN})
    assert b"Geheimwort" in render.frame(role.value, approved, address="", qr="")
    assert seen.figures["say"] == "Noch ist keine Antwort freigegeben."


def many(words: int, length: int, letter: str) -> Counter[str]:
    """So many different words of this length, each of one person."""
    tally: Counter[str] = Counter()
    for n in range(words):
        tally.update(KIND.marks(QUESTION, (f"{n:05d}".ljust(length, letter),)))
    return tally


@pytest.mark.parametrize("role", [Role.AUDIENCE, Role.SCREEN])
@pytest.mark.parametrize(("length", "letter"), [(12, "e"), (30, "ä"), (30, "🚲"), (60, "&"), (60, "<")])
def test_frame_stays_small(role: Role, length: int, letter: str) -> None:
    """A thousand words, however long: at most sixty are sent, in less than 6 KB, and how many more there are."""
    seen = view_of(many(1000, length, letter), role)
    frame = (render.rows(seen) or b"").decode()
    count = frame.count("<li")
    assert len(frame.encode()) < FRAME_MAXIMUM
    assert len(render.tick(seen) or b"") < FRAME_MAXIMUM
    assert 10 <= count <= 60
    assert re.findall(r"und ([\d.]+) weitere Wörter", frame) == [str(1000 - count)]


def test_screen_is_alphabetical_and_devices_by_frequency() -> None:
    """On the screen words keep their places while they grow; the same words and counts stand in both lists."""
    tally = tally_of(["Zug"], ["Zug", "Ärger"], ["Bahn", "Apfel"])
    lists = [
        re.findall(r"<bdi>(.*?)</bdi> <small>(\d+)</small>", (render.rows(view_of(tally, role)) or b"").decode())
        for role in (Role.SCREEN, Role.AUDIENCE)
    ]
    assert lists[0] == [("Ärger", "1"), ("Apfel", "1"), ("Bahn", "1"), ("Zug", "2")]
    assert lists[1] == [("Zug", "2"), ("Ärger", "1"), ("Apfel", "1"), ("Bahn", "1")]


def test_words_are_never_markup() -> None:
    """A participant's tags are shown as they were typed, in the list and in the sentence."""
    seen = view_of(tally_of(["<b>Mut</b>"]), Role.AUDIENCE)
    assert b"<bdi>&lt;b&gt;Mut&lt;/b&gt;</bdi>" in (render.rows(seen) or b"")
    assert seen.figures["say"] == "Einmal genannt: „\u2068<b>Mut</b>\u2069“."


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([], "Noch keine Antworten."),
        ([["Mut"], ["mut"], ["Rad"]], "Am häufigsten: „Mut“ mit 2 Nennungen. Dann „Rad“ mit einer Nennung."),
        ([["Mut", "Rad"], ["mut", "rad"]], "Gleichauf: „Mut“ und „Rad“ mit je 2 Nennungen."),
        ([["Mut", "Rad"]], "Gleichauf: „Mut“ und „Rad“ mit je einer Nennung."),
        ([["Mut", "Rad", "Bus"]], "3 Wörter gleichauf mit je einer Nennung."),
    ],
)
def test_sentence_says_ties(answers: list[list[str]], said: str) -> None:
    """The result in a sentence, ties too."""
    template: Any = render.environment("de").get_template("questions/word_cloud.html").module
    text = str(template.say(questions.results(QUESTION, tally_of(*answers)))).strip()
    assert text.replace("\u2068", "").replace("\u2069", "") == said
