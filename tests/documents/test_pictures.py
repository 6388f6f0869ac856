"""Pictures of an event file: known by their content, named by a hash of it, refused with words."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from poll_server.documents.event_file import EventFileError, read_event
from poll_server.documents.pictures import Album, PictureFault

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(100)
FILE = """title: Tagung
date: 2027-01-22
programme:
  - time: 9.30
    title: Runde
    kind: round
    questions:
      - kind: notice
        text: Raumplan
        details: |
          Erdgeschoss

          Foyer: Kaffee
        picture: {picture}
        alternative: Großer Saal links
"""


@pytest.mark.parametrize(("content", "suffix"), [(PNG, "png"), (JPEG, "jpg"), (WEBP, "webp")])
def test_picture_is_named_by_its_content(tmp_path: Path, content: bytes, suffix: str) -> None:
    """What a file is called does not matter; the same picture is stored once."""
    for name in ("plan.gif", "noch einmal"):
        (tmp_path / name).write_bytes(content)
    album = Album(tmp_path)
    names = {album.take("plan.gif", 200), album.take("noch einmal", 200)}
    assert names == {f"{sha256(content).hexdigest()[:32]}.{suffix}"}
    assert album.pictures == dict.fromkeys(names, content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (PNG + bytes(4001 - len(PNG)), "The picture plan.png has more than 4 KB. Please make it smaller."),
        (b"<svg onload='x'/>", "The file plan.png is not a picture of the sort PNG, JPEG or WebP."),
        (WEBP.replace(b"WEBP", b"WAVE"), "The file plan.png is not a picture of the sort PNG, JPEG or WebP."),
        (WEBP.replace(b"RIFF", b"RIFX"), "The file plan.png is not a picture of the sort PNG, JPEG or WebP."),
        (b"", "The file plan.png is not a picture of the sort PNG, JPEG or WebP."),
        (None, "There is no picture plan.png."),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    """Too large, of another sort, or not there: nothing is taken."""
    if content is not None:
        (tmp_path / "plan.png").write_bytes(content)
    album = Album(tmp_path)
    with pytest.raises(PictureFault) as fault:
        album.take("plan.png", 4000)
    assert (fault.value.sentence, album.pictures) == (sentence, {})


def test_picture_may_be_as_large_as_said(tmp_path: Path) -> None:
    """The last byte that is allowed is."""
    (tmp_path / "plan.png").write_bytes(PNG + bytes(4000 - len(PNG)))
    album = Album(tmp_path)
    assert album.take("plan.png", 4000) in album.pictures


def test_picture_outside_the_folder_is_refused(tmp_path: Path) -> None:
    """An event file shows nobody what lies elsewhere: neither by a path up or from the root nor by a link."""
    (tmp_path / "event").mkdir()
    (tmp_path / "plan.png").write_bytes(PNG)
    (tmp_path / "event" / "link.png").symlink_to(tmp_path / "plan.png")
    album = Album(tmp_path / "event")
    for path in ("../plan.png", str(tmp_path / "plan.png"), "link.png"):
        with pytest.raises(PictureFault) as fault:
            album.take(path, 4000)
        assert fault.value.sentence == f"The picture {path} lies outside the folder of the event file."
    assert album.pictures == {}


@pytest.mark.parametrize("path", ["x" * 5000, "x\0y"])
def test_path_that_can_be_none_is_refused(tmp_path: Path, path: str) -> None:
    """Too long for any file, or with a null character: told as any other mistake."""
    with pytest.raises(PictureFault):
        Album(tmp_path).take(path, 4000)


def test_event_file_brings_its_pictures(tmp_path: Path) -> None:
    """The path is relative to the file; the question names the stored picture, and its lines stay."""
    (tmp_path / "bilder").mkdir()
    (tmp_path / "bilder" / "plan.png").write_bytes(PNG)
    draft = read_event(FILE.format(picture="bilder/plan.png"), date(2027, 1, 22), tmp_path)
    ((question,),) = [item.questions for item in draft.items]
    name = f"{sha256(PNG).hexdigest()[:32]}.png"
    assert draft.pictures == {name: PNG}
    assert question.rules == {
        "details": "Erdgeschoss\n\nFoyer: Kaffee",
        "picture": name,
        "alternative": "Großer Saal links",
    }


def mistakes(text: str, folder: Path | None) -> list[tuple[int, int, str]]:
    """What is wrong with an event file: line, column and sentence."""
    with pytest.raises(EventFileError) as error:
        read_event(text, date(2027, 1, 22), folder)
    return [(one.line, one.column, one.sentence) for one in error.value.mistakes]


def test_picture_that_is_not_there_is_told_at_its_place(tmp_path: Path) -> None:
    """One mistake, where the path stands; where there is no folder there can be no picture."""
    text = FILE.format(picture="plan.png")
    assert mistakes(text, tmp_path) == [(14, 18, "There is no picture plan.png.")]
    without = "A picture can only be given in an event file that lies beside it."
    assert mistakes(text, None) == [(14, 18, without)]


def test_notice_has_no_rules_of_answers(tmp_path: Path) -> None:
    """What says how people answer, and when the result is seen, does not belong to it."""
    rules = "".join(f"        {line}\n" for line in ("result: live", "abstention: yes"))
    text = FILE.replace("        picture: {picture}\n        alternative: Großer Saal links\n", rules)
    assert mistakes(text, tmp_path) == [
        (14, 9, "The key “result” does not belong to the kind notice."),
        (15, 9, "The key “abstention” does not belong to the kind notice."),
    ]
