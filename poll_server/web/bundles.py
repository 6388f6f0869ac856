"""The one style sheet and the one script of each sort of page, put together of the files in static/ at the start.

Ten thousand phones that come at the same time then ask for two files, and what a question needs that opens later is
there already. Sources stay as they are: there is no step between writing and running.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from poll_server.questions import KINDS
from poll_server.render.styles import STYLES, style_sheet

_HTMX = ("vendor/htmx-4.0.1.min.js", "vendor/hx-ws-4.0.1.min.js")
_FORMS = tuple(f"js/{module}.js" for module in dict.fromkeys(kind.module for kind in KINDS.values()) if module)
SCRIPTS: Mapping[str, Sequence[str]] = {
    "audience": (*_HTMX, "js/live.js", *_FORMS, "js/vote.js"),
    "contributions": (*_HTMX, "js/live.js", "js/contributions.js", "js/kept.js"),
    "desk": (*_HTMX, "js/live.js", "js/desk.js"),
    "desk_floor": (*_HTMX, "js/live.js", "js/desk.js", "js/desk_floor.js"),
    "editor": ("js/editor.js",),
    "fit": ("js/screen.js",),
    "kept": ("js/kept.js",),
    "moderation": (*_HTMX, "js/live.js", "js/moderation.js"),
    "numbers": (_HTMX[0],),
    "organise": ("js/copy.js",),
    "podium": (*_HTMX, "js/live.js", "js/screen.js", "js/podium.js"),
    "preview": (*_FORMS, "js/preview.js"),
    "screen": (*_HTMX, "js/live.js", "js/screen.js"),
    "slots": ("js/slots.js",),
}
"""Scripts by their names in the same way, in the order in which they run; what a module imports runs before it."""

_MODULES = "js/"
_IMPORT = re.compile(r'import \{ (\w+(?:, \w+)*) \} from "\./(\w+\.js)";\n')
_EXPORT = re.compile(r"^export (?=(?:async )?function (\w+)\(|const (\w+) =)", re.MULTILINE)
_REMARK = re.compile(r"^[ \t]*//.*\n|(?<=[;,(){}])[ \t]+// .*$", re.MULTILINE)
_STRANGE = re.compile(r"^(?:[ \t]*(?:import|export)|await)\b.*|\bimport\s*[.(].*", re.MULTILINE)


class NotUnderstood(Exception):
    """A file in static/ has something that cannot be put together; the message names the file and the place."""


def bundles(folder: Path) -> dict[str, str]:
    """Return the text of each bundle of a folder like static/ by its file name; raises NotUnderstood."""
    styles = {f"{name}.css": style_sheet(folder, name) for name in STYLES}
    return styles | {f"{name}.js": script(folder, files) for name, files in SCRIPTS.items()}


def script(folder: Path, files: Sequence[str]) -> str:
    """Return scripts as they are, then modules: each in a scope of its own, behind those that it imports from."""
    plain = [(folder / file).read_text("utf-8").rstrip("\n") for file in files if not file.startswith(_MODULES)]
    joined = _Joined(folder / _MODULES)
    for file in files:
        if file.startswith(_MODULES):
            joined.add(file.removeprefix(_MODULES))
    return "\n".join([*plain, '(() => {"use strict";', *joined.texts, "})();", ""])


class _Joined:
    """Modules made into constants of one scope: objects of what they export."""

    def __init__(self, folder: Path) -> None:
        self.texts: list[str] = []
        self._folder = folder
        self._exports: dict[str, set[str] | None] = {}

    def add(self, name: str) -> set[str]:
        """Append a module behind those that it imports from, once, and return what it exports."""
        if name in self._exports:
            known = self._exports[name]
            if known is None:
                raise NotUnderstood(f"{name}: imports go round in a circle.")
            return known
        self._exports[name] = None
        text = _REMARK.sub("", (self._folder / name).read_text("utf-8"))
        exported = {function or constant for function, constant in _EXPORT.findall(text)}
        text = _IMPORT.sub(lambda found: self._imported(name, found[1], found[2]), _EXPORT.sub("", text))
        if strange := _STRANGE.search(text):
            raise NotUnderstood(f"{name}: {strange[0].strip()}")
        given = f"return {{ {', '.join(sorted(exported))} }};"
        self.texts.append(f"const {_constant(name)} = (() => {{\n{text}{given}\n}})();")
        self._exports[name] = exported
        return exported

    def _imported(self, name: str, names: str, source: str) -> str:
        missing = {*names.split(", ")} - self.add(source)
        if missing:
            raise NotUnderstood(f"{name}: {source} does not export {', '.join(sorted(missing))}.")
        return f"const {{ {names} }} = {_constant(source)};\n"


def _constant(name: str) -> str:
    return f"${name.removesuffix('.js')}"
