"""The sample of ranking."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from poll_server.domain.programme import Definition
from tests.questions.sample import LABELS, REVEALS, Form, Sample, keys, options


@st.composite
def _definitions(draw: DrawFn) -> Definition:
    found = options(draw(LABELS))
    rules = draw(st.just({}) | st.fixed_dictionaries({"places": st.integers(2, len(found))}))
    return Definition("ranking", "In welcher Reihenfolge?", found, rules, reveal=draw(REVEALS))


def _last(definition: Definition) -> int:
    return int(definition.rules.get("places", len(definition.options)))


def _orders(definition: Definition) -> SearchStrategy[list[str]]:
    last = _last(definition)
    return st.lists(st.sampled_from(keys(definition)), min_size=last, max_size=last, unique=True)


@st.composite
def _forms(draw: DrawFn, definition: Definition) -> Form:
    """An order as the script sends it, or the places of the fields without it, in any order."""
    order = draw(_orders(definition))
    if draw(st.booleans()):
        return order
    return draw(st.permutations([f"{key}={place}" for place, key in enumerate(order, 1)]))


@st.composite
def _wrong(draw: DrawFn, definition: Definition) -> tuple[Form, str]:
    """An order with one fault."""
    order, last = draw(_orders(definition)), _last(definition)
    first, *rest = (f"{key}={place}" for place, key in enumerate(order, 1))
    strange = draw(st.sampled_from(["", "0", "-1", "01", "1.5", "１", "eins", str(last + 1), "9" * 10_000]))
    stranger = draw(st.text(max_size=5).filter(lambda text: text.partition("=")[0] not in keys(definition)))
    wrong = [
        (draw(st.permutations([*order, stranger])), "unknown_option"),
        ([*order, draw(st.sampled_from(order))], "option_twice"),
        ([f"{order[0]}={strange}", *rest], "no_such_place"),
        ([f"{order[0]}=2", *rest], "place_twice"),
        (rest, "place_missing"),
        ([], "no_places"),
        (order[:-1], "too_few_places"),
        ([first, *rest[:-1]], "too_few_places"),
    ]
    form, code = draw(st.sampled_from(wrong))
    return form, code


SAMPLE = Sample(_definitions(), _forms, _wrong)
