"""What pages for pasted programmes have in common: how text or file come, are read, and what is told of them."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from starlette.requests import Request

from poll_server.documents.programme_file import is_too_long, read_programme_file
from poll_server.documents.programme_found import TOO_LONG, ReadProgramme
from poll_server.documents.programme_words import KIND_NAMES
from poll_server.documents.round_file import NoText, decoded
from poll_server.domain.errors import Malformed, PollError
from poll_server.domain.text import clean
from poll_server.i18n import Sentence, translations
from poll_server.messages.fields import Fields
from poll_server.web.doors import STATUS, Upload, page_language, said, upload_posted

FORM_BYTES = 8_000_000
"""The whole form: more than any text or file that is read, so that what is too long is told and the rest is kept."""
TOLD_MAXIMUM = 200
"""Lines that are told one by one."""


class Pasted(NamedTuple):
    """A form with a programme, and the file that was chosen in it."""

    fields: Fields
    file: Upload | None


async def receive(request: Request) -> Pasted | None:
    """Return the form; None if it is more than is taken at all. Raises Malformed."""
    try:
        fields, files = await upload_posted(request, FORM_BYTES, FORM_BYTES)
    except Malformed as error:
        if error.code == "too_large":
            return None
        raise
    return Pasted(fields, next(iter(files.values()), None))


def text_of_file(file: Upload, typed: str) -> str:
    """Return what comes into the field when a file was chosen: its text, unless it is too long; raises Malformed."""
    if is_too_long(file.content):
        return typed
    try:
        return clean(decoded(file.content)).replace("\r\n", "\n").replace("\r", "\n")
    except NoText as error:
        raise Malformed("no_text") from error


async def understand(content: bytes, zone: str, language: str, day: date | None) -> ReadProgramme:
    """Read a programme in a thread: everybody else goes on meanwhile. Raises Malformed."""
    try:
        return await asyncio.to_thread(read_programme_file, content, zone, language, day)
    except NoText as error:
        raise Malformed("no_text") from error


class Outcome(NamedTuple):
    """What a page says of a programme: its status, what is wrong in words, and what its template needs for it."""

    status: int
    context: dict[str, Any]


def outcome(request: Request, read: ReadProgramme | None, error: PollError | None) -> Outcome:
    """Return what to say of a programme that was read, or could not be."""
    say = sayer(request)
    wrong = said(request, error) if error else say(read.problem) if read and read.problem else ""
    status = STATUS.get(type(error), 422) if error else 422 if wrong else 200
    kinds = {kind: say(name) for kind, name in KIND_NAMES.items()}
    return Outcome(status, {"read": read, "error": wrong, "say": say, "kinds": kinds, "told": TOLD_MAXIMUM})


def sayer(request: Request) -> Callable[[Sentence], str]:
    """Return what says a sentence in the language of the page."""
    gettext = translations(page_language(request)).gettext
    return lambda sentence: sentence.said(gettext, {})


MUCH = ReadProgramme(problem=TOO_LONG)
"""Of a form that is more than is taken."""
