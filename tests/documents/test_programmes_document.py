"""docs/programmes.md: its example is read, and its options are those of the command."""

import inspect
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from typer.main import get_command

from poll_server.cli import event_app
from poll_server.documents.programme_found import ITEMS_MAXIMUM, PROGRAMME_MAXIMUM
from poll_server.documents.programme_text import read_programme

DOCUMENT = (Path(__file__).parents[2] / "docs" / "programmes.md").read_text(encoding="utf-8")


def test_example_is_understood() -> None:
    """Each line of the example is understood, and nothing is odd about it."""
    (example,) = re.findall(r"```text\n(.*?)```", DOCUMENT, re.DOTALL)
    found = read_programme(example, ZoneInfo("Europe/Berlin"))
    assert (found.title, len(found.items), found.unread) == ("Tag der kleinen Städte", 5, ())
    assert found.items[-1].ends is not None
    assert found.items[-1].ends.hour == 13


def test_options_and_limits_are_those_of_the_command() -> None:
    """The table has each option of the command, and the limits are those that hold."""
    command = get_command(event_app).commands["import"]  # type: ignore[attr-defined]  # a group has them
    options = [one.opts[0] for one in command.params if one.param_type_name == "option" and one.opts != ["--help"]]
    assert re.findall(r"^\| `(--[a-z-]+)` \|", DOCUMENT, re.MULTILINE) == options
    assert inspect.cleandoc(DOCUMENT).count(f"at most {PROGRAMME_MAXIMUM:,} characters and {ITEMS_MAXIMUM} items") == 1
