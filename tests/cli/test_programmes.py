"""`event import`: events from programmes as people write them."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from poll_server.domain.programme import ItemKind
from poll_server.storage import series
from poll_server.storage.database import Database
from tests.cli.commands import Ran, inside, poll_server, stored, written

PROGRAMME = """\
Tag der Orte
21.1.2027, 9–12 Uhr

9.00 Uhr\tBegrüßung
9.15 Uhr\tSie sind gefragt!
10–9 Uhr\tVerdreht
Fragerunde
32.13.2027
"""
TABLE = """\
Thursday, January 21, 2027
  9:00–9:15    Talk   Begrüßung
  9:15–10:00   Round  Sie sind gefragt!
  10:00–12:00  Talk   Verdreht
Understood, but odd:
  Line 6: 10–9 Uhr Verdreht  (The end is not after the start, so it has not been taken.)
Not understood:
  Line 8: 32.13.2027  (This date does not exist between 2000 and 2100.)
"""
SERIES = "Abende im Ort\n\n11.3.2027, 18.30 – 20 Uhr\nWohnen\n\n8.4.2027, 18.30 Uhr\nFragerunde\n"


async def test_import_prints_what_it_understood_and_makes_the_event(data: Path, tmp_path: Path) -> None:
    """The programme stands as a table, with the lines that were not understood; then come the links of the event."""
    ran = await poll_server("event", "import", written(tmp_path / "tag.txt", PROGRAMME), "--data", data)
    assert (ran.code, ran.err, ran.out[: len(TABLE)]) == (0, "", TABLE)
    head, audience, *_ = ran.out[len(TABLE) :].splitlines()
    assert head == "Tag der Orte, Thursday, January 21, 2027: 3 items."
    event = await stored(data, audience.partition("/e/")[2].split()[0])
    assert (event.title, event.time_zone, event.language, event.series) == ("Tag der Orte", "Europe/Berlin", "de", None)
    assert [(item.starts.astimezone(UTC), item.kind, item.description) for item in event.items] == [
        (datetime(2027, 1, 21, 8, tzinfo=UTC), ItemKind.TALK, ""),
        (datetime(2027, 1, 21, 8, 15, tzinfo=UTC), ItemKind.ROUND, ""),
        (datetime(2027, 1, 21, 9, tzinfo=UTC), ItemKind.TALK, "Fragerunde"),
    ]
    assert [round_.title for round_ in event.rounds] == ["Sie sind gefragt!"]


async def test_import_dry_run_makes_nothing(data: Path, tmp_path: Path) -> None:
    """With --dry-run the same table is printed, and not even the folder is made."""
    ran = await poll_server("event", "import", written(tmp_path / "t.txt", PROGRAMME), "--dry-run", "--data", data)
    assert ran == Ran(0, f"{TABLE}Nothing has been made, as --dry-run says.\n", "")
    assert inside(data) is None


async def test_import_of_a_series(data: Path, tmp_path: Path) -> None:
    """Date lines make an event each, with its own links, and a series that holds them, at an address of its own."""
    path = written(tmp_path / "reihe.txt", SERIES)
    ran = await poll_server("event", "import", path, "--data", data, "--zone", "Europe/Lisbon", "--title", "Abende")
    codes = re.findall(r"Audience  http://localhost:8000/e/(\w+)", ran.out)
    (code,) = re.findall(r"^The series: http://localhost:8000/s/(\w+)$", ran.out, re.MULTILINE)
    events = [await stored(data, one) for one in codes]
    assert [(event.title, event.time_zone, event.series and event.series.title) for event in events] == [
        ("Wohnen", "Europe/Lisbon", "Abende"),
        ("Fragerunde", "Europe/Lisbon", "Abende"),
    ]
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    try:
        async with database.read() as connection:
            found = await series.find(connection, code)
    finally:
        await database.close()
    assert found is not None
    assert [(event.code, f"{event.starts:%H:%M}", event.ends and f"{event.ends:%H:%M}") for event in found.events] == [
        (codes[0], "18:30", "20:00"),
        (codes[1], "18:30", None),
    ]
    assert len(re.findall("  Podium ", ran.out)) == 1


async def test_import_of_what_cannot_be_read(data: Path, tmp_path: Path) -> None:
    """No programme, no title, another sort of file, an unknown zone: one sentence each, and nothing is made."""
    foreign = written(tmp_path / "fr.txt", "Débat\n9h30 Accueil\n")
    ran = await poll_server("event", "import", foreign, "--data", data)
    assert (ran.code, ran.out.splitlines()[0], ran.err.startswith(f"{foreign}: No item with a day and a time")) == (
        1,
        "Not understood:",
        True,
    )
    nameless = written(tmp_path / "n.txt", "21.1.2027\n9 Uhr Los\n")
    assert (await poll_server("event", "import", nameless, "--data", data)).err == (
        "The programme has no title. Please give one by --title. Nothing has been made.\n"
    )
    other = written(tmp_path / "schedule.json", json.dumps({"slots": []}))
    assert "schedule.json as pretalx exports it" in (await poll_server("event", "import", other, "--data", data)).err
    picture = tmp_path / "bild.txt"
    picture.write_bytes(bytes(range(32)) * 10)
    assert (await poll_server("event", "import", picture, "--data", data)).code == 1
    assert (await poll_server("event", "import", tmp_path / "nichts", "--data", data)).code == 1
    good = written(tmp_path / "t.txt", PROGRAMME)
    wrong = await poll_server("event", "import", good, "--data", data, "--zone", "Mond")
    assert wrong.err == "Unknown time zone “Mond”. Write a name such as Europe/Berlin.\n"
    assert (await poll_server("event", "import", good, "--data", data, "--language", "fr")).code == 1
    assert inside(data) is None


async def test_import_says_that_a_file_is_from_windows(data: Path, tmp_path: Path) -> None:
    """A table with semicolons in Windows' letters is read, and it is said how."""
    path = tmp_path / "tag.csv"
    path.write_bytes("Datum;Zeit;Titel\r\n21.1.2027;9:30;Begrüßung\r\n".encode("cp1252"))
    ran = await poll_server(
        "event", "import", path, "--title", "Tag", "--dry-run", "--data", data, LC_ALL="de_DE.UTF-8"
    )
    assert ran.out.splitlines() == [
        "Die Datei ist nicht in UTF-8 und wurde so gelesen, wie Windows schreibt. Bitte prüfen Sie die Umlaute.",
        "Donnerstag, 21. Januar 2027",
        "  9:30  Vortrag  Begrüßung",
        "Es wurde nichts angelegt, wie --dry-run es sagt.",
    ]
