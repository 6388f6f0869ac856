"""Results as pictures: every number is on them and in their words, and texts are nothing but texts."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from poll_server.documents.charts import ROWS, WIDTH, alternative, closed, measured, svg, wrapped, write
from poll_server.documents.export import Export
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import State
from tests.documents.exports import BUS, example, exported, question
from tests.documents.spreadsheet import FORMULAS

SVG = "{http://www.w3.org/2000/svg}"


def drawn(export: Export) -> ElementTree.Element:
    """The picture of the first question."""
    return ElementTree.fromstring(svg(export, next(export.event.questions)))


def words(picture: ElementTree.Element) -> list[str]:
    """The lines of text on a picture, from above."""
    return [line.text or "" for line in picture.iter(f"{SVG}text")]


def bars(picture: ElementTree.Element) -> list[float]:
    """The lengths of bars, as parts of the whole."""
    found = [float(one.attrib["width"]) for one in picture.iter(f"{SVG}rect") if one.get("x")]
    return [round(bar / whole, 3) for whole, bar in zip(found[::2], found[1::2], strict=True)]


def test_picture_has_the_numbers_of_the_result() -> None:
    """The wording, each answer with its share, count and bar, and how many answered."""
    picture = drawn(example())
    assert words(picture) == [
        "Womit „beginnen“?",
        'Der "Ortskern"',
        "100\N{NO-BREAK SPACE}% (8)",
        "Radwege und Bus",
        "13\N{NO-BREAK SPACE}% (1)",
        "Jugendrat",
        "0\N{NO-BREAK SPACE}% (0)",
        "Haben geantwortet: 8 · Tagung, 22. November 2026",
    ]
    assert bars(picture) == [1.0, 0.125, 0.0]


def test_picture_says_itself_in_words() -> None:
    """Its title is the wording, its description the result with every number; both are named as its alternative."""
    picture = drawn(example())
    title, told = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert picture.attrib["aria-labelledby"].split() == [title.attrib["id"], told.attrib["id"]]
    assert (picture.attrib["role"], picture.attrib["lang"], title.text) == ("img", "de", "Womit „beginnen“?")
    for said in (
        "100\N{NO-BREAK SPACE}% (8)",
        "13\N{NO-BREAK SPACE}% (1)",
        "0\N{NO-BREAK SPACE}% (0)",
        "Haben geantwortet: 8.",
    ):
        assert said in (told.text or "")


def test_few_answers_have_counts_and_no_shares() -> None:
    """Below the event's limit a bar is its count beside the largest, and no percent stands anywhere."""
    export = exported({"": [(question(BUS, State.SHOWN), {"#": 4, "o1": 3, "o2": 1})]}, shares_from=5)
    picture = drawn(export)
    assert (words(picture)[2::2][:2], bars(picture)) == (["3", "1"], [1.0, round(1 / 3, 3)])
    assert "%" not in svg(export, next(export.event.questions)).replace('="100%"', "")
    assert "%" not in alternative(export, next(export.event.questions))


@pytest.mark.parametrize(
    "text", [*FORMULAS, "<script>alert(1)</script>", "]]>", "&amp;", "\x01\ufffe", "שלום 漢字 👩🏽‍💻" * 20]
)
def test_every_text_is_text(text: str) -> None:
    """Markup of any sort makes no element, and the picture stays well-formed."""
    options = (Option("o1", text), Option("o2", "b"))
    asked_ = question(Definition("single_choice", text, options), State.SHOWN)
    picture = drawn(exported({text: [(asked_, {"#": 2, "o1": 2})]}, title=text))
    assert {one.tag.removeprefix(SVG) for one in picture.iter()} == {"svg", "title", "desc", "rect", "text"}


@pytest.mark.parametrize("letters", ["W" * 300, "wort " * 60, "i" * 300, "漢" * 300, "Wort " * 60])
def test_long_texts_stay_inside(letters: str) -> None:
    """Whatever the letters, lines are broken before the edge, and the picture grows downwards."""
    options = tuple(Option(f"o{at}", f"{at}{letters}"[:120]) for at in range(1, 21))
    asked_ = question(Definition("single_choice", letters.strip(), options), State.SHOWN)
    picture = drawn(exported({"": [(asked_, {"#": 2, "o1": 2})]}))
    lines = list(picture.iter(f"{SVG}text"))
    assert [
        line.text for line in lines if measured(line.text or "") * 0.55 * int(line.attrib["font-size"]) > WIDTH
    ] == []
    lowest = max(int(line.attrib["y"]) for line in lines)
    assert lowest < int(picture.attrib["height"])


def test_many_answers_are_cut_and_said() -> None:
    """A picture has twenty bars, and says how many more there are."""
    written = question(Definition("open_text", "Was noch?"), State.SHOWN)
    tally = {"#": 30} | {f"t:Text {at}": 1 for at in range(30)}
    picture = drawn(exported({"": [(written, tally)]}))
    assert (len(bars(picture)), words(picture)[-2]) == (ROWS, "Weitere Antworten: 10")


def test_zip_has_each_question_that_is_closed(tmp_path: Path) -> None:
    """One picture for each result that stands, by the numbers of round and question, each told; always the same."""
    export, told = example(), list[tuple[int, int]]()
    assert [name for name, _ in closed(export)] == ["1.1"]
    for name in ("a", "b"):
        write(export, tmp_path / name, lambda *done: told.append(done))
    assert told == [(1, 1), (1, 1)]
    content = (tmp_path / "a").read_bytes()
    assert content == (tmp_path / "b").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.namelist() == ["1.1.svg"]
    nothing = replace(export, event=replace(export.event, rounds=()))
    write(nothing, tmp_path / "none")
    with zipfile.ZipFile(tmp_path / "none") as packed:
        assert packed.namelist() == []


@pytest.mark.parametrize(
    ("words_", "width", "lines", "found"),
    [
        ("eins zwei drei", 12, 3, ["eins zwei", "drei"]),
        ("eins zwei drei", 12, 1, ["eins zwei…"]),
        ("abcdefgh", 3, 5, ["abc", "def", "gh"]),
        ("", 9, 3, []),
    ],
)
def test_wrapped_breaks_between_words(words_: str, width: int, lines: int, found: list[str]) -> None:
    """Between words where it can, within them where it must, with an ellipsis where there are too many lines."""
    assert wrapped(words_, width, lines) == found
