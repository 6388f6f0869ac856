"""Pages and frames of questions from the floor, as moderators see them."""

from typing import Any

import orjson

from poll_server.domain.contributions import NAME_MAXIMUM, TEXT_MAXIMUM, Order, SessionAction, SessionState
from poll_server.domain.moderation import (
    ANSWER_MAXIMUM,
    LABEL_MAXIMUM,
    NOTE_MAXIMUM,
    REASON_MAXIMUM,
    Deed,
)
from poll_server.render.pages import Site, page
from poll_server.render.templates import environment, squeeze

_NAMES: dict[str, Any] = {
    "Deed": Deed,
    "Order": Order,
    "SessionAction": SessionAction,
    "SessionState": SessionState,
    "maximum": {
        "text": TEXT_MAXIMUM,
        "name": NAME_MAXIMUM,
        "label": LABEL_MAXIMUM,
        "note": NOTE_MAXIMUM,
        "reason": REASON_MAXIMUM,
        "answer": ANSWER_MAXIMUM,
    },
}


def moderation_page(language: str, site: Site, **context: Any) -> bytes:
    """Render the page of a session for moderators, with a `DeskView` as ``floor``."""
    return page("moderation/page.html", language, site, **context, **_NAMES)


def moderation_frame(language: str, **context: Any) -> bytes:
    """Render what moves of that page: partials for htmx, without the white space between them."""
    template = environment(language).get_template("moderation/frame.html")
    return squeeze(template.render(**context, **_NAMES)).encode()


def moderation_log(language: str, site: Site, **context: Any) -> bytes:
    """Render the page of the log."""
    return page("moderation/log.html", language, site, **context, **_NAMES)


def questions_moved(version: int) -> bytes:
    """Return the data frame that says to moderators that something has changed."""
    return orjson.dumps({"moved": version})


def desk_floor(language: str, **context: Any) -> bytes:
    """Render the frame with what stands of a session beside the desk of the poll; ``queue`` is a `Queue` or None.

    ``told`` is what came of a button there, if one was pressed.
    """
    template = environment(language).get_template("frames/desk_floor.html")
    return squeeze(template.render(**{"told": None} | context)).encode()
