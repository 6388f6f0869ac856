"""Questions from the floor in a documentation: what everybody could read, and what has become of it."""

from collections.abc import Iterator

from poll_server.documents.floor_export import FloorExport, fate_name
from poll_server.documents.report.choice import Choice
from poll_server.documents.report.model import Contribution, Fact, Session
from poll_server.documents.report.words import Words
from poll_server.domain.contributions import Contribution as Sent
from poll_server.domain.contributions import Fate, Order, ordered


def sessions(floor: FloorExport, choice: Choice, words: Words) -> Iterator[Session]:
    """Give each session to which anything was sent, with the questions that were public, most backed first."""
    for item_id, session in floor.sessions.items():
        sent = floor.sent(item_id)
        public = [one for one in sent if one.listed]
        if not sent:
            continue
        joined = sum(bool(one.joined) for one in sent)
        facts = [Fact(words.gettext("Sent in"), words.count(len(sent)))]
        if joined:
            facts.append(Fact(words.gettext("Joined with another"), words.count(joined)))
        facts.append(Fact(words.gettext("Published"), words.count(len(public))))
        in_order = ordered(public, Order.BACKING, floor.backers)
        yield Session(session.title, tuple(facts), tuple(_contribution(one, floor, choice, words) for one in in_order))


def _contribution(one: Sent, floor: FloorExport, choice: Choice, words: Words) -> Contribution:
    backers = floor.backed(one) or 0
    about = []
    if choice.names and one.name:
        about.append(words.gettext("From %(name)s", name=one.name))
    if one.addressee:
        about.append(words.gettext("To %(name)s", name=one.addressee))
    return Contribution(
        text=one.published,
        backers=words.ngettext("%(n)s person asks it too", "%(n)s people ask it too", backers) if backers else "",
        about=", ".join(about),
        fate=fate_name(Fate.ACCEPTED if one.fate is Fate.CURRENT else one.fate, words.language),
        answer=one.answer,
    )
