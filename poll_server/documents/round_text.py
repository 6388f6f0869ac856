"""A round as people write it into a mail or a text document: a question, below it its answers, each after a dash.

``docs/preparing.md`` describes it. Reading gives the tree of a YAML file with the same content, so that one grammar
stands for all; whatever a question can carry besides text and answers has a line of its own, ``Höchstens: 3``.
"""

import re
from collections.abc import Iterable, Iterator

from poll_server.documents.round_words import (
    LISTS,
    MULTILINE,
    Written,
    key_of,
    keys_in,
    kind_of,
    meant,
    presumed,
    said,
    value_of,
)
from poll_server.documents.yaml_tree import Complain, List, Mapping, Node, Place, Text
from poll_server.i18n import N_

_BULLET = re.compile(r"\s*[-–—−•·*‣▪●○◦➢✓\uf0b7](?:\s+|$)|\s*[-–—•·‣▪●○◦➢✓\uf0b7](?=[^\W\d_])|\s*o\t\s*")
_NUMBER = re.compile(r"\s*\(?([0-9]{1,2})[.)]\s+")
_LETTER = re.compile(r"\s*\(?[a-zA-Z]\)\s+")
_WORD = re.compile(r"\s*([^\W\d_][^:?]{0,30}?)\s*:(?:\s+|$)")
_HEADING = re.compile(r"\s*#+\s+")
_RULER = re.compile(r"\s*([-–—_=*])\1{2,}\s*")
_KIND_BEHIND = re.compile(r"(.*\S)\s*\(([^()]+)\)\s*([.?!:]?)", re.DOTALL)


def tree_of_text(text: str, complain: Complain) -> Node | None:
    """Return the round as a tree; what is no line of a round is complained of. A kind that is not named is missing."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    reading = _Reading(complain)
    for number, line in enumerate(text.split("\n"), 1):
        reading.take(number, line)
    return reading.tree()


class _Question:
    """A question as far as it has been read."""

    def __init__(self, place: Place, text: str, *, number: int = 0, wraps: bool = False) -> None:
        self.place = place
        self.number = number
        self.wraps = wraps
        self.options_dashed = False
        self.text = text
        self.pairs: list[tuple[Node, Node]] = []
        self.lists: dict[str, tuple[Place, list[Text]]] = {}

    def add(self, place: Place, key: str, value: Text) -> None:
        """Take a value, of a list one more entry."""
        if key in LISTS | MULTILINE:
            self.lists.setdefault(key, (place, []))[1].append(value)
        else:
            self.pairs.append((Text(place, key), value))

    def tree(self) -> Mapping:
        """Return it as a mapping; a kind in brackets behind the text counts unless a line names one."""
        text, pairs = self.text, list(self.pairs)
        behind = _KIND_BEHIND.fullmatch(text)
        if behind and kind_of(behind[2]) and "kind" not in (key.text for key, _ in pairs if isinstance(key, Text)):
            text = behind[1] + behind[3]
            pairs.append((Text(self.place, "kind"), Text(self.place, kind_of(behind[2]))))
        lists = [(Text(place, key), _joined(key, place, texts)) for key, (place, texts) in self.lists.items()]
        return Mapping(self.place, [(Text(self.place, "text"), Text(self.place, text)), *pairs, *lists])


def _joined(key: str, place: Place, texts: list[Text]) -> Node:
    """Return what stood under one key: the lines of a text, or the entries of a list."""
    if key in MULTILINE:
        return Text(texts[0].place, "\n".join(text.text for text in texts))
    return List(place, list(texts))


class _Reading:
    """Takes a text line by line."""

    def __init__(self, complain: Complain) -> None:
        self._complain = complain
        self._titles: list[tuple[Node, Node]] = []
        self._questions: list[_Question] = []
        self._blank_before = True
        self._options: list[Text] = []

    def take(self, number: int, line: str) -> None:
        """Take the next line."""
        if not line.strip() or _RULER.fullmatch(line):
            self._blank_before = True
            self._options = []
            return
        if not (self._directive(number, line) or self._listed(number, line) or self._continues(line)):
            self._plain(number, line)
        self._blank_before = False

    def tree(self) -> Node | None:
        """Return the round."""
        questions: list[Node] = [question.tree() for question in self._questions]
        if not questions:
            self._complain(Place(1, 1), N_("There is no question in this text."))
            return None
        pair = (Text(Place(1, 1), "questions"), List(Place(1, 1), questions))
        return Mapping(Place(1, 1), [*self._titles, pair])

    @property
    def _open(self) -> _Question | None:
        return self._questions[-1] if self._questions else None

    def _directive(self, number: int, line: str) -> bool:
        """Take a line that begins with a known word and a colon, or with ``#``, the title."""
        if heading := _HEADING.match(line):
            self._head(_place(number, heading.end()), line[heading.end() :].strip())
            return True
        found = _WORD.match(line)
        if not found:
            return False
        key, place, value = key_of(found[1]), _place(number, found.end()), line[found.end() :].strip()
        if key == "title" and not self._questions:
            self._titles.append((Text(place, "title"), Text(place, value)))
        elif key == "text":
            self._begin(_Question(place, value, wraps=not value))
        elif key == "options" and self._open and not value:
            pass  # "Antworten:" above them
        elif key and key != "title" and self._open:
            self._open.add(_place(number, found.start(1)), key, Text(place, value_of(key, value)))
        elif not key and self._open and not self._blank_before and (closest := meant(found[1])):
            slip = N_("Unknown word “%(written)s”. Did you mean “%(closest)s”?", written=found[1], closest=closest)
            self._complain(_place(number, found.start(1)), slip)
        else:
            return False
        self._options = []
        return True

    def _head(self, place: Place, text: str) -> None:
        """Take a heading: the title first, then questions."""
        if self._titles or self._questions or _asks(text):
            self._begin(_Question(place, text))
        else:
            self._titles.append((Text(place, "title"), Text(place, text)))

    def _listed(self, number: int, line: str) -> bool:
        """Take a line with a dash, a number or a letter before it: an answer, or a question that has a number."""
        dash, counted = _BULLET.match(line), _NUMBER.match(line)
        found = dash or counted or _LETTER.match(line)
        if not found:
            return False
        place, text, open_ = _place(number, found.end()), line[found.end() :].strip(), self._open
        if counted and not dash and (open_ is None or self._is_next(open_, int(counted[1]), text)):
            self._begin(_Question(place, text, number=int(counted[1]), wraps=not _asks(text)))
        elif open_ is None:
            self._complain(place, N_("An answer without a question before it."))
        elif not text:
            self._complain(place, N_("An option is empty."))
        else:
            open_.options_dashed |= dash is not None
            open_.add(place, "options", Text(place, text))
            self._options = open_.lists["options"][1]
        return True

    def _is_next(self, question: _Question, number: int, text: str) -> bool:
        """Tell whether a text with a number before it is the next question, rather than an answer to this one."""
        set_off = self._blank_before or question.options_dashed
        follows = question.number > 0 and number == question.number + 1
        return (_asks(text) and (set_off or question.number > 0)) or (follows and set_off)

    def _continues(self, line: str) -> bool:
        """Take a line that goes on with the one before it: of a question not yet at its end, or of an answer."""
        question, text = self._open, line.strip()
        if question and question.wraps and not self._blank_before and not question.pairs and not question.lists:
            question.text = f"{question.text} {text}".strip()
            question.wraps = not _asks(text)
            return True
        if self._options and line[:1].isspace() and not _asks(text):
            before = self._options[-1]
            self._options[-1] = Text(before.place, f"{before.text} {text}")
            return True
        return False

    def _plain(self, number: int, line: str) -> None:
        """Take a line without anything before it: the next question."""
        place, text = _place(number, len(line) - len(line.lstrip())), line.strip()
        if self._blank_before or _asks(text):
            self._begin(_Question(place, text, wraps=not _asks(text)))
            return
        self._complain(place, N_("Write a dash before an answer, and an empty line before a question."))

    def _begin(self, question: _Question) -> None:
        self._questions.append(question)
        self._options = []


def _place(number: int, before: int) -> Place:
    return Place(number, before + 1)


def _asks(text: str) -> bool:
    """Tell whether a text ends as a question does, maybe with its kind in brackets behind it."""
    behind = _KIND_BEHIND.fullmatch(text)
    return text.endswith("?") or (behind is not None and behind[1].endswith("?"))


# Writing


def text_of_round(title: str, questions: Iterable[Written], language: str) -> str:
    """Return a round as text in a language, lines ending with LF. White space at the ends of texts is lost."""
    words = keys_in(language)
    head = [f"{words['title']}: {title}"] if title else []
    return "\n\n".join([*head, *("\n".join(_lines(question, language)) for question in questions)]) + "\n"


def _lines(question: Written, language: str) -> Iterator[str]:
    words = keys_in(language)
    text = str(question.get("text", ""))
    yield text if _is_plain(text) else f"{words['text']}: {text}"
    for key, value in question.items():
        if key in ("text", "options") or (key == "kind" and _goes_without_saying(question)):
            continue
        for one in value if isinstance(value, list) else value.split("\n"):
            yield f"{words.get(key, key)}: {said(key, one, language)}".rstrip()
    yield from (f"- {label}" for label in question.get("options", []))


def _is_plain(text: str) -> bool:
    """Tell whether a text is taken for a question without a word before it, and stays what it is."""
    forms = (_BULLET, _NUMBER, _LETTER, _HEADING, _WORD)
    return text.endswith("?") and not any(form.match(text) for form in forms) and not _KIND_BEHIND.fullmatch(text)


def _goes_without_saying(question: Written) -> bool:
    """Tell whether the kind is the one that is taken for granted, and nothing in the text looks like another."""
    return question["kind"] == presumed("options" in question) and not _KIND_BEHIND.fullmatch(str(question.get("text")))
