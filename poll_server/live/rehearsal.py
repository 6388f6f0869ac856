"""Simulated participants: one process for each event, a strange client that knows the public protocol only."""

import asyncio
import sys

PARTICIPANTS = 40
STOPPING_SECONDS = 5.0


class Crowds:
    """The simulated participants of this server's events.

    ``address`` is where this server listens, such as http://127.0.0.1:8000.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._running: dict[str, asyncio.subprocess.Process] = {}

    async def begin(self, code: str, participants: int = PARTICIPANTS) -> None:
        """Let simulated participants come to an event, if there are none yet."""
        if code in self._running:
            return
        address = f"{self._address}/e/{code}"
        self._running[code] = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "poll_server", "simulate", address, "--participants", str(participants), "--json"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )

    async def end(self, code: str) -> None:
        """Let them go, and return when they have."""
        process = self._running.pop(code, None)
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOPPING_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def end_all(self) -> None:
        """Let all of them go."""
        await asyncio.gather(*(self.end(code) for code in list(self._running)))
