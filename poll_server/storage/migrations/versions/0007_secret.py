"""Secret questions: who has voted, and apart from that the slips."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Bring the tables forward."""
    _create("voted", sa.Column("participant", sa.String(), primary_key=True))
    _create(
        "slip",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
    )


def _create(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column(
            "question_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("question.id"),
            primary_key=True,
        ),
        sa.Column("wave", sa.Integer(), primary_key=True, autoincrement=False),
        *columns,
        sqlite_with_rowid=False,
    )
