"""The sample of the rating."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from poll_server.domain.programme import Definition
from poll_server.questions.scales import SCALES, scale_of
from tests.questions.sample import EMPTY, LABELS, REVEALS, Form, Sample, keys, options

_ENDS = st.fixed_dictionaries({"low": st.just("kalt"), "high": st.just("warm")})
_READY_MADE = st.fixed_dictionaries({"scale": st.sampled_from(sorted(SCALES))})


@st.composite
def _ratings(draw: DrawFn) -> Definition:
    rules: dict[str, Any] = draw(_ENDS | _READY_MADE)
    if draw(st.booleans()):
        rules["steps"] = draw(st.integers(2, 11))
    labels = draw(st.just([]) | LABELS.map(lambda labels: labels[:10]))
    language = draw(st.sampled_from(["de", "en"]))
    return Definition("rating", "Wie ist es?", options(labels), rules, reveal=draw(REVEALS), language=language)


def _fields(definition: Definition) -> list[list[str]]:
    """All fields that a form can send, by item."""
    values = [str(step.value) for step in scale_of(definition)]
    return [[f"{key}={value}" for value in values] for key in keys(definition)] or [values]


@st.composite
def _forms(draw: DrawFn, definition: Definition) -> Form:
    """A step of each item, in any order."""
    chosen = [draw(st.sampled_from(fields)) for fields in _fields(definition)]
    return draw(st.permutations(chosen))


@st.composite
def _refused(draw: DrawFn, definition: Definition) -> tuple[Form, str]:
    """A step that is not on the scale, a second step for an item, or an item without any."""
    form, fields = list(draw(_forms(definition))), draw(st.sampled_from(_fields(definition)))
    wrong = draw(st.sampled_from([f"{fields[-1]}9", f" {fields[0]}", f"o11={fields[0]}", "=", "-1", "o1"]))
    second = next(field for field in fields if field not in form)
    refused = [([*form, wrong], "unknown_option"), ([*form, second], "one_only")]
    return draw(st.sampled_from(refused + [(form[1:], "unrated")] * (len(form) > 1)))


def _any_refused(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    return _refused(definition) | EMPTY


SAMPLE = Sample(_ratings(), _forms, _any_refused)
