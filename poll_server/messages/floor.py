"""What participants and moderators may say about questions from the floor, read as in the rest of `messages`."""

from dataclasses import dataclass
from uuid import UUID

from poll_server.domain.contributions import Fate, Order, SessionAction
from poll_server.domain.errors import Malformed
from poll_server.domain.moderation import AT_ONCE_MAXIMUM, Deed, Deeds
from poll_server.messages import ID_MAXIMUM, WAVE_MAXIMUM, wanted_text
from poll_server.messages.fields import Fields, number_of, submission_of, text_of, whole_number


@dataclass(frozen=True, slots=True)
class Contribute:
    """A participant asks the panel; ``addressee`` and ``name`` may be empty."""

    session: int
    submission: UUID
    text: str
    addressee: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """A participant backs a contribution, or does not any more."""

    contribution: int
    backed: bool


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A participant takes an own contribution back."""

    contribution: int


@dataclass(frozen=True, slots=True)
class SessionStep:
    """A moderator opens, closes, archives or restores a session; ``seen`` is its revision that the sender saw."""

    session: int
    action: SessionAction
    seen: int


@dataclass(frozen=True, slots=True)
class Undo:
    """A moderator takes back what they have just done."""

    batch: str


@dataclass(frozen=True, slots=True)
class Browse:
    """What a moderator looks for in a session: words, and only one ``fate``, ``label`` or ``addressee``; pages from 1.

    ``fate`` adds contributions that are neither waiting nor accepted.
    """

    session: int = 0
    text: str = ""
    fate: Fate | None = None
    label: str = ""
    addressee: str = ""
    order: Order = Order.BACKING
    page: int = 1
    waiting_page: int = 1


FloorMessage = Contribute | Back | Withdraw
ModerationMessage = Deeds | SessionStep | Undo | Browse


def parse_floor(fields: Fields) -> FloorMessage:
    """Read what a participant says about contributions; raises Malformed."""
    pressed = text_of(fields, "do")
    if pressed == "ask":
        submission = submission_of(fields)
        if submission is None:
            raise Malformed("malformed")
        text, addressee, name = (" ".join(fields.get(field, ())) for field in ("text", "addressee", "name"))
        return Contribute(number_of(fields, "session", ID_MAXIMUM), submission, text, addressee, name)
    contribution = number_of(fields, "contribution", ID_MAXIMUM)
    if pressed in ("back", "unback"):
        return Back(contribution, pressed == "back")
    if pressed == "withdraw":
        return Withdraw(contribution)
    raise Malformed("unknown_message")


def parse_moderation(fields: Fields) -> ModerationMessage:
    """Read what a moderator says about contributions; raises Malformed."""
    action = text_of(fields, "action")
    if action == "undo":
        return Undo(text_of(fields, "batch"))
    session = number_of(fields, "session", ID_MAXIMUM)
    if action == "browse":
        return _browse(fields, session)
    if action.startswith("session_") and (step := action.removeprefix("session_")) in set(SessionAction):
        return SessionStep(session, SessionAction(step), number_of(fields, "seen", ID_MAXIMUM))
    if action not in set(Deed) - {Deed.WITHDRAW}:
        raise Malformed("unknown_message")
    chosen = dict(map(_chosen, fields.get("contribution", ())))
    if len(chosen) > AT_ONCE_MAXIMUM:
        raise Malformed("malformed")
    return Deeds(
        session,
        Deed(action),
        tuple(chosen.items()),
        text="\n".join(fields.get("text", ())),
        reason=" ".join(fields.get("reason", ())),
        label=" ".join(fields.get("label", ())),
        into=number_of(fields, "into", ID_MAXIMUM) if "into" in fields else 0,
        place=number_of(fields, "place", WAVE_MAXIMUM) if "place" in fields else 0,
        assignee=" ".join(fields.get("assignee", ())),
    )


def _chosen(value: str) -> tuple[int, int]:
    """Read ``ID.REVISION``: a contribution and its revision that the sender saw."""
    id_, _, revision = value.partition(".")
    return whole_number(id_, ID_MAXIMUM), whole_number(revision, ID_MAXIMUM)


def _browse(fields: Fields, session: int) -> Browse:
    fate, order = (" ".join(fields.get(name, ())) for name in ("fate", "order"))
    if fate not in {"", *Fate} or order not in {"", *Order}:
        raise Malformed("malformed")
    return Browse(
        session,
        wanted_text(" ".join(fields.get("wanted", ()))),
        Fate(fate) if fate else None,
        " ".join(fields.get("label", ())),
        " ".join(fields.get("addressee", ())),
        Order(order) if order else Order.BACKING,
        *(number_of(fields, name, WAVE_MAXIMUM) if name in fields else 1 for name in ("page", "waiting_page")),
    )
