"""What a series is compared by, read from one moment of the database."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.documents.series.comparing import Comparison, compare
from poll_server.domain.errors import Unknown
from poll_server.storage import library
from poll_server.storage import series as stored


async def read(connection: AsyncConnection, code: str, event_ids: Collection[int]) -> Comparison:
    """Compare these events of a series, by the same number of queries however many they are.

    Inside one ``Database.read`` all of it is of the same moment. Raises Unknown where none of them is in such a series.
    """
    series = await stored.find(connection, code)
    there = await stored.event_ids(connection, code)
    wanted = {event: id for event, id in there.items() if id in event_ids}
    if series is None or not wanted:
        raise Unknown("unknown_series")
    events = tuple(one for one in series.events if one.code in wanted)
    askings = await library.shown(connection, list(wanted.values()))
    return compare(replace(series, events=events), askings, len(series.events) - len(events))
