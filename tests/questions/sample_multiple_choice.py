"""The sample of multiple choice."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from poll_server.domain.programme import Definition
from tests.questions.sample import EMPTY, LABELS, REVEALS, Form, Sample, options, subsets, unknown


@st.composite
def _definitions(draw: DrawFn) -> Definition:
    found = options(draw(LABELS))
    least, most = sorted((draw(st.integers(1, len(found))), draw(st.integers(1, len(found)))))
    rules = {"minimum": least, "maximum": most}
    given = draw(st.sets(st.sampled_from(sorted(rules))))
    return Definition(
        "multiple_choice", "Was alles?", found, {name: rules[name] for name in given}, reveal=draw(REVEALS)
    )


def _limits(definition: Definition) -> tuple[int, int]:
    return definition.rules.get("minimum", 1), definition.rules.get("maximum", len(definition.options))


def _enough(definition: Definition) -> SearchStrategy[Form]:
    return subsets(definition, *_limits(definition))


def _wrong_number(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    least, most = _limits(definition)
    wrong: SearchStrategy[tuple[Form, str]] = st.just(([], "none_chosen")) if least > 1 else EMPTY
    if least > 1:
        wrong |= subsets(definition, 1, least - 1).map(lambda form: (form, "too_few"))
    if most < len(definition.options):
        wrong |= subsets(definition, most + 1, len(definition.options)).map(lambda form: (form, "too_many"))
    return wrong


SAMPLE = Sample(_definitions(), _enough, lambda definition: unknown(definition) | _wrong_number(definition))
