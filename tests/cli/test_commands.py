"""All commands: which there are, their help, and what is typed wrong."""

from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from poll_server.cli import app
from tests.cli.commands import Ran, poll_server


def _commands(command: object, *names: str) -> dict[tuple[str, ...], TyperCommand | TyperGroup]:
    """A command and all below it, by the words that one types."""
    assert isinstance(command, TyperCommand | TyperGroup)
    below = command.commands if isinstance(command, TyperGroup) else {}
    found: dict[tuple[str, ...], TyperCommand | TyperGroup] = {names: command}
    for name, inner in below.items():
        found |= _commands(inner, *names, name)
    return found


COMMANDS = _commands(get_command(app))


def test_commands_are_those_of_the_documentation() -> None:
    """The commands are the ones that people are told of."""
    assert sorted(" ".join(names) for names in COMMANDS) == [
        "",
        "demo",
        "event",
        "event create",
        "event give",
        "event import",
        "event links",
        "event revoke",
        "event share",
        "export",
        "migrate",
        "organiser",
        "organiser activate",
        "organiser add",
        "organiser deactivate",
        "organiser link",
        "organiser list",
        "recount",
        "round",
        "round add",
        "round save",
        "serve",
        "simulate",
    ]


@pytest.mark.parametrize("names", list(COMMANDS), ids=" ".join)
async def test_help_of_every_command(names: tuple[str, ...]) -> None:
    """Each command says what it does and what each of its options means, and takes a data folder or an address."""
    command = COMMANDS[names]
    shown = await poll_server(*names, "--help")
    assert (shown.code, shown.err) == (0, "")
    options = [parameter for parameter in command.params if parameter.name != "help"]
    words = [command.help or "", *(getattr(option, "help", "") or "" for option in options)]
    assert [word for word in words if not word or " ".join(word.split()) not in " ".join(shown.out.split())] == []
    if not isinstance(command, TyperGroup):
        assert {"data", "url"} & {option.name for option in options}


@pytest.mark.parametrize(
    "arguments", [("sing",), ("event", "delete"), ("serve", "--port", "65536"), ("recount",), ("event", "create")]
)
async def test_command_typed_wrong(arguments: tuple[str, ...]) -> None:
    """An unknown command, an impossible port or a missing argument ends with 2 and a usage line, and does nothing."""
    ran = await poll_server(*arguments)
    assert (ran.code, ran.out, ran.err.split()[0]) == (2, "", "Usage:")


async def test_commands_speak_german(data: Path, example: Path) -> None:
    """In a German installation, or without a language in its settings at a German terminal, commands speak German."""
    made = await poll_server("event", "create", example, "--data", data, POLL_LANGUAGE="de")
    assert made.out.splitlines()[0] == "Kleinstädte in Deutschland: 12 Programmpunkte, 11 Fragen."
    said = "11 Fragen: Jede Auszählung stimmt mit ihren Stimmen überein.\n"
    assert await poll_server("recount", "demo", "--data", data, LC_ALL="de_DE.UTF-8") == Ran(0, said, "")
    english = await poll_server("recount", "demo", "--data", data, LC_ALL="de_DE.UTF-8", POLL_LANGUAGE="en")
    assert english.out == "11 questions: every tally equals its ballots.\n"
