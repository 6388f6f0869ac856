"""The commands: ``poll-server serve | demo | event | round | export | recount | migrate | simulate``."""

import typer

from poll_server.cli.events import create, event_links
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
event_app.command("links")(event_links)
app.add_typer(event_app, name="event")

round_app = typer.Typer(no_args_is_help=True, help="Load and save rounds of an event.")
round_app.command("add")(add_round)
round_app.command("save")(save_round_command)
app.add_typer(round_app, name="round")
