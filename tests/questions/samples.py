"""What tests need of each kind of question. A new kind adds one entry to SAMPLES, and all laws are tested on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from poll_server.domain.programme import Definition, Option, Reveal

Form = Sequence[str]
"""The `answer` fields of a form."""


@dataclass(frozen=True)
class Sample:
    """Questions that can be asked, forms that are taken, and (form, code) pairs that are refused."""

    definitions: SearchStrategy[Definition]
    forms: Callable[[Definition], SearchStrategy[Form]]
    refused: Callable[[Definition], SearchStrategy[tuple[Form, str]]]


_LETTERS = st.characters(exclude_categories=["Cc", "Cs"])
_LABELS = st.lists(
    st.text(_LETTERS, min_size=1, max_size=8).filter(str.strip),
    min_size=2,
    max_size=20,
    unique_by=lambda label: label.strip().casefold(),
)
_REVEALS = st.sampled_from(Reveal)


def _options(labels: Sequence[str]) -> tuple[Option, ...]:
    return tuple(Option(f"o{number}", label) for number, label in enumerate(labels, 1))


def _keys(definition: Definition) -> list[str]:
    return [option.key for option in definition.options]


def _subsets(definition: Definition, least: int, most: int) -> SearchStrategy[list[str]]:
    """Options in any order."""
    return st.lists(st.sampled_from(_keys(definition)), min_size=least, max_size=most, unique=True)


@st.composite
def _unknown(draw: DrawFn, definition: Definition) -> tuple[Form, str]:
    """One value that is no option, between options or alone."""
    stranger = draw(st.text(max_size=5).filter(lambda text: text not in _keys(definition)))
    form = [*draw(_subsets(definition, 0, 3)), stranger]
    return draw(st.permutations(form)), "unknown_option"


_EMPTY: SearchStrategy[tuple[Form, str]] = st.just(([], "empty"))


# Single choice

_SINGLE = st.builds(Definition, st.just("single_choice"), st.just("Was?"), _LABELS.map(_options), reveal=_REVEALS)


def _one(definition: Definition) -> SearchStrategy[Form]:
    """One option, maybe sent twice."""
    return st.sampled_from(_keys(definition)).flatmap(lambda key: st.sampled_from([[key], [key, key]]))


def _several(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    return _subsets(definition, 2, 20).map(lambda form: (form, "one_only"))


# Multiple choice


@st.composite
def _multiple(draw: DrawFn) -> Definition:
    options = _options(draw(_LABELS))
    least, most = sorted((draw(st.integers(1, len(options))), draw(st.integers(1, len(options)))))
    rules = {"minimum": least, "maximum": most}
    given = draw(st.sets(st.sampled_from(sorted(rules))))
    return Definition(
        "multiple_choice", "Was alles?", options, {name: rules[name] for name in given}, reveal=draw(_REVEALS)
    )


def _limits(definition: Definition) -> tuple[int, int]:
    return definition.rules.get("minimum", 1), definition.rules.get("maximum", len(definition.options))


def _enough(definition: Definition) -> SearchStrategy[Form]:
    return _subsets(definition, *_limits(definition))


def _wrong_number(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    least, most = _limits(definition)
    wrong: SearchStrategy[tuple[Form, str]] = st.nothing()
    if least > 1:
        wrong |= _subsets(definition, 1, least - 1).map(lambda form: (form, "too_few"))
    if most < len(definition.options):
        wrong |= _subsets(definition, most + 1, len(definition.options)).map(lambda form: (form, "too_many"))
    return wrong


SAMPLES: dict[str, Sample] = {
    "single_choice": Sample(
        _SINGLE, _one, lambda definition: st.one_of(_EMPTY, _unknown(definition), _several(definition))
    ),
    "multiple_choice": Sample(
        _multiple(), _enough, lambda definition: st.one_of(_EMPTY, _unknown(definition), _wrong_number(definition))
    ),
}
