"""The sample of the word cloud."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from poll_server.domain.programme import Definition
from poll_server.questions.word_cloud import key_of
from tests.questions.sample import LETTERS, REVEALS, Form, Sample

_LENGTH = 12
_WORDS = st.sampled_from(["Nähe", "nähe", "NAEHE!", "kurze Wege", "Kurze-Wege", "Straße", "🚲", "مرحبا", "<b>", "a|b"])
_SILENT = st.sampled_from(["", " ", "...", "-", "\u200b", "|"])
_RULES: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {}, optional={"length": st.just(_LENGTH), "words": st.integers(1, 5)}
)


def _limit(definition: Definition) -> int:
    return int(definition.rules.get("words", 3))


@st.composite
def _forms(draw: DrawFn, definition: Definition) -> Form:
    """Some words and some fields that were left empty, in any order."""
    any_word = _WORDS | st.text(LETTERS, min_size=1, max_size=8).filter(key_of)
    words = draw(st.lists(any_word, min_size=1, max_size=_limit(definition)))
    return draw(st.permutations([*words, *draw(st.lists(_SILENT, max_size=2))]))


def _refused(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    length = definition.rules.get("length", 30)
    many = [f"Wort{letter}" for letter in "ABCDEF"][: _limit(definition) + 1]
    return st.one_of(
        st.lists(_SILENT, max_size=3).map(lambda form: (form, "unwritten")),
        st.just((many, "too_many_words")),
        st.sampled_from([length + 1, 10_000]).map(lambda size: (["Mut", "x" * size], "too_long")),
    )


SAMPLE = Sample(
    st.builds(Definition, st.just("word_cloud"), st.just("Welches Wort?"), rules=_RULES, reveal=REVEALS),
    _forms,
    _refused,
)
