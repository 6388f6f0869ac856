"""A tiny server with the product's command line, for the tests of the helpers in this folder.

Pages carry the product's kind of security policy. `/ws` sends back what it gets; POST `/echo` too; `/pid` tells the
process; `/log/traceback` fails; STAND_IN_BROKEN=1 in the environment makes it end at the start with a sentence.
"""

import argparse
import asyncio
import os
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'"
PAGES = {
    "good": """<main><h1>Gut</h1><p>Ein Satz.</p></main>""",
    "bad": """<main><h1>Schlecht</h1><input><iframe src="/page/bad-frame" title="Vorschau"></iframe></main>""",
    "bad-frame": """<main><h1>Rahmen</h1><button></button></main>""",
    "faulty": """<main><h1>Fehler</h1><script>1</script><img alt="" src="http://poll.invalid/x.png"></main>""",
    "live": """<main><h1>Ansagen</h1><p role="status" id="status">Anfang</p><p id="quiet">Still</p>
      <div aria-live="polite" id="log"></div><p role="status" id="preview" aria-hidden="true"></p>
      <div id="place"></div></main>
      <script src="/app.js"></script>""",
}
SCRIPT = """
const byId = (id) => document.getElementById(id);
self.steps = {
  status: () => { byId('status').textContent = 'Gezählt'; },
  again: () => { byId('status').textContent = 'Gezählt'; },
  clear: () => { byId('status').textContent = ''; },
  space: () => { byId('status').append(' '); },
  quiet: () => { byId('quiet').textContent = 'Lauter'; },
  log: () => { byId('log').append(Object.assign(document.createElement('p'), { textContent: 'Zeile' })); },
  preview: () => { byId('preview').textContent = 'Vorschau'; },
  alert: () => { byId('place').innerHTML = '<p role="alert">Getrennt</p>'; },
  arrive: () => { byId('place').innerHTML = '<p role="status">Schon da</p>'; },
};
window.addEventListener('hashchange', () => steps[location.hash.slice(1)]());
"""


async def ready(_: Request) -> Response:
    return PlainTextResponse("ready")


async def pid(_: Request) -> Response:
    return PlainTextResponse(str(os.getpid()))


async def environment(request: Request) -> Response:
    return PlainTextResponse(os.environ.get(request.path_params["name"], ""))


async def echo(request: Request) -> Response:
    return PlainTextResponse(await request.body())


async def failure(_: Request) -> Response:
    raise ZeroDivisionError("asked for")


async def script(_: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript")


async def page(request: Request) -> Response:
    body = PAGES[request.path_params["name"]]
    html = f'<!doctype html><html lang="de"><meta charset="utf-8"><title>Probe</title><body>{body}</body></html>'
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


ROUTES = [
    Route("/readyz", ready),
    Route("/pid", pid),
    Route("/env/{name}", environment),
    Route("/echo", echo, methods=["POST"]),
    Route("/log/traceback", failure),
    Route("/app.js", script),
    Route("/page/{name}", page),
    WebSocketRoute("/ws", socket),
]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--data", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    if os.environ.get("STAND_IN_BROKEN"):
        sys.exit("The stand-in is broken.")
    config = uvicorn.Config(Starlette(routes=ROUTES), arguments.host, arguments.port, ws="websockets-sansio")
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
