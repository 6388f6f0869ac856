"""Re-create static/vendor/ from the npm packages it comes from, or check that it is what they give.

    python tools/vendor.py            write static/vendor/ anew (whatever else lies in that folder goes)
    python tools/vendor.py --check    compare byte for byte, exit 1 and name the files that differ

Needs npm on the PATH, and fonttools and brotli in the environment. What is kept of KERN depends on the templates,
scripts and style sheets of this project: run it again after using a new kern-* class or --kern-* token. The reasons are
in docs/vendor.md.
"""

import argparse
import base64
import hashlib
import importlib
import logging
import math
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"

HTMX = "htmx.org@4.0.1"
KERN = "@kern-ux/native@2.7.2"
# Only for the text of the Open Font License, which KERN's package leaves out.
FONTSOURCE = "@fontsource/fira-sans@5.3.0"
SHA512 = {
    HTMX: "oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
    KERN: "TN0Mqbasp7S1IOqurXickde8MDj5hIcgT4s3f1i33wyv2iVgA1dTO/FoQyi6rgM9KYTYkIthl9k72g7fBUUvHg==",
    FONTSOURCE: "z1SKSG7eRhm3srlb7rQ3j77QP4TP7OFxCZ4wUWhCdt+3hOF9K0AyvybpAsz6+JWNcCVV7AqC7dbOT3e67P2r5A==",
}
"""Package and version -> base64 of the sha512 of its tarball, as the registry states it."""

KEEP_CLASSES = """
    kern-accordion kern-accordion__body kern-accordion__header
    kern-alert kern-alert--danger kern-alert--info kern-alert--success kern-alert--warning
    kern-alert__body kern-alert__header
    kern-badge kern-badge--danger kern-badge--info kern-badge--success kern-badge--warning
    kern-body kern-btn kern-btn--primary kern-btn--secondary kern-btn--tertiary
    kern-dialog kern-dialog__body kern-dialog__footer kern-dialog__header
    kern-divider kern-error kern-hint kern-label kern-label__optional kern-sr-only
    kern-fieldset kern-fieldset--error kern-fieldset__body
    kern-form-check kern-form-check--error kern-form-check__checkbox kern-form-check__checkbox--error
    kern-form-check__radio kern-form-check__radio--error
    kern-form-input kern-form-input--error kern-form-input__input kern-form-input__input--error
    kern-form-input__select kern-form-input__select--error kern-form-input__select-wrapper
    kern-heading-large kern-heading-medium kern-heading-small kern-heading-x-large kern-title
    kern-icon kern-icon--large kern-icon--small
    kern-icon--add kern-icon--arrow-back kern-icon--arrow-down kern-icon--arrow-up kern-icon--check kern-icon--close
    kern-icon--danger kern-icon--easy-language kern-icon--edit kern-icon--info kern-icon--language kern-icon--mail
    kern-icon--sign-language kern-icon--success kern-icon--visibility kern-icon--visibility-off kern-icon--warning
    kern-kopfzeile kern-kopfzeile__content kern-kopfzeile__flagge kern-kopfzeile__label
    kern-link kern-link--no-visited-state kern-link--small
    kern-stack kern-stack-lg kern-stack-sm kern-stack-xl
    kern-table kern-table-responsive kern-table__body kern-table__cell kern-table__cell--numeric
    kern-table__header kern-table__header--numeric kern-table__row
"""
"""Classes kept whether a page uses them today or not: the vocabulary of the mock-ups, of forms and of messages."""

DROP = "[type=file]"
"""Selectors with this in them are left out: nobody uploads a file here."""

KEEP_TOKENS = """
    --kern-color-action-default --kern-color-action-focus-default --kern-color-action-on-default
    --kern-color-feedback-warning --kern-color-form-input-border --kern-color-layout-background-default
    --kern-color-layout-background-default-surface --kern-color-layout-background-hued --kern-color-layout-border
    --kern-color-layout-text-default --kern-color-layout-text-default-contextual --kern-color-layout-text-muted
    --kern-color-darkblue-025 --kern-color-darkblue-150 --kern-color-darkblue-500 --kern-color-darkblue-700
    --kern-color-neutral-025 --kern-color-neutral-050 --kern-color-neutral-150 --kern-color-neutral-200
    --kern-color-neutral-700 --kern-color-neutral-750 --kern-color-neutral-850 --kern-color-neutral-900
    --kern-color-neutral-950 --kern-color-turquois-025 --kern-color-turquois-200 --kern-color-turquois-300
    --kern-color-turquois-700 --kern-color-white
    --kern-metric-border-radius-large --kern-metric-dimension-x-large --kern-metric-space-large
    --kern-typography-font-size-medium-static
"""
"""Custom properties that the own style sheets read or set; the others may go, or be replaced by their values."""

WITHOUT_MIX = {
    "--kern-color-action-state-indicator-shade-hover": "--kern-color-action-default",
    "--kern-color-action-state-indicator-shade-active": "--kern-color-action-default",
    "--kern-color-action-state-indicator-tint-hover-opacity": "--kern-color-layout-background-hued",
    "--kern-color-action-state-indicator-tint-active-opacity": "--kern-color-layout-background-hued",
}
"""What a token is where color-mix() is unknown: another token, no fixed colour, so that theme and branding hold."""

# Mozilla's licence reserves the name "Fira" for unchanged files, and a subset is a change.
FONT_FAMILY = "Gefragt Sans"
FONT_VERSION = "4.106"
FONT_WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600}
FONT_COPYRIGHT = """\
Digitized data copyright (c) 2012-2015, The Mozilla Foundation and Telefonica S.A.
with Reserved Font Name < Fira >,
"""
# Those that browsers apply unasked, and figures of one width for tables and counts.
FONT_FEATURES = ["calt", "ccmp", "kern", "liga", "locl", "mark", "mkmk", "lnum", "tnum"]
FONT_RANGES = [
    *[(0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x2C6, 0x2C7), (0x2D8, 0x2DD), (0x1E9E, 0x1E9E)],
    *[(0x2000, 0x200D), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x202F, 0x2033)],
    *[(0x2039, 0x203A), (0x2044, 0x2044), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212)],
    *[(0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265), (0xFB01, 0xFB02)],
]
"""Basic Latin, Latin-1, Latin Extended-A, Romanian, accents, punctuation, €, ™, arrows, arithmetic, fi and fl."""

README = """\
# Vendored files

Made by `python tools/vendor.py` (fonttools {fonttools}, brotli {brotli}); do not edit, and put nothing else here.
Why they are as they are: `docs/vendor.md`.

| file | package, file in it | licence | changed |
|---|---|---|---|
| `htmx-4.0.1.min.js` | htmx.org 4.0.1, `dist/htmx.min.js` | 0BSD, `htmx-LICENSE.txt` | no (1) |
| `hx-ws-4.0.1.min.js` | htmx.org 4.0.1, `dist/ext/hx-ws.min.js` | 0BSD, `htmx-LICENSE.txt` | no (1) |
| `kern-2.7.2.css` | @kern-ux/native 2.7.2, `dist/kern.min.css` | EUPL-1.2, `kern-LICENSE.md` | yes (2) |
| `fonts/fira-sans-400.woff2` | @kern-ux/native 2.7.2, `FiraSans-Regular.woff2` | OFL-1.1, `fonts/OFL.txt` | yes (3) |
| `fonts/fira-sans-500.woff2` | @kern-ux/native 2.7.2, `FiraSans-Medium.woff2` | OFL-1.1, `fonts/OFL.txt` | yes (3) |
| `fonts/fira-sans-600.woff2` | @kern-ux/native 2.7.2, `FiraSans-SemiBold.woff2` | OFL-1.1, `fonts/OFL.txt` | yes (3) |
| `fira-sans-{font}.css` | written for this project | EUPL-1.2 | |
| `fonts/OFL.txt` | @fontsource/fira-sans 5.3.0, `LICENSE` | | Mozilla's copyright line above it |

1. A reference to a source map would be left out.
2. Only the rules, icons and custom properties that this project uses; constants in place of custom properties that have
   one value only; `oklch()` colours as sRGB; values for browsers without `color-mix()`; another font family.
3. Fira Sans {font}: only Latin letters, fewer features, and named “{family}”, because Mozilla's licence reserves the
   name “Fira” for unchanged fonts.
"""


class VendorError(Exception):
    """A folder cannot be made; the message says what is missing or unexpected."""


# --- packages ---------------------------------------------------------------------------------------------------------


def fetch(folder: Path, packages: Mapping[str, str] = MappingProxyType(SHA512)) -> dict[str, Path]:
    """Download the tarballs of these packages into `folder`; by package each its file.

    Raises VendorError if npm fails or a tarball is not the one that is pinned by its sha512.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError("npm is not on the PATH: install Node.js.")
    command = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), *packages]
    try:
        subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise VendorError(f"npm could not fetch the packages: {error}") from error
    tarballs = {}
    for package, expected in packages.items():
        tarballs[package] = folder / (package.removeprefix("@").replace("/", "-").replace("@", "-") + ".tgz")
        found = base64.b64encode(hashlib.sha512(tarballs[package].read_bytes()).digest()).decode()
        if found != expected:
            raise VendorError(f"{package} has the sha512 {found}, not the pinned one.")
    return tarballs


def member(tarball: Path, path: str) -> bytes:
    """The content of one file of an npm package; `path` is relative to the package."""
    with tarfile.open(tarball) as archive:
        file = archive.extractfile(f"package/{path}") if f"package/{path}" in archive.getnames() else None
        if file is None:
            raise VendorError(f"{tarball.name} has no file {path}.")
        return file.read()


# --- style sheet: rules -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """A block of CSS: `head { declarations }`, or a group such as @media: `head { children }`."""

    head: str
    declarations: tuple[tuple[str, str], ...] = ()
    children: tuple["Rule", ...] = ()

    def __str__(self) -> str:
        body = "".join(map(str, self.children)) or ";".join(f"{name}:{value}" for name, value in self.declarations)
        return f"{self.head}{{{body}}}"


def parse(css: str) -> tuple[Rule, ...]:
    """Read minified CSS whose strings hold no braces; statements without a block, such as @charset, are left out."""
    rules, depth, start, opened = [], 0, 0, 0
    for brace in re.finditer("[{}]", css):
        depth += 1 if brace[0] == "{" else -1
        if brace[0] == "{" and depth == 1:
            opened = brace.start()
        elif depth == 0:
            rules.append(_rule(css[start:opened].rpartition(";")[2].strip(), css[opened + 1 : brace.start()]))
            start = brace.end()
    return tuple(rules)


def _rule(head: str, body: str) -> Rule:
    if "{" in body:
        return Rule(head, children=parse(body))
    pairs = (line.partition(":") for line in body.split(";") if line.strip())
    return Rule(head, declarations=tuple((name.strip(), value.strip()) for name, _, value in pairs))


def rewrite(rules: Iterable[Rule], change: Callable[[Rule], Iterable[Rule]]) -> tuple[Rule, ...]:
    """Replace every block of declarations by what `change` makes of it, and leave out the groups that end up empty."""
    return tuple(_rewritten(rules, change))


def _rewritten(rules: Iterable[Rule], change: Callable[[Rule], Iterable[Rule]]) -> Iterator[Rule]:
    for rule in rules:
        if not rule.children:
            yield from (new for new in change(rule) if new.declarations or new.children)
        elif children := rewrite(rule.children, change):
            yield replace(rule, children=children)


def blocks(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Every block of declarations, inside groups too."""
    for rule in rules:
        yield from blocks(rule.children) if rule.children else (rule,)


# --- style sheet: what is kept ----------------------------------------------------------------------------------------


def names_in(pattern: str, folders: Iterable[str], suffixes: set[str]) -> set[str]:
    """Every match of `pattern` in this project's files below `folders`, the vendored ones left out."""
    files = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)
    return {
        name for path in files if VENDOR not in path.parents for name in re.findall(pattern, path.read_text("utf-8"))
    }


def matches(selector: str, classes: set[str]) -> bool:
    """Whether the selector asks for no class outside `classes`; of each :is(), one alternative must not."""
    without_not = re.sub(r":not\([^()]*\)", "", selector)
    alternatives = re.findall(r":is\(([^()]*)\)", without_not)
    rest = re.sub(r":is\([^()]*\)", "", without_not)
    needed = set(re.findall(r"\.([a-zA-Z][\w-]*)", rest))
    return (
        DROP not in rest
        and needed <= classes
        and all(any(matches(one, classes) for one in group.split(",")) for group in alternatives)
    )


def used_rules(rules: Iterable[Rule], classes: set[str]) -> tuple[Rule, ...]:
    """The rules that can apply to `classes`, with the selectors that can; plain elements count as used."""

    def keep(rule: Rule) -> Iterator[Rule]:
        wanted = [one.strip() for one in re.split(r",(?![^(]*\))", rule.head) if matches(one, classes)]
        if wanted and not rule.head.startswith("@"):
            yield replace(rule, head=",".join(dict.fromkeys(wanted)))

    # Frames of an animation have no selectors; none of the kept components moves.
    return rewrite((rule for rule in rules if not rule.head.startswith("@keyframes")), keep)


def used_tokens(rules: tuple[Rule, ...], wanted: set[str]) -> tuple[Rule, ...]:
    """Leave out every custom property that neither a property, nor `wanted`, nor a kept custom property refers to."""
    declarations = [pair for rule in blocks(rules) for pair in rule.declarations]
    reached = set(wanted)
    while True:
        values = (value for name, value in declarations if not name.startswith("--") or name in reached)
        found = reached.union(*(re.findall(r"var\((--[\w-]+)", value) for value in values))
        if found == reached:
            break
        reached = found

    def keep(rule: Rule) -> Iterator[Rule]:
        kept = tuple(pair for pair in rule.declarations if not pair[0].startswith("--") or pair[0] in reached)
        yield replace(rule, declarations=kept)

    return rewrite(rules, keep)


def with_values(rules: tuple[Rule, ...], wanted: set[str]) -> tuple[Rule, ...]:
    """Replace var() by its value where only one value is possible, and leave out the fallback where there is a value.

    Colours stay custom properties, because themes and branding change them, and so do the `wanted` ones. A backdrop
    keeps its fallbacks: browsers before 2024 give it no custom properties.
    """
    declared = Counter(name for rule in blocks(rules) for name, _ in rule.declarations if name.startswith("--"))
    constants = {
        name: value
        for rule in rules
        if rule.head.startswith((":root", ":is(body,"))
        for name, value in rule.declarations
        if declared[name] == 1 and name not in wanted and (value.startswith("var(") or "-color-" not in name)
    }

    def value_of(reference: re.Match[str]) -> str:
        name = reference[1]
        return constants.get(name) or (f"var({name})" if name in declared else reference[0])

    def resolve(value: str) -> str:
        shorter = re.sub(r"var\((--[\w-]+)(?:,[^()]*)?\)", value_of, value)
        return value if shorter == value else resolve(shorter)

    def change(rule: Rule) -> Iterator[Rule]:
        kept = (
            rule.declarations
            if "::backdrop" in rule.head
            else ((name, resolve(text)) for name, text in rule.declarations)
        )
        yield replace(rule, declarations=tuple(kept))

    return rewrite(rules, change)


def icons_once(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Move every url() to a custom property of the root: KERN writes each icon twice, for the prefixed mask too."""
    icons: dict[str, str] = {}

    def change(rule: Rule) -> Iterator[Rule]:
        def name_of(found: re.Match[str]) -> str:
            return f"var({icons.setdefault(found[0], f'--icon-{len(icons)}')})"

        kept = ((name, re.sub(r"url\([^()]*\)", name_of, value)) for name, value in rule.declarations)
        yield replace(rule, declarations=tuple(kept))

    changed = rewrite(rules, change)
    return (Rule(":root", declarations=tuple((name, url) for url, name in icons.items())), *changed)


def without_repeats(rule: Rule) -> Iterator[Rule]:
    """The rule without declarations that a later one of the same property in it replaces."""
    last = {name: place for place, (name, value) in enumerate(rule.declarations) if "!important" not in value}
    kept = ((name, value) for place, (name, value) in enumerate(rule.declarations) if last.get(name, place) <= place)
    yield replace(rule, declarations=tuple(kept))


# --- style sheet: older browsers --------------------------------------------------------------------------------------


def srgb(lightness: float, chroma: float, hue: float) -> str:
    """`#rrggbb` of an OKLCH colour (lightness 0 to 1, hue in degrees), clipped to sRGB as browsers do on such a screen.

    Matrices: Björn Ottosson, "A perceptual color space for image processing", 2020; transfer curve: IEC 61966-2-1.
    """
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    clipped = (min(max(part, 0.0), 1.0) for part in linear)
    encoded = (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in clipped)
    return "#" + "".join(f"{round(255 * part):02x}" for part in encoded)


def without_oklch(rule: Rule) -> Iterator[Rule]:
    """The rule with every OKLCH colour written as `#rrggbb`."""

    def convert(found: re.Match[str]) -> str:
        return srgb(float(found[1]) / 100, float(found[2]), float(found[3]))

    colour = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)")
    kept = tuple((name, colour.sub(convert, value)) for name, value in rule.declarations)
    if any("oklch(" in value for _, value in kept):
        raise VendorError(f"{rule.head} has an oklch() colour that is not three plain numbers.")
    yield replace(rule, declarations=kept)


def plain_values(rules: tuple[Rule, ...]) -> Rule:
    """WITHOUT_MIX as a rule for browsers without color-mix(); raise VendorError if one of `rules` needs more."""
    mixed = {name for rule in blocks(rules) for name, value in rule.declarations if "color-mix(" in value}
    if unknown := mixed - WITHOUT_MIX.keys():
        raise VendorError(f"{', '.join(sorted(unknown))}: say in WITHOUT_MIX what replaces color-mix().")
    values = tuple((name, f"var({other})") for name, other in WITHOUT_MIX.items())
    return Rule("@supports not (color:color-mix(in oklch,red,red))", children=(Rule(":root", declarations=values),))


def kern_css(source: str) -> str:
    """This project's part of KERN's style sheet, one rule a line."""
    strings: dict[str, str] = {}

    def hide(found: re.Match[str]) -> str:
        return strings.setdefault(found[0].replace("Fira Sans", FONT_FAMILY), f'"{len(strings)}"')

    bare = re.sub(r'"[^"]*"', hide, source)
    classes = names_in(r"\bkern-[\w-]+", ["templates", "static"], {".html", ".js"}) | set(KEEP_CLASSES.split())
    tokens = names_in(r"--kern-[\w-]+", ["static"], {".css"}) | set(KEEP_TOKENS.split())
    rules = used_rules(parse(bare), classes)
    rules = used_tokens(with_values(rules, tokens), tokens)
    rules = (*rules, plain_values(rules))
    rules = icons_once(rewrite(rewrite(rules, without_repeats), without_oklch))
    shown = {place: string for string, place in strings.items()}
    text = re.sub(r'"\d+"', lambda found: shown[found[0]], "\n".join(map(str, rules)))
    return f"/* KERN-UX 2.7.2, EUPL-1.2; a changed part of it, see README.md */\n{text}\n"


# --- fonts ------------------------------------------------------------------------------------------------------------


def subset_font(source: Path, target: Path) -> None:
    """Write the part of a woff2 font that FONT_RANGES and FONT_FEATURES name, hinted, under FONT_FAMILY's name."""
    subset = importlib.import_module("fontTools.subset")
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = subset.Options(layout_features=FONT_FEATURES, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], flavor="woff2")
    font = subset.load_font(source, options)
    for record in font["name"].names:
        postscript = FONT_FAMILY.replace(" ", "")
        renamed = record.toUnicode().replace("Fira Sans", FONT_FAMILY).replace("FiraSans", postscript)
        font["name"].setName(renamed, record.nameID, record.platformID, record.platEncID, record.langID)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in FONT_RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    subset.save_font(font, target, options)


def font_css() -> str:
    """The @font-face rules, one for each weight."""
    return f"/* Fira Sans {FONT_VERSION}, OFL-1.1; a renamed part of it, see README.md */\n" + "".join(
        f'@font-face{{font-family:"{FONT_FAMILY}";src:url("fonts/fira-sans-{weight}.woff2") format("woff2");'
        f"font-weight:{weight};font-style:normal;font-display:swap}}\n"
        for weight in FONT_WEIGHTS.values()
    )


# --- the folder -------------------------------------------------------------------------------------------------------


def build(target: Path, scratch: Path) -> None:
    """Make the whole of static/vendor/ in `target`, an empty folder; `scratch` takes the downloads."""
    tarballs = fetch(scratch)
    fonts = target / "fonts"
    fonts.mkdir()
    for name, path in (("htmx", "dist/htmx.min.js"), ("hx-ws", "dist/ext/hx-ws.min.js")):
        script = re.sub(rb"\s*//# sourceMappingURL=\S*", b"", member(tarballs[HTMX], path))
        (target / f"{name}-4.0.1.min.js").write_bytes(script)
    (target / "htmx-LICENSE.txt").write_bytes(member(tarballs[HTMX], "LICENSE"))
    source = member(tarballs[KERN], "dist/kern.min.css").decode()
    (target / "kern-2.7.2.css").write_text(kern_css(source), "utf-8")
    (target / "kern-LICENSE.md").write_bytes(member(tarballs[KERN], "LICENSE.md"))
    for style, weight in FONT_WEIGHTS.items():
        whole = scratch / f"{style}.woff2"
        whole.write_bytes(member(tarballs[KERN], f"dist/fonts/fira-sans/FiraSans-{style}.woff2"))
        subset_font(whole, fonts / f"fira-sans-{weight}.woff2")
    (target / f"fira-sans-{FONT_VERSION}.css").write_text(font_css(), "utf-8")
    terms = member(tarballs[FONTSOURCE], "LICENSE").decode().partition("\n")[2]
    (fonts / "OFL.txt").write_text(f"{FONT_COPYRIGHT}{terms}", "utf-8")
    versions = {name: metadata.version(name) for name in ("fonttools", "brotli")}
    (target / "README.md").write_text(README.format(font=FONT_VERSION, family=FONT_FAMILY, **versions), "utf-8")


def differences(made: Path, kept: Path) -> list[str]:
    """Relative paths of the files that are not byte for byte the same in both folders, or that only one of them has."""
    contents = [
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (made, kept)
    ]
    return sorted({name for name, _ in contents[0].items() ^ contents[1].items()})


def rebuild(folder: Path, build: Callable[[Path, Path], None], *, check: bool = False) -> int:
    """Let `build` make a folder anew, or only compare what it makes with it; print what differs; the exit status."""
    with tempfile.TemporaryDirectory() as temporary:
        made, scratch = Path(temporary, "made"), Path(temporary, "scratch")
        made.mkdir()
        scratch.mkdir()
        try:
            build(made, scratch)
        except ImportError as error:
            print(f"{error}: run 'python -m pip install fonttools brotli' and try again.", file=sys.stderr)
            return 2
        except VendorError as error:
            print(error, file=sys.stderr)
            return 2
        different = differences(made, folder)
        if not check:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(made, folder)
    for name in different:
        print(f"{folder.relative_to(ROOT) / name} {'differs' if check else 'written'}")
    return 1 if check and different else 0


def main() -> int:
    """Write or check static/vendor/; the exit status."""
    parser = argparse.ArgumentParser(description="Re-create static/vendor/ from the npm packages it comes from.")
    parser.add_argument("--check", action="store_true", help="compare only; exit status 1 if a file differs")
    return rebuild(VENDOR, build, check=parser.parse_args().check)


if __name__ == "__main__":
    sys.exit(main())
