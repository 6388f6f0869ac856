"""The same rounds through nginx with TLS: its configuration is deploy/nginx.conf, it shares the server's core.

The crowd speaks no TLS. A second nginx, on its core, does that for it, with a connection for each phone.
"""

import asyncio
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench import summary
from bench.clients import Crowd, Floor
from bench.figures import Figure
from bench.hall import Hall
from bench.machine import BenchError, Quiet, on_core
from bench.server import Server
from tests.harness.ports import free_port
from tests.operations import page
from tests.operations.nginx import NAME, Nginx, ended, nginx_program

STREAM = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
START_SECONDS, STOP_SECONDS = 5.0, 10.0


def check() -> None:
    """Raise BenchError when nginx cannot speak for the crowd."""
    if not STREAM.exists():
        raise BenchError("The crowd needs an nginx that speaks TLS: run 'apt-get install libnginx-mod-stream'.")


def measure(folder: Path, size: int, rounds: int, quiet: Quiet) -> list[Figure]:
    """Measure everybody's coming in, votes and frames."""
    with ExitStack() as stack:
        phones = free_port()
        server = stack.enter_context(Server(folder / "behind", address=f"http://{NAME}:{phones}"))
        front = stack.enter_context(_front(server.port))
        stack.enter_context(_speaker(folder, phones, front.https_port))
        crowd = stack.enter_context(Crowd(folder, phones, size, f"{server.page}/socket", server.page))
        floor = stack.enter_context(Floor(folder))
        others = stack.enter_context(Crowd(folder, floor.port, size))
        idle, coming = quiet.wait(), crowd.join()
        others.join()
        hall = Hall(server, crowd, floor, others, quiet)
        seen = [hall.round() for _ in range(rounds + 1)]
        stored, clean = server.ballots(), server.recount()
    return [
        summary.joins("nginx, TLS: page and socket", size, idle, [coming]),
        *summary.fan_outs("nginx, TLS: question", size, [each.question for each in seen]),
        *summary.fan_outs("nginx, TLS: result", size, [each.result for each in seen]),
        summary.votes("nginx, TLS", size, [each.votes for each in seen], stored, clean),
    ]


@contextmanager
def _front(target: int) -> Iterator[Nginx]:
    """Start nginx as docs/operations.md has it, before the server at a port."""
    with tempfile.TemporaryDirectory(prefix="poll-nginx-") as made:
        folder = Path(made)
        places = {"/etc/poll-server": folder, "/etc/nginx": folder}
        asyncio.run(page.run("settings", places, before=f"name={NAME}"))
        nginx = Nginx(folder, places)
        with ended(nginx):
            with on_core(0):
                nginx.start(target)
            yield nginx


@contextmanager
def _speaker(folder: Path, port: int, https_port: int) -> Iterator[None]:
    """Pass on each connection to ``port`` over a TLS connection of its own."""
    configuration = folder / "speaker.conf"
    configuration.write_text(
        f"load_module {STREAM}; daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid {folder}/speaker.pid;"
        f"error_log {folder}/speaker.log alert; events {{ worker_connections 20000; }}"
        f"stream {{ server {{ listen 127.0.0.1:{port} backlog=4096; proxy_pass 127.0.0.1:{https_port};"
        f"proxy_ssl on; proxy_ssl_session_reuse off; proxy_ssl_protocols TLSv1.3; proxy_timeout 10m; }} }}"
    )
    with on_core(1):
        process = subprocess.Popen([nginx_program(), "-c", configuration], process_group=0)
    try:
        _await_start(process, port)
        yield
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _await_start(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise BenchError("The nginx that speaks TLS for the crowd does not start, see above.")
