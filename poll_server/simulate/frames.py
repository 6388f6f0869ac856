"""What comes over the wire, read as docs/protocol.md tells: the page, and each text frame of the socket."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any, NamedTuple


class Key(NamedTuple):
    """One asking of one question; ``wave`` is empty where the stage does not tell it."""

    question: str
    wave: str


@dataclass(frozen=True)
class Form:
    """A form that can be answered: its hidden fields as they stand there, and its options in their order."""

    fields: Mapping[str, str]
    options: tuple[str, ...]
    labels: Mapping[str, str]
    several: bool

    @property
    def key(self) -> Key:
        """What it asks."""
        return Key(self.fields.get("question", ""), self.fields.get("wave", ""))

    @property
    def number(self) -> int:
        """The number of the next vote."""
        return _number(self.fields.get("number", ""))


@dataclass(frozen=True)
class Receipt:
    """An acknowledgement, with the answer that it says stands now; ``number`` is 0 when none does."""

    submission: str
    state: str
    answer: tuple[str, ...]
    number: int
    key: Key


@dataclass(frozen=True)
class Stage:
    """What is on now; ``key.question`` and ``state`` are empty between the questions; whether it says rehearsal."""

    key: Key
    state: str
    title: str
    rehearsal: bool = False


@dataclass(frozen=True)
class Frame:
    """All that one frame tells. ``stage`` is None when it leaves the stage as it was; ``error`` is a code or empty."""

    stage: Stage | None = None
    forms: tuple[Form, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


@lru_cache(maxsize=512)
def read(data: bytes) -> Frame:
    """Read a text frame; what most people get is the same bytes, and is read once. Raises ValueError."""
    text = data.decode()
    return _numbers(json.loads(text)) if text.startswith("{") else _Reader(text).frame()


def socket_path(page: str) -> str | None:
    """The socket's address as it stands in a page, which may be relative; None in a page without one."""
    return _Reader(page).connect


def _numbers(message: Mapping[str, Any]) -> Frame:
    tick, error = message.get("tick", {}), message.get("error", {})
    return Frame(figures=tick.get("text", {}), error=error.get("code", ""))


def _number(text: str) -> int:
    """A number written for people, such as 1.234; 0 without digits."""
    return int(re.sub(r"\D", "", text) or 0)


def figure(figures: Mapping[str, str], name: str) -> int | None:
    """The number in a figure; None when it is not in sight."""
    return _number(figures[name]) if name in figures else None


class _Reader(HTMLParser):
    """Goes through a page or frame once and keeps what a client needs of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.connect: str | None = None
        self._on_stage = False
        self._has_stage = False
        self._target = ""
        self._question = self._state = ""
        self._rehearsal = False
        self._waves: dict[str, str] = {}
        self._forms: list[Form] = []
        self._receipts: list[Receipt] = []
        self._texts: dict[tuple[str, str], str] = {}
        self._text: tuple[str, str] | None = None
        self._fields: dict[str, str] | None = None
        self._options: dict[str, str] = {}
        self._several = False
        self.feed(html)
        self.close()

    def frame(self) -> Frame:
        """What was found."""
        key = Key(self._question, self._waves.get(self._question, ""))
        stage = Stage(key, self._state, self._said("h1").get("stage", ""), self._rehearsal) if self._has_stage else None
        return Frame(stage, tuple(self._forms), tuple(self._receipts), self._said("figure"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag tells."""
        found = {name: value or "" for name, value in attrs}
        self._text = None
        self.connect = found.get("hx-ws:connect", self.connect)
        if tag == "template":
            self._target = found.get("hx-target", "").removeprefix("#")
            self._on_stage = self._target == "stage"
            self._has_stage |= self._on_stage
        self._note_wave(found.get("id", ""))
        if tag == "form" and "data-vote" in found:
            self._fields, self._options, self._several = {}, {}, False
        if tag == "input" and self._fields is not None:
            self._note_input(found)
        if "data-question" in found and self._on_stage:
            self._question, self._state = found["data-question"], found.get("data-state", "")
        self._rehearsal |= "data-rehearsal" in found and self._on_stage
        if "data-submission" in found:
            self._note_receipt(found)
        self._listen(tag, found)

    def handle_endtag(self, tag: str) -> None:
        """End a text; a form is complete."""
        self._text = None
        if tag == "form" and self._fields is not None:
            labels = {value: self._said("label").get(name, value) for value, name in self._options.items()}
            form = Form(self._fields, tuple(self._options), labels, self._several)
            self._waves[form.key.question] = form.key.wave
            self._forms.append(form)
            self._fields = None

    def handle_data(self, data: str) -> None:
        """Keep a text that somebody asks for."""
        if self._text is not None:
            self._texts[self._text] = self._texts.get(self._text, "") + data

    def _listen(self, tag: str, found: Mapping[str, str]) -> None:
        """Whether the text that follows is a figure, the label of an option, or the first heading of the stage."""
        if "data-figure" in found:
            self._text = ("figure", found["data-figure"])
        elif tag == "label":
            self._text = ("label", found.get("for", ""))
        elif tag == "h1" and self._on_stage and ("h1", "stage") not in self._texts:
            self._text = ("h1", "stage")

    def _said(self, kind: str) -> dict[str, str]:
        """The texts of one kind by their names, on one line each."""
        return {name: _words(text) for (of, name), text in self._texts.items() if of == kind}

    def _note_wave(self, name: str) -> None:
        if found := re.fullmatch(r"receipt-(\w+)-(\w+)", name):
            self._waves[found[1]] = found[2]

    def _note_input(self, found: Mapping[str, str]) -> None:
        assert self._fields is not None
        kind, name = found.get("type", ""), found.get("name", "")
        if kind in ("radio", "checkbox") and name == "answer":
            self._options[found.get("value", "")] = found.get("id", "")
            self._several |= kind == "checkbox"
        elif kind == "hidden":
            self._fields[name] = found.get("value", "")

    def _note_receipt(self, found: Mapping[str, str]) -> None:
        target = re.fullmatch(r"receipt-(\w+)-(\w+)", self._target)
        answer = tuple(found.get("data-answer", "").split())
        number = _number(found.get("data-number", ""))
        key = Key(target[1], target[2]) if target else Key("", "")
        self._receipts.append(Receipt(found["data-submission"], found.get("data-state", ""), answer, number, key))


def _words(text: str) -> str:
    """A text on one line, without what would move a terminal's cursor."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
