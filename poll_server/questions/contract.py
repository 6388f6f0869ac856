"""What a kind of question must offer. Everything here is a pure function of its arguments.

A kind turns an answer into *marks*: a bag of whole numbers under short keys. ``#`` counts people who answered, ``-``
those who abstained. The tally of a question is the sum of the marks of its ballots, so a change is minus old plus new
and order does not matter.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Protocol

from poll_server.domain.decisions import UNDECIDED, Decisions, Entry, Listing, listing
from poll_server.domain.programme import SMALL_BASE, Definition, Option, Reveal
from poll_server.questions.blocks import Block
from poll_server.questions.comparing import Compared, Line, counted

ANSWERED = "#"
ABSTAINED = "-"

TEXT_MAXIMUM = 300
"""Characters of a question's text."""
HINT_MAXIMUM = 300
"""Characters of the line below it."""
LABEL_MAXIMUM = 120
"""Characters of an option."""
NUMBER_OF_OPTIONS = "A question needs %(minimum)s to %(maximum)s options."

Answer = tuple[str, ...]
"""What is stored of one participant's answer: short texts, in an order that the kind fixes.

For choices the keys of the options in the order of the ballot; ``KEY=value`` where each option gets a value.
"""

ABSTENTION: Answer = (ABSTAINED,)
"""The answer of somebody who abstains, whatever the kind."""

Value = str | int | Decimal | None
"""What stands in a cell of a table of ballots; None where nothing was said."""


class Rule(NamedTuple):
    """How a rule of a kind is written in the event file.

    ``type`` is int (0 to 999999), bool, str (at most ``maximum`` characters, in one line unless ``lines``), tuple (a
    list of such) or bytes: the path of a picture of at most ``maximum`` bytes beside the file, stored under a name that
    is the rule's value. ``words`` says that people read it, so that a translation has it too, ``wording`` that they
    only read it: a mistake in it can be corrected after they have answered; ``labels`` that it names options by what
    they are called.
    """

    type: type
    maximum: int = 0
    lines: bool = False
    wording: bool = False
    words: bool = False
    labels: bool = False


COMMON_RULES: dict[str, Rule] = {"abstention": Rule(bool), "seconds": Rule(int), "extension": Rule(bool)}
"""The rules of every kind that can be answered; the registry and the room take care of them.

``abstention`` offers it, ``seconds`` opens the question for so long, ``extension`` lets participants take more time.
"""
SECRET_RULE: dict[str, Rule] = {"secret": Rule(bool)}
"""The rule of kinds that can be answered in secret: in one piece, and not in people's own words, which tell on them."""
SECONDS = range(5, 3601)
"""How long a countdown may be."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a prepared question: which field, and a sentence (a catalogue key with its values).

    ``field`` is ``text``, ``options``, ``rules`` or the name of one rule; ``at`` is the place of the option
    concerned, from 0.
    """

    field: str
    sentence: str
    values: Mapping[str, str | int]
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a result: ``share`` is a fraction of what the kind says, 0 to 1; ``leads`` marks the most frequent.

    On the page its numbers are the figures ``n-KEY`` and ``s-KEY`` and the bar ``KEY``.
    """

    key: str
    label: str
    count: int
    share: float
    leads: bool


@dataclass(frozen=True)
class Results:
    """A result. ``base`` is the number of people who answered, without those who ``abstained``.

    Of fewer than ``shares_from`` people there are counts and no shares.

    Kinds with more than rows derive from it; what is a number there belongs into ``statistics`` too.
    """

    base: int
    rows: Sequence[Row]
    abstained: int = 0
    shares_from: int = SMALL_BASE

    @property
    def small(self) -> bool:
        """Whether these are too few people for shares."""
        return self.base < max(1, self.shares_from)

    @cached_property
    def leading(self) -> Sequence[Row]:
        """The most frequent rows, more than one when they tie, none without answers."""
        return tuple(row for row in self.rows if row.leads)

    @cached_property
    def following(self) -> Sequence[Row]:
        """The second most frequent rows that anybody chose."""
        rest = [row for row in self.rows if not row.leads and row.count]
        most = max((row.count for row in rest), default=0)
        return tuple(row for row in rest if row.count == most)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What stands beside each other when groups are compared."""
        return tuple(Line(row.key, row.label, row) for row in self.rows)

    @property
    def compared(self) -> Sequence[Compared]:
        """What stands beside each other when askings are compared; nothing where no figure says anything."""
        return tuple(counted(row, self.base) for row in self.rows)

    def absent(self, line: Compared) -> Compared | None:
        """Return what stands for a line of another asking that this one has not; None for nothing."""
        return None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What a document tells of it, in its order."""
        return (Block(self.rows),)

    @property
    def statistics(self) -> Mapping[str, float | None]:
        """Numbers beside those of the rows, such as a mean, by name; None where there is none yet.

        They go into the export as they are, and onto pages as figures of the same name: whole numbers, which are
        counts, as they are, others with one decimal.
        """
        return {}


class Page(NamedTuple):
    """Some parts of a question as JSON, a list of their texts; ``digest`` names just these bytes."""

    digest: str
    content: bytes


class Kind(Protocol):
    """A kind of question."""

    name: str
    """Name of the module, the template and the value stored in the question."""
    options: range
    """How many options a question of this kind may have: ``range(1)`` for kinds without any."""
    rules: Mapping[str, Rule]
    """Its rules by name, as keys of the event file."""
    grows: bool
    """Whether rows of the result come and go while people answer, so that ticks carry the whole result."""
    finishes: bool
    """Whether `final` gives anything."""
    splits: bool
    """Whether there are results by group: its rows count people and are known before."""
    moves: bool
    """Whether movements between two passes are told: an answer is one option."""
    module: str
    """The script in `static/js` that enhances its form, in one word without the ending; empty for none."""
    shares: bool
    """Whether its result tells shares, in percent."""
    decided: bool
    """Whether moderators decide about single entries of the result."""
    written: bool
    """Whether people answer in words of their own: they send an answer, where others cast a vote."""
    answerable: bool
    """Whether people answer it: what they do not is shown instead of opened, and has neither counts nor a result."""
    piecewise: bool
    """Whether it is answered piece by piece: an answer is a set of ``PART=value``, each of them a ballot of its own."""
    on_the_spot: bool
    """Whether text and options are enough to ask it, so that it is offered at the desk for questions on the spot."""
    presumed: bool
    """Whether a question written down without a kind is of this one: one kind with options is, and one without."""
    synonyms: tuple[str, ...]
    """What people call it besides its name, where they write down questions."""

    def extensible(self, definition: Definition) -> bool:
        """Tell whether participants may add parts to this question, which moderators accept."""
        ...

    def moderated(self, definition: Definition) -> bool:
        """Tell whether moderators decide about anything here."""
        ...

    def offered(self, definition: Definition) -> tuple[Option, ...]:
        """Return the options as people see them: those of the question, or ready-made ones in its language."""
        ...

    def abstains(self, definition: Definition) -> bool:
        """Tell whether people may abstain."""
        ...

    def check(self, definition: Definition) -> list[Problem]:
        """Return what is wrong with a prepared question; nothing if it can be asked."""
        ...

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Turn the form's fields ``answer`` into an answer; a field ``answer.KEY`` comes as ``KEY=value``.

        Raises Refused with the reason in words.
        """
        ...

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """Return what this answer adds to the tally."""
        ...

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Results:
        """Return the view of a tally, which may be empty, under the moderators' decisions about its entries."""
        ...

    def entries(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions) -> tuple[Entry, ...]:
        """Return all that moderators decide about, the hidden and the waiting too; nothing where they decide nothing.

        These texts go to the desk only.
        """
        ...

    def listing(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions, wanted: str) -> Listing:
        """Return what a desk lists of the entries: those with ``wanted``, the first of them."""
        ...

    def kept(self, tally: Counter[str]) -> Counter[str]:
        """Return a tally as a room keeps it while marks are added to it, in an order of its own where that helps.

        What is kept already is returned itself.
        """
        ...

    def final(self, definition: Definition, answers: Iterable[Answer]) -> Counter[str]:
        """Return what stands beside the tally of a closed question: sums that only all ballots together give.

        They are computed when it closes, not stored, and `results` finds them in the tally.
        """
        ...

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """Return the answer in the words of the question."""
        ...

    def columns(self, definition: Definition) -> tuple[str, ...]:
        """Return the headings of a table with a row for each ballot; an empty one stands for the question itself."""
        ...

    def cells(self, definition: Definition, answer: Answer) -> tuple[Value, ...]:
        """Return an answer as such a row."""
        ...

    def pages(self, definition: Definition) -> tuple[Page, ...]:
        """Return the parts of a question answered piece by piece, in pages that browsers fetch one by one."""
        ...

    def served(self, definition: Definition) -> Mapping[str, bytes]:
        """Return the content of all such pages by digest: of the present ones and of those before parts were added."""
        ...

    def next_part(self, definition: Definition, answer: Answer, seed: str) -> str:
        """Return the part that somebody with this answer is asked next, empty when all are answered or it has none.

        The order is one of ``seed``, so that all parts get about as many answers.
        """
        ...


class Plain:
    """What most kinds have in common: a result whose rows are known before, and nothing to decide about them."""

    options = range(1)
    rules: Mapping[str, Rule] = COMMON_RULES
    grows = False
    shares = True
    decided = False
    finishes = False
    splits = False
    moves = False
    module = ""
    written = False
    answerable = True
    piecewise = False
    on_the_spot = True
    presumed = False
    synonyms: tuple[str, ...] = ()

    def extensible(self, definition: Definition) -> bool:
        """No."""
        return False

    def moderated(self, definition: Definition) -> bool:
        """Where they decide about entries of the result."""
        return self.decided

    def offered(self, definition: Definition) -> tuple[Option, ...]:
        """Those of the question."""
        return definition.options

    def abstains(self, definition: Definition) -> bool:
        """If the question's rules say so."""
        return bool(definition.rules.get("abstention"))

    def entries(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions) -> tuple[Entry, ...]:
        """Nothing."""
        return ()

    def listing(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions, wanted: str) -> Listing:
        """Of all entries."""
        approval = bool(definition.rules.get("approval"))
        return listing(self.entries(definition, tally, decisions), wanted, approval=approval)

    def kept(self, tally: Counter[str]) -> Counter[str]:
        """As it is."""
        return tally

    def final(self, definition: Definition, answers: Iterable[Answer]) -> Counter[str]:
        """Nothing."""
        return Counter()

    def columns(self, definition: Definition) -> tuple[str, ...]:
        """One for the question."""
        return ("",)

    def cells(self, definition: Definition, answer: Answer) -> tuple[Value, ...]:
        """The answer in its words."""
        return (", ".join(self.describe(definition, answer)),)

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """The answer as it is stored."""
        return answer

    def pages(self, definition: Definition) -> tuple[Page, ...]:
        """None."""
        return ()

    def served(self, definition: Definition) -> Mapping[str, bytes]:
        """None."""
        return {}

    def next_part(self, definition: Definition, answer: Answer, seed: str) -> str:
        """None."""
        return ""


def check_text_and_options(
    definition: Definition, options: range, longest: int = LABEL_MAXIMUM, number: str = NUMBER_OF_OPTIONS
) -> list[Problem]:
    """Return what is wrong with a question's text, and with its options if it may have so many, each so long.

    ``number`` is the sentence that says how many there may be, from ``minimum`` to ``maximum``.
    """
    problems = [*_check_text(definition), *_check_time(definition), *_check_secret(definition)]
    if definition.options and options.stop == 1:
        return [*problems, Problem("options", "A question of this kind has no options.", {})]
    return [*problems, *_check_options(definition, options, longest, number)]


def _check_text(definition: Definition) -> list[Problem]:
    if not definition.text.strip():
        return [Problem("text", "A question needs a text.", {})]
    if len(definition.text) > TEXT_MAXIMUM:
        return [Problem("text", "The text is longer than %(maximum)s characters.", {"maximum": TEXT_MAXIMUM})]
    return []


def _check_time(definition: Definition) -> list[Problem]:
    seconds = definition.rules.get("seconds")
    if seconds is None or seconds in SECONDS:
        return []
    limits = {"minimum": SECONDS.start, "maximum": SECONDS.stop - 1}
    return [Problem("seconds", "A countdown takes %(minimum)s to %(maximum)s seconds.", limits)]


def _check_secret(definition: Definition) -> list[Problem]:
    if not definition.secret or definition.reveal is Reveal.SHOWN:
        return []
    return [Problem("secret", "The result of a secret question cannot be seen before the moderators show it.", {})]


def _check_options(definition: Definition, options: range, longest: int, number: str) -> list[Problem]:
    labels = [option.label.strip() for option in definition.options]
    problems = []
    if len(labels) not in options:
        limits = {"minimum": options.start, "maximum": options.stop - 1}
        problems.append(Problem("options", number, limits))
    return [*problems, *_check_labels(labels, longest)]


def _check_labels(labels: Sequence[str], longest: int) -> Iterator[Problem]:
    """Find the first label that is empty, the first that stands there already, and the first that is too long."""
    stands: dict[str, int] = {}
    if (at := _first(not label for label in labels)) is not None:
        yield Problem("options", "An option is empty.", {}, at)
    folded = enumerate(label.casefold() for label in labels)
    if (at := _first(stands.setdefault(label, place) != place for place, label in folded)) is not None:
        yield Problem("options", "Two options are the same.", {}, at)
    if (at := _first(len(label) > longest for label in labels)) is not None:
        yield Problem("options", "An option is longer than %(maximum)s characters.", {"maximum": longest}, at)


def _first(wrong: Iterable[bool]) -> int | None:
    """Return the place of the first that is, if any."""
    return next((at for at, one in enumerate(wrong) if one), None)
