"""A server as the product sets it up, whose only page says who it thinks is asking: the address and the scheme."""

import argparse
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from poll_server.server import config, listen
from poll_server.settings import Settings


async def asked_by(request: Request) -> Response:
    assert request.client is not None
    return PlainTextResponse(f"{request.client.host} {request.url.scheme}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    given = parser.parse_args()
    settings: dict[str, Any] = {"data_dir": given.data}
    shipped = config(Settings(**settings))
    shipped.app = Starlette(routes=[Route("/readyz", asked_by)])
    uvicorn.Server(shipped).run(sockets=[listen(given.host, given.port)])


if __name__ == "__main__":
    main()
