"""What stands on the pages of a PDF: each letter with its place, and the texts of its tables as they are tagged."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Matrix

MILLIMETRE = 72 / 25.4
_UNKNOWN = ("Td", "TD", "T*", "'", '"', "Tc", "Tw", "Tz", "Ts", "re", "Do")


class Box(NamedTuple):
    """A rectangle in points, from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float

    def inside(self, other: "Box") -> bool:
        """Whether all of it lies in the other one, but for half a point."""
        shared = self.common(other)
        return max(abs(mine - its) for mine, its in zip(self, shared, strict=True)) <= 0.5

    def common(self, other: "Box") -> "Box":
        """Return what lies in both, with no width or height where there is nothing."""
        left, bottom = max(self.left, other.left), max(self.bottom, other.bottom)
        return Box(left, bottom, max(left, min(self.right, other.right)), max(bottom, min(self.top, other.top)))

    def covers(self, other: "Box") -> bool:
        """Whether both share more than what letters beside each other do."""
        shared = self.common(other)
        return shared.right - shared.left > 1.5 and shared.top - shared.bottom > 0.8


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter as it is set: what it says, where it is, what may be seen there, and the number of its tag, if any.

    Its box is as wide as the letter and as high as a small one.
    """

    text: str
    box: Box
    seen: Box
    tag: int | None


class _Font:
    """What each glyph of a font says, and how wide it is in thousandths."""

    def __init__(self, font: Any) -> None:
        self.texts = dict(_texts(font.ToUnicode.read_bytes()))
        (descendant,) = font.DescendantFonts
        self.widths = defaultdict[int, float](lambda: float(descendant.get("/DW", 1000)))
        given = list(descendant.W)
        while given:
            first, second = int(given.pop(0)), given.pop(0)
            if isinstance(second, pikepdf.Array):
                self.widths |= {first + at: float(width) for at, width in enumerate(second)}
            else:
                self.widths |= dict.fromkeys(range(first, int(second) + 1), float(given.pop(0)))


def _texts(table: bytes) -> Iterator[tuple[int, str]]:
    """Give what each glyph says; the tables of our typesetter have no ranges."""
    for section in table.split(b"beginbfchar")[1:]:
        for line in section.partition(b"endbfchar")[0].splitlines():
            if line.strip():
                glyph, text = line.replace(b"<", b"").replace(b">", b"").split()
                yield int(glyph, 16), bytes.fromhex(text.decode()).decode("utf-16-be")


class _Reader:
    """Follows the instructions of a page; fails at one that would place letters in a way that it does not know."""

    def __init__(self, page: pikepdf.Page) -> None:
        self._page = page
        self._fonts = {name: _Font(font) for name, font in page.Resources.get("/Font", {}).items()}
        self._kept: list[tuple[Matrix, Box]] = []
        self._tags: list[tuple[int | None, list[str] | None]] = [(None, None)]
        self._place, self._seen = Matrix(), Box(*map(float, page.mediabox))
        self._path: list[tuple[float, float]] = []
        self._text, self._size = Matrix(), 0.0
        self._font: _Font

    def read(self) -> Iterator[Glyph]:
        """Give the letters of the page in its order."""
        for instruction in pikepdf.parse_content_stream(self._page):
            operands: Any = instruction.operands
            match str(instruction.operator):
                case "TJ":
                    yield from self._shown(operands[0])
                case "Tj":
                    yield from self._shown(operands)
                case "BDC" | "BMC" | "EMC" as name:
                    self._tag(name, operands)
                case name:
                    self._follow(name, operands)

    def _tag(self, name: str, operands: Any) -> None:
        """Begin or end what is tagged; it may say something else than its glyphs."""
        if name == "EMC":
            self._tags.pop()
            return
        about = operands[1] if len(operands) > 1 else {}
        tag, said = self._tags[-1]
        tag = int(about["/MCID"]) if "/MCID" in about else tag
        self._tags.append((tag, [str(about["/ActualText"])] if "/ActualText" in about else said))

    def _follow(self, name: str, operands: Any) -> None:
        assert name not in _UNKNOWN, name
        match name:
            case "q":
                self._kept.append((self._place, self._seen))
            case "Q":
                self._place, self._seen = self._kept.pop()
            case "cm":
                self._place = Matrix(*map(float, operands)) @ self._place
            case "m" | "l" | "c":
                self._path.append(self._place.transform((float(operands[-2]), float(operands[-1]))))
            case "W":
                self._seen = self._seen.common(_around(self._path))
            case "n" | "f" | "S":
                self._path = []
            case "Tf":
                self._font, self._size = self._fonts[str(operands[0])], float(operands[1])
            case "Tm":
                self._text = Matrix(*map(float, operands))

    def _shown(self, pieces: Sequence[Any]) -> Iterator[Glyph]:
        for piece in pieces:
            if not isinstance(piece, pikepdf.String):
                self._go(-float(piece))
                continue
            codes = bytes(piece)
            for code in (int.from_bytes(codes[at : at + 2], "big") for at in range(0, len(codes), 2)):
                wide = self._font.widths[code]
                corners = [
                    (self._text @ self._place).transform((across * self._size, up * self._size))
                    for across, up in ((0, -0.12), (wide / 1000, 0.5))
                ]
                tag, said = self._tags[-1]
                text = self._font.texts.get(code, "") if said is None else said.pop() if said else ""
                yield Glyph(text, _around(corners), self._seen, tag)
                self._go(wide)

    def _go(self, thousandths: float) -> None:
        self._text = Matrix(1, 0, 0, 1, thousandths / 1000 * self._size, 0) @ self._text


def _around(points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def glyphs(pdf: pikepdf.Pdf) -> list[list[Glyph]]:
    """The letters of each page."""
    return [list(_Reader(page).read()) for page in pdf.pages]


def squeezed(text: str) -> str:
    """A text without what is not seen: spaces, and signs that part, join or turn words."""
    return "".join(
        letter
        for letter in text
        if not letter.isspace() and unicodedata.category(letter) != "Cf" and letter not in "\ufe0e\ufe0f"
    )


# Tags


class Tags:
    """The structure tree of a PDF, with what stands in it."""

    def __init__(self, pdf: pikepdf.Pdf, letters: Sequence[Sequence[Glyph]]) -> None:
        self._root = pdf.Root.StructTreeRoot
        self._said: defaultdict[tuple[int, int], str] = defaultdict(str)
        for page, some in zip(pdf.pages, letters, strict=True):
            for glyph in some:
                if glyph.tag is not None:
                    self._said[page.obj.objgen[0], glyph.tag] += glyph.text

    def text(self, node: Any = None, page: int = 0) -> str:
        """What an element says, or all of them, in the order in which it is read out."""
        node = self._root if node is None else node
        match node:
            case pikepdf.Array():
                return "".join(self.text(one, page) for one in node)
            case pikepdf.Dictionary():
                here = node.Pg.objgen[0] if "/Pg" in node else page
                inside = node.get("/K", node.get("/MCID"))
                return self.text(inside, here) if inside is not None else ""
            case _:
                return self._said[page, int(node)]

    def elements(self, kind: str, node: Any = None) -> Iterator[Any]:
        """Give all elements of a kind below another one, or all."""
        node = self._root if node is None else node
        if isinstance(node, pikepdf.Array):
            for one in node:
                yield from self.elements(kind, one)
        elif isinstance(node, pikepdf.Dictionary):
            if node.get("/S") == f"/{kind}":
                yield node
            elif "/K" in node:
                yield from self.elements(kind, node.K)

    def tables(self) -> list[list[list[str]]]:
        """The cells of each table, row by row, without what is not seen but for single spaces."""
        return [
            [[self._cell(cell) for cell in row.K] for row in self.elements("TR", table)]
            for table in self.elements("Table")
        ]

    def _cell(self, node: Any) -> str:
        return " ".join("".join(letter if letter.isspace() else squeezed(letter) for letter in self.text(node)).split())
