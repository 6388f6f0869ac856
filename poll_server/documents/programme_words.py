"""What the words of a programme item say: its kind, its people, and where its title ends."""

import re
from collections.abc import Sequence

from poll_server.domain.programme import ItemKind, Person
from poll_server.i18n import N_

KIND_NAMES = {
    ItemKind.TALK: N_("Talk"),
    ItemKind.BREAK: N_("Break"),
    ItemKind.ROUND: N_("Round"),
    ItemKind.QUESTION_SESSION: N_("Question session"),
    ItemKind.WORKSHOP: N_("Workshop"),
    ItemKind.END: N_("End"),
}

_KINDS = (
    (ItemKind.ROUND, re.compile(r"\W*(?:sie sind gefragt|you are asked|live-umfrage|live poll)\b", re.IGNORECASE)),
    (
        ItemKind.END,
        re.compile(
            r"(?:offizielles )?(?:ende|schluss|end|close)(?: (?:der|des|of|of the) (?:[\w-]+ ?){1,3})?\W*$",
            re.IGNORECASE,
        ),
    ),
    (
        ItemKind.BREAK,
        re.compile(
            r"(?:kurze |gemeinsame[rs]? |kleine |short )?"
            r"(?:[\w-]{0,30}pause|mittagessen|mittagsimbiss|imbiss|abendessen|frühstück|kaffee|"
            r"(?:coffee|lunch|tea|comfort|short)? ?break|lunch|dinner|coffee)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ItemKind.QUESTION_SESSION,
        re.compile(
            r".{0,200}?\b(?:fragerunde|fragestunde|publikumsfragen|fragen (?:aus dem publikum|und antworten)|q ?& ?a|"
            r"questions (?:and|&) answers|question (?:time|session)|audience questions)\b",
            re.IGNORECASE,
        ),
    ),
    (ItemKind.WORKSHOP, re.compile(r".{0,200}?\bworkshops?\b", re.IGNORECASE)),
)
_WITH_AUDIENCE = re.compile(r"\b(?:mit publikumsbeteiligung|with audience participation)\b", re.IGNORECASE)

_CAPITAL = r"[A-ZÄÖÜÉ][\w'’.-]{0,40}"
_TITLES = r"(?:(?:(?:Prof|Dr|Dipl)\.(?:-[A-Z]\w{0,9}\.?)?|Professorin|Professor|Mr\.?|Ms\.?|Frau|Herr) ?){1,4}"
_NAME = rf"(?:{_TITLES})?{_CAPITAL}(?: (?:von|van|de|zu|der|den))*(?: {_CAPITAL}){{1,3}}"
_WITH_ROLE = re.compile(
    rf"(?<![\w.])(?P<name>(?:{_TITLES})?{_CAPITAL} (?:(?:von|van|de|zu) )?{_CAPITAL}) \((?P<role>[^()]{{1,300}})\)"
)
_TITLED = re.compile(rf"(?P<name>{_TITLES}{_CAPITAL}(?: {_CAPITAL}){{0,3}})(?:, (?P<role>.{{1,300}}))?$")
_ALONE = re.compile(rf"(?P<name>{_NAME})(?:, (?P<role>.{{1,300}}))?$")
_LABELLED = re.compile(
    r"(?P<role>Moderation|Moderatorin|Moderator|Moderated by|Keynote|Impuls|Vortrag|Referentin|Referent|Speaker|Chair)"
    rf": ?(?P<name>{_NAME})$"
)
_SMALL_LETTER = re.compile(r"[a-zäöüß]")

_FIXED = re.compile(
    r"(?:„[^“]{1,200}“|“[^”]{1,200}”|\"[^\"]{1,200}\"|Sie sind gefragt!(?: (?:[IVX]{1,4}|[0-9]{1,2})\b)?)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[\w“”\")])[?!](?= [A-ZÄÖÜ„“\"])|(?<=[a-zäöüß]{4})\.(?= [A-ZÄÖÜ])")
_OPENER = re.compile(
    r" (?=(?:Keynote|Impuls|Vortrag|Input|Moderation|Speakers?|Moderated by|Referent(?:in)?)\b ?:"
    r"|(?:Einblicke|Einblick) in\b|Vorstellung de[rs]\b|Mithilfe\b"
    r"|(?:Diskussion|Diskussionsrunde|Podiumsdiskussion|Podiumsgespräch|Gespräch|Gesprächsrunde|Panel) (?:mit|with)\b)"
)
_ARTICLES = ("der", "die", "das", "ein", "eine", "the", "a", "an")
_INFLECTED = ("e", "er", "es", "en", "em")
LONG_LINE = 72
"""From so many characters on a line that has no marks within it is taken for a title and a description."""


def kind_of(title: str, description: str = "") -> ItemKind:
    """Return what an item is by its words: a talk unless they say otherwise."""
    for kind, pattern in _KINDS:
        if pattern.match(title):
            return kind
    return ItemKind.QUESTION_SESSION if _WITH_AUDIENCE.search(f"{title} {description}") else ItemKind.TALK


def split_title(words: str, language: str) -> tuple[str, str]:
    """Return title and description of one line that has no mark between them.

    Something in quotation marks and the name of a round are titles of their own. Of a long line the title ends with a
    sentence, before a word that opens a description, or, in German, between two capitalised words that are no article
    or adjective with their noun: there a line end was lost.
    """
    fixed = _FIXED.match(words)
    if fixed and fixed.end() < len(words) and words[fixed.end()] == " ":
        return fixed[0], words[fixed.end() :].strip()
    if len(words) <= LONG_LINE:
        return words, ""
    cuts = [found.end() for pattern in (_SENTENCE, _OPENER) if (found := pattern.search(words))]
    if language.startswith("de") and (lost := _lost_line_end(words)):
        cuts.append(lost)
    if not cuts:
        return words, ""
    cut = min(cuts)
    within = [one.start() for one in _WITH_ROLE.finditer(words) if one.start() < cut < one.end()]
    cut = within[0] if within else cut
    return words[:cut].strip(), words[cut:].strip()


def _lost_line_end(words: str) -> int:
    """Return where two capitalised words meet that hardly stand side by side in German; 0 if nowhere."""
    at, before = 0, ""
    for word in words.split(" "):
        if (
            word[:1].isupper()
            and before[:1].isupper()
            and before[-1:].isalpha()
            and not _leads(before, first=at == len(before) + 1)
        ):
            return at
        at, before = at + len(word) + 1, word
    return 0


def _leads(word: str, *, first: bool) -> bool:
    """Tell whether a capitalised word may stand before its noun: an article, or an adjective that begins the line."""
    return word.casefold() in _ARTICLES or (first and word.endswith(_INFLECTED))


def people_within(words: str) -> tuple[tuple[Person, ...], str]:
    """Return who stands in a running text with a role in brackets, and the text unless it is nothing but them.

    A bracket without a small letter holds the abbreviation of an institution.
    """
    found = [one for one in _WITH_ROLE.finditer(words) if _SMALL_LETTER.search(one["role"])]
    people = tuple(Person(one["name"], one["role"].strip()) for one in found)
    rest = words
    for one in reversed(found):
        rest = rest[: one.start()] + rest[one.end() :]
    return people, words if rest.strip(" ,;/&") not in ("", "und", "and") else ""


def people_alone(words: str, *, cell: bool) -> tuple[Person, ...]:
    """Return who a whole line, or a cell of a table, names; nobody if it says something else.

    A line without an academic title or a word such as "Moderation:" is no name; in a ``cell`` names stand by
    themselves, several with semicolons between them.
    """
    pieces = [piece.strip() for piece in words.split(";")] if cell else [words]
    found = [_person(piece, cell=cell) for piece in pieces if piece]
    return tuple(one for one in found if one) if all(found) else ()


def _person(words: str, *, cell: bool) -> Person | None:
    patterns: Sequence[re.Pattern[str]] = (_LABELLED, _TITLED, *([_ALONE] if cell else []))
    for pattern in patterns:
        if found := pattern.match(words):
            return Person(found["name"].strip(), (found["role"] or "").strip())
    return None
