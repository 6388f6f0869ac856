"""docs/protocol.md as something that can be played."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.md"
_FENCE = re.compile(r"^```(\w+) (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced example: ``kind`` is its language, ``name`` who is talking or what it is called."""

    kind: str
    name: str
    text: str


class Entry(NamedTuple):
    """One thing said: to the server (``>``) or by it (``<``)."""

    direction: str
    text: str


def blocks() -> list[Block]:
    """All named examples of the document, in order."""
    return [Block(*found) for found in _FENCE.findall(DOCUMENT.read_text(encoding="utf-8"))]


def block(kind: str, name: str) -> str:
    """The text of the one example of this kind and name."""
    (found,) = (one.text for one in blocks() if (one.kind, one.name) == (kind, name))
    return found


def entries(text: str) -> list[Entry]:
    """What is said in a conversation over a socket."""
    found: list[Entry] = []
    for line in text.splitlines():
        if line[:2] in ("> ", "< "):
            found.append(Entry(line[0], line[2:]))
        else:
            direction, before = found.pop()
            found.append(Entry(direction, f"{before}\n{line}"))
    return found


class Exchange(NamedTuple):
    """One request with its answer as the document shows them."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    answer_headers: dict[str, str]
    answer_body: str


def exchanges(text: str) -> list[Exchange]:
    """The requests of a conversation over HTTP."""
    parts = re.findall(r"((?:^>.*\n)+)((?:^[< ].*\n)+)", text, re.MULTILINE)
    return [_exchange(*part) for part in parts]


def _exchange(request: str, answer: str) -> Exchange:
    (first, *head), body = _message(request)
    (status, *answer_head), answer_body = _message(answer)
    method, path = first.split()
    return Exchange(method, path, _headers(head), body, int(status), _headers(answer_head), answer_body)


def _message(text: str) -> tuple[list[str], str]:
    head, _, body = "\n".join(line[2:] for line in text.splitlines()).partition("\n\n")
    return head.splitlines(), body.strip()


def _headers(lines: list[str]) -> dict[str, str]:
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}


def squeezed(text: str) -> str:
    """A text without what means nothing: white space beside tags, and more than one blank."""
    return re.sub(r"\s*(<|>)\s*", r"\1", re.sub(r"\s+", " ", text.strip()))


def fits(text: str, pattern: str) -> bool:
    """Whether a text is what the document shows, where ``…`` stands for anything."""
    rest, pieces = squeezed(text), [piece.strip() for piece in squeezed(pattern).split("…")]
    if len(pieces) == 1:
        return rest == pieces[0]
    if not rest.startswith(pieces[0]):
        return False
    rest = rest[len(pieces[0]) :]
    for piece in pieces[1:-1]:
        _, found, rest = rest.partition(piece) if piece else ("", "…", rest)
        if not found:
            return False
    return rest.endswith(pieces[-1])


def messages(text: str) -> list[dict[str, object]]:
    """The messages to the server in a conversation over a socket that are JSON objects."""
    said = [entry.text for entry in entries(text) if entry.direction == ">"]
    return [json.loads(one) for one in said if one.startswith("{")]
