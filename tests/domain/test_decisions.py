"""Decisions about entries: which are possible, and how a desk lists what it decides about."""

import pytest

from poll_server.domain.decisions import LISTED_MAXIMUM, Decision, Entry, Verdict, listing, resolve
from poll_server.domain.errors import Forbidden, PollError, Unknown

ENTRIES = (
    Entry("bus", "Bus", 3, None),
    Entry("bahn", "Bahn", 5, Verdict.SHOWN),
    Entry("tram", "Tram", 1, Verdict.JOINED, "bahn"),
    Entry("quatsch", "Quatsch", 7, Verdict.HIDDEN),
    Entry("rad", "Rad", 3, None),
)


HIDDEN, JOINED = Verdict.HIDDEN, Verdict.JOINED


def named(key: str) -> str:
    """The name of an entry with this key, there or not; nothing is called nothing."""
    return Entry(key, "", 0, None).name if key else ""


@pytest.mark.parametrize(
    ("key", "verdict", "into", "decision"),
    [
        ("bus", HIDDEN, "", Decision(HIDDEN)),
        ("bus", HIDDEN, "auto", Decision(HIDDEN)),
        ("bus", None, "", None),
        ("bus", JOINED, "bahn", Decision(JOINED, "bahn")),
        ("bahn", JOINED, "bus", Decision(JOINED, "bus")),
        ("bus", JOINED, "quatsch", Decision(JOINED, "quatsch")),
        ("tram", Verdict.SHOWN, "", Decision(Verdict.SHOWN)),
        ("tram", JOINED, "bus", Decision(JOINED, "bus")),
    ],
)
def test_decision_about_what_is_there_is_possible(
    key: str, verdict: Verdict | None, into: str, decision: Decision | None
) -> None:
    """Every entry can be decided about anew, and joined with each that is not joined itself."""
    assert resolve(ENTRIES, named(key), verdict, named(into)) == (key, decision)


@pytest.mark.parametrize(
    ("key", "verdict", "into", "error", "code"),
    [
        ("auto", HIDDEN, "", Unknown, "unknown_entry"),
        ("auto", None, "", Unknown, "unknown_entry"),
        ("", HIDDEN, "", Unknown, "unknown_entry"),
        ("bus", JOINED, "auto", Unknown, "unknown_entry"),
        ("bus", JOINED, "", Forbidden, "joining"),
        ("bus", JOINED, "bus", Forbidden, "joining"),
        ("bus", JOINED, "tram", Forbidden, "joining"),
        ("bahn", JOINED, "tram", Forbidden, "joining"),
    ],
)
def test_decision_that_leads_nowhere_is_refused(
    key: str, verdict: Verdict | None, into: str, error: type[PollError], code: str
) -> None:
    """Nothing is decided about what is not there, and nothing joined with itself, with nothing or in a circle."""
    with pytest.raises(error) as refused:
        resolve(ENTRIES, named(key), verdict, named(into))
    assert refused.value.code == code


def test_names_are_short_and_tell_long_texts_apart() -> None:
    """The name of an entry does not grow with it, and one letter makes another."""
    names = {named("x" * 499 + end) for end in "abcdefgh"}
    assert (len(names), {len(name) for name in names}) == (8, {24})


def keys(entries: tuple[Entry, ...]) -> list[str]:
    """The keys of entries in their order."""
    return [entry.key for entry in entries]


def test_listing_has_what_waits_first_and_each_group_by_count() -> None:
    """With approval the undecided wait; without it they are shown; the hidden and joined come last."""
    waiting = listing(ENTRIES, approval=True)
    assert [keys(group) for group in waiting.groups] == [["bus", "rad"], ["bahn"], ["quatsch", "tram"]]
    assert [keys(group) for group in listing(ENTRIES).groups] == [[], ["bahn", "bus", "rad"], ["quatsch", "tram"]]
    assert (waiting.sizes, waiting.names, waiting.more) == ((2, 1, 2), {"bahn": "Bahn"}, 0)


def test_listing_finds_what_contains_a_text() -> None:
    """Capital letters do not matter; the sizes of the groups stay those of all entries."""
    found = listing(ENTRIES, "BA")
    assert ([keys(group) for group in found.groups], found.sizes) == ([[], ["bahn"], []], (0, 3, 2))


def test_listing_is_bounded() -> None:
    """Of many entries the first two hundred are listed, and those left out are counted, also of those looked for."""
    many = [Entry(f"w{at}", f"Wort {at}", 1, None) for at in range(1000)]
    assert (len(listing(many).shown), listing(many).more) == (LISTED_MAXIMUM, 800) == (200, 800)
    assert (len(listing(many, "Wort 9").shown), listing(many, "Wort 9").more) == (111, 0)
