"""Links of the team as rows, and the journal of what was done by each."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAMES = {"moderator": ("Regie", "Desk"), "screen": ("Leinwand", "Screen"), "podium": ("Podium", "Podium")}


def upgrade() -> None:
    """Bring the tables forward; each event keeps the links that it had, which are signed and so have no digest."""
    op.create_table(
        "link",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("event_id", _BIG, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("role", "name", "digest")),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("expires", "revoked", "seen")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_link_event_id", "link", ["event_id"])
    standing = sa.text("revoked IS NULL")
    op.create_index(
        "ix_link_name", "link", ["event_id", "name"], unique=True, sqlite_where=standing, postgresql_where=standing
    )
    for role, (german, english) in _NAMES.items():
        op.execute(
            "INSERT INTO link (event_id, role, name, digest, made, made_by) "  # noqa: S608 - words of this file
            f"SELECT id, '{role}', CASE language WHEN 'de' THEN '{german}' ELSE '{english}' END, '', "
            "CURRENT_TIMESTAMP, '' FROM event"
        )
    op.create_table(
        "journal",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("event_id", _BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("role", "link", "act")),
        sa.Column("about", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_journal_event_id", "journal", ["event_id"])
