"""The installation that a command works with: its settings, its folder, its database, the events in it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from asyncpg import PostgresError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.text import normal_code
from poll_server.settings import Settings
from poll_server.storage import events
from poll_server.storage.database import Database, NewerDatabase, migrate
from poll_server.terminal import fail, gettext, setting_fault

Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the embedded database and the signing secret; else that of POLL_DATA_DIR, else ./data."
    ),
]
Code = Annotated[str, typer.Argument(help="Join code of the event.", metavar="EVENT")]


def settings_of(data: Path | None, host: str | None = None, port: int | None = None) -> Settings:
    """Return the settings with what the options say in their place; fails in words."""
    given: dict[str, Any] = {"data_dir": data, "host": host, "port": port}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        fail(setting_fault(error))


def existing(data: Path | None) -> Settings:
    """Return the settings of an installation that is there already: a mistyped folder makes no new one."""
    settings = settings_of(data)
    path = settings.database_file or settings.data_dir
    if not path.exists():
        fail(gettext("There is no database: %(path)s does not exist. Please check --data."), path=path)
    prepare(settings)
    return settings


def prepare(settings: Settings) -> None:
    """Make the data folder, for its owner alone, and bring the database to its newest form; fails in words."""
    folder, file = settings.data_dir, settings.database_file
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:
        refused = gettext("%(path)s cannot be made: %(reason)s. Please choose another folder by --data.")
        fail(refused, path=folder, reason=error.strerror)
    for path in (folder, file):
        if path and path.exists() and not os.access(path, os.W_OK):
            fail(gettext("%(path)s is read-only. Please allow writing, or choose another folder by --data."), path=path)
    try:
        was_older = migrate(settings.database)
    except NewerDatabase:
        fail(gettext("The database is of a newer version of this program: please install that. Nothing has changed."))
    except (DBAPIError, PostgresError, OSError) as error:
        unusable = gettext("The database cannot be used (%(reason)s). Please check %(path)s.")
        reason = error.orig if isinstance(error, DBAPIError) else error
        fail(unusable, reason=reason, path=file or "POLL_DATABASE_URL")
    if was_older:
        typer.echo(gettext("The database was of an older version and has been brought to the newest."), err=True)


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Database]:
    """Give the database for as long as it is needed."""
    database = Database(settings.database)
    try:
        yield database
    finally:
        await database.close()


async def find(connection: AsyncConnection, typed: str) -> int:
    """Return the id of the event with a join code, however it is typed; fails in words."""
    found = await events.find(connection, normal_code(typed))
    if found is None:
        fail_unknown(typed)
    return found[0]


def fail_unknown(typed: str) -> NoReturn:
    """Say that there is no such event and end with 1."""
    fail(gettext("There is no event with the code %(code)s."), code=typed)
