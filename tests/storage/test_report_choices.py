"""What was chosen for a documentation is kept for its event alone."""

from poll_server.storage import report_choices
from poll_server.storage.database import Database
from poll_server.storage.report_choices import Kept
from tests.storage.databases import stored


async def test_choice_is_kept_until_the_next(database: Database) -> None:
    """Nothing is chosen at first; then stands what was chosen last, and other events know nothing of it."""
    event, other = await stored(database), await stored(database)
    async with database.write() as connection:
        before = await report_choices.find(connection, event.id)
        for kept in (Kept({"names": True}, public=False), Kept({"licence": "CC"}, public=True)):
            await report_choices.keep(connection, event.id, kept)
        found = [await report_choices.find(connection, one.id) for one in (event, other)]
    assert (before, found) == (Kept({}, public=False), [Kept({"licence": "CC"}, public=True), Kept({}, public=False)])
