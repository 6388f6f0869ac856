"""What the audience asks the panel: sessions, contributions, backings, and what was done with them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables forward; each programme item of the kind gets its session."""
    op.add_column("event", sa.Column("decline_reasons", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("event", sa.Column("blocked_words", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.create_table(
        "question_session",
        sa.Column("item_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("moderated", sa.Boolean(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.execute(
        "INSERT INTO question_session (item_id, state, moderated, maximum, listed, revision, rehearsal) "
        "SELECT id, 'ready', true, 10, false, 0, false FROM item WHERE kind = 'question_session'"
    )
    _contribution()
    op.create_table(
        "backing",
        sa.Column("contribution_id", _BIG, nullable=False),
        sa.Column("participant", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"]),
        sa.PrimaryKeyConstraint("contribution_id", "participant"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deed",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("item_id", _BIG, nullable=False),
        sa.Column("contribution_id", _BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("role", "link", "deed")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("before", "after")),
        sa.Column("batch", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["question_session.item_id"]),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_deed_item_id", "deed", ["item_id"])
    op.create_index("ix_deed_contribution_id", "deed", ["contribution_id"])


def _contribution() -> None:
    op.create_table(
        "contribution",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("item_id", _BIG, nullable=False),
        sa.Column("participant", sa.String(), nullable=False),
        sa.Column("submission", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("text", "addressee", "name", "fate", "wording")),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("place", sa.Float(), nullable=False),
        sa.Column("joined", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("assignee", "draft", "answer")),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["question_session.item_id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("item_id", "participant", "submission"),
    )
