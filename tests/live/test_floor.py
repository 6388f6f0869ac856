"""Questions from the floor in a room with its database: asking, backing, moderating, restarts and rehearsals."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
import pytest_asyncio

from poll_server.domain.contributions import Fate, SessionAction
from poll_server.domain.errors import Conflict, Unknown
from poll_server.domain.moderation import Deed
from poll_server.domain.programme import SessionDraft
from poll_server.live import floor_views, steps
from poll_server.live.floor import Floor
from poll_server.live.floor_memory import Memory
from poll_server.messages import Rehearse
from poll_server.messages.floor import Back, Contribute, SessionStep
from poll_server.storage import contributions
from poll_server.storage.contributions import Entry
from poll_server.storage.database import Database
from tests.harness.postgres import Cluster
from tests.live.floor import DESK, OTHER, Hall, open_hall, server_on, told
from tests.storage.databases import BACKENDS, migrated, stored
from tests.storage.sessions import ZONE, with_session


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """A database that these tests share; each has an event of its own."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('floor') / 'poll.sqlite3'}"
    else:
        cluster: Cluster = request.getfixturevalue("shared_cluster")
        url = cluster.new_database()
    async with migrated(url) as made:
        yield made


@pytest_asyncio.fixture
async def hall(database: Database) -> AsyncIterator[Hall]:
    """An event whose session is open."""
    async with open_hall(database) as made:
        yield made


def everything(memory: Memory, *people: str) -> object:
    """All that memory knows."""
    backed = {who: memory.backed(who) for who in people}
    there = {item_id: dict(memory.there(item_id)) for item_id in memory.sessions}
    return memory.sessions, memory.rules, there, memory.backers, backed


async def log(database: Database, hall: Hall) -> list[Entry]:
    """The log of the event."""
    async with database.read() as connection:
        return await contributions.log(connection, hall.room.event.id, ZONE)


# Asking


async def test_question_waits_as_it_was_sent(hall: Hall) -> None:
    """It has the text in one line, the minute of its sending, and waits; nobody but the moderators accepts it."""
    one = await hall.ask("anna", 1, " Wann \n fährt der Bus? ", addressee="Kim Beispiel", name="Anna")
    assert (one.text, one.addressee, one.name, one.fate) == (
        "Wann fährt der Bus?",
        "Kim Beispiel",
        "Anna",
        Fate.WAITING,
    )
    assert one.at.isoformat() == "2026-11-22T13:01:00+01:00"
    assert hall.floor.memory.own("anna", hall.session) == [one]


async def test_without_acceptance_it_is_public_at_once(database: Database) -> None:
    """Where the organiser has switched acceptance off; but what has a blocked word waits, with the word noted."""
    prepared = replace(with_session(SessionDraft(moderated=False)), blocked_words={"de": ("Depp*",), "en": ("fool",)})
    async with open_hall(database, prepared) as hall:
        one = await hall.ask("anna", 1)
        other = await hall.ask("anna", 2, "Wer ist der DEPPERTE fool?")
    assert (one.fate, one.hits) == (Fate.ACCEPTED, ())
    assert (other.fate, other.hits) == (Fate.WAITING, ("Depp*", "fool"))


async def test_same_submission_is_one_question(hall: Hall) -> None:
    """Sent again, together or later, even after the end, it is acknowledged and stored once."""
    message = hall.contribute(1)
    first, again = await asyncio.gather(hall.floor.ask("anna", message), hall.floor.ask("anna", message))
    await hall.step(SessionAction.CLOSE)
    assert first == again == await hall.floor.ask("anna", message)
    assert list(hall.floor.memory.there(hall.session)) == [first.id]


async def test_same_submission_with_another_text_is_refused(hall: Hall) -> None:
    """Together or later: what was sent first is kept, and nobody is told that the other one is."""
    first, other = hall.contribute(1, "Wann?"), hall.contribute(1, "Warum?")
    found = await asyncio.gather(*(told(hall.floor.ask("anna", one)) for one in (first, other, first)))
    assert found == ["", "sent_before", ""]
    assert [await told(hall.floor.ask("anna", one)) for one in (other, first)] == ["sent_before", ""]
    assert await told(hall.floor.ask("anna", replace(first, addressee="Kim Beispiel"))) == "sent_before"
    assert await told(hall.floor.ask("bert", other)) == ""
    assert [one.text for one in hall.floor.memory.there(hall.session).values()] == ["Wann?", "Warum?"]


async def test_bad_questions_are_refused_with_the_reason(hall: Hall) -> None:
    """Each hears why, and the good ones of the same moment are stored."""
    messages = {
        "unasked": hall.contribute(1, "  "),
        "wordless": hall.contribute(2, "🙂🙂🙂"),
        "too_long": hall.contribute(3, "ä" * 10_000),
        "unknown_addressee": hall.contribute(4, addressee="Niemand"),
        "unknown_session": Contribute(0, UUID(int=5), "Wo?"),
        "": hall.contribute(6, "<b>Wo?</b> https://example.org"),
    }
    found = await asyncio.gather(*(told(hall.floor.ask(f"p{code}", one)) for code, one in messages.items()))
    assert found == list(messages)
    assert [one.text for one in hall.floor.memory.there(hall.session).values()] == ["<b>Wo?</b> https://example.org"]


async def test_session_takes_questions_while_it_is_open(database: Database) -> None:
    """Before and after it each is told that, and nothing is stored."""
    event = await stored(database, with_session())
    async with server_on(database, event.code) as hall:
        assert await told(hall.ask("anna", 1)) == "session_ready"
        await hall.step()
        one = await hall.accepted("anna", 1)
        await hall.step(SessionAction.CLOSE)
        assert await told(hall.ask("bert", 2)) == "session_over"
        assert await told(hall.back("bert", one)) == "not_backable"
        await hall.step()
        assert await told(hall.ask("bert", 2)) == ""


async def test_thirty_a_second_from_one_person_meet_a_limit(hall: Hall) -> None:
    """Three are taken in ten seconds; somebody else is not concerned, and later there are more."""
    found = await asyncio.gather(*(told(hall.floor.ask("anna", hall.contribute(n))) for n in range(1, 31)))
    assert found == [""] * 3 + ["too_fast"] * 27
    assert await told(hall.floor.ask("bert", hall.contribute(40))) == ""
    hall.clock.forward(10)
    assert await told(hall.floor.ask("anna", hall.contribute(4))) == ""


async def test_person_sends_no_more_than_the_organiser_allows(database: Database) -> None:
    """What was taken back counts too."""
    async with open_hall(database, with_session(SessionDraft(maximum=2))) as hall:
        one = await hall.ask("anna", 1)
        await hall.withdraw("anna", one)
        assert [await told(hall.ask("anna", number)) for number in (2, 3)] == ["", "asked_enough"]
        assert await told(hall.ask("bert", 3)) == ""


async def test_same_text_of_one_person_is_refused(hall: Hall) -> None:
    """Fifty times from one person is one question, from two people two; who has taken it back may send it again."""
    one = await hall.ask("anna", 1, "Wann fährt der Bus?")
    again = [await told(hall.ask("anna", number, "wann  fährt der BUS?")) for number in range(2, 51)]
    assert again == ["asked_same"] * 49
    assert await told(hall.ask("bert", 2, "Wann fährt der Bus?")) == ""
    await hall.withdraw("anna", one)
    assert await told(hall.ask("anna", 60, "Wann fährt der Bus?")) == ""


async def test_author_takes_back_what_waits(hall: Hall) -> None:
    """Twice is once; nobody else can, and not what has been accepted."""
    one, other = await hall.ask("anna", 1), await hall.accepted("anna", 2)
    assert await told(hall.withdraw("bert", one)) == "unknown_contribution"
    assert [await hall.withdraw("anna", one) for _ in range(2)] == [Fate.WITHDRAWN] * 2
    assert await told(hall.withdraw("anna", other)) == "deed"


# Backing


async def test_person_backs_once_and_takes_it_back(hall: Hall) -> None:
    """Whatever is sent how often, each person counts once."""
    one = await hall.accepted("anna", 1)
    assert [await hall.back(who, one) for who in ("bert", "cem", "bert")] == [1, 2, 2]
    assert hall.floor.memory.backed("bert") == {one.id}
    assert [await hall.back("bert", one, backed=False) for _ in range(2)] == [1, 1]
    assert hall.floor.memory.backed("bert") == frozenset()


async def test_what_cannot_be_backed(hall: Hall) -> None:
    """Not the own; what is not public is not there for others, joined or not; nor what is answered."""
    waiting, public = await hall.ask("anna", 1), await hall.accepted("anna", 2)
    assert await told(hall.back("bert", waiting)) == "unknown_contribution"
    assert await told(hall.back("anna", public)) == "own"
    await hall.do(Deed.JOIN, waiting, into=public.id)
    assert await told(hall.back("cem", waiting)) == "unknown_contribution"
    await hall.back("bert", public)
    await hall.do(Deed.ANSWER, public)
    assert await told(hall.back("cem", public)) == "not_backable"
    assert await hall.back("bert", public) == 1


@pytest.mark.parametrize("deed", [Deed.SHOW, Deed.ANSWER, Deed.PROMISE])
async def test_backing_is_taken_back_whatever_becomes_of_it(hall: Hall, deed: Deed) -> None:
    """On the panel, answered or in writing, in an open session and in a closed one; in an archived one nothing is."""
    one = await hall.accepted("anna", 1)
    for who in ("bert", "cem", "dora"):
        await hall.back(who, one)
    await hall.do(deed, one)
    assert await hall.back("bert", one, backed=False) == 2
    await hall.step(SessionAction.CLOSE)
    assert await hall.back("cem", one, backed=False) == 1
    assert [await told(hall.back(who, one)) for who in ("bert", "cem")] == ["not_backable"] * 2
    await hall.step(SessionAction.ARCHIVE)
    assert await told(hall.back("dora", one, backed=False)) == "archived"
    assert hall.floor.memory.backers[one.id] == 1


async def test_author_of_a_joined_one_takes_an_earlier_backing_back(hall: Hall) -> None:
    """Who has backed what an own question is joined with later has a backing, and can take it back."""
    root, own = await hall.accepted("anna", 1), await hall.accepted("bert", 2)
    await hall.back("bert", root)
    await hall.do(Deed.JOIN, own, into=root.id)
    assert await hall.back("bert", root, backed=False) == 0
    assert await told(hall.back("bert", root)) == "own"


async def test_backing_taken_back_moves_the_order(hall: Hall) -> None:
    """In a closed session, too: list and screen follow the numbers."""
    first, second = await hall.accepted("anna", 1), await hall.accepted("bert", 2)
    for who, one in (("cem", first), ("dora", first), ("cem", second)):
        await hall.back(who, one)
    await hall.step(SessionAction.CLOSE)
    for who in ("cem", "dora"):
        await hall.back(who, first, backed=False)
    listed = floor_views.audience(hall.floor.memory, hall.session).listed.items
    following = floor_views.podium(hall.floor.memory, hall.session).listed.items
    expected = [(second.id, 1), (first.id, 0)]
    assert [[(one.id, one.backers) for one in some] for some in (listed, following)] == [expected] * 2


async def test_backings_at_the_same_moment_are_counted_by_the_database(hall: Hall) -> None:
    """A thousand wishes at once, some of them twice and some taken back at once: people who back it in the end."""
    found = [await hall.accepted("anna", number) for number in (1, 2)]
    wishes = [hall.back(f"p{n}", found[n % 2]) for n in range(400)]
    wishes += [hall.back(f"p{n}", found[n % 2], backed=False) for n in range(0, 400, 4)]
    wishes += [hall.back(f"p{n}", found[n % 2]) for n in range(400)]
    wishes += [hall.back(f"p{n}", found[n % 2], backed=False) for n in range(0, 400, 8)]
    await asyncio.gather(*wishes)
    assert [hall.floor.memory.backers[one.id] for one in found] == [150, 200]


async def test_joined_ones_have_the_union_of_backers(hall: Hall) -> None:
    """Who backs both counts once, and taking it back takes back both; parted each has its own."""
    root, one = await hall.accepted("anna", 1), await hall.accepted("bert", 2)
    for who, what in (("cem", root), ("cem", one), ("dora", one), ("emil", root)):
        await hall.back(who, what)
    joined = await hall.do(Deed.JOIN, one, into=root.id)
    assert (joined.contributions, hall.floor.memory.backers[root.id]) == ((one.id,), 3)
    assert hall.floor.memory.backed("dora") == {root.id}
    assert await told(hall.back("bert", root)) == "own"
    assert await hall.back("fritz", one) == 4
    assert await hall.back("cem", root, backed=False) == 3
    await hall.do(Deed.PART, hall.now(one))
    backers = hall.floor.memory.backers
    assert (backers[root.id], backers[one.id]) == (2, 1)
    assert [set(hall.floor.memory.backed(who)) for who in ("cem", "dora")] == [set(), {one.id}]


async def test_too_many_backings_meet_a_limit(hall: Hall) -> None:
    """Somebody who presses the button a hundred times in a second is asked to wait."""
    one = await hall.accepted("anna", 1)
    found = [await told(hall.back("bert", one, backed=number % 2 == 0)) for number in range(61)]
    assert found == [""] * 60 + ["too_fast"]


# Moderating


async def test_second_of_two_moderators_is_told(hall: Hall) -> None:
    """Both act on the same question as they saw it: one deed is done, the other names what it is about."""
    one = await hall.ask("anna", 1)
    found = await asyncio.gather(
        hall.do(Deed.ACCEPT, one), hall.do(Deed.DECLINE, one, hand=OTHER), return_exceptions=True
    )
    conflict = found[1]
    assert isinstance(conflict, Conflict)
    assert (conflict.contribution, hall.now(one).fate) == (one.id, Fate.ACCEPTED)


async def test_quick_orders_of_one_window_are_no_conflict(hall: Hall) -> None:
    """What was changed in the same window only counts as seen; others are told, and so is this one after them."""
    one = await hall.ask("anna", 1)
    await hall.do(Deed.ACCEPT, one, window="w1")
    await hall.do(Deed.NOTE, one, window="w1", text="Achtung")
    await hall.do(Deed.LABEL, one, window="w1", label="Verkehr")
    assert (hall.now(one).fate, hall.now(one).note, hall.now(one).labels) == (Fate.ACCEPTED, "Achtung", ("Verkehr",))
    for window in ("w2", ""):
        assert await told(hall.do(Deed.NOTE, one, window=window, text="Nein")) == "contribution"
    await hall.do(Deed.NOTE, hall.now(one), window="w2", text="Doch")
    assert await told(hall.do(Deed.NOTE, one, window="w1", text="Nein")) == "contribution"
    await hall.do(Deed.NOTE, hall.now(one), window="w1", text="Gut")
    await hall.do(Deed.NOTE, replace(one, revision=hall.now(one).revision - 1), window="w1", text="Besser")
    assert await told(hall.do(Deed.NOTE, one, window="w1", text="Nein")) == "contribution"
    await hall.do(Deed.NOTE, hall.now(one), text="ohne Fenster")
    assert (
        await told(hall.do(Deed.NOTE, replace(one, revision=hall.now(one).revision - 1), text="Nein")) == "contribution"
    )
    assert hall.now(one).note == "ohne Fenster"


async def test_order_about_many_is_done_whole_or_not_at_all(hall: Hall) -> None:
    """If one of them has been changed since, none is."""
    found = [await hall.ask("anna", number) for number in (1, 2, 3)]
    done = await hall.do(Deed.LABEL, *found, label="Verkehr")
    assert [hall.now(one).labels for one in found] == [("Verkehr",)] * 3
    fresh = [hall.now(one) for one in found]
    await hall.do(Deed.NOTE, fresh[2], text="Achtung")
    assert await told(hall.do(Deed.ACCEPT, *fresh)) == "contribution"
    assert ({hall.now(one).fate for one in found}, len(done.contributions)) == ({Fate.WAITING}, 3)


async def test_one_is_shown_at_a_time(hall: Hall) -> None:
    """The one before is accepted again in the same transaction."""
    first, second = await hall.accepted("anna", 1), await hall.accepted("bert", 2)
    await hall.do(Deed.SHOW, first)
    done = await hall.do(Deed.SHOW, second)
    assert (hall.now(first).fate, hall.now(second).fate) == (Fate.ACCEPTED, Fate.CURRENT)
    await hall.undo(done.batch)
    assert (hall.now(first).fate, hall.now(second).fate) == (Fate.CURRENT, Fate.ACCEPTED)


async def test_deeds_are_taken_back_whole(hall: Hall) -> None:
    """Once, within ten seconds, and only while nobody has changed any of them."""
    found = [await hall.ask("anna", number) for number in (1, 2)]
    done = await hall.do(Deed.ACCEPT, *found)
    await hall.undo(done.batch)
    assert {hall.now(one).fate for one in found} == {Fate.WAITING}
    assert await told(hall.undo(done.batch)) == "undo"
    again = await hall.do(Deed.ACCEPT, *map(hall.now, found))
    await hall.do(Deed.NOTE, hall.now(found[0]), text="Gut", hand=OTHER)
    assert await told(hall.undo(again.batch)) == "contribution"
    late = await hall.do(Deed.NOTE, hall.now(found[0]), text="")
    hall.clock.forward(13)
    assert await told(hall.undo(late.batch)) == "undo"


async def test_joining_is_taken_back_with_its_numbers(hall: Hall) -> None:
    """Backers are those of each again."""
    root, one = await hall.accepted("anna", 1), await hall.accepted("bert", 2)
    await hall.back("cem", one)
    done = await hall.do(Deed.JOIN, one, into=root.id)
    await hall.undo(done.batch)
    assert [hall.floor.memory.backers[each.id] for each in (root, one)] == [0, 1]


async def test_reason_to_decline_is_one_of_the_list(database: Database) -> None:
    """The author learns it."""
    async with open_hall(database, replace(with_session(), decline_reasons=("Doppelt", "Unsachlich"))) as hall:
        one = await hall.ask("anna", 1)
        assert await told(hall.do(Deed.DECLINE, one, reason="Weiß nicht")) == "reason"
        await hall.do(Deed.DECLINE, one, reason="Doppelt")
        assert (hall.now(one).fate, hall.now(one).reason) == (Fate.DECLINED, "Doppelt")


async def test_session_step_of_an_older_state_is_refused(hall: Hall) -> None:
    """Of two moderators who close it one is told; another session is not known."""
    seen = hall.floor.memory.session(hall.session).revision
    await hall.step(SessionAction.CLOSE)
    assert await told(hall.floor.step(SessionStep(hall.session, SessionAction.CLOSE, seen), OTHER)) == "conflict"
    assert await told(hall.floor.step(SessionStep(0, SessionAction.OPEN, 0), DESK)) == "unknown_session"
    assert await told(hall.step(SessionAction.RESTORE)) == "step"


async def test_archived_session_is_left_alone(hall: Hall) -> None:
    """Nothing is done in it, by moderators or authors, before it is restored."""
    one = await hall.ask("anna", 1)
    await hall.step(SessionAction.CLOSE)
    await hall.step(SessionAction.ARCHIVE)
    assert await told(hall.do(Deed.ACCEPT, one)) == "archived"
    assert await told(hall.withdraw("anna", one)) == "archived"
    await hall.step(SessionAction.RESTORE)
    assert await told(hall.do(Deed.ACCEPT, one)) == ""


async def test_log_has_every_deed(hall: Hall, database: Database) -> None:
    """Who, when, old and new; of one order under one batch, and what was taken back too."""
    one, other = await hall.ask("anna", 1), await hall.ask("anna", 2)
    done = await hall.do(Deed.ACCEPT, one, text="Was kostet es?", hand=OTHER)
    await hall.undo(done.batch)
    await hall.withdraw("anna", other)
    found = [(entry.deed, entry.role, entry.link, entry.before, entry.after) for entry in await log(database, hall)]
    assert found == [
        ("open", "moderator", "Regie", {"state": "ready"}, {"state": "open"}),
        (
            "accept",
            "moderator",
            "Zweite",
            {"fate": "waiting", "wording": ""},
            {"fate": "accepted", "wording": "Was kostet es?"},
        ),
        (
            "undo",
            "moderator",
            "Regie",
            {"fate": "accepted", "wording": "Was kostet es?"},
            {"fate": "waiting", "wording": ""},
        ),
        ("withdraw", "audience", "", {"fate": "waiting"}, {"fate": "withdrawn"}),
    ]


async def test_answer_is_found_by_its_private_link(hall: Hall) -> None:
    """The key of one link opens no other; what is no key opens nothing."""
    one, other = await hall.ask("anna", 1), await hall.ask("anna", 2)
    key, another = hall.floor.answer_key(one.id), hall.floor.answer_key(other.id)
    assert hall.floor.by_answer_key(key).id == one.id
    for wrong in ("", "x", str(one.id), key + "0", f"{one.id}-{another.partition('-')[2]}", "²-1", "1-ä", "9" * 9999):
        with pytest.raises(Unknown):
            hall.floor.by_answer_key(wrong)


async def test_similar_ones_are_suggested(hall: Hall) -> None:
    """Of those that stand for themselves, not those that are gone; a new wording is compared anew."""
    one = await hall.ask("anna", 1, "Wann fährt der Bus abends nach Hause?")
    same = await hall.ask("bert", 2, "Wann fährt abends der Bus nach Hause?")
    await hall.ask("cem", 3, "Wer bezahlt die neue Sporthalle?")
    gone = await hall.ask("dora", 4, "Wann fährt denn abends der Bus nach Hause?")
    await hall.withdraw("dora", gone)
    assert [other.id for other, _ in await hall.floor.similar(one.id)] == [same.id]
    await hall.do(Deed.EDIT, same, text="Was kostet das Schwimmbad?")
    assert await hall.floor.similar(one.id) == []


# Restarts, rehearsals, and what has moved


async def test_another_server_knows_the_same(hall: Hall, database: Database) -> None:
    """After a stop and a start everything is as it was: fates, words, joined ones, backings, numbers."""
    root, one = await hall.accepted("anna", 1), await hall.accepted("bert", 2)
    declined = await hall.ask("cem", 3)
    await hall.do(Deed.DECLINE, declined)
    await hall.back("dora", one)
    await hall.back("emil", root)
    await hall.do(Deed.JOIN, one, into=root.id)
    await hall.do(Deed.EDIT, hall.now(root), text="Neu?")
    async with server_on(database, hall.room.event.code, hall.clock) as other:
        people = ("anna", "bert", "cem", "dora", "emil")
        assert everything(other.floor.memory, *people) == everything(hall.floor.memory, *people)
        assert other.floor.answer_key(root.id) == hall.floor.answer_key(root.id)


async def test_what_another_server_did_is_caught_up_with(hall: Hall, database: Database) -> None:
    """Whoever decides by what does not stand any more is told a conflict, and sees then what stands."""
    one = await hall.ask("anna", 1)
    async with server_on(database, hall.room.event.code, hall.clock) as other:
        await other.do(Deed.DECLINE, other.now(one))
        assert await told(hall.do(Deed.ACCEPT, one)) == "conflict"
        await hall.step(SessionAction.CLOSE)
        assert hall.now(one).fate is Fate.DECLINED
        assert await told(other.ask("bert", 2)) == "session_over"


async def test_rehearsal_takes_its_questions_with_it(database: Database) -> None:
    """What was asked, backed and decided in it is gone after it, in memory and in the database, with its links."""
    event = await stored(database, with_session())
    async with server_on(database, event.code) as hall:
        await steps.rehearse(hall.rooms, hall.room, Rehearse(True, hall.room.event.revision))
        await hall.step()
        one = await hall.accepted("anna", 1)
        await hall.back("bert", one)
        assert one.rehearsal
        key = hall.floor.answer_key(one.id)
        await steps.rehearse(hall.rooms, hall.room, Rehearse(False, hall.room.event.revision))
        assert (dict(hall.floor.memory.there(hall.session)), await log(database, hall)) == ({}, [])
        assert await told(hall.ask("anna", 1)) == "session_ready"
        await hall.step()
        assert not (await hall.ask("bert", 2)).rehearsal
        with pytest.raises(Unknown):
            hall.floor.by_answer_key(key)


async def test_rehearsal_is_refused_when_somebody_has_asked(hall: Hall) -> None:
    """What simulated people back and moderators try out would stay at a question of the audience."""
    begin = Rehearse(True, hall.room.event.revision)
    await hall.ask("anna", 1)
    assert await told(steps.rehearse(hall.rooms, hall.room, begin)) == "contributed_already"


async def test_what_has_moved_is_told_once(hall: Hall) -> None:
    """Numbers, of backers and of all that is listed; lists, what is shown at once, and whose own it is."""
    room, rooms = hall.room, hall.rooms
    hall.floor = Floor(  # one that nobody else takes from
        rooms.database,
        hall.floor.memory,
        lambda: room.event,
        room.now,
        rooms.spawn,
        room.key,
        see=room.seen,
        version=lambda: room.frames.version,
        site=room.site,
    )
    one = await hall.accepted("anna", 1)
    moved = hall.floor.kept.taken()
    assert (moved.numbers, moved.list, moved.at_once, moved.people) == (True, True, False, {"anna"})
    await hall.ask("anna", 2)
    moved = hall.floor.kept.taken()
    assert (moved.numbers, moved.list, moved.at_once, moved.people) == (False, True, False, {"anna"})
    await hall.back("bert", one)
    moved = hall.floor.kept.taken()
    assert (moved.numbers, moved.list, moved.at_once, moved.people) == (True, False, False, set())
    assert not hall.floor.kept.wake.is_set()
    await hall.do(Deed.SHOW, one)
    moved = hall.floor.kept.taken()
    assert (moved.list, moved.at_once, moved.people) == (True, True, {"anna"})


async def test_event_without_a_session_has_no_floor(database: Database) -> None:
    """Its room knows nothing of questions from the floor."""
    event = await stored(database)
    with pytest.raises(AssertionError):
        async with server_on(database, event.code):
            pass


async def test_wishes_of_many_people_go_on_when_one_is_refused(hall: Hall) -> None:
    """Backing something unknown is that person's trouble alone."""
    one = await hall.accepted("anna", 1)
    found = await asyncio.gather(
        told(hall.floor.back("bert", Back(one.id, True))), told(hall.floor.back("cem", Back(2**62, True)))
    )
    assert (list(found), hall.floor.memory.backers[one.id]) == (["", "unknown_contribution"], 1)
