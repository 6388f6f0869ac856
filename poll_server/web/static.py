"""Static files: bundled and hashed once at the start, then served from memory for ever."""

import asyncio
import mimetypes
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from poll_server.domain.errors import Unknown
from poll_server.live.compression import BEST, Ready, encoding_for
from poll_server.web.bundles import bundles

_SOURCES = (".css", ".js")
_COMPRESSED = (*_SOURCES, ".txt", ".md")
FOR_EVER = "public, max-age=31536000, immutable"


class File(NamedTuple):
    """One file, ready to send."""

    content: Ready
    type: str
    shrinks: bool


class StaticFiles:
    """The bundles of a folder and its other files, under one path that carries a hash of their contents.

    A bundle is compressed when it is asked for first, in a thread: those who come meanwhile wait for it, and nobody
    who starts a server does.
    """

    def __init__(self, folder: Path) -> None:
        contents = {name: text.encode() for name, text in bundles(folder).items()} | {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in _SOURCES
        }
        self._files = {name: _file(name, content) for name, content in contents.items()}
        self._compressing = asyncio.Lock()
        whole = sha256()
        for name, content in contents.items():
            whole.update(name.encode() + b"\0" + content)
        self.version = whole.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Return the address of a file; a KeyError means that it does not exist."""
        assert name in self._files, name
        return f"/static/{self.version}/{name}"

    async def serve(self, request: Request) -> Response:
        """Answer with a file, compressed if the browser takes it."""
        file = self._files.get(request.path_params["name"])
        if file is None or request.path_params["version"] != self.version:
            raise Unknown("unknown_page")
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        encoding = encoding_for(request.headers.get("accept-encoding", "")) if file.shrinks else ""
        if not file.content.is_made(encoding):
            async with self._compressing:
                await asyncio.to_thread(file.content.encoded, encoding)
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(file.content.encoded(encoding), headers=headers, media_type=file.type)


def _file(name: str, content: bytes) -> File:
    type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return File(Ready(content, BEST), type, name.endswith(_COMPRESSED))
