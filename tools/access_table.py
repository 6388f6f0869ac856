"""Write docs/access.md: every address with who may use it, and what each role may see of a question.

Run it after changing a door or what is seen; a test compares. Prints nothing.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from poll_server.domain.access import Role, Sight, sees
from poll_server.domain.programme import Reveal
from poll_server.domain.rounds import State
from poll_server.web.routes import DOORS

PAGE = Path(__file__).parents[1] / "docs" / "access.md"
WHO = {
    Role.PUBLIC: "everybody",
    Role.AUDIENCE: "everybody who knows the join code; a vote and the socket take the page's cookie as well",
    Role.SCREEN: "who has opened the event's secret link of the screen, or a screen from the desk, or is an organiser",
    Role.PODIUM: "who has opened the event's secret link of the podium",
    Role.MODERATOR: "who has opened the event's secret link of the desk, or is an organiser of the event",
    Role.ORGANISER: "who has signed in; an event opens to its owner and to those with whom it is shared",
    Role.ADMINISTRATOR: "an organiser to whom every event opens, also one without an owner",
    Role.OPERATOR: "who knows `POLL_METRICS_TOKEN`; without that setting who asks on the machine itself, past proxies",
}
HEAD = """# Who may do what

Made by `tools/access_table.py` from the tables that the program itself asks; a change here would be lost.

"""
DOORS_HEAD = """
## Doors

`WS` is a socket. Forms and sockets are taken from our own pages only (`Origin`), whatever the role.
A role is one of one event: it opens nothing of another. An organiser of an event needs no link for its desk and screen.

"""
SEEN_HEAD = """
## What is seen of the question on the stage

The form is for those who can still answer; the count is how many have.
At the desk everything is seen of every question, at any time, but for the numbers of a secret one.
"""
SECRET_HEAD = """
### Secret question

Before it is closed no number is seen at the desk either.

"""
REVEALS = {
    Reveal.SHOWN: "Result when the moderators show it",
    Reveal.LIVE: "Result as it grows",
    Reveal.ANSWERED: "Result as it grows, for those who have answered alone",
}
SEATS = {
    "audience": (Role.AUDIENCE, False),
    "audience, answered": (Role.AUDIENCE, True),
    "screen": (Role.SCREEN, False),
}


def access_page() -> str:
    """Return the text of docs/access.md."""
    doors = [(f"`{door.path}`", f"`{door.method}`", door.role.value) for door in DOORS]
    parts = [
        HEAD,
        table(("role", "who"), [(role.value, who) for role, who in WHO.items()]),
        DOORS_HEAD,
        table(("address", "method", "role"), doors),
        SEEN_HEAD,
        *(f"\n### {title}\n\n{seen_table(reveal)}" for reveal, title in REVEALS.items()),
        SECRET_HEAD,
        seen_table(Reveal.SHOWN, secret=True),
    ]
    return "".join(parts)


def seen_table(reveal: Reveal, *, secret: bool = False) -> str:
    """Return what each seat sees in each state, for one way in which a result appears."""
    rows = [(state.value, *(seen(state, reveal, *seat, secret=secret) for seat in SEATS.values())) for state in State]
    return table(("state", *SEATS), rows)


def seen(state: State, reveal: Reveal, role: Role, answered: bool, *, secret: bool) -> str:
    """Return what is seen, in words."""
    sights = sees(role, state, reveal, answered=answered, secret=secret)
    return ", ".join(sight.value for sight in Sight if sight in sights) or "nothing"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown, with a line break at its end."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    PAGE.write_text(access_page(), encoding="utf-8")
