"""Questions in other languages."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("question", sa.Column("translations", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
