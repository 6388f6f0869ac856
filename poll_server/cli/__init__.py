"""The commands: ``poll-server serve | demo | event | organiser | round | export | recount | migrate | simulate``."""

import typer

from poll_server.cli.events import create
from poll_server.cli.links import event_links, revoke
from poll_server.cli.organisers import activate, add, deactivate, give, link, list_organisers, share
from poll_server.cli.programmes import import_programme
from poll_server.cli.results import export, recount
from poll_server.cli.rounds import add_round, save_round_command
from poll_server.cli.serving import demo, migrate_command, serve
from poll_server.cli.simulation import simulate

app = typer.Typer(
    no_args_is_help=True,
    help="Live participation: ask an audience, count every vote once.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command("migrate")(migrate_command)
app.command()(demo)
app.command()(recount)
app.command()(export)
app.command()(simulate)

event_app = typer.Typer(no_args_is_help=True, help="Prepare events.")
event_app.command("create")(create)
event_app.command("import")(import_programme)
event_app.command("links")(event_links)
event_app.command("revoke")(revoke)
event_app.command("share")(share)
event_app.command("give")(give)
app.add_typer(event_app, name="event")

organiser_app = typer.Typer(no_args_is_help=True, help="Accounts of those who prepare events in the browser.")
organiser_app.command("add")(add)
organiser_app.command("list")(list_organisers)
organiser_app.command("link")(link)
organiser_app.command("deactivate")(deactivate)
organiser_app.command("activate")(activate)
app.add_typer(organiser_app, name="organiser")

round_app = typer.Typer(no_args_is_help=True, help="Load and save rounds of an event.")
round_app.command("add")(add_round)
round_app.command("save")(save_round_command)
app.add_typer(round_app, name="round")
