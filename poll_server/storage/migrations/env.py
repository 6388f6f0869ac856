"""Runs our migrations on the database whose address is in the configuration's attributes."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from poll_server.storage.tables import metadata


def run(connection: Connection) -> None:
    """Run all that is missing, in one transaction."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def connect() -> None:
    """Open the database for the time of the migration."""
    engine = create_async_engine(context.config.attributes["url"])
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(connect())
