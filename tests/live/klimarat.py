"""Real statements and votes of the Klimarat, where they are; and their count by means of their own."""

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "klimarat-produktion-und-konsum"
REASON = "the real statements and votes lie in ../shared, which is not here"
CHOICES = {"1": "a", "-1": "d", "0": "s"}

Row = Mapping[str, str]


def rows(name: str) -> list[Row]:
    """The rows of one of the files, oldest first, in the order of the file where times are equal."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: int(row["timestamp"]))


def accepted() -> list[Row]:
    """The statements that the moderators of then accepted."""
    return [row for row in rows("comments") if row["moderated"] == "1"]


def recount() -> tuple[dict[str, Counter[str]], int]:
    """How often each accepted statement got each vote, and how many people voted: of each the latest row stands."""
    known = {row["comment-id"] for row in accepted()}
    latest = {(row["voter-id"], row["comment-id"]): row["vote"] for row in rows("votes") if row["comment-id"] in known}
    counted: dict[str, Counter[str]] = {comment: Counter() for comment in known}
    for (_, comment), vote in latest.items():
        counted[comment][vote] += 1
    return counted, len({voter for voter, _ in latest})
