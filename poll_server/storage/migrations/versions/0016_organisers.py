"""Organisers, the browsers that they have signed in with, links to set a password, whose event is whose."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "organiser",
        sa.Column("id", _BIG, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("sign_in", "name", "password", "role")),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sign_in"),
    )
    op.create_table(
        "organiser_session",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("organiser_id", _BIG, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created", "seen")),
        sa.Column("browser", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_organiser_session_organiser_id", "organiser_session", ["organiser_id"])
    op.create_table(
        "password_link",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("organiser_id", _BIG, nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_password_link_organiser_id", "password_link", ["organiser_id"])
    op.create_table(
        "event_organiser",
        sa.Column("event_id", _BIG, nullable=False),
        sa.Column("organiser_id", _BIG, nullable=False),
        sa.Column("owner", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"]),
        sa.PrimaryKeyConstraint("event_id", "organiser_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_organiser_organiser_id", "event_organiser", ["organiser_id"])
    op.create_table(
        "organiser_link",
        sa.Column("link_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("organiser_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"]),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"]),
        sa.PrimaryKeyConstraint("link_id"),
    )
    op.create_index("ix_organiser_link_organiser_id", "organiser_link", ["organiser_id"])
