"""`event create`."""

import re
from datetime import date
from pathlib import Path

import pytest

from poll_server.documents.event_file import example_text, read_event
from poll_server.domain.text import CODE_LENGTH, CODE_LETTERS
from tests.cli.commands import Ran, inside, poll_server, read_back, stored, without_sessions, written
from tests.documents.real_programme import PROGRAMME, REASON, programme_yaml

TODAY = date(2026, 11, 22)
SECRET_LINKS = "All links but that of the audience are secret: whoever has them can use them."
ONCE = "They are not shown again. New ones: poll-server event links demo"
WRONG = """\
title: Tag der Städte
date: 2022-02-30
programme:
  - time: 9.30
    titel: Begrüßung
"""


async def test_create_stores_the_example_whole(data: Path, example: Path) -> None:
    """The example event is in the database as it stands in the file, and its links are printed."""
    made = await poll_server("event", "create", example, "--data", data, POLL_PUBLIC_URL="https://gefragt.example.de/")
    event = await stored(data, "demo")
    draft = read_event(example_text(), event.day)
    assert read_back(event) == without_sessions(draft)
    head, audience, *linked, warning, once = made.out.splitlines()
    base = "https://gefragt.example.de"
    assert head == "Kleinstädte in Deutschland: 12 items, 11 questions."
    assert audience == f"  Audience  {base}/e/demo   (code DEMO at {base})"
    assert [re.sub("[0-9a-f]{32}", "KEY", line) for line in linked] == [
        f"  Desk      {base}/e/demo/desk/link/KEY   (Regie)",
        f"  Screen    {base}/e/demo/screen/link/KEY   (Leinwand)",
        f"  Podium    {base}/e/demo/podium/link/KEY   (Podium)",
    ]
    assert len({key for line in linked for key in re.findall("[0-9a-f]{32}", line)}) == 3
    assert (made.code, made.err, warning, once) == (0, "", SECRET_LINKS, ONCE)


async def test_create_makes_a_code_where_none_is_given(data: Path, example: Path) -> None:
    """An event without a code of its own gets six letters that can be read from a wall, each time others."""
    written(example, example_text().replace("code: demo\n", ""))
    made = [await poll_server("event", "create", example, "--data", data) for _ in range(2)]
    codes = [ran.out.splitlines()[1].partition("/e/")[2].split()[0] for ran in made]
    assert [(len(code), set(code.upper()) - set(CODE_LETTERS)) for code in codes] == [(CODE_LENGTH, set())] * 2
    assert codes[0] != codes[1]
    assert [(await stored(data, code)).title for code in codes] == ["Kleinstädte in Deutschland"] * 2


async def test_create_with_a_code_taken(data: Path, example: Path) -> None:
    """A second event under the same code is refused, and the first one stays as it was."""
    await poll_server("event", "create", example, "--data", data)
    before = await stored(data, "demo")
    written(example, example_text().replace("code: demo", "code: DEMO").replace("title: Pause", "title: Imbiss"))
    again = await poll_server("event", "create", example, "--data", data)
    sentence = "The code demo belongs to another event. Please choose another; nothing has been made.\n"
    assert again == Ran(1, "", sentence)
    assert await stored(data, "demo") == before


async def test_create_with_mistakes_makes_nothing(data: Path, tmp_path: Path) -> None:
    """Every mistake is told with file, line and column, and not even the data folder is made."""
    path = written(tmp_path / "wrong.yaml", WRONG)
    ran = await poll_server("event", "create", path, "--data", data)
    assert ran.err.splitlines() == [
        f"{path}:2:7: “2022-02-30” is not a day from 2000 to 2100. Write 2022-01-21, 21.1.2022 or today.",
        f"{path}:5:5: Unknown key “titel”. Did you mean “title”?",
        f"Mistakes in {path}: 2. Please mend them; nothing has been made.",
    ]
    assert (ran.code, ran.out, inside(data)) == (1, "", None)


async def test_create_tells_mistakes_in_the_language_of_the_terminal(data: Path, tmp_path: Path) -> None:
    """At a German terminal every mistake is told in German, the keys as the file has them."""
    path = written(tmp_path / "wrong.yaml", WRONG)
    ran = await poll_server("event", "create", path, "--data", data, LC_ALL="de_DE.UTF-8")
    assert ran.err.splitlines()[:2] == [
        f"{path}:2:7: „2022-02-30“ ist kein Tag von 2000 bis 2100. "
        "Schreiben Sie 2022-01-21, 21.1.2022 oder today (heute).",
        f"{path}:5:5: Die Angabe „titel“ ist nicht bekannt. Meinen Sie „title“?",
    ]


async def test_create_with_a_mistake_beside_other_events(data: Path, example: Path) -> None:
    """A mistake at the end of a file leaves the events of the database as they are."""
    await poll_server("event", "create", example, "--data", data)
    before = await stored(data, "demo")
    written(example, f"{example_text().replace('code: demo', 'code: zwei')}    time_zone: UTC\n")
    ran = await poll_server("event", "create", example, "--data", data)
    assert (ran.code, ran.out, ran.err.splitlines()[1:]) == (
        1,
        "",
        [f"Mistakes in {example}: 1. Please mend them; nothing has been made."],
    )
    gone = await poll_server("event", "links", "zwei", "--data", data)
    assert gone == Ran(1, "", "There is no event with the code zwei.\n")
    assert await stored(data, "demo") == before


@pytest.mark.parametrize("content", [None, b"title: \xff\xfe"], ids=["missing", "no text"])
async def test_create_from_a_file_that_cannot_be_read(data: Path, tmp_path: Path, content: bytes | None) -> None:
    """A missing file, and one that is no text, are named in one sentence, and nothing is made."""
    path = tmp_path / "event.yaml"
    if content:
        path.write_bytes(content)
    ran = await poll_server("event", "create", path, "--data", data)
    assert ran.err.startswith(f"{path} could not be read: ")
    assert ran.err.endswith(". Nothing has been made.\n")
    assert (ran.code, ran.out, inside(data)) == (1, "", None)


@pytest.mark.skipif(not PROGRAMME.is_file(), reason=REASON)
async def test_create_stores_a_real_programme_whole(data: Path, tmp_path: Path) -> None:
    """A real programme goes through the command and comes out of the database whole: times, breaks, people, rounds."""
    text = programme_yaml(PROGRAMME.read_text(encoding="utf-8"))
    path = written(tmp_path / "echt.yaml", text)
    made = await poll_server("event", "create", path, "--data", data)
    assert (made.code, made.out.splitlines()[0]) == (0, "Kleinstädte in Deutschland: 12 items, 6 questions.")
    event, draft = await stored(data, "echt"), read_event(text, TODAY)
    assert read_back(event) == without_sessions(draft)
    told = (event.title, event.subtitle, event.organisers, event.day, event.time_zone, event.language)
    assert told == (draft.title, draft.subtitle, draft.organisers, draft.day, draft.time_zone, draft.language)
    assert [len(round_.questions) for round_ in event.rounds] == [3, 3]
