"""A tiny server that keeps to docs/protocol.md, or breaks it in one way."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

Vote = Mapping[str, str]


def partial(target: str, content: str) -> str:
    """New content for one element."""
    return f'<template hx type="partial" hx-target="#{target}" hx-swap="innerMorph">{content}</template>'


def form(number: int = 1, kind: str = "radio", wave: int = 1) -> str:
    """A form with three options."""
    names = {"question": 1, "wave": wave, "number": number, "submission": ""}
    hidden = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in names.items())
    options = "".join(
        f'<input type="{kind}" name="answer" id="{one}" value="{one}"><label for="{one}">Nr. {one}</label>'
        for one in ("o1", "o2", "o3")
    )
    return f"<form data-vote>{hidden}{options}</form>"


def stage(content: str, state: str = "open") -> str:
    """A frame with question 1 on the stage."""
    return partial("stage", f'<div data-question="1" data-state="{state}"><h1>Wie geht es?</h1>{content}</div>')


def receipt(submission: str, answer: str, number: int = 1, state: str = "counted", kind: str = "radio") -> str:
    """An acknowledgement with the form to change the answer."""
    told = {"submission": submission, "state": state, "answer": answer, "number": number}
    attributes = " ".join(f'data-{name}="{value}"' for name, value in told.items())
    return partial("receipt-1-1", f"<p {attributes}></p>") + partial("change-1-1", form(number + 1, kind))


def answered(people: int) -> str:
    """The stage of those who have answered."""
    return stage(f'<div id="receipt-1-1"></div><b data-figure="answered">{people}</b><div id="change-1-1"></div>')


def honest(vote: Vote) -> list[str]:
    """Acknowledge what was sent."""
    return [answered(1), receipt(vote["submission"], vote["answer"], int(vote["number"]))]


def swallowing(vote: Vote) -> list[str]:
    """Say nothing."""
    return []


def swapping(vote: Vote) -> list[str]:
    """Acknowledge it with another's answer."""
    other = "o1" if vote["answer"] != "o1" else "o2"
    return [answered(1), receipt(vote["submission"], other, int(vote["number"]))]


def surpassing(vote: Vote) -> list[str]:
    """Count people who are not there."""
    return [answered(1_000), *honest(vote)]


@dataclass
class Liar:
    """Shows one open question to everybody who comes, always as if they had never answered it.

    With ``hangs_up`` it ends each connection after the first answer.
    """

    tell: Callable[[Vote], list[str]] = honest
    hangs_up: bool = False
    url: str = ""
    port: int = 0
    votes: list[Vote] = field(default_factory=list)
    _people: Iterator[int] = field(default_factory=count)

    async def talk(self, connection: ServerConnection) -> None:
        """Serve one socket."""
        await connection.send(stage(form()))
        async for message in connection:
            vote = json.loads(message)
            self.votes.append({**vote, "cookie": connection.request.headers["cookie"] if connection.request else ""})
            for frame in self.tell(vote):
                await connection.send(frame)
            if self.hangs_up:
                break

    def page(self, connection: ServerConnection, request: Request) -> Response | None:
        """Give the page, and a cookie with it; sockets go on."""
        if "upgrade" in request.headers:
            return None
        response = connection.respond(HTTPStatus.OK, '<div hx-ws:connect="/e/x/socket"></div>')
        response.headers["Set-Cookie"] = f"__Host-participant=p{next(self._people)}; HttpOnly; Path=/; Secure"
        return response


@asynccontextmanager
async def listening(liar: Liar, port: int = 0) -> AsyncIterator[Liar]:
    """Run it; its address is in ``url``."""
    async with serve(liar.talk, "127.0.0.1", port, process_request=liar.page) as server:
        liar.port = next(iter(server.sockets)).getsockname()[1]
        liar.url = f"http://127.0.0.1:{liar.port}/e/x"
        yield liar


@asynccontextmanager
async def hanging_up(port: int) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """Hang up on everybody who comes; gives the connections that came in vain."""
    came: list[asyncio.StreamWriter] = []

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", port):
        yield came
