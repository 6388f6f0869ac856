"""Rounds outside an event file: pasted as text, or loaded from and saved as YAML, CSV and text.

All three are read to one tree, which the event file's own grammar for questions reads on. ``docs/preparing.md``
describes them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import PurePath
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from poll_server.documents import round_csv, round_text, yaml_tree
from poll_server.documents.event_file import Mistake
from poll_server.documents.event_questions import read_question
from poll_server.documents.fields import Fields
from poll_server.documents.pictures import Album, PictureFault
from poll_server.documents.round_words import line, presumed, translated, words_in, written
from poll_server.documents.yaml_tree import FILE_MAXIMUM, Complain, Node, Place, Text
from poll_server.domain.programme import Definition
from poll_server.i18n import N_, Sentence, translations
from poll_server.questions import kind_of

QUESTIONS_MAXIMUM = 100
"""Questions in one round."""
MISTAKES_MAXIMUM = 100
"""Mistakes that are told; reading ends with the last of them."""
WINDOWS = "cp1252"
_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n\v\f\r"]
"""What a text has by mistake at most; in other files it is one letter in ten."""


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question as understood: the line that it begins in, and whether its kind was only guessed."""

    line: int
    guessed: bool
    definition: Definition


@dataclass(frozen=True, slots=True)
class ReadRound:
    """What was understood of a round. It can be used if there are no ``mistakes``; their lines count from 1."""

    form: str
    title: str = ""
    questions: tuple[ReadQuestion, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """The questions without where they stand."""
        return tuple(question.definition for question in self.questions)


class Form(NamedTuple):
    """A form of a round: endings of files, the media type, what reads a tree, and what writes a text.

    ``names`` says whether keys go by the words of a language; a kind may be left out then.
    """

    suffixes: tuple[str, ...]
    media_type: str
    names: bool
    tree: Callable[[str, Complain], Node | None]
    write: Callable[[str, Iterable[Any], str], str]


def read_round(text: str, language: str, form: str = "", pictures: Collection[str] = ()) -> ReadRound:
    """Read a round in one of ``FORMS``, by default the one that the text looks like; raises nothing.

    ``language`` is that of the event and of the mistakes' sentences, ``pictures`` those that the event has already.
    """
    form = form or form_of(text)
    gettext = translations(language).gettext
    names = words_in(language) if FORMS[form].names else {}
    mistakes: set[Mistake] = set()

    def complain(place: Place, sentence: str) -> None:
        told = sentence.said(gettext, names) if isinstance(sentence, Sentence) else sentence
        mistakes.add(Mistake(place.line, place.column, told))
        if len(mistakes) == MISTAKES_MAXIMUM:
            raise _Enough

    read = ReadRound(form)
    with suppress(_Enough):
        read = _read(text, form, complain, language, _Shelf(pictures))
    return replace(read, mistakes=tuple(sorted(mistakes)))


class _Enough(Exception):
    """As many mistakes as are told have been found."""


class _Shelf(Album):
    """The pictures that an event has: a round can name them, but brings none of its own."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(None)
        self._names = names

    def take(self, path: str, maximum: int) -> str:
        """Return the name if there is such a picture; raises PictureFault."""
        if path not in self._names:
            unknown = N_("This event has no picture “%(written)s”. Pictures come with the event file.", written=path)
            raise PictureFault(unknown)
        return path


def pictures_of(definitions: Iterable[Definition]) -> frozenset[str]:
    """Return the names of the pictures in questions."""
    rules = ((name, value, kind_of(one).rules) for one in definitions for name, value in one.rules.items())
    return frozenset(value for name, value, known in rules if name in known and known[name].type is bytes)


def _read(text: str, form: str, complain: Complain, language: str, shelf: Album) -> ReadRound:
    if len(text) > FILE_MAXIMUM:
        complain(Place(1, 1), N_("The file is longer than %(maximum)s characters.", maximum=FILE_MAXIMUM))
        return ReadRound(form)
    root = FORMS[form].tree(text, complain)
    return _questions(root, complain, language, shelf, ReadRound(form)) if root else ReadRound(form)


def _questions(root: Node, complain: Complain, language: str, shelf: Album, read: ReadRound) -> ReadRound:
    fields = Fields(root, "round", complain)
    nodes = fields.entries("questions")
    if len(nodes) > QUESTIONS_MAXIMUM:
        many = N_("A round has at most %(maximum)s questions.", maximum=QUESTIONS_MAXIMUM)
        complain(nodes[QUESTIONS_MAXIMUM].place, many)
    questions = []
    for node in nodes[:QUESTIONS_MAXIMUM]:
        known = _with_kind(node) if FORMS[read.form].names else node
        definition = read_question(known, complain, language, shelf)
        questions.append(ReadQuestion(node.place.line, known is not node, definition))
    return replace(read, title=fields.line("title"), questions=tuple(questions))


def _with_kind(node: Node) -> Node:
    """Return a question with the kind that its having options or not suggests, itself if it names one."""
    assert isinstance(node, yaml_tree.Mapping)
    keys = [key.text for key, _ in node.pairs if isinstance(key, Text)]
    if "kind" in keys:
        return node
    kind = Text(node.place, presumed("options" in keys))
    return replace(node, pairs=[*node.pairs, (Text(node.place, "kind"), kind)])


def form_of(text: str) -> str:
    """Return the form that a text looks like: YAML by its key for questions, a table by its first row."""
    text = text[:FILE_MAXIMUM]  # no table has longer cells: Python's reader refuses them
    lines = [line.rstrip() for line in text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()]
    if "questions:" in lines:
        return "yaml"
    return "csv" if round_csv.is_table("\n".join(line for line in lines if line)) else "text"


def form_of_name(name: str) -> str:
    """Return the form that the ending of a file's name stands for, else nothing."""
    suffix = PurePath(name).suffix.casefold()
    return next((form for form, found in FORMS.items() if suffix in found.suffixes), "")


class NoText(ValueError):
    """A file is no text, but a picture or what a program writes for itself."""


def decoded(content: bytes) -> str:
    """Return the text of a file as UTF-8, or as Windows writes it; raises NoText."""
    try:
        text = content.decode(encoding_of(content))
    except UnicodeDecodeError as error:
        raise NoText from error
    if sum(map(text.count, _CONTROLS)) > max(1, len(text) // 100):
        raise NoText
    return text


def encoding_of(content: bytes) -> str:
    """Return the encoding of a text: UTF-16 by its first bytes, UTF-8, else that of Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return WINDOWS
    return "utf-8-sig"


def save_round(title: str, definitions: Iterable[Definition], language: str, form: str) -> bytes:
    """Return a round in one of ``FORMS``; to load it again gives the same questions.

    Translations are kept in YAML only. Lost are characters that no file can hold, white space at the ends of texts,
    and more than one space between words.
    """
    return (
        FORMS[form]
        .write(line(title), [_content(one, form) for one in definitions], language)
        .encode("utf-8-sig" if form == "csv" else "utf-8")
    )


def _content(definition: Definition, form: str) -> Mapping[str, Any]:
    """Return a question as texts by key; only in YAML do translations have a place."""
    translations = {} if FORMS[form].names else translated(definition)
    return {**written(definition), **({"translations": translations} if translations else {})}


def _to_yaml(title: str, questions: Iterable[Mapping[str, Any]], language: str) -> str:
    """Return a round as YAML; the keys are those of the event file in every language."""
    content = {**({"title": title} if title else {}), "questions": [dict(question) for question in questions]}
    out = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # the library declares None
    yaml.allow_unicode = True
    yaml.width = FILE_MAXIMUM
    yaml.dump(content, out)
    return out.getvalue()


FORMS: Mapping[str, Form] = {
    "text": Form((".txt", ".md"), "text/plain; charset=utf-8", True, round_text.tree_of_text, round_text.text_of_round),
    "csv": Form((".csv", ".tsv"), "text/csv; charset=utf-8", True, round_csv.tree_of_table, round_csv.table_of_round),
    "yaml": Form((".yaml", ".yml"), "application/yaml", False, yaml_tree.read_tree, _to_yaml),
}
