"""The ready-made questions, which every installation has; they stand in a file like any other round."""

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from poll_server.documents.round_file import read_round
from poll_server.domain.library import READY, Entry, Occasion
from poll_server.i18n import N_

LANGUAGE = "de"
"""The language of the file; each question has a translation."""


class _Use(NamedTuple):
    """What stands beside a question of the file: the end of its origin, which never changes, and when it is of use."""

    name: str
    occasion: Occasion
    sentence: str


_USES = (
    _Use(
        "mood",
        Occasion.ARRIVAL,
        N_(
            "As the first question of all, while people arrive: everybody can answer, and learns how. Asked "
            "again at the end, both can be put side by side."
        ),
    ),
    _Use(
        "expectations",
        Occasion.EXPECTATIONS,
        N_("Before the first talk. Whoever speaks sees what people have come for, and can go into it."),
    ),
    _Use(
        "first-word",
        Occasion.EXPECTATIONS,
        N_(
            "To open a topic, before anybody has said something about it: what comes first shows how people look at it."
        ),
    ),
    _Use(
        "field",
        Occasion.AUDIENCE,
        N_(
            "At the start, so that everybody knows who is in the room. With fields of your own it is a "
            "question of your own, which you can keep as well."
        ),
    ),
    _Use(
        "been-before",
        Occasion.AUDIENCE,
        N_(
            "In a series of events: it shows how many are here for the first time, and need some words about "
            "how things go."
        ),
    ),
    _Use(
        "years",
        Occasion.AUDIENCE,
        N_("Where experience counts: the median says more than the mean, which a few with many years pull up."),
    ),
    _Use(
        "knowledge",
        Occasion.AUDIENCE,
        N_(
            "Before a talk, so that it begins in the right place. Asked again afterwards, it shows what "
            "people think they have learned."
        ),
    ),
    _Use(
        "room",
        Occasion.EXPECTATIONS,
        N_(
            "Where the course of the day is still open: people have to weigh, since more for one thing is "
            "less for another."
        ),
    ),
    _Use(
        "pace",
        Occasion.FEEDBACK,
        N_(
            "At the end, or before a break, when something can still be changed. “Just right” is the middle "
            "here, and no end of the scale is the better one."
        ),
    ),
    _Use(
        "satisfaction",
        Occasion.FEEDBACK,
        N_("At the end, while everybody is still there. Four things on one scale, so that it shows where to begin."),
    ),
    _Use(
        "useful",
        Occasion.FEEDBACK,
        N_(
            "At the end of a training or a specialist day: it asks for what people take with them, not for "
            "whether they liked it."
        ),
    ),
    _Use(
        "comment",
        Occasion.FEEDBACK,
        N_("As the last question. Give two minutes; texts appear once moderators have read them if you choose that."),
    ),
)


@cache
def ready_made() -> tuple[Entry, ...]:
    """Return the ready-made questions in their order."""
    text = files("poll_server.documents").joinpath("library.yaml").read_text(encoding="utf-8")
    read = read_round(text, LANGUAGE, "yaml")
    assert not read.mistakes, read.mistakes
    return tuple(
        Entry(replace(definition, origin=READY + use.name), use.occasion, use.sentence)
        for definition, use in zip(read.definitions, _USES, strict=True)
    )
