"""Names of links: what is refused, and which ones are told apart."""

import pytest

from poll_server.domain.errors import Malformed
from poll_server.domain.links import free_name, link_name
from poll_server.domain.text import drawn


@pytest.mark.parametrize(
    "typed",
    [
        "Regie\N{ZERO WIDTH SPACE}",
        "Re\N{SOFT HYPHEN}gie",
        "Regie\N{RIGHT-TO-LEFT OVERRIDE}2",
        "Regie\N{HANGUL FILLER}",
        "Regie\N{BRAILLE PATTERN BLANK}",
        "Re\N{COMBINING GRAPHEME JOINER}gie",
    ],
)
def test_name_with_what_nobody_sees(typed: str) -> None:
    """A name with an invisible character is refused and says why."""
    with pytest.raises(Malformed) as refused:
        link_name(typed)
    assert refused.value.code == "link_unseen"


def test_name_in_any_script() -> None:
    """Names of all scripts, and emoji with what joins them, are kept as they were typed, with single spaces."""
    emoji = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER} Eva \N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}"
    for name in (emoji, "Анна", "Άννα", "مریم", "नेहा", "Łucja Żółć"):
        assert link_name(name) == name
    assert link_name(" Kim \N{NO-BREAK SPACE} Muster ") == "Kim Muster"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Opa", "\N{CYRILLIC CAPITAL LETTER O}\N{CYRILLIC SMALL LETTER ER}\N{CYRILLIC SMALL LETTER A}", True),
        ("Kim", "K\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}m", True),
        ("KIM", "\N{GREEK CAPITAL LETTER KAPPA}\N{GREEK CAPITAL LETTER IOTA}M", True),
        ("Ella", "\N{CYRILLIC CAPITAL LETTER IE}lla", True),
        ("Regie 2", "regie  2", True),
        ("Straße", "STRASSE", True),
        ("Jo", "\N{FULLWIDTH LATIN CAPITAL LETTER J}o\N{VARIATION SELECTOR-16}", True),
        ("Ella", "\N{CYRILLIC CAPITAL LETTER IO}lla", False),
        ("Kim", "Kīm", False),
        ("Anna", "Анна", False),
        ("Regie 1", "Regie 2", False),
    ],
)
def test_names_that_look_alike(one: str, other: str, alike: bool) -> None:
    """Cyrillic and Greek letters drawn as Latin ones, and what is not seen, tell no two names apart."""
    assert (drawn(one) == drawn(other)) is alike


def test_free_name_looks_like_no_other() -> None:
    """A number is added where a name looks like one of another script, too."""
    assert free_name("Kim", {"K\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}m", "KIM 2"}) == "Kim 3"
