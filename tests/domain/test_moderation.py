"""What is done with contributions: every allowed and every forbidden pair of fate and deed, and what each changes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poll_server.domain.contributions import Contribution, Fate
from poll_server.domain.errors import Conflict, Forbidden, PollError, Refused
from poll_server.domain.moderation import BECOMES, Deed, Deeds, allowed, becomes, plan, undo, withdraw
from tests.domain.questions_asked import contribution, there

TABLE = """
              waiting    accepted    current     answered  in_writing  declined  archived  withdrawn
    accept    accepted   -           -           -         -           accepted  -         -
    decline   declined   declined    declined    -         -           -         -         -
    withdraw  withdrawn  -           -           -         -           -         -         -
    archive   archived   archived    -           archived  archived    archived  -         -
    restore   -          waiting     -           accepted  accepted    waiting   waiting   -
    show      -          current     -           current   current     -         -         -
    unshow    -          -           accepted    -         -           -         -         -
    answer    -          answered    answered    -         answered    -         -         -
    promise   -          in_writing  in_writing  -         -           -         -         -
    edit      same       same        same        same      same        same      -         -
    label     same       same        same        same      same        same      -         -
    unlabel   same       same        same        same      same        same      -         -
    note      same       same        same        same      same        same      -         -
    place     -          same        -           -         -           -         -         -
    join      same       same        -           same      same        same      -         -
    part      same       same        same        same      same        same      -         -
    assign    -          -           -           -         same        -         -         -
    draft     -          -           -           -         same        -         -         -
    release   -          -           -           -         same        -         -         -
"""
"""What becomes of a contribution by a deed; a dash is refused."""


def _table() -> dict[tuple[Fate, Deed], str]:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (Fate(fate), Deed(line[0])): fate if cell == "same" else cell
        for line in lines
        for fate, cell in zip(head, line[1:], strict=True)
    }


PAIRS = _table()


def order(deed: Deed, *chosen: Contribution, **values: Any) -> Deeds:
    """An order about contributions as they stand."""
    return Deeds(1, deed, tuple((one.id, one.revision) for one in chosen), **values)


def refusal(order: Deeds, *found: Contribution, reasons: tuple[str, ...] = ()) -> str:
    """Why an order is refused; empty if it is not."""
    try:
        plan(order, there(*found), reasons)
    except PollError as error:
        return error.code
    return ""


def planned(order: Deeds, *found: Contribution) -> dict[int, Contribution]:
    """What an order changes."""
    return plan(order, there(*found), ())


def test_table_has_every_pair() -> None:
    """Each fate meets each deed."""
    assert set(PAIRS) == {(fate, deed) for fate in Fate for deed in Deed}


@pytest.mark.parametrize(("fate", "deed"), PAIRS)
def test_deed_in_each_fate(fate: Fate, deed: Deed) -> None:
    """Each deed leads where the table says, and nowhere else."""
    try:
        found: str = becomes(contribution(fate=fate), deed)
    except Forbidden:
        found = "-"
    assert found == PAIRS[fate, deed]


@pytest.mark.parametrize(("fate", "deed"), [(fate, deed) for fate in Fate for deed in Deed if deed in BECOMES[fate]])
def test_order_carries_out_what_the_table_allows(fate: Fate, deed: Deed) -> None:
    """An order with all that it needs brings the contribution where the table says; withdrawing is the author's."""
    one, other = contribution(1, fate, labels=("alt",), draft="Entwurf"), contribution(2)
    if deed is Deed.PART:
        one = replace(one, joined=2)
    values = {"text": "Neu?", "reason": "Doppelt", "label": "alt" if deed is Deed.UNLABEL else "neu"}
    made = order(deed, one, **values, into=2, place=1, assignee="Amt")
    if deed is Deed.WITHDRAW:
        assert refusal(made, one, other) == "deed"
        return
    after = planned(made, one, other)
    assert after[1].fate == PAIRS[fate, deed]
    assert after[1] != one


@pytest.mark.parametrize("deed", Deed)
def test_joined_one_is_not_shown_or_answered_alone(deed: Deed) -> None:
    """What is done for all of them is done with the one that they are joined with."""
    one = contribution(1, Fate.ACCEPTED, joined=2)
    of_roots = {Deed.SHOW, Deed.ANSWER, Deed.PROMISE, Deed.PLACE, Deed.JOIN}
    possible = set(BECOMES[Fate.ACCEPTED]) - of_roots
    assert (deed in allowed(one)) == (deed in possible)


def test_shown_one_takes_the_place_of_the_current() -> None:
    """There is one current contribution at a time; the earlier one is accepted again."""
    before, after = contribution(1, Fate.CURRENT), contribution(2, Fate.ACCEPTED, place=1.0)
    changed = planned(order(Deed.SHOW, after), before, after)
    assert [(one.id, one.fate, one.place) for one in changed.values()] == [(2, Fate.CURRENT, 0), (1, Fate.ACCEPTED, 0)]
    two = [contribution(1, Fate.ACCEPTED), contribution(2, Fate.ACCEPTED)]
    assert refusal(order(Deed.SHOW, *two), *two) == "deed"


def test_declining_needs_a_reason_of_the_list() -> None:
    """With a list a reason must be of it; accepting later forgets it."""
    one = contribution()
    assert refusal(order(Deed.DECLINE, one, reason="So"), one, reasons=("Doppelt",)) == "reason"
    declined = plan(order(Deed.DECLINE, one, reason="Doppelt"), there(one), ("Doppelt",))[1]
    assert (declined.fate, declined.reason) == (Fate.DECLINED, "Doppelt")
    accepted = planned(order(Deed.ACCEPT, declined), declined)[1]
    assert (accepted.fate, accepted.reason) == (Fate.ACCEPTED, "")
    assert planned(order(Deed.DECLINE, one, reason=" Zu \n lang "), one)[1].reason == "Zu lang"
    assert refusal(order(Deed.DECLINE, one, reason="a" * 201), one) == "too_long"


def test_wording_is_kept_beside_the_text() -> None:
    """Edit and accept in one order; the text as sent stays, and giving it back is no edit."""
    one = contribution()
    after = planned(order(Deed.ACCEPT, one, text="Was  kostet es? "), one)[1]
    assert (after.fate, after.text, after.published, after.edited) == (Fate.ACCEPTED, one.text, "Was kostet es?", True)
    back = planned(order(Deed.EDIT, after, text=one.text), after)[1]
    assert (back.published, back.edited) == (one.text, False)
    assert refusal(order(Deed.EDIT, one, text="a" * 501), one) == "too_long"


def test_one_wording_is_for_one() -> None:
    """Many can be accepted at once, but not all with the same new words."""
    one, other = contribution(1), contribution(2)
    assert refusal(order(Deed.ACCEPT, one, other), one, other) == ""
    assert refusal(order(Deed.ACCEPT, one, other, text="Neu?"), one, other) == "deed"


def test_many_are_done_together_or_none() -> None:
    """One of the chosen that does not allow it, or that was changed, leaves all of them as they are."""
    one, other = contribution(1), contribution(2, Fate.DECLINED)
    assert set(planned(order(Deed.ACCEPT, one, other), one, other)) == {1, 2}
    assert refusal(order(Deed.DECLINE, one, other), one, other) == "deed"
    assert refusal(order(Deed.ACCEPT, one, other), one, replace(other, revision=1)) == "contribution"
    assert refusal(order(Deed.ACCEPT, one, other), one) == "unknown_contribution"
    assert refusal(Deeds(1, Deed.ACCEPT, ()), one) == "deed"


def test_labels_are_few_and_each_once() -> None:
    """The same label again changes nothing; the ninth is refused."""
    one = contribution(labels=tuple("abcdefgh"))
    assert planned(order(Deed.LABEL, one, label=" a "), one) == {}
    assert refusal(order(Deed.LABEL, one, label="i"), one) == "labels"
    assert planned(order(Deed.UNLABEL, one, label="a"), one)[1].labels == tuple("bcdefgh")


@pytest.mark.parametrize(
    ("place", "expected"), [(1, [3, 1, 2]), (2, [1, 3, 2]), (3, [1, 2, 3]), (9, [1, 2, 3]), (0, [1, 2])]
)
def test_place_among_the_planned(place: int, expected: list[int]) -> None:
    """A rank from one puts it there without changing another one; none takes it out."""
    found = [contribution(id_, Fate.ACCEPTED, place=float(id_)) for id_ in (1, 2)]
    found.append(contribution(3, Fate.ACCEPTED, place=1.5))
    after = planned(order(Deed.PLACE, found[2], place=place), *found)
    assert set(after) <= {3}
    now = {**there(*found), **after}
    assert [one.id for one in sorted(now.values(), key=lambda one: one.place) if one.place] == expected


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), min_size=1, max_size=200))
@example([(0, 2), (1, 2)] * 100)
@example([(0, 1), (1, 1)] * 100)
def test_places_never_meet(moves: list[tuple[int, int]]) -> None:
    """However often things are moved, each stands at the rank it was put at, and no two at the same place."""
    now = {id_: contribution(id_, Fate.ACCEPTED, place=float(id_)) for id_ in range(1, 7)}
    ranks = list(now)
    for at, place in moves:
        chosen = at + 1
        now |= planned(order(Deed.PLACE, now[chosen], place=place), *now.values())
        ranks = [id_ for id_ in ranks if id_ != chosen]
        if place:
            ranks.insert(place - 1, chosen)
        places = sorted((one.place, one.id) for one in now.values() if one.place)
        assert [id_ for _, id_ in places] == ranks
        assert len({place for place, _ in places}) == len(ranks)
        assert all(place > 0 for place, _ in places)


def test_equal_places_are_parted_by_the_next_move() -> None:
    """Two that were left at one place, as by taking something back, get places of their own with what moves."""
    found = [contribution(id_, Fate.ACCEPTED, place=1.0) for id_ in (1, 2, 3)]
    after = planned(order(Deed.PLACE, found[2], place=2), *found)
    now = {**there(*found), **after}
    assert [(one.id, one.place) for one in sorted(now.values(), key=lambda one: one.place)] == [(1, 1), (3, 2), (2, 3)]


def test_joining_takes_along_what_was_joined() -> None:
    """Nothing is joined with one that is joined itself: it follows; each keeps its own fate."""
    root, one, child = contribution(1, Fate.ACCEPTED), contribution(2), contribution(3, Fate.DECLINED, joined=2)
    after = planned(order(Deed.JOIN, one, into=1), root, one, child)
    assert [(each.id, each.joined, each.fate) for each in after.values()] == [
        (2, 1, Fate.WAITING),
        (3, 1, Fate.DECLINED),
    ]
    parted = planned(order(Deed.PART, after[2]), root, *after.values())
    assert parted == {2: replace(one, revision=after[2].revision)}


@pytest.mark.parametrize(
    "root", [contribution(2, joined=3), contribution(2, Fate.ARCHIVED), contribution(2, Fate.WITHDRAWN)]
)
def test_joining_with_what_does_not_stand_alone_is_refused(root: Contribution) -> None:
    """Not with one that is joined itself or gone, nor with itself or one that is not there."""
    one = contribution(1)
    assert refusal(order(Deed.JOIN, one, into=2), one, root) == "joining"
    assert refusal(order(Deed.JOIN, one, into=1), one) == "joining"
    assert refusal(order(Deed.JOIN, one, into=7), one) == "unknown_contribution"


def test_withdrawn_one_leaves_the_others() -> None:
    """An author takes back what waits; those joined with it stand alone again."""
    root, child = contribution(1), contribution(2, joined=1)
    after = withdraw(root, there(root, child))
    assert [(one.fate, one.joined) for one in after.values()] == [(Fate.WITHDRAWN, 0), (Fate.WAITING, 0)]
    with pytest.raises(Forbidden):
        withdraw(contribution(fate=Fate.ACCEPTED), {})


def test_answer_is_drafted_and_released() -> None:
    """What is released is the draft, or the text that comes with it; nothing at all is refused."""
    one = contribution(fate=Fate.IN_WRITING)
    assert refusal(order(Deed.RELEASE, one), one) == "unwritten"
    drafted = planned(order(Deed.DRAFT, one, text="Zwei\n\n Euro. "), one)[1]
    assert (drafted.draft, drafted.answer) == ("Zwei\n\nEuro.", "")
    assert planned(order(Deed.RELEASE, drafted), drafted)[1].answer == "Zwei\n\nEuro."


# Taking back


def test_undo_gives_back_what_stood() -> None:
    """All of a batch is as before, with a revision that goes on."""
    before = there(contribution(1, Fate.CURRENT), contribution(2, Fate.ACCEPTED))
    now = {id_: replace(one, revision=1) for id_, one in planned(order(Deed.SHOW, before[2]), *before.values()).items()}
    after = undo(before, now, now)
    assert after == {id_: replace(one, revision=1) for id_, one in before.items()}


def test_undo_of_what_was_changed_since_is_refused() -> None:
    """If one of them stands otherwise now, nothing is taken back."""
    before = there(contribution(1), contribution(2))
    now = {id_: replace(one, fate=Fate.ACCEPTED, revision=1) for id_, one in before.items()}
    with pytest.raises(Conflict) as told:
        undo(before, now, {**now, 2: replace(now[2], note="Achtung", revision=2)})
    assert told.value.contribution == 2


def test_undo_makes_no_second_current_one() -> None:
    """When another one is shown by now, the answered one does not become current again."""
    before = there(contribution(1, Fate.CURRENT))
    now = there(contribution(1, Fate.ANSWERED, revision=1))
    with pytest.raises(Conflict):
        undo(before, now, {**now, 2: contribution(2, Fate.CURRENT)})


@pytest.mark.parametrize(
    "since",
    [
        [contribution(2, joined=3), contribution(3)],
        [contribution(2, Fate.ARCHIVED)],
        [contribution(2), contribution(3, joined=1)],
    ],
)
def test_undo_makes_no_chain_of_joined_ones(since: list[Contribution]) -> None:
    """Parting is not taken back when the other is joined or gone by now, or others were joined with this one."""
    before, now = there(contribution(1, joined=2)), there(contribution(1, revision=1))
    with pytest.raises(Conflict):
        undo(before, now, {**now, **there(*since)})


def test_withdrawing_is_not_an_order() -> None:
    """Moderators decline; only an author withdraws."""
    with pytest.raises(Forbidden):
        plan(order(Deed.WITHDRAW, contribution()), there(contribution()), ())
    with pytest.raises(Refused):
        plan(order(Deed.LABEL, contribution()), there(contribution()), ())
