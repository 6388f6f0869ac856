"""The tree of errors: what is raised anywhere has its sentence, and the sentence gets its values."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import poll_server
from poll_server.domain import errors
from poll_server.domain.errors import PollError, Refused, Unavailable

BRANCHES = {error.__name__: error for error in PollError.__subclasses__() if error.__module__ == errors.__name__}
SENTENCES = [(name, code) for name, error in BRANCHES.items() for code in error.sentences]
SOURCES = sorted(Path(str(poll_server.__file__)).parent.rglob("*.py"))
PLACE = re.compile(r"%\((\w+)\)s")


def _raised() -> Iterator[tuple[str, str, str, set[str]]]:
    """Each place in the source that makes an error from a literal code: (where, class, code, names of its values)."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BRANCHES):
                continue
            code = node.args[0] if node.args else None
            if isinstance(code, ast.Constant):
                where = f"{path.name}:{node.lineno}"
                yield where, node.func.id, str(code.value), {keyword.arg or "**" for keyword in node.keywords}


def test_tree_in_the_docstring_is_the_tree() -> None:
    """The docstring names every branch, in the order of the source."""
    assert re.findall(r"[├└]── (\w+)", str(errors.__doc__)) == list(BRANCHES)


def test_every_error_in_the_source_has_a_sentence_for_its_values() -> None:
    """No code is raised without a sentence, and none with other values than its sentence has places for."""
    raised = list(_raised())
    assert raised
    wrong = [
        (where, name, code, values)
        for where, name, code, values in raised
        if values != set(PLACE.findall(BRANCHES[name].sentences.get(code, "%(missing)s")))
    ]
    assert wrong == []


@pytest.mark.parametrize(("name", "code"), SENTENCES)
def test_sentence_is_whole(name: str, code: str) -> None:
    """A sentence has named places only, begins with a capital letter and ends with a full stop."""
    error = BRANCHES[name](code)
    filled = error.sentence % dict.fromkeys(PLACE.findall(error.sentence), 1)
    assert re.fullmatch(r"[A-Z][^%]*\.", filled)


def test_error_keeps_code_and_values() -> None:
    """An error is its code for programs, and its sentence with values for people."""
    error = Refused("too_few", chosen=1, minimum=2)
    assert (str(error), error.code, error.values) == ("too_few", "too_few", {"chosen": 1, "minimum": 2})
    assert error.sentence % error.values == "You have chosen 1. Please choose at least 2."


def test_sentences_are_those_of_the_branch() -> None:
    """A code belongs to its branch alone."""
    with pytest.raises(KeyError):
        _ = Unavailable("too_few").sentence
