"""The sample of the open text."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from poll_server.domain.programme import Definition
from poll_server.questions.written import says_something
from tests.questions.sample import LETTERS, REVEALS, Form, Sample

_TEXTS = st.sampled_from(["Mehr Zeit", "mehr Zeit", "Mehr\nZeit", "<b>Mehr</b> & mehr", "مزيد", "🚲🚲", "t:#|-"])
_SILENT = st.sampled_from(["", " ", "...", "-", "\u200b"])


def _forms(definition: Definition) -> SearchStrategy[Form]:
    """One text, maybe sent twice."""
    texts = _TEXTS | st.text(LETTERS, min_size=1, max_size=20).filter(says_something)
    return texts.flatmap(lambda text: st.sampled_from([[text], [text, text], ["", text]]))


def _refused(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    length = definition.rules.get("length", 500)
    return st.one_of(
        st.lists(_SILENT, max_size=3).map(lambda form: (form, "unwritten")),
        st.just((["Mehr Zeit", "Mehr Geld"], "one_only")),
        st.sampled_from([length + 1, 10_000]).map(lambda size: (["x" * size], "too_long")),
    )


SAMPLE = Sample(
    st.builds(
        Definition,
        st.just("open_text"),
        st.just("Was noch?"),
        rules=st.sampled_from([{}, {"length": 20}]),
        reveal=REVEALS,
    ),
    _forms,
    _refused,
)
