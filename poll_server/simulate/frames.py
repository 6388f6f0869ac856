"""What comes over the wire, read as docs/protocol.md tells: the page, and each text frame of the socket."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any, NamedTuple

ABSTENTION = "-"
"""How an abstention is told."""


class Key(NamedTuple):
    """One asking of one question; ``wave`` is empty where the stage does not tell it."""

    question: str
    wave: str


@dataclass(frozen=True)
class Control:
    """Where something is chosen or written: ``type`` is radio, checkbox, select, number or text.

    Those to choose from offer ``values`` in their order. A number may have limits, a text ``longest`` characters; 0 is
    no limit. ``lines`` says that the text may have several.
    """

    name: str
    type: str
    values: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: int = 0
    lines: bool = False

    def token(self, value: str) -> str:
        """A value as answers and tallies write it: alone, or behind the part of the question that it is about."""
        _, dot, part = self.name.partition(".")
        return f"{part}={value}" if dot else value


@dataclass(frozen=True)
class Form:
    """A form that can be answered: its hidden fields as they stand there, and its controls in their order.

    ``labels`` are those of what is chosen, by token, and of what is written, by part. The numbers of a form with a
    ``total`` must add up to it. What a ``secret`` one was sent with is told to nobody, and cannot be changed.
    ``total`` must add up to it. One with ``parts`` has so many to answer, in any order and as often as one likes.
    """

    fields: Mapping[str, str]
    controls: tuple[Control, ...]
    labels: Mapping[str, str]
    total: int = 0
    may_abstain: bool = False
    secret: bool = False
    parts: int = 0

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
    """All that one frame tells. ``stage`` is None when it leaves the stage as it was; ``error`` is a code or empty.

    ``group`` says that it tells which group somebody has chosen. ``adding`` are forms for statements of one's own, and
    ``added`` the questions of which it tells somebody what has become of theirs.
    """

    stage: Stage | None = None
    forms: tuple[Form, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    group: bool = False
    adding: tuple[Form, ...] = ()
    added: tuple[Key, ...] = ()


@lru_cache(maxsize=512)
def read(data: bytes) -> Frame:
    """Read a text frame; what most people get is the same bytes, and is read once. Raises ValueError."""
    text = data.decode()
    return _numbers(json.loads(text)) if text.startswith("{") else _Reader(text).frame()


@dataclass(frozen=True)
class Page:
    """What a page tells: the socket's address, which may be relative, and the groups to choose from.

    The address is None in a page without a socket; the groups are empty where nobody is asked for theirs.
    """

    socket: str | None
    groups: tuple[str, ...]


def read_page(html: str) -> Page:
    """Read the page of an event."""
    found = _Reader(html)
    return Page(found.connect, tuple(found.groups))


def _numbers(message: Mapping[str, Any]) -> Frame:
    tick, error = message.get("tick", {}), message.get("error", {})
    figures, rows = dict(tick.get("text", {})), tick.get("rows", {"cells": [], "of": {}})
    for key, values in rows["of"].items():
        figures |= {name.replace("*", key): value for name, value in zip(rows["cells"], values, strict=False)}
    return Frame(figures=figures, error=error.get("code", ""))


def _number(text: str) -> int:
    """A number written for people, such as 1.234; 0 without digits."""
    return int(re.sub(r"\D", "", text) or 0)


def figure(figures: Mapping[str, str], name: str) -> int | None:
    """The number in a figure; None when it is not in sight."""
    return _number(figures[name]) if name in figures else None


@dataclass
class _Rows:
    """Rows whose figures have names in common, with ``*`` for the key of the row; keys are o1, o2 … unless given.

    They stand in the cells that hold no ``b``, and in the ``b`` of the others: so a ``b`` takes its cell's name.
    """

    cells: list[str]
    keys: list[str]
    row: int = 0
    cell: int = 0
    filled: bool = False

    def figure(self, tag: str) -> str:
        """The name of the figure that begins with this tag, empty if none does."""
        if tag == "tr":
            self.row, self.cell = self.row + 1, 0
        if tag == "td":
            self.filled = False
        elif tag == "b" and not self.filled:
            self.cell, self.filled = max(0, self.cell - 1), True
        if tag not in ("td", "b") or self.cell >= len(self.cells):
            return ""
        self.cell += 1
        key = self.keys[self.row - 1] if self.keys else f"o{self.row}"
        return self.cells[self.cell - 1].replace("*", key)


class _Reader(HTMLParser):
    """Goes through a page or frame once and keeps what a client needs of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.connect: str | None = None
        self.groups: list[str] = []
        self._tells_group = False
        self._on_stage = False
        self._has_stage = False
        self._target = ""
        self._question = self._state = ""
        self._rehearsal = False
        self._waves: dict[str, str] = {}
        self._forms: list[Form] = []
        self._adding: list[Form] = []
        self._added: list[Key] = []
        self._adds = False
        self._receipts: list[Receipt] = []
        self._texts: dict[tuple[str, str], str] = {}
        self._text: tuple[str, str] | None = None
        self._rows: _Rows | None = None
        self._fields: dict[str, str] | None = None
        self._controls: list[Control] = []
        self._named: dict[str, str] = {}
        self._entries: list[tuple[int, str | None]] = []
        self._total = 0
        self._may_abstain = False
        self._secret = False
        self._parts = 0
        self.feed(html)
        self.close()

    def frame(self) -> Frame:
        """What was found."""
        key = Key(self._question, self._waves.get(self._question, ""))
        stage = Stage(key, self._state, self._said("h1").get("stage", ""), self._rehearsal) if self._has_stage else None
        return Frame(
            stage,
            tuple(self._forms),
            tuple(self._receipts),
            self._said("figure"),
            group=self._tells_group,
            adding=tuple(self._adding),
            added=tuple(self._added),
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag tells."""
        found = {name: value or "" for name, value in attrs}
        self._text = None
        self.connect = found.get("hx-ws:connect", self.connect)
        if tag == "template" and "hx-target" in found:
            self._target = found.get("hx-target", "").removeprefix("#")
            self._on_stage = self._target == "stage"
            self._has_stage |= self._on_stage
            self._tells_group |= self._target == "group"
            if told := re.fullmatch(r"add-(\w+)-(\w+)", self._target):
                self._added.append(Key(told[1], told[2]))
        self._note_wave(found.get("id", ""))
        if tag == "input" and found.get("name") == "group" and found.get("value"):
            self.groups.append(found["value"])
        if tag == "form" and not {"data-vote", "data-add"}.isdisjoint(found):
            self._adds = "data-add" in found
            self._fields, self._controls, self._named, self._total, self._may_abstain = {}, [], {}, 0, False
            self._secret = "data-secret" in found
            self._parts = 0
            self._entries = [(-1, None)] * len(self._entries)
        if self._fields is not None:
            self._note_control(tag, found)
        if "data-question" in found and self._on_stage:
            self._question, self._state = found["data-question"], found.get("data-state", "")
        self._rehearsal |= "data-rehearsal" in found and self._on_stage
        if "data-submission" in found:
            self._note_receipt(found)
        self._listen(tag, found)

    def handle_endtag(self, tag: str) -> None:
        """End a text; a form is complete."""
        self._text = None
        if tag == "table":
            self._rows = None
        if tag == "form" and self._fields is not None:
            labels = {token: self._said("label").get(id, token) for token, id in self._named.items()}
            controls = tuple(self._with_values(at, control) for at, control in enumerate(self._controls))
            form = Form(self._fields, controls, labels, self._total, self._may_abstain, self._secret, self._parts)
            if self._adds:
                self._adding += [form] if controls else []
            else:
                self._waves[form.key.question] = form.key.wave
                self._forms.append(form)
            self._fields = None

    def handle_data(self, data: str) -> None:
        """Keep a text that somebody asks for."""
        if self._text is not None:
            self._texts[self._text] = self._texts.get(self._text, "") + data

    def _listen(self, tag: str, found: Mapping[str, str]) -> None:
        """Whether the text that follows is a figure, the label of an option, or the first heading of the stage."""
        if "data-cells" in found:
            self._rows = _Rows(found["data-cells"].split(), found.get("data-rows", "").split())
        named = found.get("data-figure") or (self._rows.figure(tag) if self._rows else "")
        if named:
            self._texts.pop(("figure", named), None)
            self._text = ("figure", named)
        elif tag == "label":
            self._text = ("label", found.get("for", ""))
        elif tag == "option" and self._fields is not None:
            self._text = ("option", str(len(self._entries)))
            self._entries.append((len(self._controls) - 1, found.get("value")))
        elif tag == "h1" and self._on_stage and ("h1", "stage") not in self._texts:
            self._text = ("h1", "stage")

    def _said(self, kind: str) -> dict[str, str]:
        """The texts of one kind by their names, on one line each."""
        return {name: _words(text) for (of, name), text in self._texts.items() if of == kind}

    def _note_wave(self, name: str) -> None:
        if found := re.fullmatch(r"receipt-(\w+)-(\w+)", name):
            self._waves[found[1]] = found[2]

    def _note_control(self, tag: str, found: Mapping[str, str]) -> None:
        assert self._fields is not None
        name, value = found.get("name", ""), found.get("value", "")
        self._total = _number(found.get("data-sum", found.get("data-points", ""))) or self._total
        self._parts = _number(found.get("data-parts", "")) or self._parts
        if tag == "input" and found.get("type") == "hidden":
            self._fields[name] = value
        elif tag == "button":
            self._may_abstain |= name == "abstain"
        elif not self._adds and name != "answer" and not name.startswith("answer."):
            return
        elif tag == "input" and found.get("type") in ("radio", "checkbox"):
            self._choose(Control(name, found["type"], (value,)), found.get("id", ""))
        elif tag in ("input", "select", "textarea"):
            self._controls.append(_written(tag, name, found))
            self._named[name.partition(".")[2]] = found.get("id", "")

    def _choose(self, control: Control, id: str) -> None:
        """Add a value to the control of its name, or begin one."""
        self._named[control.token(*control.values)] = id
        for at, other in enumerate(self._controls):
            if (other.name, other.type) == (control.name, control.type):
                self._controls[at] = replace(other, values=(*other.values, *control.values))
                return
        self._controls.append(control)

    def _with_values(self, at: int, control: Control) -> Control:
        """A list with what can be chosen in it: the value of each entry, or else its text; an empty one is none."""
        if control.type != "select":
            return control
        said = self._said("option")
        entries = [
            said.get(str(number), "") if value is None else value
            for number, (place, value) in enumerate(self._entries)
            if place == at
        ]
        return replace(control, values=tuple(filter(None, entries)))

    def _note_receipt(self, found: Mapping[str, str]) -> None:
        target = re.fullmatch(r"receipt-(\w+)-(\w+)", self._target)
        answer = tuple(found.get("data-answer", "").split())
        number = _number(found.get("data-number", ""))
        key = Key(target[1], target[2]) if target else Key("", "")
        self._receipts.append(Receipt(found["data-submission"], found.get("data-state", ""), answer, number, key))


def _written(tag: str, name: str, found: Mapping[str, str]) -> Control:
    """A control in which something is written, or a list."""
    if tag == "select":
        return Control(name, "select")
    is_number = found.get("type") == "number" or found.get("inputmode", "text") != "text"
    least, most = (found.get(limit, found.get(f"data-{limit}", "")) for limit in ("min", "max"))
    return Control(
        name,
        "number" if is_number or least or most else "text",
        least=int(float(least)) if least else None,
        most=int(float(most)) if most else None,
        longest=_number(found.get("maxlength", "")),
        lines=tag == "textarea",
    )


def _words(text: str) -> str:
    """A text on one line, without what would move a terminal's cursor."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
