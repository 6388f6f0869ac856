"""How tables say what a question is, how far it has come, and what was corrected in it."""

from collections.abc import Sequence
from typing import Any

from poll_server.domain.rounds import Question, State
from poll_server.i18n import translations
from poll_server.questions.mending import Correction
from poll_server.render import environment


def kind_words(question: Question, language: str) -> tuple[str, str]:
    """Return what the kind of a question is called, and how it is answered."""
    kind: Any = environment(language).get_template(f"questions/{question.definition.kind}.html").module
    return kind.name().unescape().strip(), kind.instruction(question).unescape().strip()


def corrections_said(log: Sequence[Correction], language: str) -> str | None:
    """Return what was mended in a question's words, None for nothing."""
    said = translations(language).gettext("%(time)s: “%(after)s” instead of “%(before)s”")
    lines = [
        said % {"time": f"{one.at:%d.%m.%Y %H:%M}", "after": one.change.after, "before": one.change.before}
        for one in log
    ]
    return "; ".join(lines) or None


def state_name(state: State, language: str) -> str:
    """Return how far a question has come."""
    gettext = translations(language).gettext
    return {
        State.READY: gettext("not asked yet"),
        State.OPEN: gettext("still open"),
        State.CLOSING: gettext("still open"),
        State.CLOSED: gettext("closed"),
        State.SHOWN: gettext("result shown"),
        State.ARCHIVED: gettext("archived"),
        State.ARCHIVED_SHOWN: gettext("archived, result shown"),
    }[state]
