"""The server as shipped, on the first core, with its desk."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from typing import Self, TypeVar
from urllib.parse import urlencode, urlsplit

from sqlalchemy import func, select
from websockets.sync.client import ClientConnection, connect

from bench.machine import BenchError, on_core
from poll_server.storage.database import Database
from poll_server.storage.tables import BallotRow
from tests.harness.ports import free_port

PROJECT = Path(__file__).parents[1]
SHIPPED = "poll_server"
START_SECONDS = 30.0
STOP_SECONDS = 20.0
ANSWER_SECONDS = 20.0

T = TypeVar("T")


class Button:
    """A button of the desk: its form is filled in and the connection open, so that only pressing it takes time."""

    def __init__(self, port: int, path: str, cookie: str, form: dict[str, str]) -> None:
        self._path = path
        self._body = urlencode(form)
        self._headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        self._connection.connect()

    def press(self) -> None:
        """Send the form."""
        self._connection.request("POST", self._path, self._body, self._headers)

    def check(self) -> None:
        """Wait for the answer; raises BenchError when nothing was done."""
        with closing(self._connection):
            status = self._connection.getresponse().status
        if status != 303:
            raise BenchError(f"The desk has answered with status {status}.")


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder on the project's own disk, since what is sent costs what that takes to keep it."""
    environment = PROJECT / ".venv"
    environment.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=environment) as name:
        yield Path(name)


class Server:
    """``poll-server demo``, with a desk and a screen connected; as a context it is ended for sure.

    ``desk`` is the cookie of the desk. ``database`` is the address of another one than the SQLite file in ``data``;
    ``module`` runs instead of the product's; ``everywhere`` leaves it all cores instead of the first; ``address`` is
    where people reach it, when that is not the server itself.
    """

    def __init__(
        self, data: Path, database: str = "", module: str = SHIPPED, *, everywhere: bool = False, address: str = ""
    ) -> None:
        self._data = data
        self._said = data.with_suffix(".out")
        self._log = data.with_suffix(".log")
        self._open = ExitStack()
        self._database = database or f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}"
        self._settings = {name: value for name, value in os.environ.items() if not name.startswith("POLL_")}
        self._settings |= {"POLL_DATABASE_URL": database} if database else {}
        self._settings |= {"POLL_PUBLIC_URL": address} if address else {}
        self._module = module
        self._everywhere = everywhere
        self.port = free_port() if address else 0

    def __enter__(self) -> Self:
        self.start_again()
        return self

    def start_again(self) -> None:
        """Start, at the same port as the last time."""
        with ExitStack() as stack:
            stack.callback(self._stop, self._start())
            links = self._await(self._links)
            self.port = self.port or urlsplit(links["base"]).port or 80
            self.page = urlsplit(links["audience"]).path
            self._await(self._is_ready)
            self.desk = self._enter(links["desk"])
            stack.enter_context(self._watch("desk", self.desk))
            self._screen = stack.enter_context(self._watch("screen", self._enter(links["screen"])))
            self._open = stack.pop_all()

    def kill(self) -> None:
        """Kill the process, as a machine that fails does."""
        self._process.kill()
        self._process.wait()
        self._open.close()

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def base(self) -> str:
        """The address that all paths are added to."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory_kib(self) -> int:
        """Resident memory of the process."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    @property
    def processor_seconds(self) -> float:
        """Processor time that the process has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime, stime

    def screen_shows(self, begun: Event) -> int:
        """Tell when this has begun, and return at what time, in nanoseconds, the screen gets its next view.

        Raises TimeoutError when it gets none.
        """
        with suppress(TimeoutError):
            while True:
                self._screen.recv(0)
        begun.set()
        while True:
            frame = self._screen.recv(ANSWER_SECONDS)
            if frame[0] != "{":
                return time.monotonic_ns()

    def button(self, action: str) -> Button:
        """Load the desk's page and return one of its buttons; raises BenchError when it is not there now."""
        status, page, _ = self._request("GET", f"{self.page}/desk", self.desk)
        fields = rf'name="action" value="{action}".*?name="question" value="(\d+)".*?name="seen" value="(\d+)"'
        found = re.search(fields, page, re.DOTALL)
        if found is None:
            raise BenchError(f"The desk (status {status}) has no button for '{action}' now.")
        form = {"action": action, "question": found[1], "seen": found[2]}
        return Button(self.port, f"{self.page}/desk", self.desk, form)

    def click(self, action: str) -> None:
        """Press a button and wait until it has worked."""
        button = self.button(action)
        button.press()
        button.check()

    def ballots(self) -> int:
        """Return how many ballots are stored, of all waves."""
        return asyncio.run(_ballots(Database(self._database)))

    def assets(self) -> list[str]:
        """Return the paths of what a browser fetches with the audience's page: styles, scripts, a font, an icon."""
        _, page, _ = self._request("GET", self.page)
        return list(dict.fromkeys(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)))

    def recount(self) -> bool:
        """Return whether every tally equals its ballots; what differs is said on stderr."""
        command = (sys.executable, "-m", SHIPPED, "recount", self.page.rpartition("/")[2], "--data", str(self._data))
        done = subprocess.run(command, check=False, cwd=PROJECT, env=self._settings, stdout=sys.stderr, timeout=60)
        return done.returncode == 0

    def _start(self) -> subprocess.Popen[bytes]:
        options = ("--json", "--data", str(self._data), "--port", str(self.port))
        command = (sys.executable, "-m", self._module, "demo", *options)
        # In a group of its own: Ctrl-C is for us, and we end what we started.
        with (
            nullcontext() if self._everywhere else on_core(0),
            self._said.open("w") as said,
            self._log.open("w") as log,
        ):
            self._process = subprocess.Popen(
                command, cwd=PROJECT, env=self._settings, stdout=said, stderr=log, process_group=0
            )
        return self._process

    @staticmethod
    def _stop(process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _await(self, look: Callable[[], T | None]) -> T:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            if found := look():
                return found
            time.sleep(0.05)
        raise BenchError(f"The server does not start:\n{self._log.read_text()}")

    def _links(self) -> dict[str, str] | None:
        line, ended, _ = self._said.read_text().partition("\n")
        links: dict[str, str] | None = json.loads(line) if ended else None
        return links

    def _is_ready(self) -> bool:
        try:
            return self._request("GET", "/readyz")[0] == 200
        except (OSError, HTTPException):
            return False

    def _enter(self, link: str) -> str:
        """Use a secret link and return the cookie that it gives."""
        status, _, cookie = self._request("POST", urlsplit(link).path)
        if status != 303:
            raise BenchError(f"A secret link is answered with status {status}.")
        return cookie

    def _watch(self, place: str, cookie: str) -> ClientConnection:
        """Connect a desk or a screen whose frames nobody looks at."""
        return connect(
            f"ws://127.0.0.1:{self.port}{self.page}/{place}/socket",
            additional_headers={"Cookie": cookie},
            compression=None,
            ping_interval=None,
            max_queue=None,
            proxy=None,
        )

    def _request(self, method: str, path: str, cookie: str = "") -> tuple[int, str, str]:
        """Return status, text and the cookie that is set."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)) as connection:
            connection.request(method, path, headers={"Cookie": cookie} if cookie else {})
            response = connection.getresponse()
            given = (response.getheader("Set-Cookie") or "").partition(";")[0]
            return response.status, response.read().decode(), given


async def _ballots(database: Database) -> int:
    try:
        async with database.read() as connection:
            return int(await connection.scalar(select(func.count()).select_from(BallotRow)) or 0)
    finally:
        await database.close()
