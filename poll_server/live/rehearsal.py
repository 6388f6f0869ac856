"""Simulated participants: one process for each event, a strange client that knows the public protocol only."""

import asyncio
import json
import sys

import structlog

PARTICIPANTS = 40
LEAVING_SECONDS = 5.0

log = structlog.get_logger()


class Crowds:
    """The simulated participants of this server's events.

    ``address`` is where this server listens, such as http://127.0.0.1:8000; ``options`` are those of ``simulate``.
    What they see is shown ``in_terminal``, where the server runs; else what they found is logged when they leave. They
    also leave when this process ends in whatever way: with it ends their standard input.
    """

    def __init__(self, address: str, *options: str, in_terminal: bool = False) -> None:
        self._address = address
        self._options = options
        self._output = None if in_terminal else asyncio.subprocess.PIPE
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._changing = asyncio.Lock()

    async def begin(self, code: str, participants: int = PARTICIPANTS) -> None:
        """Let simulated participants come to an event, if there are none; without them if the system makes none."""
        command = (sys.executable, "-m", "poll_server", "simulate", f"{self._address}/e/{code}", "--attached")
        async with self._changing:
            running = self._running.get(code)
            if running and running.returncode is None:
                return
            try:
                self._running[code] = await asyncio.create_subprocess_exec(
                    *(*command, "--participants", str(participants), *self._options),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=self._output,
                )
            except OSError as error:
                log.warning("no simulated participants", code=code, error=type(error).__name__)

    async def end(self, code: str) -> None:
        """Let them go, and return when they have."""
        async with self._changing:
            process = self._running.pop(code, None)
            if process is None:
                return
            assert process.stdin
            process.stdin.close()
            try:
                found, _ = await asyncio.wait_for(process.communicate(), LEAVING_SECONDS)
            except TimeoutError:
                process.kill()
                found, _ = await process.communicate()
            if found:
                report = json.loads(found)
                log.info("simulated participants left", code=code, **{name: report[name] for name in _TOLD})

    async def end_all(self) -> None:
        """Let all of them go."""
        for code in list(self._running):
            await self.end(code)


_TOLD = ("participants", "votes", "acknowledged", "lost", "doubled", "p50", "p99")
