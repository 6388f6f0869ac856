"""From how many answers an event shows shares."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("event", sa.Column("shares_from", sa.Integer(), server_default="20", nullable=False))
