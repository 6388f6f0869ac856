"""The statements, with examples counted by hand."""

from collections import Counter
from dataclasses import replace
from math import sqrt

import orjson
import pytest

from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.questions.statements import STATEMENT_MAXIMUM, Opinions, Statements, certain

KIND = Statements()
TEXTS = ("Mehr Busse", "Mehr Parkplätze", "Eine Maut", "Ein Stadtfest", "Neue Schilder")
ASKED = Definition("statements", "Wie sehen Sie das?", tuple(Option(f"o{n}", text) for n, text in enumerate(TEXTS, 1)))


def tally(votes: dict[str, str], people: int = 200, definition: Definition = ASKED) -> Counter[str]:
    """The tally of so many people; a statement's letters are the choices of the first of them, a dot is none."""
    counted: Counter[str] = Counter()
    for at in range(people):
        form = [f"{key}={given[at]}" for key, given in votes.items() if at < len(given) and given[at] != "."]
        counted.update(KIND.marks(definition, KIND.parse(definition, form)))
    return counted


PEOPLE_200 = {
    "o1": "a" * 150 + "d" * 20 + "s" * 30,
    "o2": "d" * 160 + "a" * 10 + "s" * 30,
    "o3": "a" * 90 + "d" * 80 + "s" * 10,
    "o4": "a" * 4,
    "o5": "s" * 200,
}


def test_result_of_200_people() -> None:
    """Each statement has its own n and three shares, in the order of the question; a person counts once."""
    results = KIND.results(ASKED, tally(PEOPLE_200))
    assert results.base == 200
    assert [(one.text, one.counts, one.n) for one in results.items] == [
        ("Mehr Busse", (150, 20, 30), 200),
        ("Mehr Parkplätze", (10, 160, 30), 200),
        ("Eine Maut", (90, 80, 10), 180),
        ("Ein Stadtfest", (4, 0, 0), 4),
        ("Neue Schilder", (0, 0, 200), 200),
    ]
    assert results.items[2].shares == (0.5, 80 / 180, 10 / 180)
    assert [(row.key, row.label, row.count, row.share) for row in results.rows[:3]] == [
        ("o1=a", "Mehr Busse: Stimme zu", 150, 0.75),
        ("o1=d", "Mehr Busse: Stimme nicht zu", 20, 0.1),
        ("o1=s", "Mehr Busse: Überspringen", 30, 0.15),
    ]
    assert listed(results) == [["o1"], ["o2"], ["o3"]]


def listed(results: Opinions) -> list[list[str]]:
    """The keys of the three lists."""
    return [[one.key for one in some] for some in results.lists]


def test_statement_of_few_answers_is_in_no_list() -> None:
    """Four people are too few; the fifth brings the statement into its list."""
    assert listed(KIND.results(ASKED, tally({"o4": "aaaa"}, 4))) == [[], [], []]
    assert listed(KIND.results(ASKED, tally({"o4": "aaaaa"}, 5))) == [["o4"], [], []]


def test_certain_agreement_stands_before_a_higher_share_of_few() -> None:
    """800 of 1,000 is more certain than 9 of 10, 9 of 10 more than 6 of 10."""
    votes = {"o1": "a" * 9 + "d", "o2": "a" * 800 + "d" * 200, "o3": "a" * 7 + "dss"}
    assert listed(KIND.results(ASKED, tally(votes, 1000)))[0] == ["o2", "o1", "o3"]


@pytest.mark.parametrize(("agree", "disagree", "at"), [(10, 5, 2), (11, 5, 0), (5, 11, 1), (5, 10, 2), (8, 8, 2)])
def test_side_more_than_twice_as_large_leads(agree: int, disagree: int, at: int) -> None:
    """Up to twice as many divide, more lead; no statement is in two lists."""
    found = listed(KIND.results(ASKED, tally({"o1": "a" * agree + "d" * disagree}, agree + disagree)))
    assert found == [["o1"] if at == place else [] for place in range(3)]


@pytest.mark.parametrize(("k", "n"), [(0, 5), (5, 5), (9, 10), (800, 1000), (1, 3)])
def test_certain_share_solves_wilsons_equation(k: int, n: int) -> None:
    """The bound is where the observed share is 1.96 standard errors away, and below that share."""
    bound = certain(k, n)
    assert abs(k / n - bound) == pytest.approx(1.96 * sqrt(bound * (1 - bound) / n), abs=1e-12)
    assert 0 <= round(bound, 12) <= k / n


def test_lists_of_long_statements_are_shorter() -> None:
    """Nine statements of 280 characters do not fit into a frame, so each list has fewer, but one at least."""
    definition = replace(ASKED, options=tuple(Option(f"o{n}", f"{n}".ljust(280, "ß")) for n in range(1, 10)))
    votes = {f"o{n}": ["a" * 10, "d" * 10, "ad" * 5][n % 3] for n in range(1, 10)}
    results = KIND.results(definition, tally(votes, 10, definition))
    assert [len(some) for some in (results.agreed, results.disagreed, results.divided)] == [3, 3, 3]
    assert [len(some) for some in results.lists] == [1, 1, 1]


def test_several_statements_may_be_answered_at_once() -> None:
    """An answer may have many pieces, each in the words of its statement."""
    answer = KIND.parse(ASKED, ["o3=s", "o1=d"])
    assert answer == ("o3=s", "o1=d")
    assert KIND.marks(ASKED, answer) == {"#": 1, "o3=s": 1, "o1=d": 1}
    assert KIND.describe(ASKED, answer) == ("Eine Maut: Überspringen", "Mehr Busse: Stimme nicht zu")


@pytest.mark.parametrize("given", ["o1=x", "o1=A", "o1=ad", "o1=", "o1", "=a", "a", "o0=a", "o01=a", "o6=a"])
def test_unknown_choice_or_statement_is_refused(given: str) -> None:
    """Only the three letters are choices, of statements that there are; a good piece beside does not help."""
    for answer in ([given], ["o2=s", given]):
        with pytest.raises(Refused) as refused:
            KIND.parse(ASKED, answer)
        assert refused.value.code == "unknown_option"


def test_statements_may_be_long() -> None:
    """280 characters are taken, more are not."""
    options = (Option("o1", "x" * STATEMENT_MAXIMUM), Option("o2", "y"))
    assert KIND.check(replace(ASKED, options=options)) == []
    assert [one.field for one in KIND.check(replace(ASKED, options=(*options, Option("o3", "z" * 281))))] == ["options"]


def test_pages_have_fifty_statements_and_names_of_their_own() -> None:
    """120 statements are three pages in order; a mended statement changes the name of its own page only."""
    options = tuple(Option(f"o{n}", f"Aussage {n}") for n in range(1, 121))
    pages = KIND.pages(replace(ASKED, options=options))
    assert [len(orjson.loads(page.content)) for page in pages] == [50, 50, 20]
    assert orjson.loads(pages[2].content)[0] == "Aussage 101"
    mended = KIND.pages(replace(ASKED, options=(*options[:60], Option("o61", "Anders"), *options[61:])))
    assert [one.digest == other.digest for one, other in zip(pages, mended, strict=True)] == [True, False, True]


def test_next_statement_is_another_one_for_everybody() -> None:
    """Each person without script has an order of their own; over many of them all statements come first as often."""
    first = Counter(KIND.next_part(ASKED, (), f"person {n}") for n in range(1000))
    assert min(first[f"o{n}"] for n in range(1, 6)) > 150
    assert KIND.next_part(ASKED, ("o1=a", "o2=s", "o3=d", "o5=a"), "kim") == "o4"
    assert KIND.next_part(ASKED, tuple(f"o{n}=a" for n in range(1, 6)), "kim") == ""


def test_statement_that_was_taken_back_is_nowhere() -> None:
    """It is not asked, not in the result, in no words and refused alone; those behind it keep their keys."""
    asked = replace(ASKED, added=(Option("o6", ""), Option("o7", "Mehr Grün")))
    answered = tuple(f"o{n}=a" for n in range(1, 6))
    assert [option.key for option in KIND.asked(asked)] == ["o1", "o2", "o3", "o4", "o5", "o7"]
    assert KIND.taken_back(asked) == ("o6",)
    assert KIND.next_part(asked, answered, "anna") == "o7"
    assert KIND.next_part(asked, (*answered, "o7=a"), "anna") == ""
    results = KIND.results(asked, Counter({"#": 9, "o6=a": 9, "o7=a": 9}))
    assert [(one.key, one.n) for one in results.items if one.n] == [("o7", 9)]
    assert KIND.describe(asked, ("o6=a", "o7=d")) == ("Mehr Grün: Stimme nicht zu",)
    assert KIND.parse(asked, ["o6=a", "o7=d"]) == ("o7=d",)
    with pytest.raises(Refused) as refused:
        KIND.parse(asked, ["o6=a"])
    assert refused.value.code == "unknown_option"
