"""What a document tells of a result: its rows with the numbers that belong to each, and how they are best shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from poll_server.questions.contract import Row


COUNTS = frozenset({"people", "points", "mentions"})
"""The columns that have the count of a row, by what is counted."""


class Look(StrEnum):
    """How rows are shown: as bars beside their numbers, as words of different sizes, or as texts one below the other.

    ``parts`` is a table of its own for all blocks together: a line for each block, whose rows make one bar.
    """

    BARS = "bars"
    PARTS = "parts"
    WORDS = "words"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Block:
    """A result, or what was said to one thing of several: then ``label`` names it, and the rows' names are short.

    ``columns`` name the numbers of a row: one of ``COUNTS`` for its count, ``share`` for its share, others the
    statistic ``NAME-KEY``. ``sums`` are the numbers that sum it up, of ``unit``, with so many
    decimal ``places`` at most. A full bar stands
    for the share ``whole``. ``selected`` are the rows of a document that is to be short, None for all.
    """

    rows: "Sequence[Row]"
    columns: tuple[str, ...] = ("people", "share")
    label: str = ""
    sums: Mapping[str, float | None] = field(default_factory=dict)
    unit: str = ""
    places: int = 1
    look: Look = Look.BARS
    whole: float = 1.0
    selected: "Sequence[Row] | None" = None
