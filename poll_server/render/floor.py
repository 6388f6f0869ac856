"""Pages and frames of questions from the floor, as the audience and their authors see them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import orjson

from poll_server.domain import text
from poll_server.domain.contributions import Order, Session, SessionState
from poll_server.domain.errors import PollError, Unavailable
from poll_server.i18n import sentence
from poll_server.render.pages import Site, page
from poll_server.render.templates import environment, squeeze
from poll_server.render.views import View

_NAMES: dict[str, Any] = {"Order": Order, "SessionState": SessionState}


def questions_page(
    seen: View,
    site: Site,
    floor: Any,
    author: Any,
    *,
    sessions: Sequence[Session],
    answer_key: Callable[[int], str],
    typed: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
) -> bytes:
    """Render the page of a session, a `FloorView`, with what is private to somebody, an `AuthorView`.

    ``typed`` are the fields of a form that was refused, ``said`` the reasons by place: ``text``, ``name``, ``q<id>`` of
    one that is listed, ``own``.
    """
    return page(
        "contributions/page.html",
        seen.language,
        site,
        view=seen,
        tab="questions",
        floor=floor,
        author=author,
        sessions=sessions,
        answer_key=answer_key,
        typed=defaultdict(str, typed or {}),
        said=defaultdict(str, said or {}),
        submission=uuid4(),
        **_NAMES,
    )


def questions_frame(seen: View, floor: Any) -> bytes:
    """Render the frame with the whole present state of a session, a `FloorView`, that everybody sees."""
    return _frame("contributions/frame.html", seen, floor=floor)


def questions_list(seen: View, floor: Any) -> bytes:
    """Render the frame with the list alone."""
    return _frame("contributions/list_frame.html", seen, floor=floor)


def questions_rest(seen: View, floor: Any) -> bytes:
    """Render one more page of the list, without what stands around it."""
    return _frame("contributions/rest.html", seen, floor=floor)


def own_questions(seen: View, session: Session, author: Any, answer_key: Callable[[int], str]) -> bytes:
    """Render the private frame of an author."""
    return _frame("contributions/own_frame.html", seen, session=session, author=author, answer_key=answer_key)


def answer_page(seen: View, site: Site, own: Any) -> bytes:
    """Render the private page of an author with the answer to one question."""
    return page("contributions/answer.html", seen.language, site, view=seen, tab="questions", own=own, **_NAMES)


def _frame(name: str, seen: View, **context: Any) -> bytes:
    context |= {"said": defaultdict(str), "typed": defaultdict(str), "submission": uuid4()}
    return squeeze(environment(seen.language).get_template(name).render(view=seen, **context, **_NAMES)).encode()


def questions_number(n: int, language: str) -> str:
    """Return a number as a language writes it."""
    return text.count(n, language)


def questions_figures(numbers: Mapping[str, int], language: str) -> bytes:
    """Return the data frame of a tick: numbers as they are written in a language."""
    written = {name: text.count(n, language) for name, n in numbers.items()}
    return orjson.dumps({"tick": {"text": written, "bars": {}, "lead": []}})


def questions_told(
    language: str, *, error: PollError | None = None, submission: UUID | None = None, **values: Any
) -> dict[str, Any]:
    """Return what is told to one participant about something sent, for a data frame.

    ``state`` is ``stored``, ``refused`` or, where it may be sent again, ``waiting``; ``message`` says why.
    """
    state = "stored" if error is None else "waiting" if isinstance(error, Unavailable) else "refused"
    told: dict[str, Any] = {"state": state, "message": sentence(error, language) if error else "", **values}
    if error:
        told["code"] = error.code
    if submission:
        told["submission"] = str(submission)
    return told
