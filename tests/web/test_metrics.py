"""What the server tells Prometheus, and whom."""

import re
from collections.abc import Mapping
from uuid import uuid4

import httpx2
from prometheus_client.parser import text_string_to_metric_families as families

from tests.harness.server import Server, StartServer
from tests.harness.visitor import visitor
from tests.operations.page import PAGE
from tests.web.events import SINGLE, draft, store
from tests.web.people import Desk, Person, ballot_form

TOKEN = "ein-langes-zeichen-4711"
PROCESS = "process_"


async def read(server: Server, **headers: str) -> httpx2.Response:
    """Ask for the metrics on the server's own machine."""
    async with visitor(server.url, headers=headers) as client:
        return await client.get("/metrics")


async def values(server: Server) -> Mapping[str, float]:
    """All samples as they are written: the name with its labels, and the value."""
    answer = await read(server)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_metrics_count_what_was_done(start_server: StartServer) -> None:
    """Connections, votes, batches and frames of a small round stand in them, and neither code nor person."""
    server = await start_server()
    stored = await store(server, draft(SINGLE))
    async with Person(stored) as moderator, Person(stored) as anna:
        desk = await Desk.of(moderator)
        line = await anna.take_part()
        await desk.do("open", stored.ids[0])
        form = ballot_form(await line.until(ballot_form))
        assert form is not None
        before = await values(server)
        submission = str(uuid4())
        for number in ("1", "1", "2"):
            await line.vote(form, "o1", submission=submission if number == "1" else str(uuid4()), number=number)
        after = await values(server)
        text = (await read(server)).text
    moved = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    exact = {name: n for name, n in moved.items() if name.startswith(("poll_ballots", "poll_messages"))}
    assert exact == {
        'poll_ballots_total{outcome="counted"}': 2,
        'poll_ballots_total{outcome="duplicate"}': 1,
        "poll_messages_received_total": 3,
    }
    counts = ("poll_batch_ballots", "poll_commit_seconds", "poll_acknowledgement_seconds")
    assert [moved[f"{name}_count"] for name in counts] == [3, 3, 3]
    assert (after['poll_batch_ballots_bucket{le="1.0"}'], after["poll_batch_ballots_sum"]) == (3, 3)
    people = {name: n for name, n in after.items() if name.startswith(("poll_connections", "poll_participants"))}
    assert people == {
        'poll_connections{role="audience"}': 1,
        'poll_connections{role="screen"}': 0,
        'poll_connections{role="podium"}': 0,
        'poll_connections{role="moderator"}': 1,
        "poll_participants": 1,
    }
    assert (after["poll_storing"], after["poll_votes_waiting"], after["poll_votes_waiting_seconds"]) == (1, 0, 0)
    assert moved["poll_frames_sent_total"] >= 3
    assert moved["poll_sent_bytes_total"] > 100 * moved["poll_frames_sent_total"]
    assert [word for word in (stored.code, SINGLE.text, submission) if word in text] == []


async def test_metrics_are_documented(shared_server: Server) -> None:
    """docs/operations.md lists just the metrics that there are, in their order, with their kinds and labels."""
    found = []
    for family in families((await read(shared_server)).text):
        labels = sorted({label for sample in family.samples for label in sample.labels} - {"le"})
        kept = not family.name.startswith(PROCESS) and not family.samples[0].name.endswith("_created")
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found += [(name, family.type, ", ".join(labels))] if kept else []
        assert family.documentation
    rows = re.findall(r"^\| `(poll_\w+)` \| (\w+)(?: by (\w+))? \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == found


async def test_metrics_are_for_this_machine_without_a_token(shared_server: Server) -> None:
    """Nothing that a proxy has passed on is answered, and no other name than the machine's own."""
    asked = [
        {},
        {"host": "[::1]:80"},
        {"x-forwarded-for": "127.0.0.1"},
        {"x-forwarded-for": "203.0.113.9"},
        {"forwarded": "for=127.0.0.1"},
        {"via": "1.1 proxy"},
        {"x-real-ip": "127.0.0.1"},
        {"host": "gefragt.example.de"},
        {"host": "[::1"},
        {"host": ""},
    ]
    answers = [(await read(shared_server, **headers)).status_code for headers in asked]
    assert answers == [200, 200, *[403] * 8]


async def test_metrics_are_for_the_token_alone(start_server: StartServer) -> None:
    """With a token whoever shows it is answered, also from elsewhere, and nobody else, also on this machine."""
    server = await start_server({"POLL_METRICS_TOKEN": TOKEN})
    elsewhere = {"x-forwarded-for": "203.0.113.9", "host": "gefragt.example.de"}
    asked = [f"Bearer {TOKEN}", "", TOKEN, f"Bearer {TOKEN}x", "Bearer", f"bearer  {TOKEN}"]
    answers = [(await read(server, **elsewhere, authorization=shown)).status_code for shown in asked]
    assert (answers, (await read(server)).status_code) == ([200, *[403] * 5], 403)
