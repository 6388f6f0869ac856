"""Whether votes, and all else, are being stored, in the words of the desk's light."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from poll_server.live.urn import Boxes
from poll_server.storage.database import Database

SLOW_SECONDS = 1.5
"""Votes that wait longer than this are news; in a burst of ten thousand the last one waits half as long."""


class Light(StrEnum):
    """What the light says."""

    STORED = "stored"
    SLOW = "slow"
    FAILING = "failing"


class Storing(NamedTuple):
    """The light; while it is slow how many votes are ``waiting``, while nothing is stored ``since`` when."""

    light: Light = Light.STORED
    waiting: int = 0
    since: datetime | None = None


EVERYTHING_STORED = Storing()


def fails(boxes: Boxes, database: Database) -> bool:
    """Tell whether nothing is stored just now.

    Votes are tried a few times before the boxes give them up; whatever else is written says so after ``SLOW_SECONDS``.
    """
    return boxes.troubled or database.failed_for > SLOW_SECONDS


def look(boxes: Boxes, database: Database, before: Storing, now: datetime) -> Storing:
    """Return how it stands now, after it stood as ``before``."""
    if fails(boxes, database):
        return Storing(Light.FAILING, since=before.since or now)
    if boxes.waited >= SLOW_SECONDS:
        return Storing(Light.SLOW, boxes.waiting)
    return EVERYTHING_STORED
