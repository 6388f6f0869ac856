"""Languages: their forms, and which one a browser asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.languages import NAMES, main_language, preferred

ALL = tuple(NAMES)


def test_form_of_a_language_has_its_main_one() -> None:
    """Leichte Sprache is German; the others are themselves."""
    assert [main_language(tag) for tag in NAMES] == ["de", "en", "de"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", "de"),
        ("fr", "de"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("fr;q=1.0, EN-us;q=0.8 , de;q=0.7", "en"),
        ("de;q=0.3,en;q=0.7", "en"),
        ("en;q=0", "de"),
        ("*", "de"),
        ("de-simple", "de-simple"),
        ("de-AT,en", "de"),
        ("en;q=abc", "de"),
    ],
)
def test_browser_gets_what_it_wants_most(wanted: str, found: str) -> None:
    """Weights order the languages, regions are read over, what cannot be had or read is left out."""
    assert preferred(wanted, ALL) == found


@given(st.text())
def test_any_header_gives_a_language_that_is_offered(wanted: str) -> None:
    """Whatever a client sends, the answer is one of those on offer."""
    assert preferred(wanted, ("en", "de-simple")) in ("en", "de-simple")
