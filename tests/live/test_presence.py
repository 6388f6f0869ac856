"""Who is there: participants, not sockets."""

from poll_server.live.presence import LINGER_SECONDS, Presence

START = 1000.0


def test_nobody_is_there_at_first() -> None:
    """An empty room has nobody."""
    assert Presence().count(START) == 0


def test_sockets_of_one_participant_are_one_person() -> None:
    """Two tabs are one participant, two participants are two."""
    presence = Presence()
    for participant in ("kim", "kim", "alex"):
        presence.connect(participant)
    assert presence.count(START) == 2


def test_open_socket_counts_without_end() -> None:
    """Who is connected and says nothing stays there."""
    presence = Presence()
    presence.connect("kim")
    assert presence.count(START + 10 * LINGER_SECONDS) == 1


def test_closing_one_of_two_tabs_starts_no_clock() -> None:
    """Closing one tab does not let the participant go while another is open."""
    presence = Presence()
    presence.connect("kim")
    presence.connect("kim")
    presence.disconnect("kim", START)
    assert presence.count(START + LINGER_SECONDS + 0.1) == 1


def test_disconnected_participant_lingers() -> None:
    """Who loses the connection counts for 30 seconds more, and then no longer."""
    presence = Presence()
    presence.connect("kim")
    presence.disconnect("kim", START)
    counts = [presence.count(START + seconds) for seconds in (0.0, LINGER_SECONDS, LINGER_SECONDS + 0.1)]
    assert (LINGER_SECONDS, counts) == (30.0, [1, 1, 0])


def test_reload_does_not_move_the_number() -> None:
    """A connection that comes back within the time is the same person throughout, and stays when the time is over."""
    presence = Presence()
    presence.connect("kim")
    presence.disconnect("kim", START)
    presence.connect("kim")
    assert [presence.count(START + seconds) for seconds in (1.0, 100.0)] == [1, 1]


def test_new_connection_may_open_before_the_old_one_closes() -> None:
    """A browser on a new network holds two connections for a moment; the late end of the old one costs nothing."""
    presence = Presence()
    presence.connect("kim")
    presence.connect("kim")
    presence.disconnect("kim", START)
    presence.disconnect("kim", START + 1)
    assert [presence.count(START + 1 + LINGER_SECONDS), presence.count(START + 1.1 + LINGER_SECONDS)] == [1, 0]


def test_visits_without_a_socket_count_from_the_last() -> None:
    """Who asks by plain requests counts for 30 seconds after the last one, once however many there were."""
    presence = Presence()
    for seconds in (0.0, 3.0, 6.0):
        presence.visit("kim", START + seconds)
    counts = [presence.count(START + 6 + seconds) for seconds in (0.0, LINGER_SECONDS, LINGER_SECONDS + 0.1)]
    assert counts == [1, 1, 0]


def test_coming_again_keeps_nobody_else() -> None:
    """Each leaves at the own time: who comes again, by a request or for a moment by a socket, holds up no other."""
    presence = Presence()
    presence.visit("kim", START)
    presence.visit("robin", START)
    presence.visit("alex", START + 10)
    presence.visit("kim", START + 20)
    presence.connect("robin")
    presence.disconnect("robin", START + 25)
    counts = [presence.count(START + seconds + 0.1 + LINGER_SECONDS) for seconds in (5, 10, 20, 25)]
    assert counts == [3, 2, 1, 0]


def test_visit_beside_a_socket_is_one_person() -> None:
    """A connected participant who also loads a page is not counted twice."""
    presence = Presence()
    presence.connect("kim")
    presence.visit("kim", START)
    presence.visit("alex", START)
    assert [presence.count(START), presence.count(START + LINGER_SECONDS + 0.1)] == [2, 1]


def test_visit_tells_who_was_not_there() -> None:
    """A visit says whether it moves the number: not beside a socket, and not until the last one is forgotten."""
    presence = Presence()
    presence.connect("kim")
    moved = [presence.visit("kim", START)]
    moved += [presence.visit("alex", START + seconds) for seconds in (0, 30, 60.1)]
    assert moved == [False, True, False, True]
