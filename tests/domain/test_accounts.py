"""Organisers: passwords, waiting, and where an event is in its life."""

from datetime import UTC, date, datetime, timedelta

import pytest

from poll_server.domain.accounts import (
    PASSWORD_MAXIMUM,
    SESSION_LASTS,
    SESSION_RESTS,
    WAIT_MAXIMUM,
    Phase,
    Session,
    browser_family,
    check_password,
    phase,
    sign_in_name,
    wait_after,
)
from poll_server.domain.errors import Refused

NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Kurz genug?", "password_short"),
        ("x" * (PASSWORD_MAXIMUM + 1), "password_long"),
        ("aaaaaaaaaaaaaaaa", "password_plain"),
        ("passwort123456", "password_plain"),
        ("Password!Password!", "password_plain"),
        ("kim@example.org1", "password_plain"),
        ("abcdefghijklmnop", "password_plain"),
    ],
)
def test_password_that_is_refused(password: str, code: str) -> None:
    """Too short, too long, or what everybody tries first is refused, with the reason."""
    with pytest.raises(Refused) as refused:
        check_password(password, "Kim@Example.org")
    assert refused.value.code == code


@pytest.mark.parametrize("password", ["vier amseln baden", "korrekt pferd batterie", "ÄÖÜ äöü ßẞ€—", "a1b2c3d4e5f6"])
def test_password_that_is_taken(password: str) -> None:
    """Any twelve characters will do: letters of one case, words, signs, no digit."""
    check_password(password, "kim@example.org")


def test_name_is_the_same_however_it_is_typed() -> None:
    """Case, spaces around and the composition of letters make no difference."""
    assert (
        len({sign_in_name(name) for name in ("Änne", " ÄNNE ", "A\N{COMBINING DIAERESIS}nne", "Än\N{SOFT HYPHEN}ne")})
        == 1
    )


def test_wait_grows_to_a_minute_and_no_further() -> None:
    """The free failures cost nothing, each one after them twice as much, and nobody waits longer than a minute."""
    assert [wait_after(failures, 5) for failures in (0, 4, 5, 6, 7, 8, 9, 10, 1000)] == [
        *(0, 0, 2, 4, 8, 16, 32),
        *(WAIT_MAXIMUM, WAIT_MAXIMUM),
    ]


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36", "Chrome"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge"),
        ("curl/8.5.0", ""),
    ],
)
def test_browser_is_its_family_and_no_more(user_agent: str, family: str) -> None:
    """Of what a browser says of itself only its family is left."""
    assert browser_family(user_agent) == family


@pytest.mark.parametrize(
    ("begun", "used", "lasts"),
    [
        (timedelta(0), timedelta(0), True),
        (SESSION_LASTS - timedelta(seconds=1), timedelta(0), True),
        (SESSION_LASTS, timedelta(0), False),
        (SESSION_RESTS, SESSION_RESTS, False),
    ],
)
def test_session_ends_by_age_and_by_rest(begun: timedelta, used: timedelta, lasts: bool) -> None:
    """A session is over after thirty days, or when nobody has used it for two weeks."""
    assert Session(1, NOW - begun, NOW - used, "").lasts(NOW) is lasts


@pytest.mark.parametrize(
    ("day", "last", "expected"),
    [
        (date(2026, 3, 29), date(2026, 3, 29), Phase.TODAY),
        (date(2026, 3, 28), date(2026, 3, 29), Phase.TODAY),
        (date(2026, 3, 30), date(2026, 3, 31), Phase.AHEAD),
        (date(2026, 3, 27), date(2026, 3, 28), Phase.OVER),
    ],
)
def test_phase_is_that_of_the_days_where_it_takes_place(day: date, last: date, expected: Phase) -> None:
    """Half an hour before midnight in UTC it is tomorrow in Berlin already, in the night of the change of time too."""
    assert phase(day, last, "Europe/Berlin", NOW) is expected
