"""What the commands say to the person at the terminal, in that person's language."""

import io
import os
from collections.abc import Iterable, Mapping
from itertools import chain, repeat
from typing import NamedTuple, NoReturn

import segno
import typer
from pydantic import ValidationError

from poll_server.domain.access import Role
from poll_server.domain.links import PAGE_OF
from poll_server.domain.text import shown_code
from poll_server.i18n import translations

_LANGUAGE_SETTINGS = ("POLL_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_BLACK_ON_WHITE = "\033[97;40m{}\033[0m"


def language() -> str:
    """Return the language of the installation, where that is set; else that of the terminal."""
    named = next(filter(None, map(os.environ.get, _LANGUAGE_SETTINGS)), "")
    return "de" if named.startswith("de") else "en"


def gettext(english: str) -> str:
    """Return a sentence in that language."""
    return translations(language()).gettext(english)


def ngettext(one: str, many: str, n: int) -> str:
    """Return a sentence about so many of something in that language."""
    return translations(language()).ngettext(one, many, n)


def say(sentence: str, **values: object) -> None:
    """Write a sentence with values in its places."""
    typer.echo(sentence % values)


def fail(sentence: str, **values: object) -> NoReturn:
    """Say what is wrong and end with 1."""
    typer.echo(sentence % values, err=True)
    raise typer.Exit(1)


def setting_fault(error: ValidationError) -> str:
    """Return which setting does not fit, and what would."""
    name = error.errors()[0]["loc"][0]
    fitting = {
        "port": gettext("Write a whole number from 0 to 65535."),
        "public_url": gettext("Write http:// or https:// and the host, no path: https://gefragt.example.de."),
        "database_url": gettext("Write postgresql+asyncpg://user:password@host/database, or nothing for SQLite."),
        "language": gettext("Write de or en."),
        "log_level": gettext("Write debug, info, warning or error."),
    }
    wrong = gettext("The setting %(name)s does not fit.") % {"name": f"POLL_{name}".upper()}
    return f"{wrong} {fitting[str(name)]}"


class Address(NamedTuple):
    """A link with its secret: for which role, and its name, empty where that need not be told."""

    role: Role
    address: str
    name: str


def page_name(role: Role, language: str) -> str:
    """Return what the page that a link opens is called."""
    gettext = translations(language).gettext
    return {Role.MODERATOR: gettext("Desk"), Role.SCREEN: gettext("Screen"), Role.PODIUM: gettext("Podium")}[role]


def addresses(base: str, code: str, made: Iterable[Address]) -> dict[str, str]:
    """Return the links of an event by whom they are for, with its ``code`` and the ``base`` of them all."""
    found = {"code": code, "base": base, "audience": f"{base}/e/{code}"}
    return found | {PAGE_OF[one.role]: one.address for one in made}


def written_links(base: str, code: str, made: Iterable[Address]) -> str:
    """Return the links of an event, a line each, and that those of its team are told this once."""
    where = gettext("code %(code)s at %(base)s") % {"code": shown_code(code), "base": base}
    return "\n".join(
        [
            f"  {gettext('Audience'):<8}  {base}/e/{code}   ({where})",
            *(f"  {page_name(one.role, language()):<8}  {one.address}   ({one.name})" for one in made),
            gettext("All links but that of the audience are secret: whoever has them can use them."),
            gettext("They are not shown again. New ones: poll-server event links %(code)s") % {"code": code},
        ]
    )


def welcome(found: dict[str, str], *, local: bool) -> str:
    """Return what the demo says when it runs; ``local`` if the links lead no phone here, so a QR code would not."""
    audience = [
        typer.style(gettext("Audience"), bold=True),
        found["audience"],
        gettext("code %(code)s at %(base)s") % {"code": shown_code(found["code"]), "base": found["base"]},
    ]
    phones = gettext("For phones in the same network: make demo HOST=0.0.0.0")
    return "\n".join(
        [
            "",
            typer.style(gettext("“Sie sind gefragt!” is running with its example event."), bold=True),
            "",
            *(audience if local else _beside(_qr(found["audience"]), audience)),
            "",
            typer.style(gettext("Desk: open it and press N"), bold=True),
            found["desk"],
            "",
            typer.style(gettext("Screen"), bold=True),
            found["screen"],
            *(["", typer.style(gettext("Podium"), bold=True), found["podium"]] if "podium" in found else []),
            "",
            *_sign_in(found),
            *([phones] if local else []),
            gettext("Ctrl-C ends it."),
        ]
    )


def _sign_in(found: Mapping[str, str]) -> list[str]:
    """Return where and how the demo's organiser signs in; without the password where another one has been set."""
    if "organise" not in found:
        return []
    secret = [gettext("Password: %(password)s") % {"password": found["password"]}] if "password" in found else []
    name = gettext("Name: %(name)s") % {"name": found["organiser"]}
    return [typer.style(gettext("Organise"), bold=True), found["organise"], "   ".join([name, *secret]), ""]


def _qr(address: str) -> list[str]:
    """Return the lines of a QR code; its colours hold on a light terminal too."""
    drawn = io.StringIO()
    segno.make(address, error="L", boost_error=False).terminal(drawn, border=2, compact=True)
    return [_BLACK_ON_WHITE.format(line) for line in drawn.getvalue().splitlines()]


def _beside(picture: list[str], text: list[str]) -> list[str]:
    """Return the lines of a picture with a text to its right, in the middle."""
    above = (len(picture) - len(text)) // 2
    right = chain([""] * above, text, repeat(""))
    return [f"{line}   {words}".rstrip() for line, words in zip(picture, right, strict=False)]
