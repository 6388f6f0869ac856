"""The ready-made questions are read as any round is, in both languages, and can be asked."""

from collections import Counter

from poll_server.documents.library import LANGUAGE, ready_made
from poll_server.domain.library import READY, Occasion
from poll_server.i18n import LANGUAGES, translations
from poll_server.questions import KINDS
from poll_server.questions.linking import linked, spoken

WANTED = {"yes_no", "rating", "word_cloud", "single_choice", "multiple_choice", "open_text", "points", "numeric"}


def test_ready_made_questions_can_be_asked_in_both_languages() -> None:
    """Each is whole in German and English, has an origin of its own, and comes back the same."""
    found = ready_made()
    assert Counter(one.origin.startswith(READY) for one in found) == {True: len({one.origin for one in found})}
    for one in found:
        for language in ("de", "en"):
            definition = spoken(one.definition, language)
            assert definition is not None
            assert (definition.language, KINDS[definition.kind].check(definition)) == (language, [])
            assert spoken(definition, LANGUAGE) == one.definition
            assert linked(definition, definition) == definition


def test_ready_made_questions_are_at_least_ten_of_several_kinds_for_each_occasion() -> None:
    """There is something for the beginning and the end, and more than one way to answer."""
    found = ready_made()
    assert len(found) >= 10
    assert {one.definition.kind for one in found} == WANTED
    assert {one.occasion for one in found} == set(Occasion) - {Occasion.OWN}


def test_ready_made_questions_say_when_to_ask_them() -> None:
    """Each says in every language of the pages when it is of use."""
    assert [one.origin for one in ready_made() if not one.use] == []
    german = translations("de").gettext
    assert [one.use for one in ready_made() if german(one.use) == one.use] == []
    assert "de" in LANGUAGES


def test_ready_made_scales_are_balanced() -> None:
    """Scales of words have as many steps on both sides of the middle: an odd number, five of them."""
    steps = [len(KINDS["rating"].scale(one.definition)) for one in ready_made() if one.definition.kind == "rating"]  # type: ignore[attr-defined]  # of this kind
    assert steps == [5] * len(steps)
