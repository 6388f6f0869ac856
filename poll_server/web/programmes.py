"""What anybody may know of events before they take part: the calendar of one, the page of a series."""

from datetime import UTC

from starlette.requests import Request
from starlette.responses import Response

from poll_server import render
from poll_server.documents.calendar import calendar_of
from poll_server.domain.errors import Unknown
from poll_server.domain.text import normal_code
from poll_server.storage import series as stored_series
from poll_server.web.doors import NO_STORE, html, parts, room_of


async def calendar(request: Request) -> Response:
    """The days of an event for people's own calendars."""
    room = await room_of(request)
    content = calendar_of(room.event, room.site.join_url(room.event.code), room.now().astimezone(UTC))
    headers = NO_STORE | {"Content-Disposition": f'attachment; filename="{room.event.code}.ics"'}
    return Response(content, headers=headers, media_type="text/calendar; charset=utf-8")


async def series(request: Request) -> Response:
    """The public page of a series, with its events."""
    async with parts(request).database.read() as connection:
        found = await stored_series.find(connection, normal_code(request.path_params["code"]))
    if found is None:
        raise Unknown("unknown_series")
    return html(render.page("series.html", found.language, parts(request).site, series=found))
