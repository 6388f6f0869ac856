"""A real nginx with our configuration, without a right of its own, on ports of the loopback address."""

import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.harness.ports import free_port
from tests.operations import page

SYSTEM_USER = "www-data"
NAME = "localhost"
"""The name that stands in place of gefragt.example.de."""
START_SECONDS = 10.0
STOP_SECONDS = 10.0


def nginx_program() -> str:
    """Find nginx, which for many users is not in the path; raises FileNotFoundError when it is not installed."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not found:
        raise FileNotFoundError("nginx is not installed: run tools/system_packages.sh")
    return found


class Nginx:
    """nginx in `folder`, whose `nginx.conf` and `tls/` were made there by the commands of docs/operations.md.

    `places` are the folders of the machine that are elsewhere here.
    """

    def __init__(self, folder: Path, places: Mapping[str, Path | str]) -> None:
        self.folder = folder
        self._places = places
        self.http_port, self.https_port = free_port(), free_port()
        self.url = f"https://{NAME}:{self.https_port}"
        self.webroot = folder / "webroot"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def tls(self) -> ssl.SSLContext:
        """What trusts nginx's certificate and no other."""
        return ssl.create_default_context(cafile=str(self.folder / "tls" / "fullchain.pem"))

    def errors(self) -> list[str]:
        """The lines of the error log."""
        return (self.folder / "error.log").read_text().splitlines()

    def start(self, target: int) -> None:
        """Start in front of the server at the port ``target`` and wait for it; raises RuntimeError with its output."""
        configuration = self.folder / "nginx.conf"
        configuration.write_text(self._placed(configuration.read_text(), target))
        self.webroot.mkdir()
        _give_to_system_user(self.folder)
        command = [*_as_system_user(), nginx_program(), "-c", str(configuration), "-g", "daemon off;"]
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/")
        self._await_start(self._process)

    def stop(self) -> None:
        """End it with its connections. Nothing happens when it is not running."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(STOP_SECONDS)
        self._process = None

    def _placed(self, text: str, target: int) -> str:
        """The configuration with the places and ports of this one; what Debian's nginx keeps in /var is here too."""
        passing = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f" {name}_temp_path {self.folder / name};" for name in passing)
        # Not every machine that runs tests has IPv6.
        lines = [line for line in text.splitlines(keepends=True) if "listen [::]:" not in line]
        places = {
            **self._places,
            "listen 80 ": f"listen 127.0.0.1:{self.http_port} ",
            "listen 443 ": f"listen 127.0.0.1:{self.https_port} ",
            f"https://{NAME}$": f"{self.url}$",
            "127.0.0.1:8000": f"127.0.0.1:{target}",
            "http {": f"http {{{temporary}",
            "/run/nginx.pid": self.folder / "pid",
            "/var/log/nginx": self.folder,
            "/var/cache/nginx": self.folder / "cache",
            "/var/www/html": self.webroot,
        }
        return page.placed("".join(lines), places)

    def _await_start(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.https_port), 1).close()
            except ConnectionRefusedError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise RuntimeError(f"nginx does not start:\n{(self.folder / 'output').read_text()}")


def _give_to_system_user(folder: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwnam(SYSTEM_USER)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)


def _as_system_user() -> list[str]:
    """The words before a command that tie its life to ours and, for root, take all rights away."""
    words = ["setpriv", "--pdeathsig", "TERM"]
    if os.geteuid() == 0:
        words += [f"--reuid={SYSTEM_USER}", f"--regid={SYSTEM_USER}", "--clear-groups"]
    return [*words, "--"]


@contextmanager
def ended(nginx: Nginx) -> Iterator[Nginx]:
    """Stop an nginx at the end, whatever happens; its log may name nobody."""
    try:
        yield nginx
    finally:
        nginx.stop()
    assert [line for line in nginx.errors() if "client:" in line] == []
