"""Settings: documented, frozen, strict; and the installation's secret."""

import socket
import stat
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from poll_server.settings import Settings, lan_address
from poll_server.web.sessions import Sessions
from tests.harness.server import StartServer

PROJECT = Path(__file__).parents[1]


def settings(**given: Any) -> Settings:
    """Settings with these values."""
    return Settings(**given)


def row(name: str, field: FieldInfo) -> str:
    """The line of a setting in docs/settings.md."""
    default = f"`{field.default}`" if str(field.default) else ""
    return f"| `POLL_{name.upper()}` | {default} | {values(field)} | {field.description} |"


def values(field: FieldInfo) -> str:
    """What a setting may be, in words."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(field.annotation))
    limits = [getattr(one, name) for name in ("ge", "le") for one in field.metadata if hasattr(one, name)]
    return " to ".join(map(str, limits)) or "text"


def test_settings_are_documented() -> None:
    """The table of docs/settings.md has each setting with its default, values and meaning, in the program's order."""
    text = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = [line for line in text.splitlines() if line.startswith("| `POLL_")]
    assert documented == [row(name, field) for name, field in Settings.model_fields.items()]


NO_ORIGINS = (
    *(
        "gefragt.example.de",
        "localhost:8000",
        "ftp://gefragt.example.de",
        "https://",
        "https://a b.de",
        "http://a:99999",
    ),
    *("https://gefragt.example.de/umfrage", "https://gefragt.example.de/?a=b", "https://gefragt.example.de/#a"),
    "https://kim:geheim@gefragt.example.de",
)
NO_DATABASES = (
    *("poll", "postgresql://localhost/poll", "mysql+aiomysql://localhost/poll", "postgresql+asyncpg://a:b/poll"),
    *("sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "postgresql+asyncpg://localhost"),
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("port", 65536), ("port", "http"), ("language", "fr"), ("log_level", ""), ("metrics_token", "ein-kurzes")],
        *[("public_url", value) for value in NO_ORIGINS],
        *[("database_url", value) for value in NO_DATABASES],
    ],
)
def test_settings_refuse_what_does_not_fit(name: str, value: object) -> None:
    """A wrong value is named at the start."""
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({name: value})
    assert [error["loc"] for error in caught.value.errors()] == [(name,)]


def test_settings_cannot_change() -> None:
    """What was read at the start stays."""
    with pytest.raises(ValidationError) as caught:
        settings().port = 1
    assert [error["type"] for error in caught.value.errors()] == ["frozen_instance"]


@pytest.mark.parametrize(
    ("public", "base", "https"),
    [
        ("https://gefragt.example.de/", "https://gefragt.example.de", True),
        ("http://10.0.0.7:8080", "http://10.0.0.7:8080", False),
        ("HTTPS://Gefragt.Example.de:443", "https://gefragt.example.de", True),
        ("https://städte.example", "https://xn--stdte-hra.example", True),
        ("http://[::1]:8080", "http://[::1]:8080", False),
    ],
)
def test_public_address_is_the_only_origin(public: str, base: str, https: bool) -> None:
    """With a public address, forms and sockets come from there and from nowhere else, as browsers write it."""
    ours = settings(public_url=public)
    assert (ours.base_url, ours.is_https, ours.origins) == (base, https, frozenset({base}))


LOOPBACK = frozenset({"http://localhost:81", "http://127.0.0.1:81", "http://[::1]:81"})


@pytest.mark.parametrize(
    ("host", "base", "is_local"),
    [
        ("127.0.0.1", "http://localhost:81", True),
        ("::1", "http://[::1]:81", True),
        ("2001:db8::7", "http://[2001:db8::7]:81", False),
        ("gefragt.local", "http://gefragt.local:81", False),
    ],
)
def test_origins_without_public_address(host: str, base: str, is_local: bool) -> None:
    """Without a public address every name of this machine will do, at our port only."""
    ours = settings(host=host, port=81)
    assert (ours.base_url, ours.origins, ours.is_local) == (base, LOOPBACK | {base}, is_local)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_base_url_of_a_server_for_the_network(host: str) -> None:
    """Who listens everywhere is reached at this machine's address in the network, if it has one."""
    ours, address = settings(host=host, port=81), lan_address()
    assert (ours.base_url, ours.is_local) == (f"http://{address or 'localhost'}:81", address is None)
    assert ours.base_url in ours.origins


def test_lan_address_is_one_of_this_machine() -> None:
    """The address in the network is one to listen on, and not the loopback's."""
    address = lan_address()
    if address:
        with socket.create_server((address, 0)) as listener:
            assert listener.getsockname()[0] == address
    assert address != "127.0.0.1"


def test_origins_at_the_port_of_http() -> None:
    """Browsers leave out the port that goes without saying."""
    ours = settings(port=80)
    assert (ours.base_url, "http://127.0.0.1" in ours.origins) == ("http://localhost", True)


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("", Path("/srv/poll/poll.sqlite3")),
        ("sqlite+aiosqlite:////srv/elsewhere.db", Path("/srv/elsewhere.db")),
        ("postgresql+asyncpg://kim@localhost/poll", None),
    ],
)
def test_database_file(url: str, file: Path | None) -> None:
    """SQLite's file is known, in the data folder or elsewhere; PostgreSQL has none."""
    assert settings(data_dir="/srv/poll", database_url=url).database_file == file


def test_secret_is_private_and_stable(tmp_path: Path) -> None:
    """The secret is made once, for its owner's eyes only, and is another one in each installation."""
    first, second = settings(data_dir=tmp_path / "first"), settings(data_dir=tmp_path / "second")
    secret = first.secret()
    mode = stat.S_IMODE((tmp_path / "first" / "secret").stat().st_mode)
    later = settings(data_dir=tmp_path / "first").secret()
    assert (len(secret), mode, first.secret(), later) == (32, 0o600, secret, secret)
    assert second.secret() != secret


def test_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    """A folder that is made for data lets nobody else on the machine look inside."""
    folder = tmp_path / "data"
    settings(data_dir=folder).secret()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_secret_outlives_the_server(start_server: StartServer) -> None:
    """A server that stops and starts again signs with the same secret."""
    server = await start_server()
    before = (server.data / "secret").read_bytes()
    await server.restart()
    after = server.data / "secret"
    assert (after.read_bytes(), stat.S_IMODE(after.stat().st_mode)) == (before, 0o600)


def test_cookies_of_another_secret_do_not_count(tmp_path: Path) -> None:
    """What another installation has signed is nothing here."""
    first, second = (Sessions(settings(data_dir=tmp_path / name).secret(), https=False) for name in ("a", "b"))
    token = first.sign_receipt("now")
    assert (first.read_receipt(token), second.read_receipt(token)) == ("now", "")
