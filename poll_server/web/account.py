"""An organiser's own account: the password, and the browsers that are signed in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.documents.event_times import TIME_ZONE
from poll_server.domain.errors import Refused
from poll_server.messages.accounts import HOME, parse_change, parse_end
from poll_server.storage import organisers
from poll_server.web.doors import check_origin, fields_posted, parts, said, signed_in
from poll_server.web.doors import page as show

ACCOUNT = f"{HOME}/account"


async def page(request: Request) -> Response:
    """The account."""
    return await _page(request)


async def change_password(request: Request) -> Response:
    """Set another password; all other browsers are signed out."""
    check_origin(request)
    response = RedirectResponse(f"{ACCOUNT}?done=password#told", 303)
    try:
        wish = parse_change(await fields_posted(request))
        here = signed_in(request)
        await parts(request).accounts.change_password(request, response, here, wish.present, wish.password)
    except Refused as error:
        return await _page(request, said(request, error), error.code, 422)
    return response


async def end_sessions(request: Request) -> Response:
    """End one session, or all but this one."""
    check_origin(request)
    here = signed_in(request)
    wish = parse_end(await fields_posted(request))
    async with parts(request).database.write() as connection:
        if wish.session:
            await organisers.end_session(connection, here.organiser.id, wish.session)
        else:
            await organisers.end_sessions(connection, here.organiser.id, but=here.session.id)
    await parts(request).accounts.put_out()
    return RedirectResponse(f"{ACCOUNT}?done=sessions#told", 303)


async def _page(request: Request, error: str = "", code: str = "", status: int = 200) -> Response:
    here, now = signed_in(request), datetime.now(UTC)
    async with parts(request).database.read() as connection:
        found = await organisers.sessions(connection, here.organiser.id)
    return show(
        request,
        "organise/account.html",
        status,
        here=here,
        sessions=[one for one in found if one.lasts(now)],
        zone=ZoneInfo(TIME_ZONE),
        error=error,
        wrong=code,
        done=request.query_params.get("done", ""),
    )
