"""Every setting, once: from the environment, frozen. ``docs/settings.md`` lists them, and a test keeps it complete."""

import os
import secrets
import socket
import tempfile
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Names and addresses under which a machine reaches itself."""
TOKEN_MINIMUM = 16
"""Characters of a token that is not to be guessed."""
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared only
_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class Settings(BaseSettings):
    """Settings of one installation; the environment's names are these in upper case behind ``POLL_``."""

    model_config = SettingsConfigDict(
        env_prefix="POLL_", frozen=True, hide_input_in_errors=True, ignored_types=(cached_property,)
    )

    data_dir: Path = Field(Path("data"), description="Folder of the embedded database and the signing secret.")
    database_url: str = Field(
        "", description="Database; empty: SQLite in the data folder. PostgreSQL: postgresql+asyncpg://…"
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "",
        description="Address that people open, without a path, such as https://gefragt.example.de; "
        "empty: this machine and port, http.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1", description="Addresses of reverse proxies whose X-Forwarded headers count, separated by commas."
    )
    official_website: str = Field(
        "", description="Text of the line that marks an official website of the administration; empty: no line."
    )
    imprint_url: str = Field("", description="Imprint; empty: a page that says who has to add it.")
    privacy_url: str = Field("", description="Privacy notice; empty: a page that says what the software stores.")
    accessibility_url: str = Field(
        "", description="Accessibility statement; empty: a page with what the software does."
    )
    language: Literal["de", "en"] = Field("de", description="Language of the pages that belong to no event.")
    metrics_token: str = Field(
        "", description="Token with which `/metrics` is read; empty: it is read on this machine only, past any proxy."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @field_validator("public_url")
    @classmethod
    def _as_origin(cls, value: str) -> str:
        """Write the address as browsers write an origin: small letters, punycode, no port that goes without saying."""
        if not value:
            return ""
        parts = urlsplit(str(HttpUrl(value)))
        if parts[2:] != ("/", "", "") or "@" in parts.netloc:
            raise ValueError("more than scheme, host and port")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("database_url")
    @classmethod
    def _with_our_driver(cls, value: str) -> str:
        if not value:
            return ""
        try:
            url = make_url(value)
        except ArgumentError as error:
            raise ValueError("no address") from error
        if url.drivername not in _DRIVERS or url.database in (None, "", ":memory:"):
            raise ValueError("no database of ours")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _hard_to_guess(cls, value: str) -> str:
        if value and len(value) < TOKEN_MINIMUM:
            raise ValueError("too short")
        return value

    @property
    def database(self) -> str:
        """Address of the database; SQLite in the data folder by default."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data_dir / 'poll.sqlite3').resolve()}"

    @property
    def database_file(self) -> Path | None:
        """The file of the database; None with PostgreSQL."""
        url = make_url(self.database)
        return Path(url.database or "") if url.get_backend_name() == "sqlite" else None

    @property
    def base_url(self) -> str:
        """Address that people open, without a slash at its end."""
        return self.public_url or self._at(self._name)

    @property
    def is_local(self) -> bool:
        """Whether that address leads people to this machine only when they sit at it."""
        return urlsplit(self.base_url).hostname in LOOPBACK

    @property
    def is_https(self) -> bool:
        """Whether people come by https, so that cookies can demand it."""
        return self.base_url.startswith("https://")

    @cached_property
    def origins(self) -> frozenset[str]:
        """Origins from which forms and sockets are taken; without a public address every name of this machine."""
        if self.public_url:
            return frozenset({self.public_url})
        return frozenset(map(self._at, (*LOOPBACK, self.host, self._name)))

    @property
    def loopback_url(self) -> str:
        """Address at which this machine reaches the server, without a slash at its end."""
        return self._at({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host))  # noqa: S104 - compared only

    @property
    def _name(self) -> str:
        if self.host in _EVERYWHERE:
            return lan_address() or "localhost"
        return "localhost" if self.host == "127.0.0.1" else self.host

    def _at(self, host: str) -> str:
        """Return the origin of a host at our port, as browsers write it."""
        port = "" if self.port == 80 else f":{self.port}"
        return f"http://[{host}]{port}" if ":" in host else f"http://{host}{port}"

    def secret(self) -> bytes:
        """Return the installation's signing secret; made at the first start, readable by its owner only."""
        path = self.data_dir / "secret"
        if not path.exists():
            self.data_dir.mkdir(0o700, parents=True, exist_ok=True)
            _make_secret(path)
        return path.read_bytes()


@cache
def lan_address() -> str | None:
    """Return this machine's address in its network; None without one. To connect a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # An address for documentation: any that the way out leads to will do.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def _make_secret(path: Path) -> None:
    """Write a new secret, whole or not at all; of several processes that make one at once the first one's stays."""
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(file.name)
