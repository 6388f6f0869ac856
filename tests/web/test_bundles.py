"""One style sheet and one script for each sort of page, of the files in static/."""

from pathlib import Path

import pytest

from poll_server.render.styles import STYLES
from poll_server.resources import resource
from poll_server.web.bundles import SCRIPTS, NotUnderstood, bundles, script

STATIC = resource("static")
RAN = ["vendor/plain.js", "js/page.js", "js/shared.js"]
PAGE = """// What a page does.

import { late, send } from "./shared.js";

  // A remark.
const own = "http://host";  // ms
send(own, late);
"""
SHARED = """let own = 0;
export const late = 5;
export async function send(what) {
  await fetch(what);
}
"""
JOINED = """var plain;
(() => {"use strict";
const $shared = (() => {
let own = 0;
const late = 5;
async function send(what) {
  await fetch(what);
}
return { late, send };
})();
const $page = (() => {

const { late, send } = $shared;

const own = "http://host";
send(own, late);
return {  };
})();
})();
"""


def folder_of(where: Path, **modules: str) -> Path:
    """A folder like static/ with these modules and a script."""
    for name, text in {
        "vendor/plain": "var plain;\n",
        **{f"js/{name}": text for name, text in modules.items()},
    }.items():
        file = where / f"{name}.js"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return where


def test_modules_are_joined_behind_scripts(tmp_path: Path) -> None:
    """Scripts stay as they are; each module runs once, after those it imports from, in a scope of its own."""
    assert script(folder_of(tmp_path, page=PAGE, shared=SHARED), RAN) == JOINED


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('import late from "./shared.js";', 'import late from "./shared.js";'),
        ('import { late as soon } from "./shared.js";', 'import { late as soon } from "./shared.js";'),
        ('import "./shared.js";', 'import "./shared.js";'),
        ("export default 5;", "export default 5;"),
        ("export let moving = 5;", "export let moving = 5;"),
        ("const shared = import(name);", "import(name);"),
        ("const here = import.meta.url;", "import.meta.url;"),
        ('await fetch("/");', 'await fetch("/");'),
        ('import { never } from "./shared.js";', "shared.js does not export never."),
        ('import { late } from "./page.js";', "imports go round in a circle."),
    ],
)
def test_module_that_cannot_be_joined(tmp_path: Path, line: str, why: str) -> None:
    """What the joining does not understand stops the start, and is named."""
    with pytest.raises(NotUnderstood) as refused:
        script(folder_of(tmp_path, page=f"{line}\n", shared=SHARED), ["js/page.js"])
    assert str(refused.value) == f"page.js: {why}"


def test_every_source_is_in_a_bundle() -> None:
    """No style sheet and no script lies about unused, and what everybody reads loads no font."""
    made = bundles(STATIC)
    sources = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in (".css", ".js")}
    named = {file for files in (*STYLES.values(), *SCRIPTS.values()) for file in files}
    imported = {"js/rows.js", "js/forms.js", "js/window.js"}
    assert sources == named | imported
    assert sorted(name for name, text in made.items() if "@font-face" in text) == sorted(
        f"{name}.css" for name in STYLES if name not in ("audience", "documentation")
    )
