"""Figures and bars of a result's rows as they go into ticks: what they are called once for all rows."""

import re
from collections.abc import Iterable
from typing import TypedDict


class Rows(TypedDict):
    """``cells`` and ``bars`` are names with ``*`` for the key of a row, ``of`` has for each key their values."""

    cells: list[str]
    bars: list[str]
    of: dict[str, list[str]]


def fold(figures: dict[str, str], bars: dict[str, str], keys: Iterable[str]) -> Rows | None:
    """Take what belongs to rows out of ``figures`` and ``bars``, and return it; None if nothing does.

    A row is named by its key as far as a ``=``: cells of a matrix, ``o1=1``, ``o1=2`` and so on, make one row.
    """
    rows = list(dict.fromkeys(key.partition("=")[0] for key in keys))
    if not rows:
        return None
    cells, widths = _names(figures, "(.+-)", rows), _names(bars, "()", rows)
    of = {}
    for key in rows:
        of[key] = [figures.pop(name.replace("*", key)) for name in cells]
        of[key] += [bars.pop(name.replace("*", key)) for name in widths]
    return {"cells": cells, "bars": widths, "of": of} if cells or widths else None


def _names(values: Iterable[str], before: str, rows: list[str]) -> list[str]:
    """Return the names that every row has a value of, with ``*`` for its key."""
    known = set(values)
    first = re.compile(f"{before}{re.escape(rows[0])}(=.*)?")
    names = [f"{found[1]}*{found[2] or ''}" for found in map(first.fullmatch, values) if found]
    return [name for name in names if all(name.replace("*", key) in known for key in rows)]
