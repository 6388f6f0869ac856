"""Exports as an organiser gets them in the browser."""

import asyncio
import re
from collections.abc import Mapping

import httpx2

from tests.web.events import Stored

PATIENCE_SECONDS = 60.0
_LINK = re.compile(r'href="([^"]+)" download')


def path_of(stored: Stored) -> str:
    """The page of an event's files."""
    return f"/organise/events/{stored.code}/export"


async def files_made(
    client: httpx2.AsyncClient, stored: Stored | str, form: str, headers: Mapping[str, str] | None = None
) -> list[str]:
    """Have files of an event, or at the path of a page, made as its form does, and return their paths, newest first."""
    path = stored if isinstance(stored, str) else path_of(stored)
    sent = await client.post(path, data={"form": form}, headers=headers)
    assert sent.status_code == 303, sent.text
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "makings-live" in (page := (await client.get(f"{path}/state", headers=headers)).text):  # noqa: ASYNC110 - as the page does
            await asyncio.sleep(0.1)
    return _LINK.findall(page)
