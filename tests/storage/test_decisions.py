"""What moderators have decided is kept: the last word on each entry, for its question and wave alone."""

from poll_server.domain.decisions import Decision, Verdict
from poll_server.domain.rounds import Action, Event
from poll_server.storage import decisions, events, rehearsal
from poll_server.storage.database import Database
from tests.storage.databases import ids, opened, stepped, stored

HIDDEN, CHOSEN, JOINED = Decision(Verdict.HIDDEN), Decision(Verdict.CHOSEN), Decision(Verdict.JOINED, "bahn")


async def decide(database: Database, question_id: int, key: str, decision: Decision | None, wave: int = 1) -> None:
    """Decide about an entry in a transaction of its own."""
    async with database.write() as connection:
        await decisions.decide(connection, question_id, wave, key, decision)


async def decided(database: Database, *question_ids: int) -> dict[tuple[int, int], dict[str, Decision]]:
    """What stands of these questions."""
    async with database.read() as connection:
        return await decisions.decisions(connection, question_ids)


async def test_last_word_on_an_entry_stands(database: Database) -> None:
    """A later decision replaces an earlier one about the same entry and leaves the others; undone there is none."""
    (question,) = ids(await opened(database))
    assert await decided(database, question) == {}
    for key, decision in (("bus", HIDDEN), ("tram", JOINED), ("bus", CHOSEN), ("öpnv 🚋", HIDDEN)):
        await decide(database, question, key, decision)
    assert await decided(database, question) == {(question, 1): {"bus": CHOSEN, "tram": JOINED, "öpnv 🚋": HIDDEN}}
    for key in ("tram", "öpnv 🚋", "never"):
        await decide(database, question, key, None)
    assert await decided(database, question) == {(question, 1): {"bus": CHOSEN}}


async def test_decisions_are_of_one_question_and_wave(database: Database) -> None:
    """The same entry elsewhere, or in another wave, is another one."""
    first, second = ids(await opened(database, questions=2))
    await decide(database, first, "bus", HIDDEN)
    await decide(database, first, "bus", CHOSEN, wave=2)
    await decide(database, second, "bus", JOINED)
    await decide(database, first, "bus", None)
    assert await decided(database, first) == {(first, 2): {"bus": CHOSEN}}
    assert await decided(database, second) == {(second, 1): {"bus": JOINED}}


async def test_longest_text_is_decided_about(database: Database) -> None:
    """An open text of 500 characters of four bytes fits as a key, and as the entry that another is joined with."""
    (question,) = ids(await opened(database))
    text = "".join(chr(0x1F300 + at % 200) for at in range(500))
    await decide(database, question, text, Decision(Verdict.JOINED, text[::-1]))
    assert await decided(database, question) == {(question, 1): {text: Decision(Verdict.JOINED, text[::-1])}}


async def test_wiping_a_rehearsal_deletes_its_decisions(database: Database) -> None:
    """What was decided in the rehearsal goes with it; another event's decisions stay."""
    event, other = await stored(database), await opened(database)
    (mine,), (theirs,) = ids(event), ids(other)
    event = await _rehearsed(database, event)
    for question in (mine, theirs):
        await decide(database, question, "bus", HIDDEN)
    async with database.write() as connection:
        await rehearsal.wipe(connection, event, event.revision)
    assert await decided(database, mine, theirs) == {(theirs, 1): {"bus": HIDDEN}}


async def _rehearsed(database: Database, event: Event) -> Event:
    async with database.write() as connection:
        await rehearsal.begin(connection, event, event.revision)
        event = await events.reread(connection, event)
    return await stepped(database, event, Action.OPEN, ids(event)[0])
