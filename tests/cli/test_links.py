"""`event links` and `event revoke`."""

import re
from pathlib import Path

import pytest

from tests.cli.commands import Ran, poll_server

KEY = re.compile("/link/([0-9a-f]{32})")


async def described(data: Path) -> list[str]:
    """What is said of each link of the event, without times."""
    listed = await poll_server("event", "links", "demo", "--list", "--data", data)
    assert KEY.findall(listed.out) == []
    return [re.sub(r" \d{4}-\d\d-\d\d \d\d:\d\d", " TIME", line.strip()) for line in listed.out.splitlines()]


@pytest.fixture
async def made(data: Path, example: Path) -> set[str]:
    """The secrets of an event that has been made."""
    return set(KEY.findall((await poll_server("event", "create", example, "--data", data)).out))


async def test_links_are_new_each_time(data: Path, made: set[str]) -> None:
    """Each call makes links with secrets of their own, for each page or under the names that are given."""
    again = await poll_server("event", "links", " De-Mo", "--data", data)
    named = await poll_server("event", "links", "demo", "--desk", "Änne / B.", "--screen", "Foyer", "--data", data)
    secrets = [*made, *KEY.findall(again.out), *KEY.findall(named.out)]
    assert (len(secrets), len(set(secrets))) == (8, 8)
    names = [re.findall(r"/link/\w+   \((.*)\)", ran.out) for ran in (again, named)]
    assert names == [["Regie 2", "Leinwand 2", "Podium 2"], ["Änne / B.", "Foyer"]]
    assert await described(data) == [
        "Desk      Regie   valid until taken back; never seen",
        "Screen    Leinwand   valid until taken back; never seen",
        "Podium    Podium   valid until taken back; never seen",
        "Desk      Regie 2   valid until taken back; never seen",
        "Screen    Leinwand 2   valid until taken back; never seen",
        "Podium    Podium 2   valid until taken back; never seen",
        "Desk      Änne / B.   valid until taken back; never seen",
        "Screen    Foyer   valid until taken back; never seen",
    ]


async def test_links_expire(data: Path, made: set[str]) -> None:
    """A day ends with its midnight in the event's zone; what is over, or no time, makes nothing."""
    for expires in ("2199-06-30", "2199-06-30T18:00"):
        ran = await poll_server("event", "links", "demo", "--desk", expires, "--expires", expires, "--data", data)
        assert ran.code == 0
    for expires in ("2001-06-30", "tomorrow", "9999-12-31", "2199-06-30T18:00+02:00"):
        ran = await poll_server("event", "links", "demo", "--desk", "Spät", "--expires", expires, "--data", data)
        assert ran == Ran(1, "", "Please write a time that is still to come.\n")
    listed = await poll_server("event", "links", "demo", "--list", "--data", data)
    assert listed.out.splitlines()[3:] == [
        "  Desk      2199-06-30   valid until 2199-07-01 00:00; never seen",
        "  Desk      2199-06-30T18:00   valid until 2199-06-30 18:00; never seen",
    ]


async def test_links_have_one_name_each(data: Path, made: set[str]) -> None:
    """A name that is in use, an empty one and a long one are refused, and none of the others is made."""
    for name in ("Regie", " ", "x" * 81):
        ran = await poll_server("event", "links", "demo", "--desk", "Neu", "--desk", name, "--data", data)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert len(await described(data)) == 3


async def test_revoke_takes_a_link_back(data: Path, made: set[str]) -> None:
    """A link that is taken back is listed so, cannot be taken back twice, and gives its name free."""
    taken = await poll_server("event", "revoke", "demo", "Regie", "--data", data)
    assert taken == Ran(0, "The link “Regie” has been taken back. Whoever is on it is out.\n", "")
    again = await poll_server("event", "revoke", "demo", "Regie", "--data", data)
    assert again == Ran(1, "", "The event has no link “Regie” that could be taken back.\n")
    assert (await poll_server("event", "links", "demo", "--desk", "Regie", "--data", data)).code == 0
    assert (await described(data))[::3] == [
        "Desk      Regie   taken back TIME; never seen",
        "Desk      Regie   valid until taken back; never seen",
    ]
    assert (await poll_server("event", "revoke", "nirgends", "Regie", "--data", data)).code == 1
