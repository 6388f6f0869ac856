"""One kind is one module, one template and one test file; nothing else knows its name."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from poll_server.domain.access import Role
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import State
from poll_server.i18n import LANGUAGES
from poll_server.questions import KINDS, kind_of
from poll_server.questions.contract import ANSWERED, Kind
from poll_server.render import environment, view
from tests.domain.stages import event
from tests.questions.samples import SAMPLES

PROJECT = Path(__file__).parents[2]
QUESTIONS = PROJECT / "poll_server" / "questions"
TEMPLATES = PROJECT / "templates" / "questions"
TESTS = PROJECT / "tests" / "questions"
MACROS = {"name", "instruction", "form", "change", "result", "mine", "base", "say"}
NOW = datetime(2026, 11, 22, 11, 16, 7, tzinfo=UTC)

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
every_language = pytest.mark.parametrize("language", LANGUAGES)


def test_kinds_have_their_files() -> None:
    """Each kind has a module, a template and a test file of its name, and a sample for the laws."""
    assert list(KINDS) == [kind.name for kind in KINDS.values()]
    assert sorted(KINDS) == sorted(SAMPLES)
    files = [
        place / name
        for kind in KINDS
        for place, name in ((QUESTIONS, f"{kind}.py"), (TEMPLATES, f"{kind}.html"), (TESTS, f"test_{kind}.py"))
    ]
    assert [file.name for file in files if not file.is_file()] == []


@every_kind
def test_kind_is_made_by_its_module(kind: Kind) -> None:
    """The class of a kind stands in the module of its name, and a stored question finds it."""
    assert type(kind).__module__ == f"poll_server.questions.{kind.name}"
    assert kind_of(Definition(kind.name, "Was?")) is kind


@every_kind
@every_language
def test_template_has_every_macro(kind: Kind, language: str) -> None:
    """The template of a kind has the macros that pages and frames call."""
    module = environment(language).get_template(f"questions/{kind.name}.html").module
    assert sorted(name for name in MACROS if not hasattr(module, name)) == []


@every_language
def test_kinds_have_names_of_their_own(language: str) -> None:
    """Organisers tell the kinds apart by name."""
    templates: list[Any] = [environment(language).get_template(f"questions/{kind}.html").module for kind in KINDS]
    names = [template.name().strip() for template in templates]
    assert len({*names} - {""}) == len(KINDS)


def test_no_other_file_knows_a_kind() -> None:
    """Outside its own files no program, template or script names a kind: a variant is a file, not a branch."""
    name = re.compile(rf"\b(?:{'|'.join([*KINDS, *(type(kind).__name__ for kind in KINDS.values())])})\b")
    found: dict[str, list[str]] = {}
    for folder, endings in (("poll_server", {".py"}), ("templates", {".html"}), ("static", {".js", ".css"})):
        for file in sorted((PROJECT / folder).rglob("*")):
            if file.suffix in endings and file.parent not in (QUESTIONS, TEMPLATES):
                names = name.findall(file.read_text(encoding="utf-8"))
                found |= {str(file.relative_to(PROJECT)): names} if names else {}
    assert found == {}


@every_kind
@every_language
@given(data=st.data())
def test_template_renders_any_tally(kind: Kind, language: str, data: DataObject) -> None:
    """Sentence, base line and table of a result are made for any tally, an empty one too, with every row of it."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    answers = data.draw(st.lists(SAMPLES[kind.name].forms(definition), max_size=30))
    tally = {ANSWERED: 0}
    for form in answers:
        for key, n in kind.marks(definition, kind.parse(definition, form)).items():
            tally[key] = tally.get(key, 0) + n
    shown = event([State.SHOWN], current=1, definition=definition)
    seen = view(shown, shown.question(1), tally, len(answers), NOW, Role.MODERATOR)
    assert seen.results is not None
    template: Any = environment(language).get_template(f"questions/{kind.name}.html").module
    assert template.say(seen.results).strip() != ""
    assert template.base().strip() != ""
    assert template.result(seen).count("<tbody") == len(seen.results.rows)


@every_kind
@every_language
@given(data=st.data())
def test_template_form_sends_what_parse_takes(kind: Kind, language: str, data: DataObject) -> None:
    """The form holds the hidden fields of a vote, the instruction, and the given answer as it was sent."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    answer = kind.parse(definition, data.draw(SAMPLES[kind.name].forms(definition)))
    opened = event([State.OPEN], current=1, definition=definition)
    template: Any = environment(language).get_template(f"questions/{kind.name}.html").module
    form = str(template.form(opened, opened.question(1), 2, answer, "1"))
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    assert hidden == [("question", "1"), ("wave", "1"), ("number", "2"), ("submission", "")]
    assert tuple(re.findall(r'name="answer" id="[^"]*" value="([^"]*)" checked>', form)) == answer
    assert str(template.instruction(opened.question(1))).strip() in form
