"""The sample of points."""

from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from poll_server.domain.programme import Definition
from tests.questions.sample import LABELS, REVEALS, Form, Sample, keys, options


@st.composite
def _definitions(draw: DrawFn) -> Definition:
    rules = draw(st.sampled_from([{}, {"points": 2}, {"points": 10}, {"points": 1000}]))
    return Definition("points", "Wofür?", options(draw(LABELS)), rules, reveal=draw(REVEALS))


def _points(definition: Definition) -> int:
    return int(definition.rules.get("points", 100))


@st.composite
def _spread(draw: DrawFn, definition: Definition) -> Form:
    """All points on options in any order, with zeros, spaces and leading zeros."""
    order, points = draw(st.permutations(keys(definition))), _points(definition)
    cuts = sorted(draw(st.lists(st.integers(0, points), min_size=len(order) - 1, max_size=len(order) - 1)))
    parts = [after - before for before, after in pairwise([0, *cuts, points])]
    return [f"{key}={draw(st.sampled_from(['', ' ', '0']))}{n}" for key, n in zip(order, parts, strict=True)]


def _refused(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    key, points = keys(definition)[0], _points(definition)
    none: Form = []
    strangers = st.text(max_size=5).filter(lambda text: text.partition("=")[0] not in keys(definition))
    return st.one_of(
        st.sampled_from([(none, "no_points"), ([f"{key}=0"], "no_points")]),
        st.integers(1, points - 1).map(lambda n: ([f"{key}={n}"], "points_left")),
        st.integers(points + 1, 999_999).map(lambda n: ([f"{key}={n}"], "points_over")),
        st.just(([f"{key}={points}", f"{key}=0"], "points_twice")),
        st.sampled_from(["-1", "1.0", "1,5", "viel", "1e1", "٣", "1000000", ""]).map(
            lambda written: ([f"{key}={written}"], "not_points")
        ),
        strangers.map(lambda stranger: ([f"{key}={points}", stranger], "unknown_option")),
    )


SAMPLE = Sample(_definitions(), _spread, _refused)
