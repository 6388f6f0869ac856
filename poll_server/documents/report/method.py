"""The note on method: what the numbers of a documentation mean, in plain words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from poll_server.documents.report.model import Asked, Note, Session
from poll_server.documents.report.words import Words
from poll_server.domain.rounds import Event, Question


def method(
    event: Event, questions: Sequence[Question], told: Sequence[Asked], sessions: Sequence[Session], words: Words
) -> Iterator[Note]:
    """Give the paragraphs that this documentation needs: of what is not in it nothing is said."""
    if questions:
        yield from _counting(questions, words)
    if any(question.definition.secret for question in questions):
        yield secret(words)
    if event.groups and any(one.compared for one in told):
        yield _groups(words)
    if any(one.words or one.texts for one in told):
        yield _written(words)
    if sessions:
        yield _floor(words)
    if questions:
        yield meaning(words)


def _counting(questions: Sequence[Question], words: Words) -> Iterator[Note]:
    few = max(1, questions[0].definition.shares_from)
    yield from counting(words)
    base = base_note(words)
    small = words.ngettext(
        "With fewer than %(n)s answer there are counts and no shares.",
        "With fewer than %(n)s answers there are counts and no shares, as one person would change them by much.",
        few,
    )
    yield replace(base, text=f"{base.text} {small}") if few > 1 else base
    if any(question.earlier for question in questions):
        yield Note(
            words.gettext("Asked again"),
            words.gettext(
                "Some questions were asked again, for example after a discussion. The passes stand beside each other; "
                "not always the same people answered all of them."
            ),
        )


def counting(words: Words) -> Iterator[Note]:
    """Give what holds for all counts."""
    yield Note(
        words.gettext("Who answered"),
        words.gettext(
            "Everybody in the audience could answer in a browser, on a phone or a computer, without signing in. One "
            "browser counts as one person. Of several answers to the same question only the last one counts, and each "
            "answer counts once."
        ),
    )
    yield Note(
        words.gettext("Present, answered, abstained"),
        words.gettext(
            "“Present” is how many people were connected when a question was closed. People come and go, so more can "
            "have answered than were there at its end. Who abstained has said so; they are counted by themselves and "
            "are in no share."
        ),
    )


def base_note(words: Words) -> Note:
    """Return what shares are of."""
    return Note(
        words.gettext("Base and share"),
        words.gettext(
            "Below each result stands what its shares are of: mostly the people who answered this question. Where "
            "several answers were possible, shares can add up to more than 100 percent. All are rounded to whole "
            "percent."
        ),
    )


def secret(words: Words) -> Note:
    """Return what a secret vote is."""
    return Note(
        words.gettext("Secret votes"),
        words.gettext(
            "A secret vote is stored apart from whoever cast it, and cannot be changed. Its result is known only after "
            "closing, and there is none by group."
        ),
    )


def _groups(words: Words) -> Note:
    return Note(
        words.gettext("Results by group"),
        words.gettext(
            "Participants could say which group they come from. Groups of which fewer than five people answered are "
            "not shown, and of others as much is left out as is needed so that nobody can compute them."
        ),
    )


def _written(words: Words) -> Note:
    return Note(
        words.gettext("In people’s own words"),
        words.gettext(
            "Words and texts stand here as participants wrote them. Different spellings of a word count together. What "
            "moderators have hidden or not released is left out."
        ),
    )


def _floor(words: Words) -> Note:
    return Note(
        words.gettext("Questions from the floor"),
        words.gettext(
            "The questions that were published stand here, with words that moderators may have changed. Questions that "
            "ask the same were joined; whoever backed several of them counts once."
        ),
    )


def meaning(words: Words) -> Note:
    """Return whom the results speak for."""
    return Note(
        words.gettext("What the results mean"),
        words.gettext(
            "The results say what those who took part have answered. They were not chosen as a sample, so the results "
            "do not speak for anybody else."
        ),
    )
