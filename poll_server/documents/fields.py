"""The keys of an event file, and how the values of one mapping are read and its mistakes told.

Reading goes on after a mistake, so that one look finds them all; a stand-in takes the place of what could not be read.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from poll_server.documents.pictures import Album, PictureFault
from poll_server.documents.yaml_tree import (
    Complain,
    List,
    Mapping,
    Node,
    Place,
    Text,
    blank,
    unusable,
    unusable_sentence,
)
from poll_server.domain.languages import NAMES
from poll_server.domain.text import one_line
from poll_server.i18n import N_
from poll_server.questions import KINDS
from poll_server.questions.contract import HINT_MAXIMUM, Problem, Rule

QUOTED_MAXIMUM = 40


@dataclass(frozen=True, slots=True)
class Key:
    """What a key demands; ``maximum`` counts characters, 0 where something else limits the value."""

    required: bool = False
    maximum: int = 0


KEYS: dict[str, dict[str, Key]] = {
    "event": {
        "title": Key(required=True, maximum=200),
        "subtitle": Key(maximum=200),
        "organisers": Key(maximum=500),
        "partners": Key(maximum=500),
        "date": Key(required=True),
        "last_day": Key(),
        "time_zone": Key(),
        "language": Key(),
        "code": Key(),
        "ends": Key(),
        "welcome": Key(maximum=2000),
        "contact": Key(maximum=500),
        "imprint": Key(maximum=500),
        "privacy": Key(maximum=500),
        "accessibility": Key(maximum=500),
        "shares_from": Key(),
        "groups": Key(maximum=60),
        "translations": Key(),
        "decline_reasons": Key(maximum=200),
        "blocked_words": Key(),
        "programme": Key(required=True),
    },
    "item": {
        "day": Key(),
        "time": Key(required=True),
        "title": Key(required=True, maximum=200),
        "kind": Key(),
        "description": Key(maximum=2000),
        "people": Key(),
        "beside": Key(),
        "questions": Key(),
        "moderated": Key(),
        "maximum": Key(),
        "list_on_screen": Key(),
    },
    "blocked_words": {language: Key(maximum=60) for language in NAMES},
    "person": {
        "name": Key(required=True, maximum=200),
        "role": Key(maximum=300),
    },
    "round": {
        "title": Key(maximum=200),
        "questions": Key(required=True),
    },
    "question": {
        "kind": Key(required=True),
        "text": Key(required=True),
        "hint": Key(maximum=HINT_MAXIMUM),
        "options": Key(),
        "result": Key(),
        **{
            name: Key(maximum=0 if rule.type is bytes else rule.maximum)
            for kind in KINDS.values()
            for name, rule in kind.rules.items()
        },
        "translations": Key(),
    },
    "translations": {language: Key() for language in NAMES},
    "event translation": {
        "groups": Key(required=True, maximum=60),
    },
    "translation": {
        "text": Key(required=True),
        "hint": Key(maximum=300),
        "options": Key(),
        **{
            name: Key(maximum=rule.maximum)
            for kind in KINDS.values()
            for name, rule in kind.rules.items()
            if rule.words
        },
    },
}
"""Every key of the format, by the part of the file that it belongs to."""


class Fields:
    """The keys of one mapping. Making it reports unknown, repeated, missing and empty ones.

    ``part`` is a key of KEYS. ``here`` is where the mapping begins; ``incomplete`` says that something required is
    missing.
    """

    def __init__(self, node: Node, part: str, complain: Complain) -> None:
        self.complain = complain
        self.here = node.place
        self.incomplete = False
        self._keys = KEYS[part]
        self._given: dict[str, tuple[Place, Node]] = {}
        if not isinstance(node, Mapping):
            self.incomplete = True
            belong = N_("Here belong keys, each with a colon and a value: %(known)s.", known=tuple(self._keys))
            complain(node.place, belong)
            return
        meant = {self._take(key, value) for key, value in node.pairs}
        self._check_required(meant)

    def _take(self, key: Node, value: Node) -> str:
        """Keep one pair and return the known key that it is, or seems to be."""
        name = key.text if isinstance(key, Text) else ""
        if name not in self._keys:
            unknown = N_("Unknown key “%(written)s”. %(instead)s", **_instead(name, self._keys))
            self.complain(key.place, unknown)
            return _closest(name, self._keys)
        if name in self._given:
            first, _ = self._given[name]
            twice = N_("The key “%(key)s” stands in line %(line)s already.", key=name, line=first.line)
            self.complain(key.place, twice)
        else:
            self._given[name] = (key.place, value)
        return name

    def _check_required(self, meant: Collection[str]) -> None:
        for name, key in self._keys.items():
            if not key.required or self.has(name):
                continue
            self.incomplete = True
            if name in self._given:
                self.complain(self.place(name), N_("The key “%(key)s” has no value.", key=name))
            elif name not in meant:
                self.complain(self.here, N_("The key “%(key)s” is missing.", key=name))

    @property
    def given(self) -> list[str]:
        """The known keys that stand here with a value, in their order."""
        return [name for name in self._given if self.has(name)]

    def has(self, name: str) -> bool:
        """Tell whether the key stands here with a value."""
        return name in self._given and not blank(self._given[name][1])

    def place(self, name: str) -> Place:
        """Return where the key stands, or where the mapping begins."""
        return self._given[name][0] if name in self._given else self.here

    def place_of(self, problem: Problem, name: str) -> Place:
        """Return where the option of a problem stands, or else the key of this name."""
        entries = self.entries(name) if problem.at is not None else []
        return entries[problem.at].place if problem.at is not None and problem.at < len(entries) else self.place(name)

    def wrong(self, name: str, sentence: str) -> None:
        """Report the value of a key, or of its default."""
        self.complain(self._given[name][1].place if name in self._given else self.here, sentence)

    def part(self, name: str, part: str) -> "Fields":
        """Return the keys of the mapping that is this key's value, which must be there."""
        return Fields(self._given[name][1], part, self.complain)

    def paragraphs(self, name: str) -> str:
        """Return a text that may have several lines; empty without a value."""
        if not self.has(name):
            return ""
        return text_of(self._given[name][1], name, self._keys[name].maximum, self.complain)

    def line(self, name: str) -> str:
        """Return a text of one line; empty without a value."""
        return one_line(self.paragraphs(name))

    def entries(self, name: str) -> list[Node]:
        """Return the entries of a list; none without a value. What is no list counts as missing from then on."""
        if not self.has(name):
            return []
        node = self._given[name][1]
        if isinstance(node, List):
            return node.nodes
        takes = N_("The key “%(key)s” takes a list: each entry on a line of its own, after a hyphen.", key=name)
        self.wrong(name, takes)
        self.incomplete = True
        del self._given[name]
        return []

    def one_of(self, name: str, known: Collection[str], default: str) -> str:
        """Return one of the known words; the default without a value or with a wrong one."""
        written = self.line(name)
        if not written or written in known:
            return written or default
        unknown = N_("Unknown %(key)s “%(written)s”. %(instead)s", key=name, **_instead(written, known))
        self.wrong(name, unknown)
        return default

    def rule(self, name: str, rule: Rule) -> Any:
        """Return the value of a question's rule, not of a picture; None without a value or with a wrong one."""
        if rule.type is tuple:
            return tuple(one_line(text_of(node, name, rule.maximum, self.complain)) for node in self.entries(name))
        written = self.paragraphs(name) if rule.lines else self.line(name)
        if not written or rule.type is str:
            return written or None
        if rule.type is bool:
            return {"yes": True, "no": False}[self.one_of(name, ("yes", "no"), "no")]
        if re.fullmatch("[0-9]{1,6}", written):
            return int(written)
        self.wrong(name, N_("The key “%(key)s” takes a whole number.", key=name))
        return None

    def picture(self, name: str, maximum: int, album: Album) -> str | None:
        """Take a picture of at most so many bytes into the album; its stored name, or a stand-in after a mistake."""
        path = self.line(name)
        try:
            return album.take(path, maximum) if path else None
        except PictureFault as fault:
            self.wrong(name, fault.sentence)
            return path


def text_of(node: Node, name: str, maximum: int, complain: Complain) -> str:
    """Return a text without surplus spaces, or after a mistake something that is neither empty nor repeated.

    ``maximum`` counts characters, 0 is none.
    """
    if not isinstance(node, Text):
        takes = N_("The key “%(key)s” takes a text here.", key=name)
        if isinstance(node, Mapping):
            takes = N_("%(takes)s A text with a colon and a space in it needs quotes.", takes=takes)
        complain(node.place, takes)
        return f"?{node.place.line}:{node.place.column}"
    if letter := unusable(node.text):
        complain(node.place, unusable_sentence(letter))
    text = "\n".join(one_line(line) for line in node.text.split("\n")).strip()
    if maximum and len(text) > maximum:
        longer = N_("The %(key)s is longer than %(maximum)s characters.", key=name, maximum=maximum)
        complain(node.place, longer)
    return text


def shortened(text: str) -> str:
    """Return a text to be quoted, the beginning of it if it is long."""
    return f"{text[:QUOTED_MAXIMUM]}…" if len(text) > QUOTED_MAXIMUM else text


def suggestion(text: str, known: Collection[str], otherwise: str = "") -> str:
    """Say what may have been meant, or else the given sentence, by default what there is."""
    closest = _closest(text, known)
    if closest:
        return N_("Did you mean “%(closest)s”?", closest=closest)
    return otherwise or N_("Known here: %(known)s.", known=tuple(known))


def _instead(text: str, known: Collection[str]) -> dict[str, str]:
    return {"written": shortened(text), "instead": suggestion(text, known)}


def _closest(text: str, known: Collection[str]) -> str:
    return next(iter(get_close_matches(text[:QUOTED_MAXIMUM].casefold(), known, n=1)), "")
