"""All tables. Rows are written from checked values only: a SQLModel table class does not validate."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    String,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlmodel import Column, Field, ForeignKey, SQLModel

from poll_server.domain.programme import SMALL_BASE

metadata = SQLModel.metadata
BigId = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in the program, UTC in the database; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read UTC; SQLite keeps no zone."""
        return None if value is None else value.replace(tzinfo=UTC)


def _id() -> Any:
    return Field(default=None, sa_column=Column(BigId, primary_key=True))


def _reference(table: str, *, null: bool = False) -> Any:
    return Field(default=None, sa_column=Column(BigId, ForeignKey(f"{table}.id"), nullable=null, index=True))


def _flag() -> Any:
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))


def _text() -> Any:
    return Field(default="", sa_column=Column(String, nullable=False, server_default=text("''")))


def _mapping() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False, server_default=text("'{}'")))


def _list() -> Any:
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False, server_default=text("'[]'")))


def _name() -> Any:
    return Field(default="", sa_column=Column(String, nullable=False, server_default=text("''"), index=True))


class SeriesRow(SQLModel, table=True):
    """Events that belong together; ``code`` stands in the address of its public page."""

    __tablename__ = "series"

    id: int | None = _id()
    code: str = Field(unique=True)
    title: str
    organisers: str
    language: str


class EventRow(SQLModel, table=True):
    """One conference or web talk.

    ``pseudonym_key`` makes participants' pseudonyms: it never rotates, and when it is deleted nobody can be found
    again. ``revision`` counts the moderators' steps; ``current`` is the question on the stage. What is asked while
    ``rehearsal`` is on can be wiped. Of fewer answers than ``shares_from`` no shares are shown.
    ``groups`` is a list of [key, label, names in other languages by tag], in older events without the last.
    ``blocked_words`` maps a language to its lines. ``edition`` counts how often organisers have changed what it is;
    ``last_day`` is empty for one day, ``archived`` for an event that is not.
    """

    __tablename__ = "event"

    id: int | None = _id()
    code: str = Field(unique=True)
    title: str
    subtitle: str
    organisers: str
    day: date
    time_zone: str
    language: str
    pseudonym_key: bytes
    revision: int = 0
    current: int | None = Field(default=None, sa_type=BigInteger)
    join_shown: bool = False
    rehearsal: bool = _flag()
    shares_from: int = Field(
        default=SMALL_BASE, sa_column=Column(Integer, nullable=False, server_default=str(SMALL_BASE))
    )
    groups: list[list[Any]] = Field(default=[], sa_column=Column(JSON, nullable=False, server_default="[]"))
    decline_reasons: list[str] = _list()
    blocked_words: dict[str, list[str]] = _mapping()
    series_id: int | None = _reference("series", null=True)
    edition: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    last_day: date | None = None
    partners: str = _text()
    welcome: str = _text()
    contact: str = _text()
    imprint: str = _text()
    privacy: str = _text()
    accessibility: str = _text()
    archived: datetime | None = Field(default=None, sa_type=Moment)


class ItemRow(SQLModel, table=True):
    """A slot of the programme; ``people`` is a list of {name, role}."""

    __tablename__ = "item"

    id: int | None = _id()
    event_id: int = _reference("event")
    position: int
    starts: datetime = Field(sa_type=Moment)
    ends: datetime | None = Field(default=None, sa_type=Moment)
    about: bool
    kind: str
    title: str
    description: str
    people: list[dict[str, str]] = Field(sa_type=JSON)


class RoundRow(SQLModel, table=True):
    """An ordered list of questions, in a slot or outside the programme."""

    __tablename__ = "round"

    id: int | None = _id()
    event_id: int = _reference("event")
    item_id: int | None = _reference("item", null=True)
    position: int
    title: str


class QuestionRow(SQLModel, table=True):
    """One thing asked. Its row changes with the moderators' steps only, never with a ballot.

    ``options`` is a list of [key, label]; ``wave`` the present one, from 1. ``translations`` maps a language to its
    text, hint, options by key and rules. ``origin`` names the question of a library that it is, empty for none.
    """

    __tablename__ = "question"

    id: int | None = _id()
    round_id: int = _reference("round")
    position: int
    kind: str
    text: str
    hint: str
    options: list[list[str]] = Field(sa_type=JSON)
    rules: dict[str, Any] = Field(sa_type=JSON)
    reveal: str
    state: str
    wave: int = 1
    translations: dict[str, dict[str, Any]] = _mapping()
    origin: str = _name()


class WaveRow(SQLModel, table=True):
    """One asking of a question; ``present`` is how many participants were there when it closed.

    ``closes`` is when its countdown ends, ``counts_since`` when that began. ``shown`` says that its result has
    been, ``reopened`` that it has been opened again after that.
    """

    __tablename__ = "wave"

    question_id: int = Field(sa_column=Column(BigId, ForeignKey("question.id"), primary_key=True))
    wave: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    opened: datetime = Field(sa_type=Moment)
    closed: datetime | None = Field(default=None, sa_type=Moment)
    present: int = 0
    discarded: bool = False
    rehearsal: bool = _flag()
    closes: datetime | None = Field(default=None, sa_type=Moment)
    counts_since: datetime | None = Field(default=None, sa_type=Moment)
    shown: bool = _flag()
    reopened: bool = _flag()


class MemberRow(SQLModel, table=True):
    """Which group of the event a participant comes from; empty once they have taken it back."""

    __tablename__ = "member"
    __table_args__ = ({"sqlite_with_rowid": False},)

    event_id: int = Field(sa_column=Column(BigId, ForeignKey("event.id"), primary_key=True))
    participant: str = Field(primary_key=True)
    grp: str


class ExtensionRow(SQLModel, table=True):
    """More time for one participant of an asking: until when, taken how often. It goes when the question closes."""

    __tablename__ = "extension"
    __table_args__ = ({"sqlite_with_rowid": False},)

    question_id: int = Field(sa_column=Column(BigId, ForeignKey("question.id"), primary_key=True))
    wave: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    participant: str = Field(primary_key=True)
    until: datetime = Field(sa_type=Moment)
    times: int


class BallotRow(SQLModel, table=True):
    """One participant's standing answer. The row is a maximum over (number, submission).

    ``marks`` is what the answer added to the tally, ``replaced`` the marks it took the place of. No time is stored.
    """

    __tablename__ = "ballot"
    __table_args__ = ({"sqlite_with_rowid": False},)

    question_id: int = Field(sa_column=Column(BigId, ForeignKey("question.id"), primary_key=True))
    wave: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    participant: str = Field(primary_key=True)
    part: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    submission: UUID = Field(sa_type=Uuid)
    grp: str
    answer: list[str] = Field(sa_type=JSON)
    marks: dict[str, int] = Field(sa_type=JSON)
    replaced: dict[str, int] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class VotedRow(SQLModel, table=True):
    """Somebody has answered a secret question: that, and nothing else."""

    __tablename__ = "voted"
    __table_args__ = ({"sqlite_with_rowid": False},)

    question_id: int = Field(sa_column=Column(BigId, ForeignKey("question.id"), primary_key=True))
    wave: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    participant: str = Field(primary_key=True)


class SlipRow(SQLModel, table=True):
    """One ballot of a secret question under a random key: no participant, no group, no order, no time."""

    __tablename__ = "slip"
    __table_args__ = ({"sqlite_with_rowid": False},)

    question_id: int = Field(sa_column=Column(BigId, ForeignKey("question.id"), primary_key=True))
    wave: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    key: str = Field(primary_key=True)
    answer: list[str] = Field(sa_type=JSON)
    marks: dict[str, int] = Field(sa_type=JSON)


class TallyRow(SQLModel, table=True):
    """One sum of marks; ``n`` may not be constrained: PostgreSQL would check the difference instead."""

    __tablename__ = "tally"
    __table_args__ = ({"sqlite_with_rowid": False},)

    question_id: int = Field(sa_column=Column(BigId, ForeignKey("question.id"), primary_key=True))
    wave: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    grp: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    n: int = Field(sa_type=BigInteger)


class CorrectionRow(SQLModel, table=True):
    """Words of a question that were corrected after people had been asked: by which role, with both texts.

    ``field`` is ``text``, ``hint``, the key of an option or the name of a rule, of a translation ``en.text`` and so on.
    """

    __tablename__ = "correction"

    id: int | None = _id()
    question_id: int = _reference("question")
    at: datetime = Field(sa_type=Moment)
    role: str
    field: str
    before: str
    after: str


class AdditionRow(SQLModel, table=True):
    """What a participant has added to a question in one of its waves.

    ``number`` is the place that it has got among the question's parts, 0 before; ``verdict`` is empty while it waits.
    """

    __tablename__ = "addition"

    id: int | None = _id()
    question_id: int = _reference("question")
    wave: int
    participant: str
    text: str
    number: int = 0
    verdict: str = ""


class DecisionRow(SQLModel, table=True):
    """What moderators have decided about one entry of a result; ``target`` is the key that it is joined with."""

    __tablename__ = "decision"
    __table_args__ = ({"sqlite_with_rowid": False},)

    question_id: int = Field(sa_column=Column(BigId, ForeignKey("question.id"), primary_key=True))
    wave: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    key: str = Field(primary_key=True)
    verdict: str
    target: str


class PictureRow(SQLModel, table=True):
    """A picture of a notice; ``name`` is a hash of its content with an end that says its sort."""

    __tablename__ = "picture"

    event_id: int = Field(sa_column=Column(BigId, ForeignKey("event.id"), primary_key=True))
    name: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class SessionRow(SQLModel, table=True):
    """The audience-question session of a programme item; its row changes with the moderators' steps only.

    ``rehearsal`` says that it was first opened in one, so that wiping makes it ready again.
    """

    __tablename__ = "question_session"

    item_id: int = Field(sa_column=Column(BigId, ForeignKey("item.id"), primary_key=True, autoincrement=False))
    state: str
    moderated: bool
    maximum: int
    listed: bool
    revision: int = 0
    rehearsal: bool = False


class ContributionRow(SQLModel, table=True):
    """What somebody has sent in: the text as sent, and the wording that moderators have published instead.

    ``at`` is the minute of sending, no finer. ``joined`` is the id of the one that it is joined with, else 0.
    """

    __tablename__ = "contribution"
    __table_args__ = (UniqueConstraint("item_id", "participant", "submission"),)

    id: int | None = _id()
    item_id: int = Field(sa_column=Column(BigId, ForeignKey("question_session.item_id"), nullable=False))
    participant: str
    submission: UUID = Field(sa_type=Uuid)
    at: datetime = Field(sa_type=Moment)
    text: str
    addressee: str
    name: str
    fate: str
    wording: str
    reason: str
    labels: list[str] = Field(sa_type=JSON)
    note: str
    place: float
    joined: int = Field(sa_type=BigInteger)
    hits: list[str] = Field(sa_type=JSON)
    assignee: str
    draft: str
    answer: str
    rehearsal: bool
    revision: int


class BackingRow(SQLModel, table=True):
    """Somebody backs a contribution; no time is stored."""

    __tablename__ = "backing"
    __table_args__ = ({"sqlite_with_rowid": False},)

    contribution_id: int = Field(sa_column=Column(BigId, ForeignKey("contribution.id"), primary_key=True))
    participant: str = Field(primary_key=True)


class DeedRow(SQLModel, table=True):
    """The log: what was done with a contribution, or with a session (then without one), by which role and link.

    ``before`` and ``after`` hold what changed. Deeds of one order share their ``batch``.
    """

    __tablename__ = "deed"

    id: int | None = _id()
    item_id: int = Field(sa_column=Column(BigId, ForeignKey("question_session.item_id"), nullable=False, index=True))
    contribution_id: int | None = _reference("contribution", null=True)
    at: datetime = Field(sa_type=Moment)
    role: str
    link: str
    deed: str
    before: dict[str, Any] = Field(sa_type=JSON)
    after: dict[str, Any] = Field(sa_type=JSON)
    batch: str


class LinkRow(SQLModel, table=True):
    """A secret link of an event's team: whom it lets in, and until when. Of its secret there is a hash only.

    ``digest`` is empty for a link whose key is signed by the installation instead of kept: those that were made before
    this table was, and the demo's. ``seen`` is the minute in which somebody was last on it.
    """

    __tablename__ = "link"
    __table_args__ = (
        Index(
            "ix_link_name",
            "event_id",
            "name",
            unique=True,
            sqlite_where=text("revoked IS NULL"),
            postgresql_where=text("revoked IS NULL"),
        ),
    )

    id: int | None = _id()
    event_id: int = _reference("event")
    role: str
    name: str
    digest: str
    made: datetime = Field(sa_type=Moment)
    made_by: str
    expires: datetime | None = Field(default=None, sa_type=Moment)
    revoked: datetime | None = Field(default=None, sa_type=Moment)
    seen: datetime | None = Field(default=None, sa_type=Moment)


class JournalRow(SQLModel, table=True):
    """What somebody of the team has done in an event, by which role and link; nothing of the audience.

    ``about`` is the question, if there is one; ``words`` say more in a few words of the team's own.
    """

    __tablename__ = "journal"

    id: int | None = _id()
    event_id: int = _reference("event")
    at: datetime = Field(sa_type=Moment)
    role: str
    link: str
    act: str
    about: int | None = Field(default=None, sa_type=BigInteger)
    words: str


class DeletedEventRow(SQLModel, table=True):
    """All that is kept of an event that was deleted: which it was, when and by which organiser.

    ``swept`` says that nothing of it can be read from the database's files any more.
    """

    __tablename__ = "deleted_event"

    id: int | None = _id()
    at: datetime = Field(sa_type=Moment)
    code: str
    title: str
    by: str
    swept: bool


class OrganiserRow(SQLModel, table=True):
    """An account; ``sign_in`` is the name as it is looked up, ``password`` an argon2id hash, empty before the first."""

    __tablename__ = "organiser"

    id: int | None = _id()
    sign_in: str = Field(unique=True)
    name: str
    password: str
    role: str
    created: datetime = Field(sa_type=Moment)
    active: bool


class OrganiserSessionRow(SQLModel, table=True):
    """A browser in which an organiser has signed in; ``digest`` is the hash of what its cookie says."""

    __tablename__ = "organiser_session"

    id: int | None = _id()
    organiser_id: int = _reference("organiser")
    digest: str = Field(unique=True)
    created: datetime = Field(sa_type=Moment)
    seen: datetime = Field(sa_type=Moment)
    browser: str


class PasswordLinkRow(SQLModel, table=True):
    """A link with which a password is set once; ``digest`` is the hash of what stands in it."""

    __tablename__ = "password_link"

    digest: str = Field(primary_key=True)
    organiser_id: int = _reference("organiser")
    expires: datetime = Field(sa_type=Moment)
    used: datetime | None = Field(default=None, sa_type=Moment)


class OrganiserLinkRow(SQLModel, table=True):
    """The link by which an organiser is at the desk of an event: its secret is known to nobody."""

    __tablename__ = "organiser_link"

    link_id: int = Field(sa_column=Column(BigId, ForeignKey("link.id"), primary_key=True, autoincrement=False))
    organiser_id: int = _reference("organiser")


class EventOrganiserRow(SQLModel, table=True):
    """An organiser's event: own, or shared by its owner."""

    __tablename__ = "event_organiser"
    __table_args__ = ({"sqlite_with_rowid": False},)

    event_id: int = Field(sa_column=Column(BigId, ForeignKey("event.id"), primary_key=True))
    organiser_id: int = Field(sa_column=Column(BigId, ForeignKey("organiser.id"), primary_key=True, index=True))
    owner: bool


class LibraryQuestionRow(SQLModel, table=True):
    """A question that an organiser has kept, as it was then; ``origin`` is what its uses in events have in common."""

    __tablename__ = "library_question"
    __table_args__ = (UniqueConstraint("organiser_id", "origin"),)

    id: int | None = _id()
    organiser_id: int = _reference("organiser")
    origin: str
    language: str
    kind: str
    text: str
    hint: str
    options: list[list[str]] = Field(sa_type=JSON)
    rules: dict[str, Any] = Field(sa_type=JSON)
    reveal: str
    translations: dict[str, dict[str, Any]] = _mapping()


class AttendanceRow(SQLModel, table=True):
    """How many people were at an event in a minute; no row where nobody was. Nothing of who they were."""

    __tablename__ = "attendance"
    __table_args__ = ({"sqlite_with_rowid": False},)

    event_id: int = Field(sa_column=Column(BigId, ForeignKey("event.id"), primary_key=True))
    minute: datetime = Field(sa_column=Column(Moment, primary_key=True))
    n: int


class ReportChoiceRow(SQLModel, table=True):
    """What an organiser has chosen for the documentation of an event, and whether everybody may read it."""

    __tablename__ = "report_choice"

    event_id: int = Field(sa_column=Column(BigId, ForeignKey("event.id"), primary_key=True, autoincrement=False))
    choice: dict[str, Any] = Field(sa_type=JSON)
    public: bool = _flag()
