"""Single choice, with an example counted by hand."""

from collections import Counter

import pytest

from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.questions.contract import Results, Row
from poll_server.questions.single_choice import SingleChoice

KIND = SingleChoice()
QUESTION = Definition(
    "single_choice", "Womit sind Sie gekommen?", (Option("o1", "Bus"), Option("o2", "Bahn"), Option("o3", "Rad"))
)


def test_result_counted_by_hand() -> None:
    """Eight people: two by bus, five by train, one by bike. The shares are 1/4, 5/8 and 1/8."""
    tally: Counter[str] = Counter()
    for choice in ("o2", "o1", "o2", "o2", "o3", "o1", "o2", "o2"):
        tally.update(KIND.marks(QUESTION, KIND.parse(QUESTION, [choice])))
    assert tally == {"#": 8, "o1": 2, "o2": 5, "o3": 1}
    assert KIND.results(QUESTION, tally) == Results(
        8,
        (
            Row("o1", "Bus", 2, 0.25, leads=False),
            Row("o2", "Bahn", 5, 0.625, leads=True),
            Row("o3", "Rad", 1, 0.125, leads=False),
        ),
    )


def test_result_of_a_tie() -> None:
    """Two options with the same number lead together."""
    results = KIND.results(QUESTION, {"#": 4, "o1": 2, "o3": 2})
    assert [row.label for row in results.leading] == ["Bus", "Rad"]


@pytest.mark.parametrize("form", [["o2"], ["o2", "o2"]])
def test_parse_takes_one_option(form: list[str]) -> None:
    """One option is an answer, also when a browser sends it twice."""
    assert KIND.parse(QUESTION, form) == ("o2",)


@pytest.mark.parametrize(
    ("form", "code"),
    [([], "empty"), (["o4"], "unknown_option"), (["o1", "o2"], "one_only"), (["o1", "x"], "unknown_option")],
)
def test_parse_refuses(form: list[str], code: str) -> None:
    """Nothing, a stranger or two options are refused, each with its reason."""
    with pytest.raises(Refused) as refused:
        KIND.parse(QUESTION, form)
    assert (refused.value.code, refused.value.values) == (code, {})
