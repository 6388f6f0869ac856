"""One question from its opening to its result, with a server's crowd and a crowd of the floor's."""

import json
import re
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import NamedTuple

from bench.clients import Arrival, Crowd, Floor
from bench.machine import BenchError, Quiet
from bench.server import Server


class Turn(NamedTuple):
    """A frame of the server's, and the same bytes sent by the floor right after it; when the screen had its own."""

    served: Arrival
    floor: Arrival
    screen_ms: float
    idle: float


class Burst(NamedTuple):
    """What became of votes sent at the same instant: the crowd's counts, times in nanoseconds."""

    told: dict[str, int]
    idle: float


class Round(NamedTuple):
    """A question from its opening to its result."""

    question: Turn
    votes: Burst
    result: Turn


class Hall:
    """Everybody is in already; the three steps of a round follow each other."""

    def __init__(self, server: Server, crowd: Crowd, floor: Floor, others: Crowd, quiet: Quiet) -> None:
        self._server = server
        self._crowd = crowd
        self._floor = floor
        self._others = others
        self._quiet = quiet

    def round(self, once_voted: Callable[[], None] = lambda: None) -> Round:
        """Open a question, let everybody vote, and show the result."""
        question, votes = self.open(), self.vote()
        once_voted()
        return Round(question, votes, self.show())

    def open(self) -> Turn:
        """Open the event's first question."""
        return self._turn("open", 'name="wave"')

    def vote(self, people: int = 0, how: str = "vote") -> Burst:
        """Let so many, or everybody, vote in the question that has just been opened, by a command of the crowd's."""
        vote = message(self._crowd)
        idle = self._quiet.wait()
        return Burst(self._crowd.ask(f"{how} {people or self._crowd.size} {vote}"), idle)

    def come_back(self) -> Burst:
        """Kill the server and start it again: all come back as soon as they can, and vote; times are from the kill."""
        vote = message(self._crowd)
        idle = self._quiet.wait()
        self._server.kill()
        self._crowd.tell(f"return {self._crowd.size} {vote}")
        self._server.start_again()
        return Burst(self._crowd.hear(), idle)

    def show(self) -> Turn:
        """Close the question and show its result; afterwards it is as if it had never been asked."""
        self._do("close", 'data-state="closed"')
        turn = self._turn("show", 'data-state="shown"')
        self._server.click("discard")
        return turn

    def ask(self) -> None:
        """Open the question without measuring anything."""
        self._do("open", 'name="wave"')

    def clear(self) -> None:
        """Close the question, and it is as if it had never been asked."""
        self._do("close", 'data-state="closed"')
        self._server.click("discard")

    def _do(self, action: str, mark: str) -> None:
        """Press a button of the desk and wait until everybody has its frame."""
        button = self._server.button(action)
        self._crowd.await_frame(mark, button.press)
        button.check()

    def _turn(self, action: str, mark: str) -> Turn:
        button = self._server.button(action)
        idle = self._quiet.wait()
        watching, pressed = Event(), 0

        def press() -> None:
            nonlocal pressed
            watching.wait()
            pressed = time.monotonic_ns()
            button.press()

        with ThreadPoolExecutor(1) as screen:
            shown = screen.submit(self._server.screen_shows, watching)
            served = self._crowd.await_frame(mark, press)
        button.check()
        self._floor.ask(f"load {self._crowd.frame()}")
        idle = min(idle, self._quiet.wait())
        floor = self._others.await_frame(mark, lambda: self._floor.ask("send"))
        return Turn(served, floor, (shown.result() - pressed) / 1e6, idle)


def message(crowd: Crowd) -> str:
    """Return the vote in the question whose frame came last, for the crowd to fill in number, id and option."""
    form = crowd.frame().read_text(encoding="utf-8")
    hidden = {name: _field(form, name) for name in ("question", "wave", "number")}
    filled_in = {"submission": f"{str(uuid.uuid4())[:24]}%1$012x", "answer": "o%2$d"}
    by_htmx = {"headers": {"HX-Request": "true", "HX-Current-URL": f"http://localhost:{crowd.port}"}}
    return json.dumps(hidden | filled_in | by_htmx, separators=(",", ":"))


def _field(form: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="(\d+)"', form)
    if found is None:
        raise BenchError(f"The question's frame has no field '{name}'.")
    return found[1]
