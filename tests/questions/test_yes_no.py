"""Yes, no or abstain, with an example counted by hand."""

from collections import Counter
from dataclasses import replace

import pytest

from poll_server import questions
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.questions.contract import ABSTENTION, Results, Row
from poll_server.questions.yes_no import YesNo

KIND = YesNo()
QUESTION = Definition("yes_no", "Sollen wir früher Pause machen?")


def test_result_of_200_people() -> None:
    """93 say yes, 62 no and 45 abstain: shares are of the 155 who answered, 3/5 and 2/5."""
    tally: Counter[str] = Counter()
    for number in range(200):
        given = "yes" if number < 93 else "no" if number < 155 else "-"
        tally.update(questions.marks(QUESTION, questions.parse(QUESTION, [given])))
    assert tally == {"#": 155, "yes": 93, "no": 62, "-": 45}
    assert questions.results(QUESTION, tally) == Results(
        155, (Row("yes", "Ja", 93, 0.6, leads=True), Row("no", "Nein", 62, 0.4, leads=False)), abstained=45
    )


@pytest.mark.parametrize(("language", "words"), [("de", ("Ja", "Nein")), ("en", ("Yes", "No"))])
def test_words_are_those_of_the_event(language: str, words: tuple[str, str]) -> None:
    """Result and receipt speak the event's language, although the organiser wrote no answers."""
    question = replace(QUESTION, language=language)
    assert tuple(row.label for row in KIND.results(question, {}).rows) == words
    assert KIND.describe(question, ("yes",)) + KIND.describe(question, ("no",)) == words


def test_everybody_may_abstain() -> None:
    """Without any rule the abstention is an answer, also beside a choice, and has no words."""
    assert questions.parse(QUESTION, ["-"]) == ABSTENTION
    assert questions.describe(QUESTION, ABSTENTION) == ()


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ([], "empty"),
        (["yes", "no"], "one_only"),
        (["Ja"], "unknown_option"),
        (["YES"], "unknown_option"),
        (["<b>yes</b>"], "unknown_option"),
        (["yes" * 3333], "unknown_option"),
        (["👍"], "unknown_option"),
        (["نعم"], "unknown_option"),
    ],
)
def test_parse_refuses(form: list[str], code: str) -> None:
    """Nothing, both, and whatever is neither yes nor no, each with its reason."""
    with pytest.raises(Refused) as refused:
        KIND.parse(QUESTION, form)
    assert refused.value.code == code


def test_check_refuses_options() -> None:
    """A text is enough; answers of one's own need another kind."""
    assert KIND.check(QUESTION) == []
    wrong = Definition("yes_no", "", (Option("o1", "Ja"),))
    assert [problem.field for problem in KIND.check(wrong)] == ["text", "options"]
