"""What was chosen for a documentation is kept for its event alone."""

from poll_server.storage import rehearsal, report_choices
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


async def test_choice_is_published_while_it_is_switched_on_and_nobody_rehearses(database: Database) -> None:
    """What everybody may read is there from the moment it is switched on, and in a rehearsal it is not."""
    event, other = await stored(database), await stored(database)
    found = []
    async with database.write() as connection:
        await report_choices.keep(connection, other.id, Kept({"names": True}, public=True))
        for public in (False, True):
            await report_choices.keep(connection, event.id, Kept({"licence": "CC"}, public=public))
            found.append(await report_choices.published(connection, event.id))
        await rehearsal.begin(connection, event, event.revision)
        found.append(await report_choices.published(connection, event.id))
    assert found == [None, {"licence": "CC"}, None]
