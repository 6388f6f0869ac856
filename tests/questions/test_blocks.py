"""What documents tell of a result: every row of it, in blocks whose columns have numbers."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from poll_server.domain.programme import Definition
from poll_server.questions import kind_of, marks, results
from poll_server.questions.blocks import COUNTS, Look
from tests.questions.samples import ANSWERED_KINDS, SAMPLES


@st.composite
def tallied(draw: DrawFn) -> tuple[Definition, Counter[str]]:
    """A question of any kind with the tally of some answers."""
    definition = draw(st.one_of([SAMPLES[kind].definitions for kind in ANSWERED_KINDS]))
    forms = draw(st.lists(SAMPLES[definition.kind].forms(definition), max_size=6))
    answers = [kind_of(definition).parse(definition, form) for form in forms]
    return definition, sum((marks(definition, answer) for answer in answers), Counter[str]())


@settings(max_examples=100, deadline=None)
@given(asked=tallied())
def test_blocks_have_every_row_once(asked: tuple[Definition, Counter[str]]) -> None:
    """The rows of all blocks are those of the result, each with a number for every column, and bars that fit."""
    found = results(*asked)
    rows = [row for block in found.blocks for row in block.rows]
    assert [(row.key, row.count) for row in rows] == [(row.key, row.count) for row in found.rows]
    for block in found.blocks:
        named = set(block.columns) - COUNTS - {"share"}
        assert [
            row.key for row in block.rows if any(f"{name}-{row.key}" not in found.statistics for name in named)
        ] == []
        assert all(row.share <= block.whole + 1e-9 for row in block.rows)
        assert block.selected is None or {row.key for row in block.selected} <= {row.key for row in block.rows}
        assert (block.selected is not None) is (block.look in (Look.WORDS, Look.TEXTS))
