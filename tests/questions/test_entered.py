"""Entries kept in order while single marks come and go, and rows that are made when somebody asks for them."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poll_server import questions
from poll_server.domain.decisions import Decision, Verdict, listing
from poll_server.domain.programme import Definition
from poll_server.questions import KINDS
from poll_server.questions.contract import Row
from poll_server.questions.entered import Rows

WORDS = [
    f"{word}{end}" for word in ("Bus", "bus", "BUS", "Bähn", "Ärger", "Rad", "rad", "Zug|x") for end in ("", " b", "1")
]
KEYS = ["bus", "busb", "bus1", "baehn", "aerger", "rad", "Bus", "Rad", "Ärger", "Bähn 1", "nobody"]
VERDICTS = st.one_of(
    st.sampled_from([Verdict.SHOWN, Verdict.HIDDEN, Verdict.CHOSEN]).map(Decision),
    st.sampled_from(KEYS).map(lambda key: Decision(Verdict.JOINED, key)),
)
MADE = [Row(str(n), str(n), n, 0.0, leads=False) for n in range(100)]


@pytest.mark.parametrize("kind", ["word_cloud", "open_text"])
@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.sampled_from(WORDS), st.integers(-2, 3)), max_size=30),
            st.dictionaries(st.sampled_from(KEYS), VERDICTS, max_size=5),
            st.booleans(),
        ),
        max_size=4,
    )
)
def test_kept_tally_gives_what_its_marks_give(
    kind: str, stages: list[tuple[list[tuple[str, int]], dict[str, Decision], bool]]
) -> None:
    """Result, entries and list of a tally that was changed mark by mark, and decided about, are those of the sums."""
    kept, sums = KINDS[kind].kept(Counter({"#": 50})), Counter({"#": 50})
    for changes, decisions, approval in stages:
        definition = Definition(kind, "Was fehlt?", (), {"approval": approval})
        for word, n in changes:
            for mark in KINDS[kind].marks(definition, (word,)) - Counter("#"):
                kept[mark] += n
                sums[mark] += n
        found, expected = (questions.results(definition, tally, decisions) for tally in (kept, Counter(sums)))
        assert (found, [*found.leading], [*found.following]) == (expected, [*expected.leading], [*expected.following])
        most = max((row.count for row in found.rows), default=0)
        assert [row.leads for row in found.rows] == [row.count == most for row in found.rows]
        entries = KINDS[kind].entries(definition, Counter(sums), decisions)
        assert {*entries} == {*KINDS[kind].entries(definition, kept, decisions)}
        by = KINDS[kind].order  # type: ignore[attr-defined]  # of these kinds
        for wanted in ("", "bus"):
            found_list = KINDS[kind].listing(definition, kept, decisions, wanted)
            assert found_list == listing(entries, wanted, approval=approval, by=by)


def test_list_of_many_entries_is_that_of_all() -> None:
    """Of more than are listed the first are those that sorting all of them gives, and the others are counted."""
    definition, kind = Definition("open_text", "Was fehlt?", ()), KINDS["open_text"]
    tally = Counter({"#": 900} | {f"t:{chr(65 + n % 50)}{n * 37 % 1000}": 1 + n % 3 for n in range(900)})
    decisions = {
        "A0": Decision(Verdict.HIDDEN),
        "B37": Decision(Verdict.CHOSEN),
        "C74": Decision(Verdict.JOINED, "D111"),
    }
    entries = kind.entries(definition, tally, decisions)
    assert len(entries) == 900
    assert kind.listing(definition, tally, decisions, "") == listing(entries)


@pytest.mark.parametrize("at", [0, 9, 10, 99, -1, slice(5), slice(5, 20), slice(-3, None), slice(None), slice(60, 10)])
def test_rows_made_later_are_as_if_made_at_once(at: int | slice) -> None:
    """Whatever is asked for is the same, whether it was made at once or not."""
    assert Rows(MADE[:10], 100, lambda: MADE)[at] == MADE[at]


def test_rows_are_not_made_without_need() -> None:
    """How many there are, and the first of them, are known without the others."""
    rows = Rows(MADE[:10], 100, lambda: pytest.fail("nobody has asked for them"))
    assert (len(rows), rows[9], list(rows[:10])) == (100, MADE[9], MADE[:10])
