"""A conference with real browsers: a moderator, participants and a screen, on a server of the test's own."""

import shutil
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conference import Conference, Links, NewConference, event_of, prepared
from tests.harness.browser import STEP_MS, NewContext
from tests.harness.proxy import Proxy
from tests.harness.server import StartServer

EVENT_FILE = Path(__file__).with_name("event.yaml")

expect.set_options(timeout=STEP_MS)


@pytest.fixture(scope="session")
def usual_event(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Links]:
    """A data folder with the event of event.yaml, made once, and the paths of its links."""
    return prepared(tmp_path_factory.mktemp("event"), EVENT_FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def event_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Links]:
    """The same with the questions that the module has as `ROUND`, or the usual event."""
    if hasattr(request.module, "ROUND"):
        return prepared(tmp_path_factory.mktemp("event"), event_of(request.module.ROUND))
    usual: tuple[Path, Links] = request.getfixturevalue("usual_event")
    return usual


@pytest.fixture
def new_conference(
    event_folder: tuple[Path, Links], start_server: StartServer, new_context: NewContext, tmp_path: Path
) -> NewConference:
    """Await it for a conference of its own, behind a proxy if one is given."""
    folder, links = event_folder

    async def make(proxy: Proxy | None = None) -> Conference:
        data = tmp_path / "conference"
        shutil.copytree(folder, data)
        server = await start_server(data=data, proxy=proxy)
        return Conference(server, proxy.url if proxy else server.url, links, new_context)

    return make


@pytest_asyncio.fixture
async def conference(new_conference: NewConference) -> Conference:
    """A conference whose people reach the server directly."""
    return await new_conference()
