"""One kind is one module, one template and one test file; nothing else knows its name."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from poll_server import questions
from poll_server.domain.access import Role
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import State
from poll_server.i18n import LANGUAGES
from poll_server.messages import parse_vote
from poll_server.questions import KINDS, kind_of
from poll_server.questions.contract import ABSTENTION, COMMON_RULES, Kind
from poll_server.render import Counted, View, environment, view
from poll_server.simulate.frames import read
from tests.domain.stages import event
from tests.questions.filled import filled
from tests.questions.samples import ANSWERED_KINDS, SAMPLES

PROJECT = Path(__file__).parents[2]
QUESTIONS = PROJECT / "poll_server" / "questions"
TEMPLATES = PROJECT / "templates" / "questions"
TESTS = PROJECT / "tests" / "questions"
SCRIPTS = PROJECT / "static" / "js"
MACROS = {"name", "instruction", "form", "change", "result", "own", "base", "say"}
MACROS |= {"ask", "prepared", "mini", "mini_phone"}
UNANSWERED_MACROS = {"name", "instruction", "told", "mini", "mini_phone"}
NOW = datetime(2026, 11, 22, 11, 16, 7, tzinfo=UTC)

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
every_answered_kind = pytest.mark.parametrize("kind", ANSWERED_KINDS.values(), ids=ANSWERED_KINDS.keys())
every_language = pytest.mark.parametrize("language", LANGUAGES)


def test_kinds_have_their_files() -> None:
    """Each kind has a module, a template, a test file and a sample of its name, and the script that it asks for."""
    assert list(KINDS) == [kind.name for kind in KINDS.values()]
    assert sorted(KINDS) == sorted(SAMPLES)
    files = [
        place / name
        for kind in KINDS
        for place, name in ((QUESTIONS, f"{kind}.py"), (TEMPLATES, f"{kind}.html"), (TESTS, f"test_{kind}.py"))
    ]
    assert [file.name for file in files if not file.is_file()] == []
    scripts = {
        kind.module: (SCRIPTS / f"{kind.module}.js").read_text("utf-8") for kind in KINDS.values() if kind.module
    }
    assert [module for module, text in scripts.items() if f'\nenhances("{module}", enhance);\n' not in text] == []


@every_kind
def test_kind_is_made_by_its_module(kind: Kind) -> None:
    """The class of a kind stands in the module of its name, and a stored question finds it."""
    assert type(kind).__module__ == f"poll_server.questions.{kind.name}"
    assert kind_of(Definition(kind.name, "Was?")) is kind
    assert {*COMMON_RULES} & {*kind.rules} == ({*COMMON_RULES} if kind.answerable else set())


@every_kind
@every_language
def test_template_has_every_macro(kind: Kind, language: str) -> None:
    """The template of a kind has the macros that pages and frames call; one whose rows come and go has rows."""
    macros = (MACROS | {"rows"} if kind.grows else MACROS) if kind.answerable else UNANSWERED_MACROS
    assert sorted(name for name in macros if not hasattr(template_of(kind, language), name)) == []


@every_language
def test_kinds_have_names_of_their_own(language: str) -> None:
    """Organisers tell the kinds apart by name."""
    names = [template_of(kind, language).name().strip() for kind in KINDS.values()]
    assert len({*names} - {""}) == len(KINDS)


def knowing(names: list[str], classes: list[str]) -> re.Pattern[str]:
    """What a file says that knows a kind: compares with its name, imports it, or says a name that is no common word."""
    name = "|".join(names)
    quoted = rf"[\"'](?:{name})[\"']"
    compared = (
        rf"(?:==|!=|\b(?:in|is|case))\s*[\[({{]?\s*{quoted}|[\[({{,]\s*{quoted}\s*[\])}},]|{quoted}\s*(?:==|!=|in\b)"
    )
    imported = rf"\bquestions(?:\.|/|\s+import\s[^\n]*\b)(?:{name})\b"
    plain = "|".join([one for one in names if "_" in one] + [one for one in classes if not one.istitle()])
    return re.compile(rf"{compared}|{imported}|\b(?:{plain})\b")


@pytest.mark.parametrize(
    ("text", "knows"),
    [
        ('if definition.kind == "points":', True),
        ("if kind != 'points' and x:", True),
        ('if "points" == kind', True),
        ('kind in ("rating", "points")', True),
        ('case "points":', True),
        ("from poll_server.questions import choices, points", True),
        ("from poll_server.questions.points import Points", True),
        ('{% import "questions/points.html" as points %}', True),
        ("if kind.name is SingleChoice.name", True),
        ("single_choice", True),
        ("in whole percentage points, with a rating", False),
        ("points = int(share)", False),
        ("Rating of this", False),
    ],
)
def test_knowing_a_kind_is_seen(text: str, knows: bool) -> None:
    """A comparison, an import or an unmistakable name is found; a common word in a sentence is none."""
    pattern = knowing(["single_choice", "points", "rating"], ["SingleChoice", "Points", "Rating"])
    assert (pattern.search(text) is not None) == knows


def test_no_other_file_knows_a_kind() -> None:
    """Outside its own files no program, template or script names a kind: a variant is a file, not a branch."""
    pattern = knowing(list(KINDS), [type(kind).__name__ for kind in KINDS.values()])
    own = {f"{kind.module}.js" for kind in KINDS.values()}
    found: dict[str, list[str]] = {}
    for folder, ending in (("poll_server", ".py"), ("templates", ".html"), ("static/js", ".js")):
        for file in sorted((PROJECT / folder).rglob(f"*{ending}")):
            if file.parent not in (QUESTIONS, TEMPLATES) and file.name not in own:
                names = pattern.findall(file.read_text(encoding="utf-8"))
                found |= {str(file.relative_to(PROJECT)): names} if names else {}
    assert found == {}


class Moving(HTMLParser):
    """The texts of the figures and the widths of the bars of a piece of a page, by name, and all its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.figures = read(f"<div>{html}".encode()).figures
        self.bars: dict[str, str] = {}
        self.text = ""
        self._bars: list[str] = []
        self._keys: Iterator[str] = iter(())
        self._numbers = count(1)
        self._names: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a bar; those of rows have their names in common."""
        found = {name: value or "" for name, value in attrs}
        if "data-cells" in found:
            self._bars, self._keys = found.get("data-bars", "*").split(), iter(found.get("data-rows", "").split())
            self._numbers = count(1)
        elif tag == "tr" and self._bars:
            number = next(self._numbers)
            key = next(self._keys, f"o{number}")
            self._names = [name.replace("*", key) for name in self._bars]
        if tag == "rect" and (name := found.get("data-bar") or (self._names.pop(0) if self._names else "")):
            self.bars[name] = found["width"]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def lined(figures: Mapping[str, str]) -> dict[str, str]:
    """Figures as somebody reads them who knows only blanks."""
    return {name: " ".join(text.split()) for name, text in figures.items()}


def template_of(kind: Kind, language: str) -> Any:
    """The macros of a kind's template."""
    return environment(language).get_template(f"questions/{kind.name}.html").module


def seen_by(role: Role, kind: Kind, data: DataObject, state: State = State.SHOWN) -> View:
    """What somebody sees of a question of this kind that anybody or nobody has answered."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    forms = data.draw(st.lists(SAMPLES[kind.name].forms(definition), max_size=30))
    tally: Counter[str] = Counter()
    for form in forms:
        tally.update(kind.marks(definition, kind.parse(definition, form)))
    shown = event([state], current=1, definition=definition)
    return view(shown, shown.question(1), Counted(definition, tally), len(forms), NOW, role, answered=True)


@every_answered_kind
@settings(max_examples=40)
@given(st.sampled_from(LANGUAGES), st.data())
def test_template_renders_any_tally(kind: Kind, language: str, data: DataObject) -> None:
    """Sentence, base line and result are made for any tally, an empty one too, with every row that does not move."""
    template = template_of(kind, language)
    seen = seen_by(data.draw(st.sampled_from([Role.MODERATOR, Role.AUDIENCE, Role.SCREEN])), kind, data)
    assert seen.results is not None
    assert template.say(seen.results).strip() != ""
    assert template.base().strip() != ""
    for html in (str(template.result(seen)), str(template.result(seen, stage=True))):
        parts = {part for row in seen.results.rows if not kind.grows for part in row.label.split(": ")}  # row, column
        assert [part for part in parts if part not in said(html)] == []
    if kind.grows:
        assert 'id="rows-1-1"' in template.result(seen)


def said(html: str) -> str:
    """The text of a piece of a page."""
    return Moving(html).text


@every_answered_kind
@settings(max_examples=40)
@given(st.sampled_from(LANGUAGES), st.data())
def test_what_moves_on_a_page_is_sent_by_ticks(kind: Kind, language: str, data: DataObject) -> None:
    """Each figure and bar of a result, and of the desk's previews, is one that ticks carry, and reads as they do."""
    template = template_of(kind, language)
    seen = seen_by(data.draw(st.sampled_from([Role.AUDIENCE, Role.SCREEN])), kind, data)
    for piece in (template.result(seen), template.result(seen, stage=True)):
        moving = Moving(str(piece))
        assert moving.figures == lined({name: seen.figures[name] for name in moving.figures})
        assert moving.bars == {name: seen.bars.get(name) for name in moving.bars}
    for piece in (template.mini(seen), template.mini_phone(seen)):
        moving = Moving(str(piece))
        assert moving.figures == lined({name: seen.figures[name.removeprefix("screen-")] for name in moving.figures})
        assert moving.bars == {name: seen.bars.get(name.removeprefix("screen-")) for name in moving.bars}
        assert [name for name in (*moving.figures, *moving.bars) if not name.startswith("screen-")] == []


@every_answered_kind
@settings(max_examples=40)
@given(st.sampled_from(LANGUAGES), st.data())
def test_template_shows_no_number_of_an_open_question(kind: Kind, language: str, data: DataObject) -> None:
    """What the screen and the desk show before a result is seen has no figure and no bar in it, and is there."""
    template = template_of(kind, language)
    seen = seen_by(Role.SCREEN, kind, data, State.READY)
    question = event([State.OPEN], current=1, definition=data.draw(SAMPLES[kind.name].definitions)).question(1)
    pieces = [template.ask(question), template.prepared(question), template.instruction(question), template.name()]
    assert [(Moving(str(piece)).figures, Moving(str(piece)).bars) for piece in pieces] == [({}, {})] * len(pieces)
    assert seen.results is None


@every_answered_kind
@settings(max_examples=40)
@given(st.sampled_from(LANGUAGES), st.data())
def test_template_form_sends_what_parse_takes(kind: Kind, language: str, data: DataObject) -> None:
    """A form filled with the standing answer sends, without JavaScript, just that answer, and holds the instruction."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    answer = kind.parse(definition, data.draw(SAMPLES[kind.name].forms(definition)))
    opened = event([State.OPEN], current=1, definition=definition)
    template = template_of(kind, language)
    question = opened.question(1)
    for form in (
        str(template.form(opened, question, 2, answer, "1")),
        str(template.change(opened, question, 2, answer)),
    ):
        fields = filled(form)
        assert {name: fields[name] for name in ("question", "wave", "number", "submission")} == {
            "question": ["1"],
            "wave": ["1"],
            "number": ["2"],
            "submission": [""],
        }
        assert questions.parse(definition, parse_vote(fields).answer) == answer
        assert str(template.instruction(question)).strip() in form
    template.own(question, answer)


@every_answered_kind
@settings(max_examples=40)
@given(st.sampled_from(LANGUAGES), st.data())
def test_template_form_without_an_answer_sends_none(kind: Kind, language: str, data: DataObject) -> None:
    """A form that nobody has touched is refused, so that nobody votes by mistake; an abstention has a button."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    definition = replace(definition, rules={**definition.rules, "abstention": data.draw(st.booleans())})
    opened = event([State.OPEN], current=1, definition=definition)
    form = str(template_of(kind, language).form(opened, opened.question(1), 1, (), "1"))
    with pytest.raises(Refused):
        questions.parse(definition, parse_vote(filled(form)).answer)
    buttons = re.findall(r'<button[^>]* name="([^"]*)"', form)
    assert buttons == ["abstain"] * kind.abstains(definition)
    changed = str(template_of(kind, language).change(opened, opened.question(1), 2, ABSTENTION))
    with pytest.raises(Refused):
        questions.parse(definition, parse_vote(filled(changed)).answer)
