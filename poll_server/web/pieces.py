"""Questions answered piece by piece: their parts in pages, and what is asked next where no script asks it."""

from starlette.requests import Request
from starlette.responses import Response

from poll_server.domain.access import Sight
from poll_server.domain.errors import Unknown
from poll_server.domain.rounds import State
from poll_server.live.room import Room
from poll_server.questions import kind_of
from poll_server.render import View
from poll_server.web.doors import question_in, room_of

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


async def page(request: Request) -> Response:
    """Some parts of a question, once it has been opened; the address names just these bytes."""
    room = await room_of(request)
    question = question_in(room, request.path_params["question"])
    versions = (room.event_in(language).question(question.id).definition for language in ("", *room.event.languages))
    pages = (kind_of(definition).served(definition).get(request.path_params["digest"]) for definition in versions)
    found = next((content for content in pages if content), None)
    if question.state is State.READY or found is None:
        raise Unknown("unknown_page")
    return Response(found, headers=_FOR_EVER, media_type="application/json")


def asked(request: Request, room: Room, view: View, pseudonym: str) -> dict[str, str] | None:
    """Return what a page without JavaScript asks: the ``piece`` with the choice that stands, and the ``last`` part.

    Each is empty where there is none. The address may name the part. None when nothing can be answered piece by piece.
    """
    question = view.question
    if question is None or Sight.FORM not in view.sights or not kind_of(question.definition).piecewise:
        return None
    standing = room.standing.get(pseudonym)
    answer = standing.answer if standing else ()
    choices = dict(piece.partition("=")[::2] for piece in answer if "=" in piece)
    part = request.query_params.get("part", "")
    if part not in choices:
        part = kind_of(question.definition).next_part(question.definition, answer, f"{pseudonym} {question.id}")
    return {"piece": f"{part}={choices.get(part, '')}" if part else "", "last": next(reversed(choices), "")}
