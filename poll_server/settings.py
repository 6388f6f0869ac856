"""Every setting, once: from the environment, frozen. ``docs/settings.md`` lists them, and a test keeps it complete."""

import os
import secrets
import tempfile
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Settings(BaseSettings):
    """Settings of one installation; the environment's names are these in upper case behind ``POLL_``."""

    model_config = SettingsConfigDict(env_prefix="POLL_", frozen=True, ignored_types=(cached_property,))

    data_dir: Path = Field(Path("data"), description="Folder of the embedded database and the signing secret.")
    database_url: str = Field(
        "", description="Database; empty: SQLite in the data folder. PostgreSQL: postgresql+asyncpg://…"
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "",
        description="Address that people open, such as https://gefragt.example.de; empty: this machine and port, http.",
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
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @property
    def database(self) -> str:
        """Address of the database; SQLite in the data folder by default."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data_dir / 'poll.sqlite3').resolve()}"

    @property
    def base_url(self) -> str:
        """Address that people open, without a slash at its end."""
        host = "localhost" if self.host in ("0.0.0.0", "::", "127.0.0.1", "::1") else self.host  # noqa: S104 - compared only
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether people come by https, so that cookies can demand it."""
        return self.base_url.startswith("https://")

    @cached_property
    def origins(self) -> frozenset[str]:
        """Origins from which forms and sockets are taken; without a public address every name of this machine."""
        if self.public_url:
            parts = urlsplit(self.base_url)
            return frozenset({f"{parts.scheme}://{parts.netloc}"})
        return frozenset(f"http://{host}:{self.port}" for host in (*_LOOPBACK, self.host))

    def secret(self) -> bytes:
        """Return the installation's signing secret; made at the first start, readable by its owner only."""
        path = self.data_dir / "secret"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            _make_secret(path)
        return path.read_bytes()


def _make_secret(path: Path) -> None:
    """Write a new secret, whole or not at all; of several processes that make one at once the first one's stays."""
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(file.name)
