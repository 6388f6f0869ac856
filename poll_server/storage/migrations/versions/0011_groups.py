"""Groups of participants, and which results have been shown."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("event", sa.Column("groups", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("wave", sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("wave", sa.Column("reopened", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "member",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("participant", sa.String(), nullable=False),
        sa.Column("grp", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.PrimaryKeyConstraint("event_id", "participant"),
        sqlite_with_rowid=False,
    )
