"""Signing in and out, and setting a password by a link."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.domain.errors import Refused
from poll_server.messages.accounts import HOME, page_of, parse_password, parse_sign_in
from poll_server.web.doors import check_origin, fields_posted, parts, said
from poll_server.web.doors import page as show


async def page(request: Request) -> Response:
    """The form to sign in with."""
    wanted = page_of(request.query_params.get("wanted", HOME))
    return show(request, "organise/sign_in.html", wanted=wanted, typed="", error="")


async def post(request: Request) -> Response:
    """Sign in; what was wrong stands at the form, which keeps the name and never the password."""
    check_origin(request)
    wish = parse_sign_in(await fields_posted(request))
    response = RedirectResponse(wish.wanted, 303)
    try:
        await parts(request).accounts.sign_in(request, response, wish.name, wish.password)
    except Refused as error:
        return show(
            request, "organise/sign_in.html", 422, wanted=wish.wanted, typed=wish.name, error=said(request, error)
        )
    return response


async def sign_out(request: Request) -> Response:
    """End the session of this browser."""
    check_origin(request)
    response = RedirectResponse(f"{HOME}/sign-in", 303)
    await parts(request).accounts.sign_out(request, response)
    return response


async def password_page(request: Request) -> Response:
    """The form to set a password with, for who has a link that can still be used."""
    organiser = await parts(request).accounts.offered(request.path_params["key"])
    return show(request, "organise/password.html", account=organiser.name, error="")


async def set_password(request: Request) -> Response:
    """Set the password and sign in with it; the link is used up."""
    check_origin(request)
    key = request.path_params["key"]
    accounts = parts(request).accounts
    organiser = await accounts.offered(key)
    response = RedirectResponse(HOME, 303)
    try:
        await accounts.set_password(request, response, key, parse_password(await fields_posted(request)))
    except Refused as error:
        return show(request, "organise/password.html", 422, account=organiser.name, error=said(request, error))
    return response
