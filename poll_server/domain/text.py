"""Codes and numbers as people write them."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that are not mistaken for one another, for codes that are read from a wall."""
CODE_LENGTH = 6

_GROUP = {"de": ".", "en": ",", "de-simple": "."}
_POINT = {"de": ",", "en": ".", "de-simple": ","}
_PERCENT = {"de": "\N{NO-BREAK SPACE}%", "en": "%", "de-simple": "\N{NO-BREAK SPACE}%"}


def normal_code(typed: str) -> str:
    """Return a join code as it is stored: without spaces and hyphens, in lower case."""
    return "".join(letter for letter in typed.casefold() if letter.isalnum())[:32]


def shown_code(code: str) -> str:
    """Return a join code as it is shown: upper case, six characters in two groups."""
    code = code.upper()
    return f"{code[:3]}\N{NO-BREAK SPACE}{code[3:]}" if len(code) == CODE_LENGTH else code


def count(n: int, language: str) -> str:
    """Return a whole number with the language's group separator from 1,000 on."""
    return f"{n:,}".replace(",", _GROUP[language])


def percent(share: float, language: str) -> str:
    """Return a fraction as whole percent, halves rounded up."""
    return f"{int(round(share * 100, 9) + 0.5)}{_PERCENT[language]}"  # 0.285 * 100 is a little less than 28.5


def change(share: float, before: float) -> str:
    """Return the difference of two fractions in whole percentage points, with its sign."""
    points = int(abs(round((share - before) * 100, 9)) + 0.5)
    sign = "+" if share > before else "\N{MINUS SIGN}"
    return f"{sign}{points}" if points else "\N{PLUS-MINUS SIGN}0"


def width(share: float) -> str:
    """Return the length of a bar for a fraction of the whole, as an SVG percentage."""
    return f"{round(share * 100, 1):g}%"


def looked_up(typed: str) -> str:
    """Return a name as it is compared: one line, wide and small letters and what is not seen make no difference."""
    seen = "".join(letter for letter in unicodedata.normalize("NFKC", typed) if unicodedata.category(letter) != "Cf")
    return fold(seen).casefold()


_DRAWN_ALIKE = str.maketrans("АВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXABEZHIKMNOPTYX")
"""Capitals of Cyrillic and Greek that are drawn as Latin ones are."""
_WITHOUT_A_SHAPE = ("FILLER", "VARIATION SELECTOR", "GRAPHEME JOINER", "BRAILLE PATTERN BLANK")


def drawn(typed: str) -> str:
    """Return a name by what is seen of it: capitals, and what looks like a Latin letter is one."""
    seen = "".join(letter for letter in unicodedata.normalize("NFKD", typed) if not has_no_shape(letter))
    return fold(seen.upper().translate(_DRAWN_ALIKE))


def has_no_shape(letter: str) -> bool:
    """Tell whether nothing is seen of a character although it is no space."""
    name = unicodedata.name(letter, "")
    return unicodedata.category(letter) in ("Cf", "Cc") or any(word in name for word in _WITHOUT_A_SHAPE)


BLANK_LETTERS = "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}"
"""Letters by their category, of which nothing is seen."""
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]|\r(?!\n)")


def storable(text: str) -> bool:
    """Tell whether every database takes this text: no lone surrogate, no control character but newline and tab."""
    return _UNSTORABLE.search(text) is None


def clean(text: str) -> str:
    """Return a text without what no database takes and without marks that turn the direction of what stands beside it.

    Line ends, tabs, emoji and letters written from right to left stay.
    """
    return text if text.isascii() and text.isprintable() else _UNWANTED.sub("", text)


def fold(text: str, maximum: int | None = None) -> str:
    """Return what somebody wrote as one line in its composed form, without spaces around, cut after `maximum`.

    Composed it may be longer: some letters, such as \N{DEVANAGARI LETTER QA}, have none but a form of two. Of marks
    that stand upon one another, so that they would reach into other lines, only the first few stay.
    """
    return " ".join(_unpiled(unicodedata.normalize("NFC", text)).split())[:maximum].rstrip()


MARKS_MAXIMUM = 4
"""Marks upon one letter: no living language needs more."""


def _unpiled(text: str) -> str:
    if text.isascii():
        return text
    kept, marks = [], 0
    for letter in text:
        category = unicodedata.category(letter)
        if category in ("Mn", "Me"):
            marks += 1
        elif category != "Cf":  # what is not seen does not part a mark from its letter
            marks = 0
        if marks <= MARKS_MAXIMUM or category == "Cf":
            kept.append(letter)
    return "".join(kept)


def is_seen(text: str) -> bool:
    """Tell whether anything of a text is seen: not only spaces, marks, and letters without a shape."""
    unseen = {*BLANK_LETTERS, "\N{BRAILLE PATTERN BLANK}"}
    return any(letter not in unseen and unicodedata.category(letter)[0] not in "CMZ" for letter in text)


def one_line(text: str) -> str:
    """Return the text with single spaces and none around it; no-break spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def decimal(value: float, language: str, *, places: int = 2, least: int = 0) -> str:
    """Return a number with at most so many decimals and at least ``least``, with the language's separators.

    Halves are rounded up.
    """
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, _, rest = f"{rounded:,f}".partition(".")
    rest = rest[:least] + rest[least:].rstrip("0")
    sign = "\N{MINUS SIGN}" if whole.startswith("-") and rounded else ""
    return sign + whole.lstrip("-").replace(",", _GROUP[language]) + (_POINT[language] + rest if rest else "")


def begun(label: str) -> str:
    """Return a label as something follows it in the same line: a sentence of it has lost its full stop."""
    return label.removesuffix(".")


def listed(labels: Sequence[str]) -> str:
    """Return labels as one line, with commas."""
    return ", ".join([*map(begun, labels[:-1]), *labels[-1:]])


_SPELLED = {
    "de": ("null", "eine", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    "de-simple": (),
}
"""Leichte Sprache has digits only."""


def spelled(n: int, language: str) -> str:
    """Return a small number of answers in words, from thirteen on in digits."""
    words = _SPELLED[language]
    return words[n] if 0 <= n < len(words) else count(n, language)
