"""What `make` says when a machine lacks something; in a copy of what it reads, without the network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.ports import free_port
from tests.harness.server import PROJECT

READ = ("Makefile", "pyproject.toml", "constraints.txt", "README.md", "LICENSE")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with what make and pip read."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in READ:
        shutil.copy(PROJECT / name, folder)
    return folder


def program(path: Path, text: str) -> Path:
    """Write a shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def make(project: Path, *arguments: str, **env: str) -> tuple[int, str, list[str]]:
    """Run make; return its exit code, its output, and what it said of errors."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PIP_", "POLL_"))}
    ran = subprocess.run(
        ["make", *arguments],
        cwd=project,
        env=kept | {"LC_ALL": "C"} | env,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return ran.returncode, ran.stdout, [line for line in ran.stderr.splitlines() if not line.startswith("make: ")]


OLD_PYTHON = f'exec {sys.executable} -c "import sys; sys.version_info = (3, 10, 14); $2"'


@pytest.mark.parametrize("python", [OLD_PYTHON, None], ids=["old", "missing"])
def test_python_that_is_too_old(project: Path, tmp_path: Path, python: str | None) -> None:
    """With an old Python first in the path, or none, make says which is needed and how to name it."""
    name = "python3" if python else "python9"
    if python:
        program(tmp_path / "bin" / name, python)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    code, out, said = make(project, "demo", *([] if python else [f"PYTHON={name}"]), PATH=path)
    needed = f"Python 3.11 or newer is needed and '{name}' is not: install one and run 'make PYTHON=python3.11 demo'."
    assert (code, out, said[-1]) == (2, "", needed)
    assert not (project / ".venv").exists()


def test_packages_that_cannot_be_fetched(project: Path) -> None:
    """Without the network make says that installing failed and what to look at, and tries again the next time."""
    nowhere = f"http://127.0.0.1:{free_port()}/simple"
    env = {"PIP_INDEX_URL": nowhere, "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    code, out, said = make(project, "demo", **env)
    failed = "pip could not install the packages into .venv. Is there a network? Behind a proxy set HTTPS_PROXY, "
    assert (code, out) == (2, "Installing the packages into .venv; the first time this takes a minute.\n")
    assert said[-1] == f"{failed}for a mirror PIP_INDEX_URL; then run 'make demo' again."
    assert not (project / ".venv" / ".installed").exists()


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ([], "demo"),
        (["PORT=8123"], "demo --port 8123"),
        (["PORT=8123", "HOST=0.0.0.0", "SIMULATE=200"], "demo --port 8123 --host 0.0.0.0 --simulate 200"),
    ],
)
def test_demo_passes_its_variables_on(project: Path, given: list[str], passed: str) -> None:
    """PORT, HOST and SIMULATE are options of the demo; a HOST that the shell exports is not meant."""
    program(project / ".venv" / "bin" / "poll-server", 'echo "$@"')
    for mark in (".made", ".installed"):
        (project / ".venv" / mark).touch()
    assert make(project, "demo", *given, HOST="tower.example") == (0, f"{passed}\n", [])
