"""What leads in a result, and what follows."""

import pytest

from poll_server.domain.programme import Definition, Option, Reveal
from poll_server.questions import KINDS
from poll_server.questions.contract import Results, Row


def results(*counts: int) -> Results:
    """A result with these counts under the keys a, b, c …"""
    base, most = sum(counts), max(counts)
    rows = [
        Row(key, key.upper(), n, n / base if base else 0.0, leads=n == most > 0)
        for key, n in zip("abcd", counts, strict=False)
    ]
    return Results(base, tuple(rows))


@pytest.mark.parametrize(
    ("counts", "leading", "following"),
    [
        ((0, 0, 0), "", ""),
        ((3, 0, 0), "a", ""),
        ((1, 5, 2), "b", "c"),
        ((2, 5, 2, 1), "b", "ac"),
        ((4, 1, 4, 0), "ac", "b"),
        ((2, 2, 2), "abc", ""),
    ],
)
def test_leading_and_following_rows(counts: tuple[int, ...], leading: str, following: str) -> None:
    """The most frequent lead, together when they tie; the second most frequent follow, unless nobody chose them."""
    found = results(*counts)
    assert "".join(row.key for row in found.leading) == leading
    assert "".join(row.key for row in found.following) == following


@pytest.mark.parametrize("reveal", Reveal)
def test_secret_question_shows_its_result_when_the_moderators_do(reveal: Reveal) -> None:
    """A number that grows would tell on the votes of each batch, so other ways are mistakes of the rule."""
    options = (Option("o1", "Ja"), Option("o2", "Nein"))
    asked = [
        Definition(kind, "Was?", options[: KINDS[kind].options.stop - 1], {"secret": True}, reveal=reveal)
        for kind in KINDS
        if "secret" in KINDS[kind].rules
    ]
    found = {one.kind: [problem.field for problem in KINDS[one.kind].check(one)] for one in asked}
    assert found == {kind: [] if reveal is Reveal.SHOWN else ["secret"] for kind in found}
    assert len(found) == 7
