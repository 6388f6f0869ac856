"""Events of a test's own on the server that most tests of the doors share, and who takes part in them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
import pytest_asyncio

from poll_server.domain.programme import Definition
from tests.harness.server import Server
from tests.web.events import Stored, draft, store
from tests.web.people import Desk, Person

NewEvent = Callable[..., Awaitable[Stored]]
NewPerson = Callable[[Stored], Awaitable[Person]]
NewDesk = Callable[[Stored], Awaitable[Desk]]


@pytest.fixture
def new_event(shared_server: Server) -> NewEvent:
    """Await it for a new event on the shared server, with these questions and this tally under the first one."""

    async def make(
        *questions: Definition, language: str = "de", tally: Mapping[str, int] | None = None, empty: bool = False
    ) -> Stored:
        prepared = replace(draft(), items=()) if empty else draft(*questions, language=language)
        return await store(shared_server, prepared, tally)

    return make


@pytest_asyncio.fixture
async def new_person() -> AsyncIterator[NewPerson]:
    """Await it for somebody at an event; all go home at the end of the test."""
    async with AsyncExitStack() as stack:

        async def make(stored: Stored) -> Person:
            return await stack.enter_async_context(Person(stored))

        yield make


@pytest.fixture
def new_desk(new_person: NewPerson) -> NewDesk:
    """Await it for a desk of an event."""

    async def make(stored: Stored) -> Desk:
        return await Desk.of(await new_person(stored))

    return make
