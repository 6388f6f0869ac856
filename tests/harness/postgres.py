"""A throwaway PostgreSQL: own files, own port, own password, gone at the end of the run.

Use the fixtures `postgres_url` (a fresh database) and `new_postgres` (a factory of them). A test that needs a cluster
to itself, because it stops it or needs its writes on the disk, uses `postgres_cluster` and reads `Cluster`.
"""

import itertools
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness.ports import free_port

SYSTEM_USER = "postgres"
START_SECONDS = 30.0
STOP_SECONDS = 20.0


def postgres_program(name: str) -> str:
    """Find a program of PostgreSQL's, such as `initdb`; raises FileNotFoundError when it is not installed.

    Debian keeps the server's programs out of the path, one folder for each version; the newest is taken.
    """
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if not versions:
        raise FileNotFoundError(f"{name} is not installed: run tools/system_packages.sh")
    return str(versions[-1])


class Cluster:
    """One PostgreSQL server in `folder`, which this class makes and does not remove.

    With `durable=False` nothing waits for the disk: right for everything but tests of what survives a crash.
    The server ends with this process, even when this process is killed.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "server.log"
        self._durable = durable
        self._password = secrets.token_hex(16)
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._init()

    @property
    def pid(self) -> int:
        """The server's process id; raises RuntimeError when it is not running."""
        if self._process is None:
            raise RuntimeError("the cluster is not running")
        return self._process.pid

    def url(self, database: str) -> str:
        """The address of a database of this cluster, for SQLAlchemy with asyncpg."""
        return f"postgresql+asyncpg://poll:{self._password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database (about 50 ms) and give its address."""
        name = f"poll_{next(self._numbers)}"
        self._client("createdb", name)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, with whoever is still connected to it."""
        self._client("dropdb", "--force", "--if-exists", url.rpartition("/")[2])

    def start(self) -> None:
        """Start the server and wait until it answers; raises RuntimeError with its log when it does not."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
            "max_connections": "200",
        }
        arguments = [argument for key, value in settings.items() for argument in ("-c", f"{key}={value}")]
        command = [*_as_system_user(), postgres_program("postgres"), "-D", str(self.folder / "data"), *arguments]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/")
        self._await_start()

    def stop(self) -> None:
        """End the server at once, with its connections; the data stays. Nothing happens when it is not running."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
        self._process = None

    def _init(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self._password)
        if os.geteuid() == 0:
            user = pwd.getpwnam(SYSTEM_USER)
            for path in (self.folder, password_file):
                os.chown(path, user.pw_uid, user.pw_gid)
        options = ["--username=poll", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        access = ["--auth-host=password", "--auth-local=reject"]
        command = [*_as_system_user(), postgres_program("initdb"), "-D", str(self.folder / "data"), *options, *access]
        _run(command)

    def _await_start(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        ready = [postgres_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            if subprocess.run(ready, check=False, timeout=10).returncode == 0:
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"PostgreSQL does not start:\n{self.log.read_text()}")

    def _client(self, program: str, *arguments: str) -> None:
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "poll", "-w"]
        _run([postgres_program(program), *address, *arguments], {**os.environ, "PGPASSWORD": self._password})


def _as_system_user() -> list[str]:
    """The words before a command that tie its life to ours and, for root, whom PostgreSQL refuses, change the user."""
    words = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        words += [f"--reuid={SYSTEM_USER}", f"--regid={SYSTEM_USER}", "--init-groups"]
    return [*words, "--"]


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, check=False, timeout=60, capture_output=True, text=True, cwd="/", env=env)
    if done.returncode != 0:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A cluster that is started, and stopped and removed afterwards (about 1.5 s)."""
    # Not below pytest's folders: those are closed to the system user that the server runs as.
    with tempfile.TemporaryDirectory(prefix="poll-postgres-") as folder:
        cluster = Cluster(Path(folder), durable=durable)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture(scope="session")
def shared_cluster() -> Iterator[Cluster]:
    """The cluster of the whole run; do not stop it."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_cluster() -> Iterator[Cluster]:
    """A durable cluster of this test alone, which may stop and start it."""
    with running_cluster(durable=True) as cluster:
        yield cluster


@pytest.fixture
def new_postgres(shared_cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Call it for the address (`postgresql+asyncpg://…`) of a new empty database; all are removed after the test."""
    urls: list[str] = []

    def new() -> str:
        urls.append(shared_cluster.new_database())
        return urls[-1]

    yield new
    for url in urls:
        shared_cluster.drop_database(url)


@pytest.fixture
def postgres_url(new_postgres: Callable[[], str]) -> str:
    """The address of a new empty database."""
    return new_postgres()
