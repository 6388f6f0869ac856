"""The rows of a desk's list of entries."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from markupsafe import Markup, escape

from poll_server.domain import text
from poll_server.domain.decisions import Entry, Verdict

_TAG = 12
"""So many characters of an entry's name are enough for ids within a page."""


def entry_rows(
    entries: Sequence[Entry],
    row: Callable[[Verdict | None, bool], str],
    waits: bool,
    names: Mapping[str, str],
    language: str,
) -> Markup:
    """Return the rows of these entries; ``names`` are the texts of those that others are joined with.

    ``row`` gives the row of a verdict with ``{name}``, ``{tag}``, ``{text}``, ``{count}`` and ``{into}`` in place of
    what each entry has of its own: rendering a row takes twenty times longer than filling one in.
    """
    shape = cache(lambda verdict: str(row(verdict, waits)))
    return Markup().join(
        Markup(  # noqa: S704  # of markup and what is escaped here
            shape(entry.verdict).format(
                name=(name := entry.name),
                tag=name[:_TAG],
                text=escape(entry.text),
                count=text.count(entry.count, language),
                into=escape(names.get(entry.into, entry.into)),
            )
        )
        for entry in entries
    )
