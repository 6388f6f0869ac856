"""From YAML to a tree whose nodes know their places, with mistakes in words for people who know no YAML.

Every scalar is taken as it stands in the file, never as the number, date or truth value that YAML would make of it:
9.30 is half past nine, and the option no is the word "no". Anchors, aliases and tags are refused: who writes & or * or
! at the beginning of a text means the character.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from poll_server.domain.text import clean
from poll_server.i18n import N_, Sentence

FILE_MAXIMUM = 100_000
"""Characters in a file: a conference of several days, ten times over."""
DEPTH_MAXIMUM = 12

_LINE_BREAKS = "\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"
_NOT_YAML = "\ufffe\uffff"
_IN_WORDS: dict[str, Sentence] = {
    "mapping values are not allowed": N_("A colon and a space make a key. A text that contains them needs quotes."),
    r"character '\t'": N_("A tab cannot indent. Please use spaces."),
    "mapping keys are not allowed": N_("A text that begins with ? or : needs quotes."),
    "sequence entries are not allowed": N_("A text that begins with a hyphen and a space needs quotes."),
    "cannot start any token": N_("A text that begins with this character needs quotes."),
    "unexpected end of stream": N_("The quote that opens here is not closed."),
    "could not find expected ':'": N_("This line is neither a key with a colon nor an entry of a list."),
    "expected <block end>": N_("This does not fit the lines before it. Check the indentation and the quotes."),
    "expected ',' or": N_("A bracket is not closed. A text that begins with a bracket needs quotes."),
    "expected alphabetic or numeric": N_("A text that begins with * or & needs quotes."),
}
"""The library's words, and ours."""
_AT_THE_BEGINNING = ("unexpected end of stream", "could not find expected ':'")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the file; line and column count from 1, in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, as it is written."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class List:
    """A sequence."""

    place: Place
    nodes: list["Node"]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; the same key may stand there twice."""

    place: Place
    pairs: list[tuple["Node", "Node"]]


Node = Text | List | Mapping
Complain = Callable[[Place, str], None]
"""Takes a mistake: where it is, and a sentence."""


def blank(node: Node) -> bool:
    """Tell whether a node has nothing in it."""
    match node:
        case Text():
            return not node.text.strip()
        case List():
            return not node.nodes
        case Mapping():
            return not node.pairs


def unusable(text: str) -> str:
    """Return the first character that no database takes, YAML refuses, or that turns or breaks a line; else none."""
    return next((letter for letter in text if not _usable(letter)), "")


def unusable_sentence(letter: str) -> str:
    """Say which character it is, although it cannot be shown."""
    return N_("The character %(letter)s cannot be used.", letter=f"U+{ord(letter):04X}")


def read_tree(text: str, complain: Complain) -> Node | None:
    """Return the file's one document, or None after a mistake that leaves nothing to read.

    Whatever the text is, nothing is raised. The parser stops at the first place that is not YAML.
    """
    if len(text) > FILE_MAXIMUM:
        complain(Place(1, 1), N_("The file is longer than %(maximum)s characters.", maximum=FILE_MAXIMUM))
        return None
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    growing = _Growing(complain)
    try:
        for event in YAML(typ="safe", pure=True).parse(_without_unusable(text, complain)):
            growing.take(event)
            if growing.depth > DEPTH_MAXIMUM:
                complain(growing.last, N_("This is nested too deeply."))
                return None
    except MarkedYAMLError as error:
        complain(*_in_words(error))
        return None
    except (YAMLError, ValueError, OverflowError):
        # An escape such as \UFFFFFFFF makes the library raise what chr() raises, without a place.
        complain(growing.last, N_("After this place something is not YAML."))
        return None
    return growing.document()


class _Growing:
    """A tree that grows with the parser's events, without recursion."""

    def __init__(self, complain: Complain) -> None:
        self.last = Place(1, 1)
        self._complain = complain
        self._open: list[tuple[Place, list[Node]]] = [(self.last, [])]

    @property
    def depth(self) -> int:
        """How many lists and mappings are open."""
        return len(self._open) - 1

    def take(self, event: Event) -> None:
        """Add one event; what is not a node says nothing that the file needs."""
        self.last = _place(event.start_mark)
        match event:
            case AliasEvent():
                self._complain(self.last, N_("A text that begins with %(mark)s needs quotes.", mark="*"))
                self._add(Text(self.last, "*"))
            case ScalarEvent():
                marked = self._refuse_marks(event)
                self._add(Text(self.last, event.value or marked))
            case SequenceStartEvent() | MappingStartEvent():
                self._refuse_marks(event)
                self._open.append((self.last, []))
            case SequenceEndEvent():
                self._add(List(*self._open.pop()))
            case MappingEndEvent():
                place, nodes = self._open.pop()
                self._add(Mapping(place, list(zip(nodes[::2], nodes[1::2], strict=True))))

    def document(self) -> Node | None:
        """Return the one document of the file."""
        ((_, documents),) = self._open
        if not documents or blank(documents[0]):
            self._complain(Place(1, 1), N_("The file is empty."))
            return None
        for document in documents[1:]:
            self._complain(document.place, N_("A second document begins here, after ---. A file holds one event."))
        return documents[0]

    def _add(self, node: Node) -> None:
        self._open[-1][1].append(node)

    def _refuse_marks(self, event: ScalarEvent | SequenceStartEvent | MappingStartEvent) -> str:
        mark = "&" if event.anchor else "!" if event.ctag else ""
        if mark:
            self._complain(self.last, N_("A text that begins with %(mark)s needs quotes.", mark=mark))
        return mark


def _place(mark: StreamMark) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def _usable(letter: str) -> bool:
    return clean(letter) == letter and letter not in _LINE_BREAKS and letter not in _NOT_YAML


def _without_unusable(text: str, complain: Complain) -> str:
    """Return the text with stand-ins for unusable characters; the first of each line is reported."""
    if not unusable(text):
        return text
    for number, line in enumerate(text.split("\n"), 1):
        letter = unusable(line)
        if letter:
            complain(Place(number, line.index(letter) + 1), unusable_sentence(letter))
    return "".join(letter if _usable(letter) else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _in_words(error: MarkedYAMLError) -> tuple[Place, str]:
    problem = str(error.problem)
    otherwise = N_("This is not YAML: %(problem)s.", problem=problem)
    sentence = next((words for part, words in _IN_WORDS.items() if part in problem), otherwise)
    begins = error.context_mark if any(part in problem for part in _AT_THE_BEGINNING) else None
    return _place(begins or error.problem_mark), sentence
