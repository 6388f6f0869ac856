"""The one style sheet of each sort of page, put together of the files in static/."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_FONT = "vendor/fira-sans-4.106.css"
_STAFF = ("vendor/kern-2.7.2.css", _FONT, "css/app.css")
STYLES: Mapping[str, Sequence[str]] = {
    "audience": (
        "vendor/kern-2.7.2.css",
        *("css/system_font.css", "css/app.css", "css/kinds.css", "css/contributions.css", "css/languages.css"),
    ),
    "documentation": (
        "vendor/kern-2.7.2.css",
        *("css/system_font.css", "css/app.css", "css/kinds.css", "css/documentation.css"),
    ),
    "desk": (*_STAFF, "css/kinds.css", "css/desk.css"),
    "editor": (*_STAFF, "css/desk.css", "css/editor.css"),
    "library": (
        *_STAFF,
        *("css/kinds.css", "css/desk.css", "css/editor.css", "css/organise.css", "css/library.css"),
    ),
    "moderation": (*_STAFF, "css/desk.css", "css/moderation.css"),
    "organise": (*_STAFF, "css/desk.css", "css/organise.css"),
    "podium": (*_STAFF, "css/stage.css", "css/podium.css"),
    "screen": (*_STAFF, "css/kinds.css", "css/stage.css"),
}
"""Style sheets by their names without the ending: files of static/, the later ones over the earlier ones."""

_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
_ADDRESS = re.compile(r'url\("(?!data:)')


def style_sheet(folder: Path, name: str) -> str:
    """Return the whole style sheet of a sort of page, of a folder like static/."""
    return "".join(style(folder, file) for file in STYLES[name])


def style(folder: Path, file: str) -> str:
    """Return a style sheet whose addresses are right one folder above, our own without its comments."""
    text = (folder / file).read_text("utf-8")
    above = file.rpartition("/")[0]
    text = _ADDRESS.sub(f'url("{above}/', text)
    return _COMMENT.sub("", text) if above == "css" else text
