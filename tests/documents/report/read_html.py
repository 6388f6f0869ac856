"""HTML files read by Python's own parser."""

from html.parser import HTMLParser


class Read(HTMLParser):
    """What a file is made of: names of elements, all attributes, texts, and tables by rows and cells."""

    def __init__(self, file: bytes) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.tables: list[list[list[str]]] = []
        self._in_cell = False
        self.feed(file.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; a table, a row and a cell begin."""
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        match tag:
            case "table":
                self.tables.append([])
            case "tr":
                self.tables[-1].append([])
            case "td" | "th":
                self.tables[-1][-1].append("")
                self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a cell; blanks around its text are not seen."""
        if tag in ("td", "th"):
            self._in_cell = False
            self.tables[-1][-1][-1] = self.tables[-1][-1][-1].strip(" \n")

    def handle_data(self, data: str) -> None:
        """Note a text, which may stand in a cell."""
        self.texts.append(data)
        if self._in_cell:
            self.tables[-1][-1][-1] += data
