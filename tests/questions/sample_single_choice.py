"""The sample of single choice."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from poll_server.domain.programme import Definition
from tests.questions.sample import EMPTY, LABELS, REVEALS, Form, Sample, keys, options, subsets, unknown


def _one(definition: Definition) -> SearchStrategy[Form]:
    """One option, maybe sent twice."""
    return st.sampled_from(keys(definition)).flatmap(lambda key: st.sampled_from([[key], [key, key]]))


def _several(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    return subsets(definition, 2, 20).map(lambda form: (form, "one_only"))


SAMPLE = Sample(
    st.builds(Definition, st.just("single_choice"), st.just("Was?"), LABELS.map(options), reveal=REVEALS),
    _one,
    lambda definition: st.one_of(EMPTY, unknown(definition), _several(definition)),
)
