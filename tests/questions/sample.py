"""What the samples of all kinds are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from poll_server.domain.programme import Definition, Option, Reveal

Form = Sequence[str]
"""The `answer` fields of a form; a field `answer.KEY` is a text `KEY=value`."""


@dataclass(frozen=True)
class Sample:
    """Questions that can be asked, forms that are taken, and (form, code) pairs that are refused.

    ``words`` are the kind's own in a result, where it has some only with answers.
    """

    definitions: SearchStrategy[Definition]
    forms: Callable[[Definition], SearchStrategy[Form]]
    refused: Callable[[Definition], SearchStrategy[tuple[Form, str]]]
    words: tuple[str, ...] = ()


LETTERS = st.characters(exclude_categories=["Cc", "Cs"])
LABELS = st.lists(
    st.text(LETTERS, min_size=1, max_size=8).filter(str.strip),
    min_size=2,
    max_size=20,
    unique_by=lambda label: label.strip().casefold(),
)
"""Labels of 2 to 20 options."""
REVEALS = st.sampled_from(Reveal)
EMPTY: SearchStrategy[tuple[Form, str]] = st.just(([], "empty"))
"""A form without an answer."""


def options(labels: Sequence[str]) -> tuple[Option, ...]:
    """The options with these labels, under the keys that an event file gives them."""
    return tuple(Option(f"o{number}", label) for number, label in enumerate(labels, 1))


def keys(definition: Definition) -> list[str]:
    """The keys of the options."""
    return [option.key for option in definition.options]


def subsets(definition: Definition, least: int, most: int) -> SearchStrategy[list[str]]:
    """Keys of options in any order."""
    return st.lists(st.sampled_from(keys(definition)), min_size=least, max_size=most, unique=True)


@st.composite
def unknown(draw: st.DrawFn, definition: Definition) -> tuple[Form, str]:
    """One value that is no option, between options or alone."""
    stranger = draw(st.text(max_size=5).filter(lambda text: text not in keys(definition)))
    form = [*draw(subsets(definition, 0, 3)), stranger]
    return draw(st.permutations(form)), "unknown_option"
