"""A round as a table, one question a row, as Excel and other spreadsheets save it.

``docs/preparing.md`` describes it. Reading gives the tree of a YAML file with the same content, so that one grammar
stands for all. A place is a line of the file and a column of the table.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO

from poll_server.documents.cells import guarded, unguarded
from poll_server.documents.fields import shortened
from poll_server.documents.round_words import LISTS, Written, key_of, keys_in, meant, said, value_of
from poll_server.documents.yaml_tree import Complain, List, Mapping, Node, Place, Text
from poll_server.i18n import N_

_DELIMITERS = ";\t,"
_BETWEEN = "|"


def tree_of_table(text: str, complain: Complain) -> Node | None:
    """Return the round as a tree, or None without a usable first row. A kind that is not named is missing."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    rows = list(_rows(text))
    if not rows:
        complain(Place(1, 1), N_("The file is empty."))
        return None
    if "text" not in map(key_of, rows[0][1]):
        complain(
            Place(rows[0][0], 1), N_("The first row names the columns; one of them must be “Frage” or “Question”.")
        )
        return None
    keys = _keys(*rows[0], complain)
    titles: dict[str, Text] = {}
    questions: list[Node] = [_question(line, cells, keys, titles, complain) for line, cells in rows[1:]]
    if not questions:
        complain(Place(rows[0][0], 1), N_("There is no question below the first row."))
        return None
    head = [(Text(title.place, "title"), title) for title in titles.values()]
    return Mapping(Place(1, 1), [*head, (Text(Place(1, 1), "questions"), List(Place(1, 1), questions))])


def is_table(text: str) -> bool:
    """Tell whether a text begins with the names of columns, one of them that of the question."""
    first = next(_rows(text.partition("\n")[0]), None)
    return first is not None and len(first[1]) > 1 and "text" in map(key_of, first[1])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Return (number of its first line, cells) of each row that has anything in it."""
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _keys(line: int, cells: list[str], complain: Complain) -> list[str]:
    """Return the keys that the columns stand for; empty for a column without a name, or with an unknown one."""
    keys: list[str] = []
    for column, cell in enumerate(cells, 1):
        name = cell.strip()
        key = key_of(name)
        if name and not key:
            unnamed = N_("Leave its name empty if it shall not be read.")
            instead = N_("Did you mean “%(closest)s”?", closest=meant(name)) if meant(name) else unnamed
            unknown = N_("Unknown column “%(written)s”. %(instead)s", written=shortened(name), instead=instead)
            complain(Place(line, column), unknown)
        elif key in keys and key not in LISTS:
            complain(Place(line, column), N_("The column “%(key)s” is there twice.", key=key))
            key = ""
        keys.append(key)
    return keys


def _question(line: int, cells: list[str], keys: list[str], titles: dict[str, Text], complain: Complain) -> Mapping:
    pairs: list[tuple[Node, Node]] = []
    lists: dict[str, List] = {}
    columns = Counter(keys)
    for column, cell in enumerate(cells, 1):
        place, value = Place(line, column), unguarded(cell.strip())
        key = keys[column - 1] if column <= len(keys) else ""
        if not value:
            continue
        if column > len(keys):
            complain(place, N_("This column has no name in the first row."))
        elif key == "title":
            titles.setdefault(value, Text(place, value))
        elif key in LISTS:
            entries = [Text(place, one) for one in (value.split(_BETWEEN) if columns[key] == 1 else [value])]
            lists.setdefault(key, List(place, [])).nodes.extend(entries)
        elif key:
            pairs.append((Text(place, key), Text(place, value_of(key, value))))
    return Mapping(Place(line, 1), [*pairs, *((Text(found.place, key), found) for key, found in lists.items())])


# Writing


def table_of_round(title: str, questions: Iterable[Written], language: str) -> str:
    """Return a round as CSV with the words of a language: semicolons, CRLF, no cell is a formula.

    Each entry of a list has a column of its own. White space at the ends of texts is lost.
    """
    named = [{**({"title": title} if title else {}), **question} for question in questions]
    widths = _widths(named)
    words = keys_in(language)
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        f"{words.get(key, key)} {number}" if key in LISTS else words.get(key, key)
        for key, width in widths.items()
        for number in range(1, width + 1)
    )
    for question in named:
        writer.writerow(cell for key, width in widths.items() for cell in _cells(question, key, width, language))
    return out.getvalue()


def _widths(questions: Iterable[Written]) -> dict[str, int]:
    """Return how many columns each key needs; a single list entry gets two, since one is read as several."""
    widths = {"title": 0, "text": 1, "kind": 1, "options": 0}
    for question in questions:
        for key, value in question.items():
            widths[key] = max(widths.get(key, 0), max(2, len(value)) if isinstance(value, list) else 1)
    return widths


def _cells(question: Written, key: str, width: int, language: str) -> list[str]:
    value = question.get(key, "")
    cells = value if isinstance(value, list) else [said(key, value, language)]
    return [*map(guarded, cells), *[""] * (width - len(cells))][:width]
