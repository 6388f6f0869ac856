"""Questions that organisers keep, and which questions of events are the same."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables forward; no question is linked yet."""
    op.add_column("question", sa.Column("origin", sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_question_origin", "question", ["origin"])
    op.create_table(
        "library_question",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("organiser_id", _BIG, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("origin", "language", "kind", "text", "hint")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("options", "rules")),
        sa.Column("reveal", sa.String(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organiser_id", "origin"),
    )
    op.create_index("ix_library_question_organiser_id", "library_question", ["organiser_id"])
