"""Every dependency has its reason and licence written down, and its exact version pinned."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
# Each is compatible with the EUPL-1.2 in the way that docs/dependencies.md says.
FITTING = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "EUPL-1.2",
    "ISC",
    "MIT",
    "MPL-2.0",
    "OFL-1.1",
    "PSF-2.0",
}
SECTIONS = {"Running the server": "dependencies", "Working on it": "dev"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _names(requirements: list[str]) -> list[str]:
    return [_normal(re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]) for requirement in requirements]


def _required() -> dict[str, list[str]]:
    """The names in pyproject.toml: of the server under `dependencies`, of the rest under the extra's name."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = {extra: _names(names) for extra, names in project["optional-dependencies"].items()}
    return {"dependencies": _names(project["dependencies"]), **extras}


def _table(section: str) -> list[list[str]]:
    """The cells of each row below a heading of docs/dependencies.md, without the table's head."""
    text = (PROJECT / "docs" / "dependencies.md").read_text()
    body = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def _pinned() -> list[str]:
    return [_normal(line.partition("==")[0]) for line in (PROJECT / "constraints.txt").read_text().splitlines()]


@pytest.mark.parametrize("section", SECTIONS)
def test_dependencies_are_those_in_the_docs(section: str) -> None:
    """The table and pyproject.toml name the same packages, both in order of the alphabet."""
    documented = [_normal(row[0]) for row in _table(section)]
    assert documented == sorted(documented) == _required()[SECTIONS[section]]


def test_dependencies_have_no_other_extras() -> None:
    """An extra without a table in the docs is none."""
    assert set(_required()) == set(SECTIONS.values())


@pytest.mark.parametrize("section", [*SECTIONS, "Kept in this repository"])
def test_dependencies_say_reason_and_fitting_licence(section: str) -> None:
    """Each row is complete, and each licence in it one that goes with ours."""
    rows = _table(section)
    unfit = [row for row in rows if not set(re.split(r" AND | OR |[() ]+", row[2])) - {""} <= FITTING]
    incomplete = [row for row in rows if len(row) != 4 or not all(row)]
    assert (unfit, incomplete) == ([], [])


def test_dependencies_are_all_pinned_once() -> None:
    """constraints.txt gives exactly one version to each name that is required."""
    pinned = _pinned()
    counts = {name: pinned.count(name) for names in _required().values() for name in names}
    assert set(counts.values()) == {1}, counts


def test_dependencies_leave_out_the_unwanted() -> None:
    """PyYAML and what uvicorn's extra brings are not in the environment that we describe."""
    assert set(_pinned()) & {"pyyaml", "watchfiles"} == set()
