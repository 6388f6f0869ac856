"""Links of the team: what they open, until when, and that they end for whoever is on them."""

import asyncio
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from poll_server.domain.errors import Forbidden
from poll_server.domain.links import Validity
from poll_server.live.links import LINK_OVER, REASONS
from tests.harness.server import Server, StartServer
from tests.web.conftest import NewEvent, NewPerson
from tests.web.events import SINGLE, draft, store
from tests.web.people import PATIENCE_SECONDS, Line, Person, german

PAGES = ("desk", "screen", "podium")


async def closed(line: Line) -> tuple[int, str]:
    """How the server closes a socket."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await line.connection.wait_closed()
    return line.connection.close_code or 0, line.connection.close_reason or ""


async def refusals(person: Person, code: str) -> set[tuple[int, bool]]:
    """The answers to whoever asks for a desk's pages or sends its forms, and whether they say this."""
    command = {"action": "join_show", "seen": "0"}
    answers = [
        await person.get("/desk"),
        await person.get("/desk/state"),
        await person.post("/desk", command),
        await person.post("/desk/screen", {}),
    ]
    return {(answer.status_code, german(Forbidden(code)) in answer.text) for answer in answers}


@pytest.mark.parametrize("page", PAGES)
async def test_link_taken_back_closes_its_sockets(new_event: NewEvent, new_person: NewPerson, page: str) -> None:
    """A link taken back by another process: its sockets close with a reason, page and key open nothing; others stay."""
    stored = await new_event(SINGLE)
    gone, stays = await new_person(stored), await new_person(stored)
    link = await stored.new_link(page, "Anna")
    assert (await gone.http.post(link, headers={"origin": gone.origin})).status_code == 303
    await stays.open(page)
    lines = [await person.line(f"/{page}/socket") for person in (gone, stays)]
    for line in lines:
        await line.take()
    await stored.revoke("Anna")
    assert await closed(lines[0]) == (LINK_OVER, REASONS[Validity.REVOKED])
    said = german(Forbidden("link_revoked"))
    for answer in (await gone.get(f"/{page}"), await gone.get(f"/{page}/state"), await gone.http.get(link)):
        assert (answer.status_code, said in answer.text) == (403, True)
    assert (await stays.get(f"/{page}")).status_code == 200
    await lines[1].connection.ping()


async def test_link_taken_back_refuses_every_request(new_event: NewEvent, new_person: NewPerson) -> None:
    """Whoever came by a link that is taken back gets and does nothing more; a screen opened from the desk is out."""
    stored = await new_event(SINGLE)
    person = await new_person(stored)
    await person.open("desk", "Anna")
    opened = await person.post("/desk/screen", {})
    assert (opened.status_code, opened.headers["location"]) == (303, f"{person.path}/screen")
    desk, screen = await person.line("/desk/socket"), await person.line("/screen/socket")
    await desk.take()
    await screen.take()
    await stored.revoke("Anna")
    assert [await closed(line) for line in (desk, screen)] == [(LINK_OVER, REASONS[Validity.REVOKED])] * 2
    assert await refusals(person, "link_revoked") == {(403, True)}
    assert (await person.get("/screen")).status_code == 403
    person.http.cookies.clear()
    assert await refusals(person, "role") == {(403, True)}


async def test_link_expires_for_whoever_is_on_it(new_event: NewEvent, new_person: NewPerson) -> None:
    """A link ends by itself at its time, for sockets and requests alike, and its key opens nothing after it."""
    stored = await new_event(SINGLE)
    person = await new_person(stored)
    expires = datetime.now(UTC) + timedelta(seconds=4)
    link = await stored.new_link("desk", "Kurz", expires)
    assert (await person.http.post(link, headers={"origin": person.origin})).status_code == 303
    line = await person.line("/desk/socket")
    assert await closed(line) == (LINK_OVER, REASONS[Validity.EXPIRED])
    assert datetime.now(UTC) >= expires
    assert await refusals(person, "link_expired") == {(403, True)}
    answer = await person.http.post(link, headers={"origin": person.origin})
    assert (answer.status_code, german(Forbidden("link_expired")) in answer.text) == (403, True)


async def test_link_taken_back_stays_so_after_a_crash(start_server: StartServer) -> None:
    """A server that is killed and started again knows which links are valid: a cookie by one opens, by another not."""
    server = await start_server()
    stored = await store(server, draft(SINGLE))
    async with Person(stored) as anna, Person(stored) as bert:
        await anna.open("desk", "Anna")
        await bert.open("desk", "Bert")
        line = await anna.line("/desk/socket")
        await stored.revoke("Anna")
        assert (await closed(line))[0] == LINK_OVER
        await server.kill()
        await server.start()
        assert await refusals(anna, "link_revoked") == {(403, True)}
        assert (await bert.get("/desk")).status_code == 200


async def test_secret_of_a_link_is_on_no_page(
    new_event: NewEvent, new_person: NewPerson, shared_server: Server
) -> None:
    """Neither a link's secret nor its hash is in a page, a frame, an export, a figure or a line of the log."""
    stored = await new_event(SINGLE)
    link = await stored.new_link("desk", "Anna")
    secret = link.rpartition("/")[2]
    person = await new_person(stored)
    await person.http.post(link, headers={"origin": person.origin})
    line = await person.line("/desk/socket")
    paths = ("", "/desk", "/desk/state", "/desk/export/csv", "/desk/export/json", "/desk/rounds", "/screen")
    texts = [await line.take(), *[(await person.get(path)).text for path in paths]]
    texts += [(await person.http.get("/metrics")).text, shared_server.logs()]
    hashed = await stored.digest("Anna")
    assert [text for text in texts if secret in text or hashed in text] == []


async def test_link_of_an_earlier_version_goes_on(new_event: NewEvent, new_person: NewPerson) -> None:
    """Signed keys open as before, with a name in them too, and each is a link that can be taken back on its own.

    Once the first one is taken back, named keys that have not come yet open nothing; another event's signed key never.
    """
    stored, other = await new_event(SINGLE), await new_event(SINGLE)
    await stored.sign("Regie alt")
    secret = (stored.server.data / "secret").read_bytes()
    person = await new_person(stored)

    def address(code: str, name: str = "") -> str:
        signed = hmac.new(secret, f"link:moderator:{code}{name and ':'}{name}".encode(), "sha256")
        return f"/e/{code}/desk/link/{name and name + '-'}{signed.hexdigest()[:32]}"

    async def opens(address: str) -> tuple[int, str]:
        answer = await person.http.post(address, headers={"origin": person.origin})
        known = [code for code in ("role", "link_revoked") if german(Forbidden(code)) in answer.text]
        return answer.status_code, "".join(known)

    assert [await opens(address(stored.code, name)) for name in ("", "Anna", "Anna")] == [(303, "")] * 3
    assert await stored.link_names("desk") == ["Regie", "Regie alt", "Anna"]
    await stored.revoke("Anna")
    assert [await opens(address(stored.code, name)) for name in ("", "Anna")] == [(303, ""), (403, "link_revoked")]
    await stored.revoke("Regie alt")
    assert [await opens(address(stored.code, name)) for name in ("", "Bert")] == [(403, "link_revoked")] * 2
    assert await opens(address(other.code)) == (403, "role")
    assert await opens(address(stored.code).replace("desk", "screen")) == (403, "role")
