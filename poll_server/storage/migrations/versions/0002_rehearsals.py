"""Rehearsals: the event that rehearses, and the askings that belong to it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the tables forward."""
    for table in ("event", "wave"):
        op.add_column(table, sa.Column("rehearsal", sa.Boolean(), server_default=sa.false(), nullable=False))
