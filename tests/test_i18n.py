"""The German catalogue says everything that the program can say, and nothing else."""

import ast
import re
from collections.abc import Iterator, Sequence
from gettext import NullTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from poll_server.domain.errors import Malformed, PollError, Refused, Unavailable
from poll_server.domain.languages import NAMES
from poll_server.i18n import sentence, translations
from poll_server.web.doors import HEADINGS

PROJECT = Path(__file__).parents[1]
GERMAN = PROJECT / "locale" / "de" / "messages.po"
SIMPLE = PROJECT / "locale" / "de-simple" / "messages.po"
PLACE = re.compile(r"%\((\w+)\)s")
STAFF = re.compile(
    r"(desk|documentation|editor|library/|podium|preview|rounds|screen|link|legal|landing|moderation/|organise/"
    r"|frames/(desk|entries|moderator|saved|screen)|questions/edit"
    r"|parts/(desk|documentation|podium|rehearsal|saved|screen|split_screen|stage_notice))"
)
"""Templates that are not for an audience, or hold what is the same for all events."""
HARD = re.compile(
    r"(?i)median|mittelwert|quartil|borda|anteil|prozentpunkt|gleichauf|enthalt|nachkomma|nennung|ausdruck|freitext"
    r"|ablehnung|aussage|durchgang|freigegeben|übersprungen|schaltfläche|kennung|publikum|fragerunde|geteilt|javascript"
)
"""Words that need explaining."""
TO_MODERATORS = ("too_large", "no_text", "reason", "labels", "link_name", "link_unseen", "link_expires")
"""Codes of what only moderators are told."""


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The German catalogue."""
    with GERMAN.open("rb") as source:
        return read_po(source, locale="de", abort_invalid=True)


def extracted() -> set[str | tuple[str, ...]]:
    """What babel finds in templates and code; a sentence about one and about many is a pair."""
    with (PROJECT / "babel.cfg").open(encoding="utf-8") as source:
        methods, options = parse_mapping_cfg(source)  # type: ignore[no-untyped-call]  # babel leaves it untyped
    return {message for _, _, message, _, _ in extract_from_dir(str(PROJECT), methods, options)}


def errors(base: type[PollError] = PollError) -> Iterator[type[PollError]]:
    """The tree of errors that can be answered to people."""
    for error in base.__subclasses__():
        if error.__module__ == PollError.__module__:
            yield error
        yield from errors(error)


def problems() -> set[str]:
    """The sentences of the problems that kinds find: the second argument, what its name was given, or a number's."""
    found: set[str] = set()
    for path in (PROJECT / "poll_server" / "questions").glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        given = {ast.unparse(node.targets[0]): node.value for node in nodes if isinstance(node, ast.Assign)}
        for call in nodes:
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "Problem":
                said = call.args[1]
                if isinstance(said, ast.Name) and said.id not in given:
                    continue
                value = ast.literal_eval(given[said.id] if isinstance(said, ast.Name) else said)
                assert isinstance(value, str)
                found.add(value)
        found |= {ast.literal_eval(value) for name, value in given.items() if name.startswith("NUMBER_OF_")}
    return found


def test_catalogue_has_just_what_is_said(catalogue: Catalog) -> None:
    """Each sentence of templates, errors, headings and problems is in the catalogue, and none besides."""
    of_errors = {said for error in errors() for said in error.sentences.values()}
    said = extracted() | of_errors | set(HEADINGS.values()) | problems()
    translated = {one.id if isinstance(one.id, str) else tuple(one.id) for one in catalogue if one.id}
    assert (said - translated, translated - said, list(catalogue.obsolete)) == (set(), set(), [])


def test_catalogue_is_complete(catalogue: Catalog) -> None:
    """Each sentence has a finished German one with the same places and the same spaces at its ends."""
    unfinished = [one.id for one in catalogue if one.id and (not all(forms(one.string)) or one.fuzzy)]
    misplaced = [one.id for one in catalogue if one.id and each_places(one.id) != each_places(one.string)]
    assert (unfinished, misplaced) == ([], [])


def forms(text: str | Sequence[str] | None) -> Sequence[str]:
    """A sentence, or those about one and about many."""
    return [text] if isinstance(text, str) else text or []


def each_places(text: str | Sequence[str] | None) -> list[tuple[set[str], int, int]]:
    """The places of each form of a sentence."""
    return [places(form) for form in forms(text)]


def places(text: str) -> tuple[set[str], int, int]:
    """The places of a sentence that values go to, how many percent signs are none of them, and the spaces around."""
    return set(PLACE.findall(text)), PLACE.sub("", text).count("%"), len(text) - len(text.strip())


def test_catalogue_has_each_sentence_once(catalogue: Catalog) -> None:
    """No sentence is translated twice, of which only the last would be seen."""
    entries = GERMAN.read_text(encoding="utf-8").count("\nmsgid ")
    assert entries == len(catalogue)


def test_templates_name_their_sentences() -> None:
    """Whatever a template translates is written in it, so that the extraction finds it."""
    unnamed = [
        (path.name, found)
        for path in (PROJECT / "templates").rglob("*.html")
        for found in re.findall(r"\b(?:_|n?gettext)\((?![\"'])[^)]*\)", path.read_text(encoding="utf-8"))
    ]
    assert unnamed == []


def test_simple_catalogue_says_the_same_as_the_german_one(catalogue: Catalog) -> None:
    """Leichte Sprache has other words for sentences of the German catalogue, with no place that these do not have."""
    with SIMPLE.open("rb") as source:
        simple = read_po(source, locale="de", abort_invalid=True)
    sides = [(forms(each.id), forms(each.string)) for each in simple if each.id]
    pairs = [pair for said, simply in sides for pair in zip(said, simply, strict=True)]
    assert {one for one, _ in pairs} - {one for each in catalogue for one in forms(each.id)} == set()
    assert [one for one, said in pairs if not said or places(said)[0] - places(one)[0]] == []


def test_simple_sentences_are_short() -> None:
    """A sentence of Leichte Sprache has one thought: at most twelve words, no comma but in an address, no brackets."""
    with SIMPLE.open("rb") as source:
        said = [text for one in read_po(source, locale="de") if one.id for text in forms(one.string)]
    assert [one for text in said for one in sentences(text) if too_long(one)] == []


def staff_lines(template: Path) -> set[int]:
    """The lines of a kind's template that stand in the editor alone, or name the kind there."""
    macro = re.compile(r"\{%-? macro (?:edit\w*|name|prepared)\(.*?endmacro", re.DOTALL)
    text = template.read_text(encoding="utf-8")
    ends = [(text.count("\n", 0, one.start()), text.count("\n", 0, one.end())) for one in macro.finditer(text)]
    return {line + 1 for first, last in ends for line in range(first, last + 1)}


def read_by_audiences(say: NullTranslations) -> Iterator[str]:
    """What pages of an audience, receipts and refusals can say in a language."""
    for name, line, message, _, _ in extract_from_dir(str(PROJECT / "templates"), [("**.html", "jinja2")]):
        if not STAFF.match(name) and line not in staff_lines(PROJECT / "templates" / name):
            one, *many = forms(message)
            yield from (say.ngettext(one, many[0], n) if many else say.gettext(one) for n in (1, 2))
    for error in errors():
        if error in (Malformed, Refused, Unavailable):
            yield from (say.gettext(said) for code, said in error.sentences.items() if code not in TO_MODERATORS)


def test_audiences_read_leichte_sprache() -> None:
    """Whatever an audience can be told in Leichte Sprache is short and has none of the words that need explaining."""
    said = set(read_by_audiences(translations("de-simple")))
    hard = {text for text in said if HARD.search(PLACE.sub("", text)) or any(map(too_long, sentences(text)))}
    assert (hard, len(said) > 300) == (set(), True)


def sentences(text: str) -> list[str]:
    """The sentences of a text; a colon ends one as well."""
    return re.split(r"(?<=[.:?])\s", text)


def too_long(one: str) -> bool:
    """Whether a sentence has more than one thought in it."""
    return len(one.split()) > 12 or bool(re.search(r"[(;]", PLACE.sub("", one)))


def test_what_leichte_sprache_does_not_say_is_said_in_german() -> None:
    """What moderators read, and names that the law gives, are not written anew."""
    said = [translations("de-simple").gettext(one) for one in ("Submit vote", "Accessibility")]
    assert said == ["Antwort senden", "Barrierefreiheit"]


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("error", list(errors()), ids=lambda error: str(error.__name__))
def test_errors_are_said_whole(error: type[PollError], language: str) -> None:
    """Every error becomes a sentence without a place left in it, in every language."""
    for code, said in error.sentences.items():
        values = dict.fromkeys(PLACE.findall(said), 4)
        spoken = sentence(error(code, **values), language)
        assert (spoken.count("%"), spoken.count("  "), spoken[-1]) == (0, 0, ".")


def test_sentence_spells_numbers() -> None:
    """Small numbers are words in the language of the sentence."""
    error = Refused("too_many", chosen=4, maximum=3, excess=1)
    assert sentence(error, "en") == "You have chosen four. Please choose at most three and remove one."
    assert sentence(error, "de") == translations("de").gettext(error.sentence) % {
        "chosen": "vier",
        "maximum": "drei",
        "excess": "eine",
    }
