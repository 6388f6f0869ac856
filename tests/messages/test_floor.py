"""What is said about questions from the floor: read into types, or malformed."""

from uuid import UUID

import pytest

from poll_server.domain.contributions import Fate, Order, SessionAction
from poll_server.domain.errors import Malformed
from poll_server.domain.moderation import AT_ONCE_MAXIMUM, Deed, Deeds
from poll_server.messages.fields import fields_of_form
from poll_server.messages.floor import (
    Back,
    Browse,
    Contribute,
    FloorMessage,
    ModerationMessage,
    SessionStep,
    Undo,
    Withdraw,
    parse_floor,
    parse_moderation,
)

ID = "00000000-0000-4000-8000-000000000001"
Form = list[tuple[str, str]]


def form(text: str) -> Form:
    """The pairs of a form, written as ``name=value`` with semicolons between them."""
    pairs = [pair.partition("=") for pair in text.split(";")]
    return [(name, value) for name, _, value in pairs]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"do=ask;session=3;submission={ID};text=Wo?", Contribute(3, UUID(ID), "Wo?")),
        (
            f"do=ask;session=3;submission={ID};text=Wo?;addressee=Kim;name=Anna",
            Contribute(3, UUID(ID), "Wo?", "Kim", "Anna"),
        ),
        ("do=back;contribution=7", Back(7, True)),
        ("do=unback;contribution=7", Back(7, False)),
        ("do=withdraw;contribution=7", Withdraw(7)),
    ],
)
def test_participant_says(said: str, expected: FloorMessage) -> None:
    """Asking, backing, not any more, and taking back."""
    assert parse_floor(fields_of_form(form(said))) == expected


@pytest.mark.parametrize(
    "said",
    [
        "text=Wo?",
        "do=ask;session=3;text=Wo?",
        f"do=ask;session=x;submission={ID};text=Wo?",
        "do=ask;session=3;submission=x;text=Wo?",
        "do=back",
        "do=back;contribution=-1",
        "do=back;contribution=1;contribution=2",
        "do=accept;contribution=7",
    ],
)
def test_strange_things_of_participants_are_malformed(said: str) -> None:
    """Without an id, with another number than one, or what is a moderator's."""
    with pytest.raises(Malformed):
        parse_floor(fields_of_form(form(said)))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("action=session_open;session=3;seen=2", SessionStep(3, SessionAction.OPEN, 2)),
        ("action=undo;batch=abc", Undo("abc")),
        (
            "action=accept;session=3;contribution=7.0;contribution=8.2;text=Neu",
            Deeds(3, Deed.ACCEPT, ((7, 0), (8, 2)), text="Neu"),
        ),
        (
            "action=decline;session=3;contribution=7.0;reason=Doppelt",
            Deeds(3, Deed.DECLINE, ((7, 0),), reason="Doppelt"),
        ),
        ("action=join;session=3;contribution=7.0;into=9", Deeds(3, Deed.JOIN, ((7, 0),), into=9)),
        ("action=place;session=3;contribution=7.0;place=2", Deeds(3, Deed.PLACE, ((7, 0),), place=2)),
        ("action=label;session=3;contribution=7.0;label=Bus", Deeds(3, Deed.LABEL, ((7, 0),), label="Bus")),
        ("action=assign;session=3;contribution=7.0;assignee=Amt", Deeds(3, Deed.ASSIGN, ((7, 0),), assignee="Amt")),
        ("action=show;session=3", Deeds(3, Deed.SHOW, ())),
        ("action=browse;session=3", Browse(3)),
        (
            "action=browse;session=3;wanted=  Bus ;fate=declined;label=Geld;addressee=Kim;"
            "order=newest;page=2;waiting_page=3",
            Browse(3, "Bus", Fate.DECLINED, "Geld", "Kim", Order.NEWEST, 2, 3),
        ),
    ],
)
def test_moderator_says(said: str, expected: ModerationMessage) -> None:
    """Steps of a session, deeds with some contributions, taking back, and looking for something."""
    assert parse_moderation(fields_of_form(form(said))) == expected


@pytest.mark.parametrize(
    "said",
    [
        "action=withdraw;session=3;contribution=7.0",
        "action=session_melt;session=3;seen=2",
        "action=accept;contribution=7.0",
        "action=accept;session=3;contribution=7",
        "action=accept;session=3;contribution=7.x",
        "action=browse;session=3;fate=lost",
        "action=browse;session=3;order=best",
        "action=accept;session=3;" + ";".join(f"contribution={n}.0" for n in range(AT_ONCE_MAXIMUM + 1)),
    ],
)
def test_strange_things_of_moderators_are_malformed(said: str) -> None:
    """What only authors do, unknown steps, fates and orders, no revision, and too many at once."""
    with pytest.raises(Malformed):
        parse_moderation(fields_of_form(form(said)))
