"""The programs in C: the crowd of clients on the second core, and the floor on the first."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from bench.machine import BenchError, on_core

SOURCES = Path(__file__).parent
STOP_SECONDS = 10.0


def build(folder: Path) -> None:
    """Compile the crowd and the floor into a folder; raises BenchError when that cannot be done."""
    if shutil.which("cc") is None:
        raise BenchError(
            "The load client is written in C and no compiler is installed: "
            "run 'apt-get install gcc libc6-dev' and try again."
        )
    for name in ("crowd", "floor", "pollers"):
        command = ("cc", "-O2", "-Wall", "-o", folder / name, SOURCES / f"{name}.c")
        if subprocess.run(command, check=False, timeout=60).returncode != 0:
            raise BenchError(f"The compiler refuses bench/{name}.c, see above.")


class Program:
    """A program that obeys lines on its stdin, each answered by a line of JSON; as a context it is ended for sure."""

    def __init__(self, place: int, *command: str | Path) -> None:
        self._name = Path(command[0]).name
        # In a group of its own: Ctrl-C is for us, and we end what we started.
        with on_core(place):
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=STOP_SECONDS)

    def ask(self, line: str) -> dict[str, int]:
        """Give a command and return its answer; raises BenchError when the program has ended."""
        self.tell(line)
        return self.hear()

    def tell(self, line: str) -> None:
        """Give a command whose answer is heard later."""
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, int]:
        """Return the next answer; raises BenchError when the program has ended."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise BenchError(f"The {self._name} has ended before its time.")
        answer: dict[str, int] = json.loads(line)
        return answer


class Arrival(NamedTuple):
    """How one frame reached a crowd: milliseconds from its cause, length, sockets without it or with another one."""

    first_ms: float
    last_ms: float
    bytes: int
    missing: int
    differing: int


class Coming(NamedTuple):
    """How all came in: milliseconds to the last one, and bytes for all of them."""

    ms: float
    bytes: int


class Crowd(Program):
    """Clients with one socket each; with a ``page`` they visit that first, for the cookie."""

    def __init__(self, folder: Path, port: int, size: int, socket: str = "/", page: str = "-") -> None:
        super().__init__(1, folder / "crowd", str(port), page, socket, str(size))
        self.port, self.size = port, size
        self._frame = folder / f"frame-{port}"

    def join(self, assets: Sequence[str] = ()) -> Coming:
        """Let all come in, who fetch these paths with the page; raises BenchError if not all do."""
        if assets:
            self.ask(f"assets {' '.join(assets)}")
        answer = self.ask("join")
        if answer["open"] != self.size:
            raise BenchError(f"Only {answer['open']} of {self.size} clients came in.")
        return Coming(answer["ns"] / 1e6, answer["came"])

    def deafen(self, people: int) -> None:
        """Let so many never read again; they take no part in anything either."""
        self.ask(f"deafen {people}")
        self.size -= people

    def await_frame(self, mark: str, cause: Callable[[], object]) -> Arrival:
        """Do what causes a frame with ``mark`` in it, and return how that reached everybody within ten seconds."""
        self.ask(f"await {mark}")
        begun = time.monotonic_ns()
        cause()
        answer = self.hear()
        first, last = ((answer[name] - begun) / 1e6 for name in ("first", "last"))
        return Arrival(first, last, answer["bytes"], self.size - answer["got"], answer["differing"])

    def frame(self) -> Path:
        """Return a file that holds the frame that was awaited last."""
        self.ask(f"save {self._frame}")
        return self._frame


class Floor(Program):
    """The server that does the least."""

    def __init__(self, folder: Path) -> None:
        super().__init__(0, folder / "floor")
        self.port = self.hear()["port"]


class Pollers(Program):
    """Phones whose sockets are blocked: each asks for what is new every three seconds, as the page's script does."""

    def __init__(self, folder: Path, port: int, size: int, page: str) -> None:
        super().__init__(1, folder / "pollers", str(port), page, f"{page}/state", str(size), "3000")
        self.size = size

    def join(self) -> None:
        """Let all come in and begin to ask; raises BenchError if not all do."""
        if self.ask("join")["open"] != self.size:
            raise BenchError("Not all came in who ask again and again.")
