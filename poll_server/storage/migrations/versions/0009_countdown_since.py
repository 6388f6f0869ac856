"""Since when a countdown runs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Bring the tables forward; of a countdown that runs now only the opening is known."""
    op.add_column("wave", sa.Column("counts_since", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE wave SET counts_since = opened WHERE closes IS NOT NULL")
