"""The sample of the statements."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from poll_server.domain.programme import Definition
from poll_server.questions.statements import CHOICES
from tests.questions.sample import EMPTY, LABELS, REVEALS, Form, Sample, keys, options

_STATEMENTS = st.builds(
    lambda labels, reveal, language: Definition(
        "statements", "Wie sehen Sie das?", options(labels), reveal=reveal, language=language
    ),
    LABELS,
    REVEALS,
    st.sampled_from(["de", "en"]),
)


def _forms(definition: Definition) -> SearchStrategy[Form]:
    """A choice for one statement, as the page sends it."""
    return st.builds(
        lambda key, choice: [f"{key}={choice}"], st.sampled_from(keys(definition)), st.sampled_from(CHOICES)
    )


def _refused(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    """Another statement, another choice, none, or two choices for one statement."""
    wrong = st.sampled_from(["o99=a", "o1=x", "o1=", "o1", "=a", "a", "o1=a=a", "o01=a"])
    twice = _forms(definition).map(lambda form: [*form, form[0][:-1] + ("d" if form[0][-1] == "a" else "a")])
    return (
        EMPTY
        | st.tuples(_forms(definition), wrong).map(lambda pair: ([*pair[0], pair[1]], "unknown_option"))
        | twice.map(lambda form: (form, "one_only"))
    )


SAMPLE = Sample(_STATEMENTS, _forms, _refused)
