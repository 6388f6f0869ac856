"""Doors and roles: one table of who may use what, and everybody tries everything on a real server."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from starlette.routing import Route, WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from poll_server.documents.report import Part
from poll_server.domain.access import Role
from poll_server.domain.accounts import SESSION_RESTS
from poll_server.domain.contributions import Contribution
from poll_server.domain.errors import Forbidden, Refused, Unknown
from poll_server.domain.programme import Option, SeriesDraft
from poll_server.domain.slots import seal
from poll_server.live.floor import answer_key
from poll_server.questions import kind_of
from poll_server.resources import resource
from poll_server.storage import events, report_choices, series
from poll_server.storage.tables import EventRow, metadata
from poll_server.web.routes import EVENT, ORGANISE, OWN, routes
from poll_server.web.static import StaticFiles
from tests.harness.server import Server
from tests.harness.visitor import visitor
from tests.web.accounts import EVENT_FORM, PASSWORD, account, give, password_link, session_cookie
from tests.web.events import LIVE, SINGLE, STATEMENTS, Stored, database_of, draft, store
from tests.web.exports import files_made
from tests.web.floor import hall as floor_hall
from tests.web.people import Desk, Person, german
from tools.access_table import PAGE, access_page

# Who asks. Each has the cookies of one role only, whatever path they were given for.
STRANGER, AUDIENCE, SCREEN, PODIUM, MODERATOR = "stranger", "audience", "screen", "podium", "moderator"
# Whose event it is, with whom it is shared, and somebody with another event; they have signed in and have no link.
OWNER, PARTNER, ADMINISTRATOR, COLLEAGUE = "owner", "partner", "administrator", "colleague"
HOSTS = (OWNER, PARTNER, ADMINISTRATOR)
SIGNED_IN = (*HOSTS, COLLEAGUE)
# On the server's own machine; everybody else comes through a proxy.
OPERATOR = "operator"
PROXIED = {"x-forwarded-for": "203.0.113.9"}
ROLES = (STRANGER, AUDIENCE, SCREEN, PODIUM, MODERATOR)
INTRUDERS = ("screen elsewhere", "moderator elsewhere", "forged", "swapped", "signed out", "deactivated")
ALL = (*ROLES, *SIGNED_IN, *INTRUDERS, OPERATOR)

MAY: dict[tuple[str, str], tuple[str, ...]] = {
    ("GET", "/"): ALL,
    ("GET", "/join"): ALL,
    ("GET", "/legal/{topic}"): ALL,
    ("GET", "/s/{code}"): ALL,
    ("GET", "/static/{version}/{name:path}"): ALL,
    ("GET", "/healthz"): ALL,
    ("GET", "/readyz"): ALL,
    ("GET", "/metrics"): (OPERATOR,),
    ("GET", EVENT): ALL,
    ("GET", f"{EVENT}/state"): ALL,
    ("POST", f"{EVENT}/vote"): (AUDIENCE,),
    ("POST", f"{EVENT}/add"): (AUDIENCE,),
    ("POST", f"{EVENT}/language"): ALL,
    ("GET", f"{EVENT}/group"): ALL,
    ("POST", f"{EVENT}/group"): (AUDIENCE,),
    ("GET", f"{EVENT}/answer"): ALL,
    ("GET", f"{EVENT}/pictures/{{name}}"): ALL,
    ("GET", f"{EVENT}/programme"): ALL,
    ("GET", f"{EVENT}/programme.ics"): ALL,
    ("GET", f"{EVENT}/documentation"): ALL,
    ("GET", f"{EVENT}/results/{{question}}"): ALL,
    ("GET", f"{EVENT}/parts/{{question}}/{{digest}}"): ALL,
    ("WS", f"{EVENT}/socket"): (AUDIENCE,),
    ("GET", f"{EVENT}/questions"): ALL,
    ("POST", f"{EVENT}/questions"): (AUDIENCE,),
    ("POST", f"{EVENT}/questions/back"): (AUDIENCE,),
    ("POST", f"{EVENT}/questions/withdraw"): (AUDIENCE,),
    ("GET", f"{EVENT}/questions/list"): ALL,
    ("GET", f"{EVENT}/questions/state"): ALL,
    ("GET", f"{EVENT}/questions/answer/{{key}}"): ALL,
    ("WS", f"{EVENT}/questions/socket"): (AUDIENCE,),
    ("GET", f"{EVENT}/{{page}}/link/{{key}}"): ALL,
    ("POST", f"{EVENT}/{{page}}/link/{{key}}"): ALL,
    ("GET", f"{EVENT}/screen"): (SCREEN, *HOSTS),
    ("GET", f"{EVENT}/screen/state"): (SCREEN, *HOSTS),
    ("WS", f"{EVENT}/screen/socket"): (SCREEN, *HOSTS),
    ("GET", f"{EVENT}/podium"): (PODIUM,),
    ("GET", f"{EVENT}/podium/state"): (PODIUM,),
    ("WS", f"{EVENT}/podium/socket"): (PODIUM,),
    ("GET", f"{EVENT}/desk"): (MODERATOR, *HOSTS),
    ("POST", f"{EVENT}/desk"): (MODERATOR, *HOSTS),
    ("POST", f"{EVENT}/desk/screen"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/state"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/export/{{format}}"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/question/{{question}}"): (MODERATOR, *HOSTS),
    ("POST", f"{EVENT}/desk/question/{{question}}"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/rounds"): (MODERATOR, *HOSTS),
    ("POST", f"{EVENT}/desk/rounds"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/rounds/{{round}}/{{format}}"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/library"): (MODERATOR, *HOSTS),
    ("POST", f"{EVENT}/desk/library"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/questions"): (MODERATOR, *HOSTS),
    ("POST", f"{EVENT}/desk/questions"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/questions/state"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/questions/log"): (MODERATOR, *HOSTS),
    ("GET", f"{EVENT}/desk/questions/export/{{form}}"): (MODERATOR, *HOSTS),
    ("WS", f"{EVENT}/desk/questions/socket"): (MODERATOR, *HOSTS),
    ("WS", f"{EVENT}/desk/socket"): (MODERATOR, *HOSTS),
    ("GET", f"{ORGANISE}/sign-in"): ALL,
    ("POST", f"{ORGANISE}/sign-in"): ALL,
    ("GET", f"{ORGANISE}/password/{{key}}"): ALL,
    ("POST", f"{ORGANISE}/password/{{key}}"): ALL,
    ("GET", ORGANISE): SIGNED_IN,
    ("GET", f"{ORGANISE}/account"): SIGNED_IN,
    ("POST", f"{ORGANISE}/account"): SIGNED_IN,
    ("GET", f"{ORGANISE}/library"): SIGNED_IN,
    ("POST", f"{ORGANISE}/library"): SIGNED_IN,
    ("GET", f"{ORGANISE}/library/{{origin}}"): SIGNED_IN,
    ("POST", f"{ORGANISE}/account/sessions"): SIGNED_IN,
    ("POST", f"{ORGANISE}/sign-out"): SIGNED_IN,
    ("GET", f"{ORGANISE}/programme"): SIGNED_IN,
    ("POST", f"{ORGANISE}/programme"): SIGNED_IN,
    ("GET", f"{ORGANISE}/series/{{series}}"): HOSTS,
    ("POST", f"{ORGANISE}/series/{{series}}"): HOSTS,
    ("GET", f"{ORGANISE}/series/{{series}}/state"): HOSTS,
    ("GET", f"{ORGANISE}/series/{{series}}/{{making}}/{{name}}"): HOSTS,
    ("GET", OWN): HOSTS,
    ("GET", f"{ORGANISE}/archive"): SIGNED_IN,
    ("GET", f"{ORGANISE}/new"): SIGNED_IN,
    ("POST", f"{ORGANISE}/new"): SIGNED_IN,
    ("GET", f"{OWN}/edit"): HOSTS,
    ("POST", f"{OWN}/edit"): HOSTS,
    ("GET", f"{OWN}/copy"): HOSTS,
    ("POST", f"{OWN}/copy"): HOSTS,
    ("POST", f"{OWN}/archive"): HOSTS,
    ("GET", f"{OWN}/delete"): (OWNER, ADMINISTRATOR),
    ("POST", f"{OWN}/delete"): (OWNER, ADMINISTRATOR),
    ("GET", f"{OWN}/programme"): HOSTS,
    ("POST", f"{OWN}/programme"): HOSTS,
    ("GET", f"{OWN}/programme/paste"): HOSTS,
    ("POST", f"{OWN}/programme/paste"): HOSTS,
    ("GET", f"{OWN}/programme/{{slot}}"): HOSTS,
    ("POST", f"{OWN}/programme/{{slot}}"): HOSTS,
    ("GET", f"{OWN}/links"): HOSTS,
    ("POST", f"{OWN}/links"): HOSTS,
    ("GET", f"{OWN}/log"): HOSTS,
    ("GET", f"{OWN}/log/{{format}}"): HOSTS,
    ("GET", f"{OWN}/export"): HOSTS,
    ("POST", f"{OWN}/export"): HOSTS,
    ("GET", f"{OWN}/export/state"): HOSTS,
    ("GET", f"{OWN}/export/{{making}}/{{name}}"): HOSTS,
    ("POST", f"{OWN}/organisers"): (OWNER, ADMINISTRATOR),
    ("POST", f"{OWN}/reach"): HOSTS,
    ("GET", f"{OWN}/documentation"): HOSTS,
    ("POST", f"{OWN}/documentation"): HOSTS,
    ("GET", f"{OWN}/numbers"): HOSTS,
    ("GET", f"{OWN}/numbers/state"): HOSTS,
}
READY = "ready-mood"
DOCUMENTATION = {f"place.{part}": "1" for part in Part} | {"introduction": "", "licence": ""}
DOCUMENTATION |= {"language": "de", "public": "yes"}
PICTURE = f"{'0' * 32}.png"
LET_IN = {HTTPStatus.OK, HTTPStatus.SEE_OTHER, HTTPStatus.SWITCHING_PROTOCOLS}
ENDING = [("POST", f"{ORGANISE}/{page}") for page in ("sign-in", "account", "sign-out")]
"""After these the session of who has used them is over."""
ENDING_EVENTS = [("POST", f"{OWN}/{page}") for page in ("edit", "copy", "delete")]
"""After these the event is another one, or none, or its series has one more."""
OF_EVENTS = [door for door in MAY if door[1].startswith(EVENT)]
SENDING = [door for door in MAY if door[0] in ("POST", "WS")]


@dataclass
class Hall:
    """An event whose first and third questions are shown and whose second is open, and the cookies of all who ask.

    Its session for questions from the floor is open; one was ``asked``, and who is in the audience has an ``own`` one.
    ``organisers`` are the ids of accounts with sessions, and of ``newcomer``, who gets links to set a password.
    ``files`` are the paths of one that has been made of its results, and of one of its series.
    """

    stored: Stored
    session: int
    asked: Contribution
    own: int
    cookies: dict[str, str]
    organisers: Mapping[str, int]
    static: StaticFiles
    client: httpx2.AsyncClient
    labels: int = 0
    files: tuple[str, str] = ("", "")

    def address(self, path: str, **given: str) -> str:
        """A real address of a door."""
        page, key = self.stored.link("screen").split("/")[-3::2]
        values = {"code": self.stored.code, "topic": "privacy", "question": str(self.stored.ids[0])}
        parts = self.stored.event.question(self.stored.ids[2]).definition
        if "{digest}" in path:
            values |= {"question": str(self.stored.ids[2]), "digest": kind_of(parts).pages(parts)[0].digest}
        values |= {
            "name": PICTURE,
            "version": self.static.version,
            "page": page,
            "key": key,
            "format": "csv",
            "slot": "new",
            "form": "log.csv",
            "origin": READY,
            "series": self.stored.code,
        }
        values |= {"round": str(self.stored.event.rounds[0].id)}
        if path.endswith("/answer/{key}"):
            values |= {"key": answer_key(self.asked, self.stored.pseudonym_key)}
        if "{making}" in path:
            made = self.files["{series}" in path]
            values |= dict(zip(("making", "name"), made.split("/")[-2:], strict=True))
        return path.replace("{name:path}", "audience.css").format(**values | given)

    async def knock(self, door: tuple[str, str], who: str, origin: str | None = None, **given: str) -> tuple[int, str]:
        """Return the status and the page that somebody gets at a door; an accepted socket is 101."""
        method, path = door
        server = self.stored.server
        headers = {"origin": origin or server.env["POLL_PUBLIC_URL"], "cookie": self.cookies[who]}
        headers |= {} if who == OPERATOR else PROXIED
        if path.startswith(f"{ORGANISE}/password") and not given:
            given["key"] = await password_link(server, self.organisers["newcomer"])
        if door in ENDING_EVENTS:
            given["code"] = (await self.another()).code
        address = self.address(path, **given)
        if method == "WS":
            return await knock_at_socket(server.ws_url(address), headers), ""
        data = self.form(path) if method == "POST" else None
        if method == "POST" and path == f"{OWN}/programme":
            data = await self.later()
        if path.endswith("/add"):
            headers["hx-request"] = "true"  # a plain form would be told that this question takes none
        response = await self.client.request(method, address, data=data, headers=headers)
        self.client.cookies.clear()
        if path.endswith("/desk/questions") and method == "POST" and response.status_code in LET_IN:
            self.labels += 1  # each changes the contribution, which the next one must have seen
        if door in ENDING and who in SIGNED_IN:
            self.cookies[who] = await session_cookie(server, self.organisers[who])
        return response.status_code, response.text

    async def another(self) -> Stored:
        """Store an event of the same organisers."""
        made = await store(self.stored.server, draft())
        for who in (OWNER, PARTNER):
            await give(made, self.organisers[who], owner=who == OWNER)
        return made

    async def later(self) -> dict[str, str]:
        """The form that lets the programme go on later, as it is sent on what stands now."""
        async with database_of(self.stored.server) as database, database.read() as connection:
            items = (await events.load(connection, self.stored.event.id)).items
        return {"item": str(items[0].id), "by": "later", "programme": seal(items)}

    def form(self, path: str) -> dict[str, str]:
        """The fields that a door for forms takes."""
        submission = str(uuid4())
        fields = {
            "/sign-in": {"name": COLLEAGUE, "password": PASSWORD},
            "/password/{key}": {"password": PASSWORD, "again": PASSWORD},
            "/account": {"present": PASSWORD, "password": PASSWORD, "again": PASSWORD},
            "/account/sessions": {"session": str(2**40)},
            "/organisers": {"name": PARTNER},
            "/new": EVENT_FORM,
            "/edit": EVENT_FORM,
            "/copy": {"title": "Kopie", "day": "2026-12-03", "code": ""},
            "/archive": {"archive": "out"},
            "/delete": {"name": "Tagung"},
            "/export": {"end": "none"},
            "/series/{series}": {"end": "none"},
            "/links": {"name": submission, "page": "desk", "until": "revoked"},
            "/vote": {"question": str(self.stored.ids[1]), "wave": "1", "number": "1", "answer": "o1"},
            "/question/{question}": {
                "do": "preview",
                "kind": SINGLE.kind,
                "result": SINGLE.reveal,
                "text": SINGLE.text,
                "hint": "",
            },
            "/desk/library": {"take": READY, "round": str(self.stored.event.rounds[0].id)},
            "/organise/library": {"forget": READY},
            "/rounds": {"text": "Wie war es?", "round": "0", "look": "yes", "seen": "0"},
            "/language": {"language": "en"},
            "/programme/{slot}": {"do": "save", "seen": "", "starts": "2027-01-21T09:00", "ends": "", "kind": "talk"}
            | {"title": submission, "description": ""},
            "/programme/paste": {"text": "9 Uhr Los", "day": "", "seen": "", "look": "yes"},
            "/programme": {
                "text": "21.1.2027 9 Uhr Los",
                "title": "",
                "zone": "",
                "language": "de",
                "day": "",
                "look": "yes",
            },
            "/documentation": DOCUMENTATION,
            "/add": {"question": str(self.stored.ids[2]), "wave": "1", "statement": "Mehr Busse"},
            "/group": {"group": "g1"},
            "/desk/questions": {"action": "label", "session": str(self.session), "label": f"Bus {self.labels}"}
            | {"contribution": f"{self.asked.id}.{self.labels}"},
            "/questions": {
                "do": "ask",
                "session": str(self.session),
                "submission": submission,
                "text": f"Was ist {submission}?",
            },
            "/questions/back": {"back": str(self.asked.id)},
            "/questions/withdraw": {"do": "withdraw", "contribution": str(self.own)},
        }
        found = (one for end, one in fields.items() if path.endswith(end))
        return next(found, {"action": "look", "question": "0"})


async def knock_at_socket(url: str, headers: dict[str, str]) -> int:
    """Return the status of a handshake."""
    try:
        async with connect(url, additional_headers=headers, proxy=None):
            return HTTPStatus.SWITCHING_PROTOCOLS
    except InvalidStatus as refused:
        return refused.response.status_code


async def cookies_of(stored: Stored) -> dict[str, str]:
    """The cookies of somebody in the audience, of a screen, a podium and a desk, by their names."""
    async with Person(stored) as person:
        await person.get()
        for page in ("screen", "podium", "desk"):
            await person.open(page)
        return {cookie.name: cookie.value or "" for cookie in person.http.cookies.jar}


async def accounts(server: Server, own: Stored, other: Stored) -> dict[str, int]:
    """Make the organisers of an event and of another one, and return their ids."""
    return {
        OWNER: await account(server, OWNER, owns=own),
        PARTNER: await account(server, PARTNER, shares=own),
        ADMINISTRATOR: await account(server, ADMINISTRATOR, role=Role.ADMINISTRATOR),
        COLLEAGUE: await account(server, COLLEAGUE, owns=other),
        "newcomer": await account(server, "newcomer"),
        "deactivated": await account(server, "deactivated", owns=own, active=False),
    }


@pytest_asyncio.fixture(scope="module")
async def hall(shared_server: Server) -> AsyncIterator[Hall]:
    """The event at whose doors all tests knock."""
    prepared = replace(
        draft(SINGLE, LIVE, STATEMENTS), pictures={PICTURE: b"\x89PNG\r\n\x1a\n"}, groups=(Option("g1", "Kommune"),)
    )
    floor = await floor_hall(shared_server, prepared=prepared)
    (question,) = await floor.add(floor.new(1))
    stored = floor.stored
    other = await store(shared_server, draft())
    async with database_of(shared_server) as database, database.write() as connection:
        held = await series.create(connection, SeriesDraft("Reihe", "de"), stored.code)
        row = metadata.tables[str(EventRow.__tablename__)]
        await connection.execute(row.update().where(row.c.id == stored.event.id).values(series_id=held))
        await report_choices.keep(connection, stored.event.id, report_choices.Kept({}, public=True))
    async with Person(stored) as moderator:
        desk = await Desk.of(moderator)
        for asked in (stored.ids[2], stored.ids[0]):
            for action in ("open", "close", "show"):
                await desk.do(action, asked)
        await desk.do("open", stored.ids[1])
    own, others = await cookies_of(stored), await cookies_of(other)
    ids = await accounts(shared_server, stored, other)
    sessions = {who: await session_cookie(shared_server, ids[who]) for who in (*SIGNED_IN, "deactivated")}
    sessions["signed out"] = await session_cookie(shared_server, ids[OWNER], now=datetime.now(UTC) - SESSION_RESTS)
    signature = own["moderator"].rpartition(".")[2]
    values = {
        STRANGER: {},
        OPERATOR: {},
        AUDIENCE: {"participant": own["participant"]},
        SCREEN: {"screen": own["screen"]},
        PODIUM: {"podium": own["podium"]},
        MODERATOR: {"moderator": own["moderator"]},
        "screen elsewhere": {"screen": others["screen"]},
        "moderator elsewhere": {"moderator": others["moderator"]},
        "forged": {
            "participant": f"{'0' * 32}.{signature}",
            "screen": others["screen"].replace(other.code, stored.code),
            "moderator": others["moderator"].replace(other.code, stored.code),
        },
        "swapped": {"participant": own["screen"], "screen": own["moderator"], "moderator": own["screen"]},
    }
    cookies = {who: "; ".join(f"{name}={value}" for name, value in jar.items()) for who, jar in values.items()}
    cookies |= sessions
    async with visitor(shared_server.url) as client:
        made = Hall(stored, floor.session, question, 0, cookies, ids, StaticFiles(resource("static")), client)
        headers = {"cookie": cookies[AUDIENCE], "hx-request": "true"}
        path = f"/e/{stored.code}/questions"
        sent = await client.post(path, data=made.form(path), headers=headers)
        made.own = sent.json()["told"]["id"]
        owner = {"cookie": cookies[OWNER]}
        event_file, *_ = await files_made(client, stored, "json", owner)
        (series_file,) = await files_made(client, f"{ORGANISE}/series/{stored.code}", "json", owner)
        made.files = (event_file, series_file)
        yield made


def doors_of_routes() -> Iterator[tuple[str, str]]:
    """The method and path of each route of the application."""
    for route in routes():
        if isinstance(route, WebSocketRoute):
            yield "WS", route.path
        else:
            assert isinstance(route, Route)
            yield from ((method, route.path) for method in (route.methods or set()) - {"HEAD"})


def test_table_has_every_door() -> None:
    """A route without a line in the table above, or a line without a route, fails."""
    assert sorted(doors_of_routes()) == sorted(MAY)


def test_document_is_up_to_date() -> None:
    """docs/access.md is what tools/access_table.py makes of the program."""
    assert PAGE.read_text(encoding="utf-8") == access_page()


@pytest.mark.parametrize("who", ALL)
async def test_doors_let_in_those_who_may(hall: Hall, who: str) -> None:
    """Everybody tries every door: in come just those of the table, and pages say why not."""
    came_in, said = set(), set()
    for door in MAY:
        status, page = await hall.knock(door, who)
        if status in LET_IN:
            came_in.add(door)
        elif door[0] != "WS":
            said.add((status, next((code for code, text in REASONS.items() if text in page), page)))
        else:
            assert status == HTTPStatus.FORBIDDEN
    assert came_in == {door for door, may in MAY.items() if who in may}
    reasons = {
        (HTTPStatus.FORBIDDEN, "role"): True,
        (HTTPStatus.FORBIDDEN, "operator"): who != OPERATOR,
        (HTTPStatus.UNPROCESSABLE_ENTITY, "no_cookie"): who != AUDIENCE,
        (HTTPStatus.FORBIDDEN, "signed_out"): who not in SIGNED_IN,
        (HTTPStatus.NOT_FOUND, "unknown_event"): who == COLLEAGUE,
        (HTTPStatus.NOT_FOUND, "unknown_series"): who == COLLEAGUE,
        (HTTPStatus.FORBIDDEN, "owner"): who == PARTNER,
    }
    assert said == {reason for reason, given in reasons.items() if given}


REASONS = {code: german(Forbidden(code)) for code in ("role", "operator", "signed_out", "owner")}
REASONS |= {"no_cookie": german(Refused("no_cookie"))}
REASONS |= {code: german(Unknown(code)) for code in ("unknown_event", "unknown_series")}


def somebody(door: tuple[str, str]) -> str:
    """Somebody who may use a door."""
    return next(who for who in (AUDIENCE, SCREEN, PODIUM, MODERATOR, OPERATOR, OWNER) if who in MAY[door])


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1"])
async def test_doors_refuse_other_sites(hall: Hall, origin: str) -> None:
    """Forms and sockets from other sites are refused, also with the right cookie; pages may be linked from anywhere."""
    refused, open_doors = set(), set()
    for door in MAY:
        status, page = await hall.knock(door, somebody(door), origin)
        if status == HTTPStatus.FORBIDDEN:
            refused.add(door)
            assert door[0] == "WS" or german(Forbidden("origin")) in page
        elif status in LET_IN:
            open_doors.add(door)
    assert (refused, open_doors) == (set(SENDING), set(MAY) - set(SENDING))


@pytest.mark.parametrize("who", [AUDIENCE, SCREEN, MODERATOR])
async def test_doors_of_unknown_event(hall: Hall, who: str) -> None:
    """At a code that does not exist every door is the page to type it again, and no socket opens."""
    found = {}
    for door in OF_EVENTS:
        status, page = await hall.knock(door, who, code="gibtesnicht")
        found[door] = (status, german(Unknown("unknown_code")) in page)
    assert found == {
        door: (HTTPStatus.FORBIDDEN, False) if door[0] == "WS" else (HTTPStatus.NOT_FOUND, True) for door in OF_EVENTS
    }


@pytest.mark.parametrize("page", ["desk", "screen", "sofa"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_links_open_with_their_own_key_only(hall: Hall, shared_server: Server, method: str, page: str) -> None:
    """A key of the other page, of another event, a cut one or none of ours opens nothing and gives no cookie."""
    other = await store(shared_server, draft())
    own = {name: hall.stored.link(name).rpartition("/")[2] for name in ("desk", "screen")}
    theirs = {name: other.link(name).rpartition("/")[2] for name in ("desk", "screen")}
    wrong = [*theirs.values(), *(key for name, key in own.items() if name != page), own["desk"][:-1], "0" * 32, "ä%00"]
    door = (method, f"{EVENT}/{{page}}/link/{{key}}")
    answers = {await hall.knock(door, MODERATOR, page=page, key=key) for key in wrong}
    assert {(status, german(Forbidden("role")) in text) for status, text in answers} == {(HTTPStatus.FORBIDDEN, True)}


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
async def test_doors_refuse_other_methods(hall: Hall, method: str) -> None:
    """What no door offers is answered 405, whoever asks."""
    paths = {path for kind, path in MAY if kind != "WS"}
    assert {(await hall.knock((method, path), MODERATOR))[0] for path in paths} == {HTTPStatus.METHOD_NOT_ALLOWED}
