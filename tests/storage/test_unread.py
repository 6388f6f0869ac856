"""What people wrote and nobody has decided about, as the check list counts it, on both databases."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import insert

from poll_server.domain.additions import Addition
from poll_server.domain.checklist import Unread
from poll_server.domain.contributions import Fate
from poll_server.domain.decisions import Decision, Verdict
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Action, Event
from poll_server.storage import additions, dashboard, decisions
from poll_server.storage.database import Database
from poll_server.storage.tables import TallyRow
from tests.storage.databases import draft, ids, stepped, stored
from tests.storage.sessions import asking

READ_FIRST = Definition("open_text", "Was fehlt?", rules={"approval": True})
AT_ONCE = Definition("open_text", "Was noch?")
OPINIONS = Definition("statements", "Und?", (Option("o1", "Eins"), Option("o2", "Zwei")), rules={"additions": True})


async def unread(database: Database, event: Event) -> Unread:
    """What the check list says of an event."""
    async with database.read() as connection:
        return await dashboard.unread(connection, event)


async def answered(database: Database, question: int, texts: Mapping[str, int], wave: int = 1) -> None:
    """Let people have written these texts, each so many."""
    async with database.write() as connection:
        for text, n in texts.items():
            row = {"question_id": question, "wave": wave, "grp": "", "key": text, "n": n}
            await connection.execute(insert(TallyRow), row)


async def test_texts_wait_where_moderators_read_first(database: Database) -> None:
    """Different texts count, not people; decided ones do not, nor those that are shown at once, nor any before."""
    event = await stored(database, draft([READ_FIRST, AT_ONCE]))
    first, second = ids(event)
    assert await unread(database, event) == Unread(0, 0)
    for question in (first, second):
        event = await stepped(database, event, Action.OPEN, question)
        await answered(database, question, {"#": 9, "t:Eins": 4, "t:Zwei": 3, "t:Drei": 2})
        for action in (Action.CLOSE, Action.SETTLE):
            event = await stepped(database, event, action, question)
    assert await unread(database, event) == Unread(0, 3)
    async with database.write() as connection:
        for text, verdict in (("Eins", Verdict.SHOWN), ("Zwei", Verdict.HIDDEN)):
            await decisions.decide(connection, first, 1, text, Decision(verdict))
    assert await unread(database, event) == Unread(0, 1)


async def test_texts_of_an_earlier_pass_wait_no_more(database: Database) -> None:
    """When a question is asked again, what was written before is over."""
    event = await stored(database, draft([READ_FIRST]))
    (question,) = ids(event)
    event = await stepped(database, event, Action.OPEN, question)
    await answered(database, question, {"#": 1, "t:Alt": 1})
    for action in (Action.CLOSE, Action.SETTLE, Action.REPEAT):
        event = await stepped(database, event, action, question)
    assert await unread(database, event) == Unread(0, 0)


async def test_added_statements_wait(database: Database) -> None:
    """Statements that people have added wait until they are asked or refused."""
    event = await stored(database, draft([OPINIONS]))
    (question,) = ids(event)
    drafts = [Addition(0, question, 1, f"p{at}", f"Aussage {at}") for at in range(3)]
    async with database.write() as connection:
        made = await additions.add(connection, drafts)
    assert await unread(database, event) == Unread(0, 3)
    async with database.write() as connection:
        for one, verdict, number in ((made[0], Verdict.SHOWN, 3), (made[1], Verdict.HIDDEN, 0)):
            settled = Addition(one.id, question, 1, one.participant, one.text, number, verdict)
            await additions.settle(connection, settled)
    assert await unread(database, event) == Unread(0, 1)


async def test_questions_from_the_floor_wait(database: Database) -> None:
    """Those that wait count; accepted and declined ones do not, nor one that is joined with another."""
    made = await asking(database)
    waiting = made.new("a", fate=Fate.WAITING)
    others = [made.new("b"), made.new("c", fate=Fate.DECLINED)]
    first, *_ = await made.add(waiting, *others)
    assert await unread(database, made.event) == Unread(1, 0)
    joined = made.new("d", fate=Fate.WAITING, joined=first.id, submission=UUID(int=9))
    await made.add(joined)
    assert await unread(database, made.event) == Unread(1, 0)
