"""What organisers write of an event, how often they have changed it, and whether it is archived."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("event") as event:
        event.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default="0"))
        event.add_column(sa.Column("last_day", sa.Date(), nullable=True))
        for name in ("partners", "welcome", "contact", "imprint", "privacy", "accessibility"):
            event.add_column(sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''")))
        event.add_column(sa.Column("archived", sa.DateTime(timezone=True), nullable=True))
