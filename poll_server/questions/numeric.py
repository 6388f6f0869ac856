"""A number with a unit, in German or English notation; the result is a histogram with median, quartiles and mean."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate, count

from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.domain.text import decimal
from poll_server.questions.blocks import Block
from poll_server.questions.comparing import Compared, Figure
from poll_server.questions.contract import (
    ANSWERED,
    COMMON_RULES,
    SECRET_RULE,
    Answer,
    Plain,
    Problem,
    Results,
    Row,
    Rule,
    Value,
    check_text_and_options,
)

BINS = 12
"""Rows of a histogram at most."""
LARGEST = Decimal(10) ** 12 - 1
"""The largest number that can be given; with a minus sign the smallest."""
DECIMALS = range(7)

_UNIT_MAXIMUM = 20
_WRITTEN_MAXIMUM = 40
_MARK = "="
_GROUP = 3  # digits of thousands
_SPACE = "[\\s'\N{RIGHT SINGLE QUOTATION MARK}]"
_SPACED = re.compile(rf"[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+(?![0-9])")
_PLAIN = re.compile(r"([0-9]*)[.,]([0-9]+)|([0-9]+)")
_GROUPED = [
    re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]+))?"),
    re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))?"),
]
_TO = {"de": " bis ", "en": " to ", "de-simple": " bis "}
_POINT = {"de": ",", "en": ".", "de-simple": ","}


def readings(written: str) -> list[Decimal]:
    """Return every number that a text can mean in German or English notation, the larger one first.

    Two for a text such as ``1.234``, which is one thousand in one and one and a bit in the other; none for what is no
    number. Spaces and apostrophes between groups of three digits are read over. The language of the page would not
    settle which it is: keypads of phones offer the separator of the phone.
    """
    text = written.strip()
    if len(text) > _WRITTEN_MAXIMUM:
        return []
    negative = text[:1] in ("-", "\N{MINUS SIGN}", "\N{EN DASH}")
    text = text[1:].lstrip() if negative or text[:1] == "+" else text
    if spaced := _SPACED.match(text):
        text = re.sub(_SPACE, "", spaced[0]) + text[spaced.end() :]
    return [value.copy_negate() if negative and value else value for value in _read(text)]


def _read(text: str) -> Iterator[Decimal]:
    for grouped in _GROUPED:
        if found := grouped.fullmatch(text):
            yield Decimal(re.sub("[.,]", "", found[1]) + (f".{found[2]}" if found[2] else ""))
    if found := _PLAIN.fullmatch(text):
        yield Decimal(found[3] or f"{found[1] or 0}.{found[2]}")


def canonical(value: Decimal) -> str:
    """Return a number as it is stored: digits and at most one point, without needless zeros.

    Three decimals get a fourth, so that they are never taken for the last digits of thousands.
    """
    text = f"{value.normalize():f}"
    return f"{text}0" if re.search(r"\.[0-9]{3}$", text) else text


@dataclass(frozen=True, slots=True)
class Limits:
    """What numbers are taken: from ``least`` to ``most``, with so many ``decimals``; ``bounded``: by a rule."""

    least: Decimal
    most: Decimal
    decimals: int
    bounded: bool

    def fault(self, value: Decimal) -> str:
        """Return the code of what is wrong with a number, empty if it is taken."""
        if not self.least <= value <= self.most:
            return "out_of_range"
        return "too_precise" if value != self.rounded(value) else ""

    def rounded(self, value: Decimal) -> Decimal:
        """Return the nearest number with so many decimals, halves away from zero."""
        return value.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The numbers below which a quarter, a half and three quarters of the answers lie."""

    first: float
    median: float
    third: float


@dataclass(frozen=True)
class Measured(Results):
    """A histogram as rows, and what sums it up: None without answers. ``decimals`` is how many answers may have."""

    quartiles: Quartiles | None = None
    mean: float | None = None
    unit: str = ""
    decimals: int = 0

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The histogram, whose longest bar is the most frequent range."""
        whole = max((row.share for row in self.rows), default=0.0) or 1.0
        return (Block(self.rows, sums=self.statistics, unit=self.unit, places=self.decimals + 1, whole=whole),)

    @property
    def statistics(self) -> Mapping[str, float | None]:
        """Median, lower and upper quartile, mean."""
        found = self.quartiles
        return {
            "median": found.median if found else None,
            "quartile-1": found.first if found else None,
            "quartile-3": found.third if found else None,
            "mean": self.mean,
        }

    @property
    def compared(self) -> Sequence[Compared]:
        """Median and mean, and where the middle half lies; the bins of two askings are not the same."""
        values, places = self.statistics, self.decimals + 1
        return tuple(
            Compared(
                names[0], "", self.base, tuple(Figure(name, values[name], False, places, self.unit) for name in names)
            )
            for names in (("median", "mean"), ("quartile-1", "quartile-3"))
        )


class Numeric(Plain):
    """One number, stored as `canonical` writes it. Marks: one for the person, one under ``=NUMBER``.

    The bins of the histogram follow the answers unless the rules fix the range, so rows come and go.
    """

    name = "numeric"
    synonyms: tuple[str, ...] = ("Zahlenfrage",)
    rules: Mapping[str, Rule] = (
        COMMON_RULES
        | SECRET_RULE
        | {
            "unit": Rule(str, _UNIT_MAXIMUM, words=True),
            "minimum": Rule(str, _WRITTEN_MAXIMUM),
            "maximum": Rule(str, _WRITTEN_MAXIMUM),
            "decimals": Rule(int),
        }
    )
    grows = True

    def check(self, definition: Definition) -> list[Problem]:
        """Besides the text: up to 6 decimals, limits that are answers themselves, the lower one first."""
        problems = check_text_and_options(definition, self.options)
        if definition.rules.get("decimals", 0) not in DECIMALS:
            maximum = {"maximum": DECIMALS[-1]}
            return [*problems, Problem("decimals", "There can be up to %(maximum)s decimals.", maximum)]
        return problems + _check_limits(definition, self.limits(definition))

    def limits(self, definition: Definition) -> Limits:
        """Return what the rules allow: without them whole numbers from 0 on."""
        least, most = (_limit(definition, name) for name in ("minimum", "maximum"))
        return Limits(
            Decimal(0) if least is None else least,
            LARGEST if most is None else most,
            definition.rules.get("decimals", 0),
            bounded=most is not None,
        )

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Take the one number within the rules that a text means; the unit may stand behind it."""
        texts = {text.strip() for text in given} - {""}
        if not texts:
            raise Refused("no_number")
        if len(texts) > 1:
            raise Refused("one_only")
        written = _without_unit(texts.pop(), definition.rules.get("unit", ""))
        return (canonical(_meant(written, self.limits(definition), definition.language)),)

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, one for the number."""
        return Counter([ANSWERED, _MARK + answer[0]])

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Measured:
        """Bins in the order of the numbers; shares of the people who answered."""
        limits = self.limits(definition)
        scale = 10**limits.decimals
        found = ((_steps(key, limits.decimals), n) for key, n in tally.items() if key[0] == _MARK and n > 0)
        counts = dict(sorted(found))
        base, total = sum(counts.values()), sum(value * n for value, n in counts.items())
        return Measured(
            base,
            _rows(counts, _bins(counts, limits), limits.decimals, definition.language),
            quartiles=_quartiles(counts, scale) if base else None,
            mean=total / (base * scale) if base else None,
            unit=definition.rules.get("unit", ""),
            decimals=limits.decimals,
        )

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """The number in the notation of the question's language, with its unit."""
        unit = definition.rules.get("unit", "")
        behind = f"\N{NO-BREAK SPACE}{unit}" if unit else ""
        return tuple(_shown(Decimal(number), definition.language) + behind for number in answer)

    def cells(self, definition: Definition, answer: Answer) -> tuple[Value, ...]:
        """The number."""
        return tuple(map(Decimal, answer))


# What may be given


def _limit(definition: Definition, name: str) -> Decimal | None:
    """Return a limit of the rules, None without one that can be read with certainty."""
    found = readings(definition.rules.get(name, ""))
    return found[0] if found and _certain(found, definition.rules.get("decimals", 0)) else None


def _certain(found: Sequence[Decimal], decimals: int) -> bool:
    """Tell whether the first reading is meant: where three decimals are too many, nobody writes 1.000 for 1."""
    return len(found) == 1 or decimals < _GROUP


def _check_limits(definition: Definition, limits: Limits) -> list[Problem]:
    for name, limit in (("minimum", limits.least), ("maximum", limits.most)):
        unread = name in definition.rules and _limit(definition, name) is None
        if unread or abs(limit) > LARGEST or limits.rounded(limit) != limit:
            sentence = "A limit is a number in digits without more decimals than the answers have, such as 1000 or -5."
            return [Problem(name, sentence, {})]
    if limits.least >= limits.most:
        return [Problem("maximum", "The maximum must be greater than the minimum, which is 0 if it is not given.", {})]
    return []


def _without_unit(written: str, unit: str) -> str:
    end = len(written) - len(unit)
    return written[:end] if unit and written[end:].casefold() == unit.casefold() else written


def _meant(written: str, limits: Limits, language: str) -> Decimal:
    """Return the only reading within the limits; raises Refused."""
    found = readings(written)
    if not found:
        raise Refused("not_number")
    taken = [value for value in found if not limits.fault(value)]
    if taken and _certain(taken, limits.decimals):
        return taken[0]
    if taken:
        whole, fraction = map(canonical, taken)
        separator = "," if "," in written else "."
        raise Refused("two_numbers", whole=whole, fraction=fraction.replace(".", separator))
    if limits.fault(found[-1]) == "too_precise":
        raise Refused("too_precise", example=_example(found[-1], limits.decimals, language))
    raise Refused("out_of_range", minimum=_shown(limits.least, language), maximum=_shown(limits.most, language))


def _example(value: Decimal, decimals: int, language: str) -> str:
    """Return the nearest number with so many decimals as people of this language write it, without needless zeros.

    Where its three decimals could be the last digits of thousands it has two, so that it would be taken.
    """
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP).normalize()
    text = f"{rounded + 0:f}".replace(".", _POINT[language])
    return text if len(readings(text)) == 1 else _example(value, _GROUP - 1, language)


def _shown(value: Decimal, language: str) -> str:
    """Return a number as people of this language write it."""
    return decimal(float(value), language, places=DECIMALS[-1])


# The result. Numbers are counted in steps of the last decimal that answers may have, so all are whole, and a bin is
# named by its smallest and its largest number.


def _steps(mark: str, decimals: int) -> int:
    """Return the number of a mark; there may be thousands, so without a Decimal for each."""
    whole, _, fraction = mark.removeprefix(_MARK).partition(".")
    return int(whole + fraction[:decimals].ljust(decimals, "0"))


def _quartiles(counts: Mapping[int, int], scale: int) -> Quartiles:
    """Return the quartiles of at least one answer; ``counts`` has the values in order.

    Definition 7 of R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages, The American Statistician 50
    (1996), 361-365: of n answers in order, numbered from 0, the one at the place (n - 1)p; between two answers, in
    proportion. Spreadsheets call it QUARTILE.INC, so a column of the answers gives the same there.
    """
    values, ends = [*counts], [*accumulate(counts.values())]

    def at(quarters: int) -> float:
        place, rest = divmod((ends[-1] - 1) * quarters, 4)
        low = values[bisect_right(ends, place)]
        high = values[bisect_right(ends, place + 1)] if rest else low
        return (4 * low + (high - low) * rest) / (4 * scale)

    return Quartiles(at(1), at(2), at(3))


@dataclass(frozen=True, slots=True)
class _Bins:
    """Bins of one width between multiples of it; with ``bounds`` the first and the last go just as far as those."""

    width: int
    first: int
    last: int
    bounds: tuple[int, int] | None

    def edges(self) -> Iterator[tuple[int, int]]:
        """Return the smallest and the largest value of each bin."""
        for multiple in range(self.first, self.last + 1):
            low, high = multiple * self.width, (multiple + 1) * self.width - 1
            if self.bounds:
                low = max(low, self.bounds[0])
                high = self.bounds[1] if multiple == self.last else high
            yield low, high


def _bins(counts: dict[int, int], limits: Limits) -> _Bins | None:
    """Return the bins of the range that the rules fix, else of the answers; None without either.

    Their width is the smallest of 1, 2, 5, 10, 20, 50 … that needs no more than `BINS`. The upper end of a fixed range
    belongs to the last bin, as in every histogram, instead of having one of its own.
    """
    if limits.bounded:
        scale = 10**limits.decimals
        low, high = int(limits.least * scale), int(limits.most * scale)
    elif counts:
        low, high = next(iter(counts)), next(reversed(counts))
    else:
        return None
    for width in (digit * 10**power for power in count() for digit in (1, 2, 5)):
        top = high - 1 if limits.bounded and width > 1 else high
        if top // width - low // width < BINS:
            return _Bins(width, low // width, top // width, (low, high) if limits.bounded else None)
    raise AssertionError("some width is enough")


def _rows(counts: Mapping[int, int], bins: _Bins | None, decimals: int, language: str) -> tuple[Row, ...]:
    if bins is None:
        return ()
    edges, base = [*bins.edges()], sum(counts.values())
    sizes = [0] * len(edges)
    for value, n in counts.items():
        sizes[min(value // bins.width, bins.last) - bins.first] += n
    most = max(sizes)

    def shown(value: int) -> str:
        return _shown(Decimal(value).scaleb(-decimals), language)

    return tuple(
        Row(
            str(low) if low == high else f"{low}-{high}",
            shown(low) if low == high else shown(low) + _TO[language] + shown(high),
            n,
            n / base if base else 0.0,
            leads=n > 0 and n == most,
        )
        for (low, high), n in zip(edges, sizes, strict=True)
    )
