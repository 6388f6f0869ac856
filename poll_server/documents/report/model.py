"""The documentation of an event as values: everything that stands in it, written out in its language.

A page and a PDF are made of the same `Report`. Whatever somebody wrote is in it as it was written; ``language`` beside
it is the tag of these words where it can be another one than that of the whole.
"""

from dataclasses import dataclass

from poll_server.documents.report.choice import Part


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it is: "Present", "130"."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in the programme; ``role`` may be empty."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of the programme; ``time`` is empty where the slot before says it."""

    time: str
    title: str
    description: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the programme; ``name`` is empty where there is only one."""

    name: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its label, and the text of each cell behind it.

    ``bars`` are fractions of the width that stand one behind the other, none for a line without a bar; ``below`` is one
    for each cell, None for a cell without. ``leads`` marks what most people chose; ``mark`` is a word behind the label,
    such as "correct".
    """

    label: str
    cells: tuple[str, ...]
    bars: tuple[float, ...] = ()
    below: tuple[float | None, ...] = ()
    leads: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``headings`` has that of the labels, then one for each cell.

    ``caption`` and ``notes`` may be empty; ``legend`` names the parts of the bars, none where a bar has one. ``sums``
    sum the table up. ``language`` is that of the labels, ``spoken`` that of the headings if people wrote these.
    """

    caption: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    language: str
    spoken: str = ""
    legend: tuple[str, ...] = ()
    sums: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word that people wrote; ``size`` is 1 to 6."""

    text: str
    count: str
    size: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text that people wrote; ``people`` says how many, empty for one; ``chosen`` if moderators chose it."""

    text: str
    people: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked, with its result.

    ``number`` counts the questions of the whole documentation. ``say`` is the result in a sentence, ``base`` says what
    shares are of; ``more`` says how many words or texts are left out. ``notes`` stand below everything else.
    """

    id: int
    number: int
    text: str
    language: str
    hint: str
    kind: str
    rules: tuple[str, ...]
    facts: tuple[Fact, ...]
    say: str
    base: str
    tables: tuple[Table, ...] = ()
    words: tuple[Word, ...] = ()
    texts: tuple[Text, ...] = ()
    more: str = ""
    compared: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A round with its questions; ``time`` may be empty. ``named`` are questions without a result, with where."""

    title: str
    time: str
    questions: tuple[Asked, ...]
    named: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """A question from the floor: who asks whom, what has become of it, and an answer in writing; each may be empty."""

    text: str
    backers: str
    about: str
    fate: str
    answer: str


@dataclass(frozen=True, slots=True)
class Session:
    """A question time."""

    title: str
    facts: tuple[Fact, ...]
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph on how something was counted."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The documentation of an event.

    ``language`` is that of everything that no participant or organiser wrote, ``spoken`` that of the event. ``labels``
    are the names that stand around the contents. ``parts`` are in order, without those that would be empty. ``last`` is
    the last day of the event, which the file carries as its date: ISO 8601.
    """

    language: str
    spoken: str
    code: str
    title: str
    subtitle: str
    series: str
    dates: str
    last: str
    organisers: str
    partners: str
    parts: tuple[Part, ...]
    numbers: tuple[Fact, ...]
    introduction: tuple[str, ...]
    programme: tuple[Day, ...]
    rounds: tuple[Asking, ...]
    sessions: tuple[Session, ...]
    method: tuple[Note, ...]
    licence: str
    contact: tuple[str, ...]
    labels: dict[str, str]
