"""The doors on PostgreSQL, which can go away and come back while the server runs."""

from poll_server.domain.errors import Unavailable
from poll_server.domain.rounds import State
from tests.harness.postgres import Cluster
from tests.harness.server import StartServer
from tests.web.conftest import NewDesk, NewPerson
from tests.web.events import ballots_of, draft, store
from tests.web.people import ballot_form, german
from tests.web.test_desk import states_of


async def test_database_that_goes_away_comes_back(
    postgres_cluster: Cluster, start_server: StartServer, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Without its database the server lets votes wait and refuses steps in words; with it again both go on."""
    server = await start_server({"POLL_DATABASE_URL": postgres_cluster.new_database()})
    stored = await store(server, draft())
    question = stored.ids[0]
    desk, person = await new_desk(stored), await new_person(stored)
    line = await person.take_part()
    await desk.do("open", question)
    form = ballot_form(await line.until(ballot_form)) or {}
    submission = "11111111-2222-4333-8444-555555555555"
    postgres_cluster.stop()
    waiting = await line.vote(form, "o1", submission=submission)
    assert (waiting.state, german(Unavailable("unavailable")) in waiting.text) == ("waiting", True)
    assert await desk.say("close", question) == "not_saved"
    assert await desk.say("join_show") == "not_saved"
    assert await desk.say("ask", None, kind="single_choice", text="Da?", options="Ja\nNein") == "not_saved"
    assert (await person.http.get("/readyz")).status_code == 503
    assert 'data-state="open"' in (await person.get()).text
    postgres_cluster.start()
    assert (await line.vote(form, "o1", submission=submission)).state == "counted"
    await desk.do("close", question)
    await desk.do("show", question)
    assert (await states_of(stored))[0] is State.SHOWN
    assert await ballots_of(stored) == {(question, 1): 1}
