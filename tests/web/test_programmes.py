"""Events of several days, calendars and series, as anybody sees them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from icalendar import Calendar

from poll_server.domain.errors import Unknown
from poll_server.domain.programme import EventDraft, ItemDraft, ItemKind, SeriesDraft
from poll_server.render import environment
from poll_server.storage import events, series
from tests.harness.server import Server
from tests.harness.visitor import visitor
from tests.web.conftest import NewDesk, NewPerson
from tests.web.events import database_of, draft, store
from tests.web.people import german

ZONE = ZoneInfo("Europe/Berlin")
EVIL = "<script>alert(1)</script>"


def midnight() -> datetime:
    """The beginning of the present day in Berlin."""
    return datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def longer() -> EventDraft:
    """An event of yesterday, today and tomorrow; today something runs all day."""
    slots = (
        (-1, 10, 1, "Auftakt", ItemKind.TALK),
        (-1, 11, 2, "Fragen I", ItemKind.ROUND),
        (0, 0, 24, "Werkstatt", ItemKind.WORKSHOP),
        (1, 12, 1, "Fragen II", ItemKind.ROUND),
    )
    starts = [midnight() + timedelta(days=days, hours=hours) for days, hours, *_ in slots]
    items = tuple(
        ItemDraft(begin, title, begin + timedelta(hours=lasts), kind=kind)
        for begin, (_, _, lasts, title, kind) in zip(starts, slots, strict=True)
    )
    return replace(draft(), day=items[0].starts.date(), items=items)


def titles(html: str) -> list[list[str]]:
    """The titles of the slots in each list of a page."""
    lists = re.findall(r'<ol class="sg-(?:prog|rounds)">(.*?)</ol>', html, re.DOTALL)
    return [re.findall("Auftakt|Fragen II?|Werkstatt", one) for one in lists]


async def test_programme_of_several_days(shared_server: Server, new_person: NewPerson, new_desk: NewDesk) -> None:
    """The programme has a section for each day, the desk a line; the page Now has the slots of today alone."""
    stored = await store(shared_server, longer())
    days = [day for day, _ in stored.event.days]
    assert days == [(midnight() + timedelta(days=by)).date() for by in (-1, 0, 1)]
    filters = environment("de").filters
    named = [f"{filters['weekday'](day)}, {filters['day'](day)}" for day in days]
    person = await new_person(stored)
    programme = (await person.get("/programme")).text
    assert re.findall(r'<h2 class="kern-heading-medium" id="day-\d">(.*?)</h2>', programme) == named
    assert titles(programme) == [["Auftakt", "Fragen I"], ["Werkstatt"], ["Fragen II"]]
    assert len(re.findall("is-now", programme)) == 1
    now = (await person.get()).text
    assert titles(now) == [["Werkstatt"]]
    assert now.count(f"beginnt am {filters['day'](days[2])} um 12:00 Uhr.") == 1
    desk = await new_desk(stored)
    page = (await desk.person.get("/desk")).text
    assert re.findall(r'<li class="sg-plain sg-muted">(.*?)</li>', page) == named


async def test_calendar_of_an_event(shared_server: Server, new_person: NewPerson) -> None:
    """The programme's page leads to the calendar, which has an entry for each day and the way to take part."""
    stored = await store(shared_server, longer())
    person = await new_person(stored)
    assert f'href="/e/{stored.code}/programme.ics"' in (await person.get("/programme")).text
    answer = await person.get("/programme.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{stored.code}.ics"'
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(one["SUMMARY"]) for one in found] == [f"Tagung, Tag {number} von 3" for number in (1, 2, 3)]
    assert {str(one["URL"]) for one in found} == {f"{shared_server.env['POLL_PUBLIC_URL']}/e/{stored.code}"}


async def test_question_time_of_another_day_says_its_day(shared_server: Server, new_person: NewPerson) -> None:
    """One of the first day says the time alone, one of another day the day, too."""
    begins = [datetime(2027, 1, day, 9, tzinfo=UTC) for day in (21, 22)]
    items = tuple(ItemDraft(at, f"Fragen {at.day}", kind=ItemKind.QUESTION_SESSION) for at in begins)
    stored = await store(shared_server, replace(draft(), day=begins[0].date(), items=items))
    person = await new_person(stored)
    pages = [(await person.get(f"/questions?session={item.id}")).text for item in stored.event.items]
    assert ["Geplant ist sie für 10:00 Uhr." in page for page in pages] == [True, False]
    assert ["Geplant ist sie für den 22. Januar 2027 um 10:00 Uhr." in page for page in pages] == [False, True]


async def test_page_of_a_series(shared_server: Server) -> None:
    """A series lists its events in order, with text as text, each with its links, and nothing that is secret."""
    moment = datetime(2027, 3, 11, 17, 30, tzinfo=UTC)
    later = replace(
        draft(), title="Wege", day=moment.date(), items=(ItemDraft(moment, "Wege", moment + timedelta(hours=2)),)
    )
    sooner = replace(later, title=EVIL, day=moment.date() - timedelta(days=9), items=())
    async with database_of(shared_server) as database, database.write() as connection:
        series_id = await series.create(connection, SeriesDraft(EVIL, "de", "Land & Leute"), "reihe7")
        for code, event in (("wege7", later), ("evil7", sooner)):
            await events.create(connection, event, code, b"geheim" * 5, series_id)
    async with visitor(shared_server.url) as client:
        page = (await client.get("/s/REIHE7")).text
        programme = (await client.get("/e/wege7/programme")).text
        missing = await client.get("/s/gibtesnicht")
    assert re.findall(r'href="(/e/[^"]+)"', page) == [
        f"/e/{code}{end}" for code in ("evil7", "wege7") for end in ("/programme", "", "/programme.ics")
    ]
    assert (EVIL in page, page.count(escape(EVIL)) > 2, "Land &amp; Leute" in page) == (False, True, True)
    assert re.findall(r"(\w+, \d+\. März 2027.*?)</p>", page) == [
        "Dienstag, 2. März 2027",
        "Donnerstag, 11. März 2027, 18:30 bis 20:30\N{NO-BREAK SPACE}Uhr",
    ]
    assert 'href="/s/reihe7"' in programme
    assert (missing.status_code, german(Unknown("unknown_series")) in missing.text) == (404, True)
