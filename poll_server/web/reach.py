"""Whether the address that people open leads to this server: asked from here, when an organiser wants to know.

Only the installation's own setting is asked, never an address that somebody sends.
"""

import asyncio
import time

import httpx2

from poll_server.domain.checklist import Address
from poll_server.settings import Settings

REACH_SECONDS = 3.0
"""So long it may take, whatever is slow."""
REST_SECONDS = 5.0
"""For so long the last answer stands, however many ask."""
ANSWER = "ok"
"""What this server answers at /healthz."""


class Reach:
    """Asks the public address, one at a time, and keeps what came of it until the server stops."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.public_url
        self._asking = asyncio.Lock()
        self._asked = -REST_SECONDS
        self.address = Address.UNASKED if settings.public_url else Address.UNSET

    async def ask(self) -> None:
        """Find out what is at the address now."""
        async with self._asking:
            if self._url and time.monotonic() - self._asked >= REST_SECONDS:
                self.address = await self._found()
                self._asked = time.monotonic()

    async def _found(self) -> Address:
        try:
            async with (
                asyncio.timeout(REACH_SECONDS),
                httpx2.AsyncClient(trust_env=False, follow_redirects=False) as client,
                client.stream("GET", f"{self._url}/healthz") as answer,
            ):
                begins = await anext(answer.aiter_bytes(len(ANSWER) + 1), b"")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError):  # a TimeoutError is an OSError
            return Address.SILENT
        return Address.REACHED if answer.status_code == 200 and begins == ANSWER.encode() else Address.ELSEWHERE
