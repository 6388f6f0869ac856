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
    client: httpx2.AsyncClient, stored: Stored, form: str, headers: Mapping[str, str] | None = None
) -> list[str]:
    """Have files made as the page's form does, wait for them, and return their paths, the newest first."""
    sent = await client.post(path_of(stored), data={"form": form}, headers=headers)
    assert sent.status_code == 303, sent.text
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "makings-live" in (page := (await client.get(f"{path_of(stored)}/state", headers=headers)).text):  # noqa: ASYNC110 - as the page does
            await asyncio.sleep(0.1)
    return _LINK.findall(page)
