"""Static files: read, compressed and hashed once at the start, then served from memory for ever."""

import gzip
import mimetypes
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from poll_server.domain.errors import Unknown

_COMPRESSED = (".css", ".js", ".svg", ".txt", ".md")
FOR_EVER = "public, max-age=31536000, immutable"


class File(NamedTuple):
    """One file, ready to send; ``compressed`` is None where it would not help."""

    plain: bytes
    compressed: bytes | None
    type: str


class StaticFiles:
    """All files of a folder under one path that carries a hash of their contents."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            str(path.relative_to(folder)): _file(path) for path in sorted(folder.rglob("*")) if path.is_file()
        }
        whole = sha256()
        for name, file in self._files.items():
            whole.update(name.encode() + b"\0" + file.plain)
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
        if file.compressed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.compressed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.type)
        return Response(file.plain, headers=headers, media_type=file.type)


def _file(path: Path) -> File:
    plain = path.read_bytes()
    compressed = gzip.compress(plain, 9, mtime=0) if path.suffix in _COMPRESSED else None
    return File(plain, compressed, mimetypes.guess_type(path.name)[0] or "application/octet-stream")
