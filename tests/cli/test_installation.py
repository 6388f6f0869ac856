"""Settings, folder and database that do not fit are told in words, and nothing is made."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from poll_server.storage.database import alembic_config
from tests.cli.commands import Ran, inside, poll_server, ran_apart, written
from tests.harness.ports import free_port
from tests.harness.server import PROJECT

# Root may write everywhere, unless this is taken away.
WITHOUT_PRIVILEGE = ("--bounding-set=-dac_override",) if os.geteuid() == 0 else ()
NEXT_MIGRATION = """\
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.execute("CREATE TABLE next (id INTEGER)")
"""


@pytest.mark.parametrize("command", [("recount",), ("event", "links")])
async def test_command_for_an_unknown_event(data: Path, command: tuple[str, ...]) -> None:
    """An event that does not exist is told as it was typed."""
    await poll_server("migrate", "--data", data)
    ran = await poll_server(*command, "Ab C", "--data", data)
    assert ran == Ran(1, "", "There is no event with the code Ab C.\n")


@pytest.mark.parametrize("command", [("recount",), ("event", "links")])
async def test_command_for_a_folder_mistyped(data: Path, command: tuple[str, ...]) -> None:
    """Where there is no database, commands that look into one say so and make none."""
    ran = await poll_server(*command, "demo", "--data", data)
    sentence = f"There is no database: {data / 'poll.sqlite3'} does not exist. Please check --data.\n"
    assert (ran, inside(data)) == (Ran(1, "", sentence), None)


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("PORT", "abc", "Write a whole number from 0 to 65535."),
        (
            "PUBLIC_URL",
            "gefragt.example.de",
            "Write http:// or https:// and the host, no path: https://gefragt.example.de.",
        ),
        (
            "DATABASE_URL",
            "postgresql://kim:geheim@localhost/poll",
            "Write postgresql+asyncpg://user:password@host/database, or nothing for SQLite.",
        ),
        ("LANGUAGE", "fr", "Write de or en."),
        ("LOG_LEVEL", "loud", "Write debug, info, warning or error."),
    ],
)
async def test_setting_that_does_not_fit(data: Path, name: str, value: str, mend: str) -> None:
    """A wrong setting is named with what would fit, its value is not repeated, and nothing is made."""
    ran = await poll_server("migrate", "--data", data, **{f"POLL_{name}": value})
    assert (ran, inside(data)) == (Ran(1, "", f"The setting POLL_{name} does not fit. {mend}\n"), None)


async def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A data folder in the place of a file is refused in one sentence."""
    path = written(tmp_path / "data", "A file.")
    ran = await poll_server("migrate", "--data", path)
    told = f"{path} cannot be made: File exists. Please choose another folder by --data.\n"
    assert ran == Ran(1, "", told)


@pytest.mark.parametrize("locked", ["folder", "database"])
async def test_folder_that_is_read_only(data: Path, locked: str) -> None:
    """A folder or database that may not be written is told, not found by the first vote."""
    await poll_server("migrate", "--data", data)
    path = data if locked == "folder" else data / "poll.sqlite3"
    mode = path.stat().st_mode
    path.chmod(0o555)
    ran = await ran_apart("demo", "--port", "0", "--data", data, before=WITHOUT_PRIVILEGE)
    path.chmod(mode)
    told = f"{path} is read-only. Please allow writing, or choose another folder by --data.\n"
    assert ran == Ran(1, "", told)


async def test_new_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the machine can read what people answered."""
    folder = tmp_path / "new" / "data"
    assert (await poll_server("migrate", "--data", folder)).code == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_file_that_is_no_database(tmp_path: Path) -> None:
    """A file that is something else is named, and stays as it is."""
    path = written(tmp_path / "poll.sqlite3", "Something else. " * 100)
    ran = await poll_server("migrate", "--data", tmp_path)
    assert ran == Ran(1, "", f"The database cannot be used (file is not a database). Please check {path}.\n")
    assert path.read_text() == "Something else. " * 100


async def test_database_that_does_not_answer(data: Path) -> None:
    """A PostgreSQL where nobody listens is told without the password."""
    url = f"postgresql+asyncpg://kim:geheim@127.0.0.1:{free_port()}/poll"
    ran = await poll_server("migrate", "--data", data, POLL_DATABASE_URL=url)
    assert (ran.code, ran.out, ran.err[:31], "geheim" in ran.err) == (1, "", "The database cannot be used ([E", False)
    assert ran.err.endswith("). Please check POLL_DATABASE_URL.\n")


async def test_database_that_is_not_there(data: Path, postgres_url: str) -> None:
    """A PostgreSQL without this database says so."""
    url = postgres_url.rpartition("/")[0] + "/gibtesnicht"
    ran = await poll_server("migrate", "--data", data, POLL_DATABASE_URL=url)
    told = 'The database cannot be used (database "gibtesnicht" does not exist). Please check POLL_DATABASE_URL.\n'
    assert ran == Ran(1, "", told)


async def test_database_of_another_version(data: Path, tmp_path: Path) -> None:
    """The next version of the program brings the database forward and says so; this one then leaves it alone."""
    await poll_server("migrate", "--data", data)
    next_version = tmp_path / "next"
    shutil.copytree(PROJECT / "poll_server", next_version / "poll_server", ignore=shutil.ignore_patterns("__pycache__"))
    (next_version / "locale").symlink_to(PROJECT / "locale")
    head = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    versions = next_version / "poll_server" / "storage" / "migrations" / "versions"
    written(versions / "9999_next.py", NEXT_MIGRATION.format(head=head))
    older = "The database was of an older version and has been brought to the newest.\n"
    brought = await ran_apart("migrate", "--data", data, program=next_version)
    assert brought == Ran(0, "The database is up to date.\n", older)
    before = (data / "poll.sqlite3").read_bytes()
    newer = "The database is of a newer version of this program: please install that. Nothing has changed.\n"
    assert await poll_server("migrate", "--data", data) == Ran(1, "", newer)
    assert ((data / "poll.sqlite3").read_bytes(), inside(data)) == (before, ["poll.sqlite3"])


async def test_commands_use_the_database_of_the_settings(data: Path, example: Path, postgres_url: str) -> None:
    """With PostgreSQL in the settings an event lies there, and nothing in the data folder."""
    settings = {"POLL_DATABASE_URL": postgres_url, "POLL_DATA_DIR": str(data)}
    made = await poll_server("event", "create", example, **settings)
    links = await poll_server("event", "links", "demo", **settings)
    recounted = await poll_server("recount", "demo", **settings)
    assert (made.code, links.code, links.out.splitlines()[0]) == (0, 0, made.out.splitlines()[1])
    assert recounted == Ran(0, "11 questions: every tally equals its ballots.\n", "")
    assert inside(data) == []
