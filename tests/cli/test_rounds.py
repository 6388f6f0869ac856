"""The commands for rounds: a file's questions go into an event, and a round of it into a file."""

from pathlib import Path

import pytest

from poll_server.documents.round_file import decoded, read_round
from tests.cli.commands import poll_server, stored

EVENT = """\
title: Tagung
date: 2022-01-21
code: probe
programme:
  - time: 9.15
    title: Runde eins
    kind: round
    questions:
      - kind: yes_no
        text: Kommen Sie?
  - time: 10.00
    title: Vortrag
"""
TEXT = "Runde: Am Abend\n\nWie war es?\n- Gut\n- Mittel\n\nWas noch?\n"


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A data folder with an event of one round."""
    (tmp_path / "event.yaml").write_text(EVENT, encoding="utf-8")
    (tmp_path / "round.txt").write_text(TEXT, encoding="utf-8")
    made = await poll_server("event", "create", tmp_path / "event.yaml", "--data", tmp_path / "data")
    assert made.code == 0
    return tmp_path / "data"


async def rounds(data: Path) -> list[tuple[str, int]]:
    """The rounds of the event: title, how many questions."""
    return [(one.title, len(one.questions)) for one in (await stored(data, "probe")).rounds]


async def test_round_is_added_and_saved(data: Path, tmp_path: Path) -> None:
    """Questions go behind those of a slot, or into a round of their own; what is saved is the same round."""
    file = tmp_path / "round.txt"
    ran = await poll_server("round", "add", "PRO BE", file, "--slot", "9.15", "--data", data)
    assert (ran.code, ran.out.splitlines()[0], ran.err) == (0, "Questions added: 2.", "")
    assert (await poll_server("round", "add", "probe", file, "--data", data)).code == 0
    assert await rounds(data) == [("Runde eins", 3), ("Am Abend", 2)]
    for form, end in (("text", "txt"), ("csv", "csv"), ("yaml", "yaml")):
        saved = await poll_server("round", "save", "probe", "2", "--out", tmp_path, "--format", form, "--data", data)
        path = tmp_path / f"probe-2.{end}"
        assert (saved.code, saved.out.strip()) == (0, str(path))
        again = read_round(decoded(path.read_bytes()), "de")
        assert (again.title, again.definitions) == ("Am Abend", read_round(TEXT, "de").definitions)


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("Was?\n- a", (), ":2:3: Eine Frage braucht 2 bis 20 Antworten."),
        (TEXT, ("--slot", "10:00"), "No round starts at 10:00. Rounds start at: 09:15. Nothing has been made."),
    ],
)
async def test_round_that_does_not_fit_adds_nothing(
    data: Path, tmp_path: Path, text: str, more: tuple[str, ...], said: str
) -> None:
    """Mistakes are told by line, a slot without a round by the others; the event stays as it is."""
    file = tmp_path / "round.txt"
    file.write_text(text, encoding="utf-8")
    ran = await poll_server("round", "add", "probe", file, *more, "--data", data)
    assert (ran.code, ran.err.splitlines()[0].removeprefix(str(file))) == (1, said)
    assert await rounds(data) == [("Runde eins", 1)]
