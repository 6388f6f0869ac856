"""Re-create the fonts of documents from the npm packages they come from.

    python -m tools.fonts    write poll_server/documents/fonts/ anew (whatever else lies in that folder goes)

Needs npm on the PATH, and fonttools in the environment. The fonts are unchanged; beside them stands which characters
each has, so that the program can replace what none of them has without reading fonts.
"""

import importlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.vendor import ROOT, fetch, member, rebuild

FONTS = ROOT / "poll_server" / "documents" / "fonts"

FIRA = "@expo-google-fonts/fira-sans@0.4.1"
ARABIC = "@expo-google-fonts/noto-sans-arabic@0.4.3"
HEBREW = "@expo-google-fonts/noto-sans-hebrew@0.4.1"
EMOJI = "@expo-google-fonts/noto-emoji@0.4.7"
SHA512 = {
    FIRA: "zQVs67baYyBVEScaCGKG3MBtGe2hPNc7R3Axmj7JmWs310kOem4poL1mB+O52rwfFqiigzxV876BHFZBxoie1Q==",
    ARABIC: "YvtxyuegxPegu2g5urXJ+gQxRp8i798nQswTmEjwXOWR/fqy0Gvey6h5IoNRBrc43SxRxPezqCiR9ivpfPAXSg==",
    HEBREW: "NR3vP6GT/hSINLrk4JHJBQnuzh/C1mlMrphNlI2dQaO53a3oTjSRoG4JyYb1B6bHadjsGh0wPZbT4kMJBKjT/w==",
    EMOJI: "Gs7URwtKmCzzdGUTYbG8MIohyaQPgGxIaQG5hvyEAaQiEGJpQy6gyP3NDICE0EJkOJFoe1JFD3Hf1L4a3qe4KA==",
}
"""Package and version -> base64 of the sha512 of its tarball, as the registry states it."""

FILES = {
    "FiraSans-Regular.ttf": (FIRA, "400Regular/FiraSans_400Regular.ttf"),
    "FiraSans-SemiBold.ttf": (FIRA, "600SemiBold/FiraSans_600SemiBold.ttf"),
    "NotoSansArabic-Regular.ttf": (ARABIC, "400Regular/NotoSansArabic_400Regular.ttf"),
    "NotoSansHebrew-Regular.ttf": (HEBREW, "400Regular/NotoSansHebrew_400Regular.ttf"),
    "NotoEmoji-Regular.ttf": (EMOJI, "400Regular/NotoEmoji_400Regular.ttf"),
}
"""File -> package and path in it; regular ones stand for a family where it has characters in other weights too."""

README = """\
# Fonts of documents

Made by `python -m tools.fonts`; do not edit, and put nothing else here. All are unchanged, under the SIL Open Font
License 1.1 (`OFL.txt`).

| file | package, file in it |
|---|---|
"""


def build(target: Path, scratch: Path) -> None:
    """Write fonts, licence, read-me and coverage into `target`, an empty folder; `scratch` takes the downloads."""
    fonttools: Any = importlib.import_module("fontTools.ttLib")
    tarballs = fetch(scratch, SHA512)
    covered: dict[str, set[int]] = {}
    rows = []
    for name, (package, path) in FILES.items():
        (target / name).write_bytes(member(tarballs[package], path))
        here = set(fonttools.TTFont(target / name).getBestCmap())
        family = name.partition("-")[0]
        covered[family] = covered.get(family, here) & here
        rows.append(f"| `{name}` | {package.rpartition('@')[0]} {package.rpartition('@')[2]}, `{path}` |\n")
    ranges = {family: ranges_of(sorted(points)) for family, points in covered.items()}
    (target / "covered.json").write_text(json.dumps(ranges, indent=1) + "\n", "utf-8")
    (target / "README.md").write_text(README + "".join(rows), "utf-8")
    (target / "OFL.txt").write_text(licence(member(tarballs[one], "LICENSE_FONT").decode() for one in SHA512), "utf-8")


def licence(texts: Iterable[str]) -> str:
    """The copyright lines of all packages, and the licence below them once."""
    parts = [text.strip().split("\n", 1) for text in texts]
    return "\n".join(dict.fromkeys(first for first, _ in parts)) + "\n" + parts[0][1] + "\n"


def ranges_of(points: list[int]) -> str:
    """Code points as ranges in hexadecimal: ``20-7e a0 f7-ff``."""
    found: list[list[int]] = []
    for point in points:
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return " ".join(f"{low:x}" if low == high else f"{low:x}-{high:x}" for low, high in found)


if __name__ == "__main__":
    sys.exit(rebuild(FONTS, build))
