"""More time of participants is kept."""

from datetime import datetime
from zoneinfo import ZoneInfo

from poll_server.domain.timing import EXTENSION, Extension
from poll_server.storage import extensions
from poll_server.storage.database import Database
from tests.storage.databases import stored


async def test_kept_extension_takes_the_place_of_an_earlier_one(database: Database) -> None:
    """More time taken again replaces what its participant had, and nobody else's."""
    event = await stored(database)
    question = next(event.questions)
    zone = ZoneInfo(event.time_zone)
    first, second = [Extension(datetime.now(zone) + times * EXTENSION, times) for times in (1, 2)]
    async with database.write() as connection:
        await extensions.keep(connection, question, {"anna": first, "paul": first})
        await extensions.keep(connection, question, {"paul": second, "berta": first})
    async with database.read() as connection:
        found = await extensions.read(connection, question, zone)
    assert found == {"anna": first, "paul": second, "berta": first}
