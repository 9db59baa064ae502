"""batches that are sent and whose people are not written out yet are found at once"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
_LEFT = sa.text("roster IS NOT NULL AND first_sent_at IS NOT NULL AND closed_at IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_batches_left", "batches", ["id"], if_not_exists=True, sqlite_where=_LEFT, postgresql_where=_LEFT
    )
