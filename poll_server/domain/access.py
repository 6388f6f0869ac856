"""Who may see what: one table. Pages and frames ask it; tests assert that the rest is absent from the bytes sent."""

from enum import StrEnum

from poll_server.domain.programme import Reveal
from poll_server.domain.rounds import FINAL, State


class Role(StrEnum):
    """Who looks. Everybody may open what PUBLIC may; a moderator, a screen and the podium have a secret link.

    An ORGANISER has signed in, for own and shared events; an ADMINISTRATOR likewise, for all. An OPERATOR runs the
    server and sees nothing of any event.
    """

    PUBLIC = "public"
    AUDIENCE = "audience"
    SCREEN = "screen"
    PODIUM = "podium"
    MODERATOR = "moderator"
    ORGANISER = "organiser"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


class Sight(StrEnum):
    """A piece of a question that can be seen."""

    QUESTION = "question"
    FORM = "form"
    COUNT = "count"
    RESULT = "result"


_NOTHING: frozenset[Sight] = frozenset()
_ALL = frozenset({Sight.QUESTION, Sight.COUNT, Sight.RESULT})

SEES: dict[tuple[Role, State], frozenset[Sight]] = {
    (Role.AUDIENCE, State.READY): _NOTHING,
    (Role.AUDIENCE, State.OPEN): frozenset({Sight.QUESTION, Sight.FORM}),
    (Role.AUDIENCE, State.CLOSING): frozenset({Sight.QUESTION}),
    (Role.AUDIENCE, State.CLOSED): frozenset({Sight.QUESTION}),
    (Role.AUDIENCE, State.SHOWN): _ALL,
    (Role.AUDIENCE, State.ARCHIVED): _NOTHING,
    (Role.AUDIENCE, State.ARCHIVED_SHOWN): _ALL,
    (Role.SCREEN, State.READY): _NOTHING,
    (Role.SCREEN, State.OPEN): frozenset({Sight.QUESTION, Sight.COUNT}),
    (Role.SCREEN, State.CLOSING): frozenset({Sight.QUESTION, Sight.COUNT}),
    (Role.SCREEN, State.CLOSED): frozenset({Sight.QUESTION, Sight.COUNT}),
    (Role.SCREEN, State.SHOWN): _ALL,
    (Role.SCREEN, State.ARCHIVED): _NOTHING,
    (Role.SCREEN, State.ARCHIVED_SHOWN): _NOTHING,
    **{(Role.PODIUM, state): _NOTHING for state in State},
    **{(Role.MODERATOR, state): _ALL for state in State},
}


def sees(
    role: Role,
    state: State,
    reveal: Reveal,
    *,
    answered: bool = False,
    entitled: bool = False,
    extended: bool = False,
    answerable: bool = True,
    secret: bool = False,
) -> frozenset[Sight]:
    """Return what ``role`` may see of a question.

    Who has answered also sees how many have. From the opening on a live result is seen by the screen and by those who
    have answered, one for those who have answered by them alone; those who have not would be led by it. Who is entitled
    to more time keeps the form while the question closes; where time was ``extended`` for some, nobody sees a result
    meanwhile, which could lead them. What is not ``answerable`` has no form, count or result. Of a
    ``secret`` question nobody sees a number before it is closed, and who has answered no form: a ballot that cannot be
    found cannot be changed. An archived one is on no stage; its result stays where it was shown.
    """
    if not answerable:
        return SEES[role, state] & {Sight.QUESTION}
    sight = _sees(role, state, reveal, answered=answered, entitled=entitled)
    if extended and state is State.CLOSING and role is not Role.MODERATOR:
        sight -= {Sight.RESULT}
    if secret and state not in FINAL:
        sight -= {Sight.COUNT, Sight.RESULT}
        sight -= {Sight.FORM} if answered else _NOTHING
    return sight


def _sees(role: Role, state: State, reveal: Reveal, *, answered: bool, entitled: bool) -> frozenset[Sight]:
    sight = SEES[role, state]
    if entitled and state is State.CLOSING:
        sight |= {Sight.FORM}
    if role is Role.AUDIENCE and answered and sight:
        sight |= {Sight.COUNT}
    asked = role is Role.AUDIENCE and answered and reveal is not Reveal.SHOWN
    grows = asked or (role is Role.SCREEN and reveal is Reveal.LIVE)
    return sight | {Sight.RESULT} if grows and sight else sight
