"""What organisers say about the slots of a programme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from poll_server.domain.errors import Malformed
from poll_server.domain.programme import Item, ItemDraft, ItemKind, Person
from poll_server.domain.text import fold
from poll_server.i18n import N_, Sentence
from poll_server.messages import ID_MAXIMUM
from poll_server.messages.fields import Fields, number_of, text_of

TITLE_MAXIMUM, DESCRIPTION_MAXIMUM, NAME_MAXIMUM, ROLE_MAXIMUM = 200, 2000, 200, 300
PEOPLE_MAXIMUM = 50
YEARS = range(2000, 2101)
_MINUTE = "%Y-%m-%dT%H:%M"

Problems = Mapping[str, Sentence]
"""What is wrong, by field."""


@dataclass(frozen=True, slots=True)
class SlotForm:
    """A slot as an organiser writes it; times as typed, on the clocks of the event's zone."""

    starts: str = ""
    ends: str = ""
    about: bool = False
    kind: ItemKind = ItemKind.TALK
    title: str = ""
    description: str = ""
    people: tuple[Person, ...] = ()

    def checked(self, zone: ZoneInfo, before: Item | None = None) -> tuple[ItemDraft | None, Problems]:
        """Return the slot, None if something is wrong, and what that is; times that stay keep their moment."""
        problems = dict(self._too_long())
        starts, wrong = _moment(self.starts, zone, before.starts if before else None)
        if wrong or starts is None:
            problems["starts"] = wrong or N_("Please write day and time.")
        ends, wrong = _moment(self.ends, zone, before.ends if before else None)
        if wrong:
            problems["ends"] = wrong
        if starts and ends and ends.astimezone(UTC) <= starts.astimezone(UTC):
            problems["ends"] = N_("The end is not after the start.")
        if not self.title:
            problems["title"] = N_("Please give the item a title.")
        if problems or starts is None:
            return None, problems
        return ItemDraft(starts, self.title, ends, self.about, self.kind, self.description, self.people), {}

    def _too_long(self) -> Problems:
        long = {}
        if len(self.title) > TITLE_MAXIMUM:
            long["title"] = N_("Please shorten this to at most %(maximum)s characters.", maximum=TITLE_MAXIMUM)
        if len(self.description) > DESCRIPTION_MAXIMUM:
            long["description"] = N_(
                "Please shorten this to at most %(maximum)s characters.", maximum=DESCRIPTION_MAXIMUM
            )
        if any(len(one.name) > NAME_MAXIMUM or len(one.role) > ROLE_MAXIMUM for one in self.people):
            long["people"] = N_(
                "Please shorten names to at most %(name)s characters, roles to at most %(role)s.",
                name=NAME_MAXIMUM,
                role=ROLE_MAXIMUM,
            )
        if any(one.role and not one.name for one in self.people):
            long["people"] = N_("Please write the name beside each role.")
        return long


@dataclass(frozen=True, slots=True)
class SlotOrder:
    """An organiser saves a slot, or deletes it; ``seen`` is its seal as the form was made, empty for a new one."""

    form: SlotForm
    seen: str
    delete: bool


@dataclass(frozen=True, slots=True)
class MoveSlot:
    """An organiser moves a slot by so many places; ``programme`` is the seal of what they saw."""

    item: int
    by: int
    programme: str


def form_of(item: Item) -> SlotForm:
    """Return the form of a stored slot."""
    ends = item.ends.strftime(_MINUTE) if item.ends else ""
    starts = item.starts.strftime(_MINUTE)
    return SlotForm(starts, ends, item.about, item.kind, item.title, item.description, item.people)


def parse_slot(fields: Fields) -> SlotOrder:
    """Read the form of a slot; raises Malformed."""
    kind, names, roles = text_of(fields, "kind"), fields.get("name", ()), fields.get("role", ())
    if kind not in set(ItemKind) or len(names) != len(roles) or len(names) > PEOPLE_MAXIMUM:
        raise Malformed("malformed")
    people = (Person(fold(name), fold(role)) for name, role in zip(names, roles, strict=True))
    form = SlotForm(
        text_of(fields, "starts").strip(),
        text_of(fields, "ends").strip(),
        "about" in fields,
        ItemKind(kind),
        fold(text_of(fields, "title")),
        text_of(fields, "description").replace("\r\n", "\n").strip(),
        tuple(one for one in people if one.name or one.role),
    )
    return SlotOrder(form, text_of(fields, "seen"), text_of(fields, "do") == "delete")


def parse_move(fields: Fields) -> MoveSlot:
    """Read by how many places a slot moves; raises Malformed."""
    by = text_of(fields, "places")
    if not by.removeprefix("-").isascii() or not by.removeprefix("-").isdigit() or len(by) > 4 or not int(by):
        raise Malformed("malformed")
    return MoveSlot(number_of(fields, "item", ID_MAXIMUM), int(by), text_of(fields, "programme"))


def _moment(typed: str, zone: ZoneInfo, before: datetime | None) -> tuple[datetime | None, Sentence | None]:
    """Return the moment of a time on the clocks of a zone, None for an empty field, and what is wrong with it."""
    if not typed:
        return None, None
    if before and typed == before.strftime(_MINUTE):
        return before, None
    try:
        clock = datetime.fromisoformat(typed)
    except ValueError:
        return None, N_("Please write day and time, as 2027-01-21 9:30.")
    if clock.tzinfo or clock.year not in YEARS:
        return None, N_("Please write a day between %(first)s and %(last)s.", first=str(YEARS[0]), last=str(YEARS[-1]))
    moment = clock.replace(tzinfo=zone, second=0, microsecond=0)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        return None, N_("This time does not exist on this day: the clocks are put forward.")
    return moment, None
