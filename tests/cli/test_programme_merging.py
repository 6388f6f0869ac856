"""`event import --into`: a programme that comes into an event which is there."""

import re
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

from poll_server.domain.rounds import Event
from poll_server.storage import journal
from poll_server.storage.database import Database
from poll_server.storage.journal import COMMAND
from tests.cli.commands import Ran, inside, poll_server, stored, written

FIRST = "Tag der Orte\n21.1.2027\n9 Uhr Begrüßung\n10 Uhr Sie sind gefragt!\n11–12 Uhr Wege\n"
SECOND = (
    "Anders\n21.1.2027\n9 Uhr Begrüßung\n10.30 Uhr Sie sind gefragt!\n11.30–12 Uhr Plätze\n22.1.2027\n9 Uhr Ausflug\n"
)
LAST = "A server that is running shows it after the next step at a desk, which it refuses once.\n"


async def made(data: Path, folder: Path) -> str:
    """Make an event of the first programme and return its code."""
    ran = await poll_server("event", "import", written(folder / "erst.txt", FIRST), "--data", data)
    return str(re.findall(r"Audience  http://localhost:8000/e/(\w+)", ran.out)[0])


def told(event: Event) -> list[str]:
    """Each slot with its start, in UTC."""
    return [f"{item.starts.astimezone(UTC):%d. %H:%M} {item.title}" for item in event.items]


async def test_programme_is_added_to_an_event(data: Path, tmp_path: Path) -> None:
    """What is there already is said and not added again; the event keeps its title, and its log has a line."""
    code = await made(data, tmp_path)
    ran = await poll_server(
        "event", "import", written(tmp_path / "p.txt", SECOND), "--into", code.upper(), "--data", data
    )
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.partition("In the programme")[2] == (
        " already, so not added again:\n"
        "  Thursday, January 21, 2027, 9:00–10:30: Begrüßung\n"
        "On other days than those of the event:\n"
        "  Friday, January 22, 2027, 9:00: Ausflug\n"
        f"Tag der Orte has a programme of 6 items now.\n{LAST}"
    )
    event = await stored(data, code)
    assert told(event) == [
        "21. 08:00 Begrüßung",
        "21. 09:00 Sie sind gefragt!",
        "21. 09:30 Sie sind gefragt!",
        "21. 10:00 Wege",
        "21. 10:30 Plätze",
        "22. 08:00 Ausflug",
    ]
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    try:
        async with database.read() as connection:
            lines = [one.line for one in await journal.lines(connection, event.id, ZoneInfo("UTC"))]
    finally:
        await database.close()
    assert (lines[-1].hand, lines[-1].act, lines[-1].words) == ((COMMAND, ""), "programme_added", "Anders")


async def test_programme_takes_the_place_of_another(data: Path, tmp_path: Path) -> None:
    """What goes and what keeps its questions is said; a dry run says the same and changes nothing."""
    code = await made(data, tmp_path)
    questions = written(tmp_path / "runde.txt", "Wie geht es?\n- Gut\n- Schlecht\n")
    assert (await poll_server("round", "add", code, questions, "--slot", "10:00", "--data", data)).code == 0
    before = await stored(data, code)
    command = ("event", "import", written(tmp_path / "p.txt", SECOND), "--into", code, "--replace", "--data", data)
    dry = await poll_server(*command, "--dry-run")
    consequences = (
        "Keep their questions and answers:\n"
        "  Thursday, January 21, 2027, 10:00–11:00: Sie sind gefragt!\n"
        "Are deleted:\n"
        "  Thursday, January 21, 2027, 11:00–12:00: Wege\n"
        "On other days than those of the event:\n"
        "  Friday, January 22, 2027, 9:00: Ausflug\n"
    )
    assert (dry.code, dry.out.endswith(f"{consequences}Nothing has been made, as --dry-run says.\n")) == (0, True)
    assert await stored(data, code) == before
    ran = await poll_server(*command)
    assert ran.out.endswith(f"{consequences}Tag der Orte has a programme of 4 items now.\n{LAST}")
    after = await stored(data, code)
    assert told(after) == [
        "21. 08:00 Begrüßung",
        "21. 09:30 Sie sind gefragt!",
        "21. 10:30 Plätze",
        "22. 08:00 Ausflug",
    ]
    assert [(round_.item_id, len(round_.questions)) for round_ in after.rounds] == [(after.items[1].id, 1)]


async def test_wrong_use_is_told_and_changes_nothing(data: Path, tmp_path: Path) -> None:
    """No such event, options that do not go with it, nothing understood: one sentence each."""
    path = written(tmp_path / "p.txt", SECOND)
    assert (await poll_server("event", "import", path, "--into", "nix", "--data", data)).code == 1
    assert inside(data) is None
    code = await made(data, tmp_path)
    before = await stored(data, code)
    unknown = await poll_server("event", "import", path, "--into", "nix", "--data", data)
    assert unknown == Ran(1, "", "There is no event with the code nix.\n")
    kept = "With --into the event keeps its title, language and owner. Please leave those options out.\n"
    for more in (("--title", "Neu"), ("--language", "de"), ("--organiser", "kim@example.org")):
        assert await poll_server("event", "import", path, "--into", code, "--data", data, *more) == Ran(1, "", kept)
    alone = await poll_server("event", "import", path, "--replace", "--data", data)
    assert alone.err == "--replace needs --into, which says whose programme is replaced. Nothing has been made.\n"
    nothing = await poll_server(
        "event", "import", written(tmp_path / "n.txt", "Nichts\n"), "--into", code, "--replace", "--data", data
    )
    assert (nothing.code, "No item with a day and a time was found" in nothing.err) == (1, True)
    assert await stored(data, code) == before


async def test_times_without_a_date_are_on_the_day_of_the_event(data: Path, tmp_path: Path) -> None:
    """Times alone are enough, on the event's clocks."""
    code = await made(data, tmp_path)
    path = written(tmp_path / "p.txt", "14 Uhr Spaziergang\n")
    assert (await poll_server("event", "import", path, "--into", code, "--data", data)).code == 0
    assert told(await stored(data, code))[-1] == "21. 13:00 Spaziergang"
