"""The frames and pages of a session that many see: each made once, and kept until something in it has changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.contributions import Order, Session, SessionState
from poll_server.live import floor_views
from poll_server.live.compression import Ready
from poll_server.live.encoding import encode
from poll_server.live.floor_keeping import Keeping
from poll_server.live.floor_views import AuthorView, FloorView
from poll_server.live.frames import Made
from poll_server.live.hub import Audience
from poll_server.render import Site, View

WHOLE, LIST, FIGURES = "floor", "floor-list", "floor-figures"
"""Topics of frames: to a slow client goes only the newest of each."""
NOBODY = AuthorView((), frozenset(), 0)
"""What is private to somebody who has not sent or backed anything; how many may be sent is said for everybody."""

_DEFAULT = (SessionState.OPEN, SessionState.CLOSED, SessionState.READY, SessionState.ARCHIVED)


def present_session(sessions: Iterable[Session]) -> int:
    """Return the session that a page shows which names none: the open one, else the last over, else the first."""
    there = list(sessions)
    for state in _DEFAULT:
        found = [one.item_id for one in there if one.state is state]
        if found:
            return found[0] if state is SessionState.READY else found[-1]
    raise AssertionError("a floor has a session")


def audience_of(item_id: int, order: Order, language: str) -> Audience:
    """Return the audience of those who look at a session in this order and language, empty for the event's."""
    return Audience(Role.AUDIENCE, look=item_id, wanted=order, language=language)


class FloorFrames:
    """What the audience of an event's floor sees. Numbers in it are those of the last tick, or newer.

    ``see`` says what an audience sees of the poll, ``version`` changes with it; ``answer_key`` makes private links.
    """

    def __init__(
        self,
        kept: Keeping,
        see: Callable[[Audience], View],
        version: Callable[[], int],
        site: Site,
        answer_key: Callable[[int], str],
    ) -> None:
        self._kept = kept
        self._see = see
        self._version = version
        self._site = site
        self._answer_key = answer_key
        self._stamp = (0, 0)
        self._numbers = 0
        self._frames: dict[Audience, Made] = {}
        self._pages: dict[tuple[Audience, int], Ready] = {}
        self._rests: dict[tuple[Audience, int], bytes] = {}

    def view(self, audience: Audience, page: int = 1) -> FloorView:
        """Return what an audience sees of the session that it looks at."""
        return floor_views.audience(self._kept.memory, audience.look, Order(audience.wanted), page)

    def of(self, audience: Audience) -> Made:
        """Return the frame with the whole present state."""
        self._check()
        made = self._frames.get(audience)
        if made is None:
            html = render.questions_frame(self._see(_plain(audience)), self.view(audience))
            made = self._frames[audience] = Made(html, encode(html))
        return made

    def list_of(self, audience: Audience) -> bytes:
        """Return the frame with the list alone."""
        return render.questions_list(self._see(_plain(audience)), self.view(audience))

    def page(self, audience: Audience, number: int = 1) -> Ready:
        """Return the page for those who have neither sent nor backed anything: the same bytes for all of them."""
        self._check()
        page = self._pages.get((audience, number))
        if page is None:
            page = self._pages[audience, number] = Ready(self.personal(audience, number))
        return page

    def personal(
        self,
        audience: Audience,
        number: int = 1,
        author: AuthorView = NOBODY,
        *,
        typed: Mapping[str, str] | None = None,
        said: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the page with what is private to somebody; what they ``typed`` and why it is refused stands there."""
        seen = self._see(_plain(audience))
        sessions = self._kept.memory.sessions
        return render.questions_page(
            seen,
            self._site,
            self.view(audience, number),
            author,
            sessions=list(sessions.values()),
            answer_key=self._answer_key,
            typed=typed,
            said=said,
        )

    def rest(self, audience: Audience, number: int) -> bytes:
        """Return one more page of the list: the same bytes for everybody, whose script marks what is their own."""
        self._check()
        rest = self._rests.get((audience, number))
        if rest is None:
            seen, view = self._see(_plain(audience)), self.view(audience, number)
            rest = self._rests[audience, number] = render.questions_rest(seen, view)
        return rest

    def own(self, audience: Audience, participant: str) -> bytes:
        """Return the private frame of somebody: own questions with their fates, and what is backed."""
        author = floor_views.author(self._kept.memory, audience.look, participant)
        seen = self._see(_plain(audience))
        session = self._kept.memory.session(audience.look)
        return render.own_questions(seen, session, author, self._answer_key)

    def figures(self, audience: Audience) -> bytes:
        """Return the data frame with the numbers of those that are listed."""
        language = audience.language or self._kept.event().language
        return render.questions_figures(floor_views.figures(self.view(audience)), language)

    def shape(self, audience: Audience) -> object:
        """Return all that a list shows but numbers: two that are equal need no new list."""
        view = self.view(audience)
        items = tuple(replace(one, backers=0) for one in view.listed.items)
        return items, view.listed.pages, view.session.state

    def etag(self, audience: Audience) -> str:
        """Return a tag of everything that anybody sees of the floor: a weak one, of state and not of bytes.

        Numbers count in it from the tick on, as in what is kept: else one would be taken for newer than it is.
        """
        self._check()
        stamp = f"{self._version():x}.{self._kept.version:x}.{self._numbers:x}"
        return f'W/"q{stamp}.{audience.look}{audience.wanted}{audience.language}"'

    def forget(self) -> None:
        """Drop everything: numbers have changed, too."""
        self._numbers = self._kept.numbers
        self._frames.clear()
        self._pages.clear()
        self._rests.clear()

    def _check(self) -> None:
        stamp = (self._version(), self._kept.version)
        if stamp != self._stamp:
            self._stamp = stamp
            self.forget()


def _plain(audience: Audience) -> Audience:
    """Return the audience of the poll that reads the same language; what is answered there shows nowhere here."""
    return Audience(Role.AUDIENCE, language=audience.language)
