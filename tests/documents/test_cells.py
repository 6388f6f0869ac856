"""No text in a cell becomes a formula, and each comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.documents.cells import guarded, unguarded
from tests.documents.spreadsheet import FORMULAS, NUMBERS_AND_DATES, PLAIN


@pytest.mark.parametrize("text", [*FORMULAS, *NUMBERS_AND_DATES, "'=1", "''=1"])
def test_guarded_is_what_a_spreadsheet_would_change(text: str) -> None:
    """Formulas behind any disguise, numbers and dates, and what looks guarded already get one apostrophe."""
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", [*PLAIN, "'", "'s ist gut", "Warum =?"])
def test_guarded_leaves_other_text_alone(text: str) -> None:
    """Text that stays text in a spreadsheet is written as it is."""
    assert guarded(text) == text


@given(st.text("'=+-@＝＋－＠\t\r\n 1a\u200b"))
def test_unguarded_gives_back_every_text(text: str) -> None:
    """Whatever signs come together, nothing is lost and nothing begins a formula."""
    assert unguarded(guarded(text)) == text
    assert guarded(text).lstrip()[:1] not in {*"=+-@＝＋－＠"}
