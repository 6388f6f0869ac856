"""Frames for a whole audience: markup for htmx, and data frames."""

from datetime import datetime
from typing import Any

import orjson

from poll_server.domain import rounds
from poll_server.domain.access import Role, Sight
from poll_server.domain.errors import PollError
from poll_server.domain.figures import fold
from poll_server.i18n import sentence
from poll_server.questions import KINDS
from poll_server.render.templates import environment, epoch, squeeze
from poll_server.render.views import View


def frame(name: str, seen: View, **context: Any) -> bytes:
    """Render a frame: partials for htmx, without the white space between them."""
    rendered = environment(seen.language).get_template(f"frames/{name}.html").render(view=seen, **context)
    return squeeze(rendered).encode()


def rows(seen: View, preview: View | None = None) -> bytes | None:
    """Return the result in a frame, with the screen that a desk previews, if rows of it come and go; else None."""
    if seen.results is None or seen.question is None or not KINDS[seen.question.definition.kind].grows:
        return None
    return frame("rows", seen, screen=preview)


def entry_list(seen: View, look: int = 0) -> bytes | None:
    """Return what moderators decide about in a frame for the desk, None if the question has nothing of the kind."""
    if seen.question is None or seen.listing is None or seen.question.state is rounds.State.READY:
        return None
    return frame("entries", seen, look=look)


def tick(seen: View, preview: View | None = None) -> bytes | None:
    """Return the numbers of a view as a data frame, or None if it shows none that move.

    Those of the screen that a desk previews go with its own, in the same shape under ``screen``.
    """
    if seen.role is Role.AUDIENCE and Sight.COUNT not in seen.sights:
        return None
    numbers = _numbers(seen)
    if preview:
        numbers["screen"] = _numbers(preview)
    return orjson.dumps({"tick": numbers})


def _numbers(seen: View) -> dict[str, Any]:
    """Return the figures and bars of a view as ticks have them, those of rows in one list for each row."""
    texts, bars = dict(seen.figures), dict(seen.bars)
    numbers: dict[str, Any] = {"text": texts, "bars": bars, "lead": []}
    if (
        seen.results and seen.question and not KINDS[seen.question.definition.kind].grows
    ):  # else its rows go by themselves
        numbers["lead"] = [row.key for row in seen.results.leading]
        if lists := fold(texts, bars, [row.key for row in seen.results.rows]):
            numbers["rows"] = lists
    return numbers


def heartbeat(now: datetime) -> bytes:
    """Return the data frame that says that the server is there, with its time in milliseconds since 1970."""
    return orjson.dumps({"beat": True, "now": epoch(now)})


def error_frame(error: PollError, language: str) -> bytes:
    """Return the data frame that names a protocol error by code and sentence."""
    return orjson.dumps({"error": {"code": error.code, "message": sentence(error, language)}})
