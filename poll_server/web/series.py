"""What the events of a series have in common, as files for its organisers: of the events that they may see."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.documents.apart import SERIES_FORMATS, Selection
from poll_server.documents.event_times import TIME_ZONE
from poll_server.domain.errors import PollError, Unknown
from poll_server.domain.programme import Series
from poll_server.domain.text import normal_code
from poll_server.messages.accounts import HOME
from poll_server.storage import series as stored
from poll_server.web import exports
from poll_server.web.doors import check_origin, parts, signed_in


async def page(request: Request) -> Response:
    """The events that are compared, the formats to choose from, what is in the making, and the files that are there."""
    return await _page(request, "organise/series.html")


async def state(request: Request) -> Response:
    """What is in the making and what is there, for a page that is open."""
    return await _page(request, "organise/parts/makings.html")


async def post(request: Request) -> Response:
    """Begin an export, stop one, or take its files away."""
    check_origin(request)
    series, theirs = await _theirs(request)
    if error := await exports.ordered(request, _selection(series, theirs), SERIES_FORMATS):
        return await _page(request, "organise/series.html", error)
    return RedirectResponse(f"{_address(series)}#files", 303)


async def file(request: Request) -> Response:
    """A file that was made."""
    return exports.sent(request, _selection(*await _theirs(request)))


async def _theirs(request: Request) -> tuple[Series, dict[str, int]]:
    """Return a series, and code and id of its events that the organiser may see; raises Unknown without any."""
    code = normal_code(request.path_params["series"])
    async with parts(request).database.read() as connection:
        series = await stored.find(connection, code)
        theirs = await stored.event_ids(connection, code, signed_in(request).organiser)
    if series is None or not theirs:
        raise Unknown("unknown_series")
    return series, theirs


def _selection(series: Series, theirs: Mapping[str, int]) -> Selection:
    return Selection(series.code, tuple(theirs.values()))


async def _page(request: Request, template: str, error: PollError | None = None) -> Response:
    series, theirs = await _theirs(request)
    return exports.shown(
        request,
        template,
        _selection(series, theirs),
        error,
        series=series,
        theirs=theirs,
        zone=ZoneInfo(TIME_ZONE),
        forms=SERIES_FORMATS,
        address=_address(series),
    )


def _address(series: Series) -> str:
    return f"{HOME}/series/{series.code}"
