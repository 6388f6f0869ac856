"""The schedule.json of pretalx."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from poll_server.documents.pretalx import read_schedule
from poll_server.documents.programme_file import read_programme_file
from poll_server.documents.programme_found import SCHEDULE_MAXIMUM
from poll_server.domain.programme import ItemDraft, ItemKind, Person

ZONE = ZoneInfo("Europe/Berlin")


def talk(title: str, at: str, **more: Any) -> dict[str, Any]:
    """A talk as pretalx writes it."""
    return {
        "guid": "7c8f2f0e-0000-4000-8000-000000000000",
        "code": "ABCDEF",
        "id": 7,
        "date": at,
        "start": at[11:16],
        "duration": "00:45",
        "title": title,
        "subtitle": "",
        "track": None,
        "type": "Vortrag",
        "language": "de",
        "abstract": "",
        "description": "",
        "persons": [],
        "links": [],
    } | more


def schedule(rooms: Mapping[str, list[dict[str, Any]]], **more: Any) -> dict[str, Any]:
    """A conference of one day as pretalx writes it."""
    return {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": "pretalx", "version": "2026.2.0"},
        "schedule": {
            "version": "0.3",
            "base_url": "https://talks.example.org",
            "conference": {
                "acronym": "orte",
                "title": "Tag der Orte",
                "start": "2027-01-21",
                "end": "2027-01-21",
                "daysCount": 1,
                "timeslot_duration": "00:05",
                "time_zone_name": "Europe/Berlin",
                "rooms": [{"name": room} for room in rooms],
                "days": [{"index": 1, "date": "2027-01-21", "rooms": rooms}],
            }
            | more,
        },
    }


def written(content: Any) -> bytes:
    """A file with this content."""
    return json.dumps(content).encode()


def test_schedule_of_two_rooms() -> None:
    """Talks of all rooms come in the order of time with their people; the room stands in the description."""
    rooms = {
        "Saal": [
            talk("Wege", "2027-01-21T10:00:00+01:00", persons=[{"code": "X", "name": "Uwe Lang"}], abstract="Kurz."),
            talk("Sie sind gefragt!", "2027-01-21T11:00:00+01:00", end="2027-01-21T11:20:00+01:00"),
        ],
        "Hof": [
            talk("Bauen", "2027-01-21T09:30:00Z", type="Workshop", duration="25:00", persons=[{"public_name": "Ina"}])
        ],
    }
    found = read_programme_file(b"\xef\xbb\xbf\n" + written(schedule(rooms)), "", "de")
    at = datetime(2027, 1, 21, 10, tzinfo=ZONE)
    assert found.items == (
        ItemDraft(at, "Wege", at + timedelta(minutes=45), description="Saal\nKurz.", people=(Person("Uwe Lang"),)),
        ItemDraft(
            at + timedelta(minutes=30),
            "Bauen",
            at + timedelta(minutes=1530),
            kind=ItemKind.WORKSHOP,
            description="Hof",
            people=(Person("Ina"),),
        ),
        ItemDraft(
            at + timedelta(hours=1),
            "Sie sind gefragt!",
            at + timedelta(minutes=80),
            kind=ItemKind.ROUND,
            description="Saal",
        ),
    )
    assert (found.title, found.time_zone, found.problem, found.unread) == ("Tag der Orte", "Europe/Berlin", None, ())


def test_schedule_of_one_room_names_none() -> None:
    """In a single room no description names it; an end that is missing stays open."""
    (item,) = read_schedule(written(schedule({"Saal": [talk("Wege", "2027-01-21T10:00:00+01:00", duration="")]}))).items
    assert (item.description, item.ends) == ("", None)


def test_zone_that_is_asked_for_goes_first() -> None:
    """A zone from outside takes the place of the schedule's; one that nobody knows is Berlin."""
    content = written(schedule({"Saal": [talk("Wege", "2027-01-21T10:00:00+01:00")]}))
    assert read_schedule(content, "Europe/Lisbon").items[0].starts.hour == 9
    odd = written(schedule({"Saal": [talk("Wege", "2027-01-21T10:00:00+01:00")]}, time_zone_name="Mond/Meer"))
    assert read_schedule(odd).time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"slots": [], "version": "0.3"}, "schedule"),
        ({"schedule": {"version": "0.3"}}, "schedule.conference"),
        ({"schedule": {"conference": {"title": "Tag"}}}, "schedule.conference.days"),
        (schedule({}, days={"2027-01-21": {}}), "schedule.conference.days"),
        (schedule({"Saal": [talk("Wege", "10:00")]}), "schedule.conference.days.0.rooms.Saal.0.…"),
        ([], ""),
    ],
)
def test_another_version_is_named(content: Any, place: str) -> None:
    """A file of another version or sort is refused in a sentence that names the first place that does not fit."""
    found = read_schedule(written(content))
    assert (found.items, str(found.problem)) == (
        (),
        "This is no schedule.json as pretalx exports it, as “JSON (frab compatible)”: "
        f"“{place}” is missing or something else. Nothing has been read.",
    )


@pytest.mark.parametrize("content", [b"{", b'{"schedule": ' * 5000, b"{\xff}", b"{" + b" " * SCHEDULE_MAXIMUM])
def test_broken_file_is_refused(content: bytes) -> None:
    """A file that is cut, nested without end, no text or far too large is refused in a sentence."""
    found = read_schedule(content)
    assert (found.items, bool(found.problem)) == ((), True)


def test_talks_that_cannot_be_taken_are_told() -> None:
    """A talk without a title, or of another century, is left out and told; without any other nothing is made."""
    rooms = {"Saal": [talk(" ", "2027-01-21T10:00:00+01:00"), talk("Alt", "1927-01-21T10:00:00+01:00")]}
    found = read_schedule(written(schedule(rooms)))
    assert ([one.text for one in found.unread], bool(found.problem)) == (["Alt", " "], True)


def test_markup_and_length_of_texts() -> None:
    """Markup stays text; titles and descriptions that are too long are cut; control characters go."""
    long = talk("<b>W</b>" + "e" * 300, "2027-01-21T10:00:00+01:00", description="a\r\nb\0" + "ü" * 3000)
    (item,) = read_schedule(written(schedule({"Saal": [long]}))).items
    assert (item.title[:9], len(item.title), item.description[:4], len(item.description)) == (
        "<b>W</b>e",
        200,
        "a\nbü",
        2000,
    )
    assert item.starts.date() == date(2027, 1, 21)
