"""The sample of numbers."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from poll_server.domain.programme import Definition
from tests.questions.sample import REVEALS, Form, Sample

_RULES: tuple[dict[str, object], ...] = (
    {},
    {"unit": "km"},
    {"minimum": "-50", "maximum": "1000", "unit": "°C"},
    {"minimum": "0,5", "maximum": "12.5", "decimals": 1},
    {"minimum": "-2", "decimals": 3, "unit": "%"},
    {"decimals": 6, "maximum": "1 000 000"},
)
_LIMITS = {"-50": -50, "1000": 1000, "0,5": 0.5, "12.5": 12.5, "-2": -2, "1 000 000": 1_000_000}
_DEFINITIONS = st.builds(
    Definition, st.just("numeric"), st.just("Wie viel?"), rules=st.sampled_from(_RULES), reveal=REVEALS
)


def _decimals(definition: Definition) -> int:
    return int(definition.rules.get("decimals", 0))


def _numbers(definition: Definition) -> SearchStrategy[Decimal]:
    """Numbers within the rules, few enough to be given twice."""
    scale = 10 ** _decimals(definition)
    least = _LIMITS[definition.rules.get("minimum", "1000")] if "minimum" in definition.rules else 0
    most = _LIMITS[definition.rules["maximum"]] if "maximum" in definition.rules else 5000
    return st.integers(int(least * scale), int(most * scale)).map(lambda n: Decimal(n).scaleb(-_decimals(definition)))


def _forms(definition: Definition) -> SearchStrategy[Form]:
    """A number with a comma or a point and a fourth decimal, which no group of thousands has; the unit maybe behind."""
    unit = definition.rules.get("unit", "")
    written = _numbers(definition).map(lambda n: f"{n:.7f}" if _decimals(definition) else f"{n:.0f}")
    return st.builds(
        lambda text, comma, end: [text.replace(".", comma) + end],
        written,
        st.sampled_from([",", "."]),
        st.sampled_from(["", f" {unit}", unit]),
    )


def _refused(definition: Definition) -> SearchStrategy[tuple[Form, str]]:
    nothing: Form = []
    wrong: list[tuple[Form, str]] = [
        (nothing, "no_number"),
        ([" "], "no_number"),
        (["1", "2"], "one_only"),
        (["9999999999999"], "out_of_range"),
        (["-51"], "out_of_range"),
        (["3.00000001"], "too_precise"),
        *(([text], "not_number") for text in ("zwölf", "1e5", "NaN", "1,2,3", "1.23.456", "٣", "--1", "5,", "9" * 41)),
    ]
    if definition.rules.get("decimals", 0) > 2 and "minimum" not in definition.rules:
        wrong.append((["1.234"], "two_numbers"))
    return st.sampled_from(wrong)


SAMPLE = Sample(_DEFINITIONS, _forms, _refused, words=("bis", "to", "unter", "under", "ab", "from"))
