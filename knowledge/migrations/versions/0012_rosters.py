"""rosters"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"


def upgrade() -> None:
    """Apply."""
    op.add_column("batches", sa.Column("roster", sa.JSON(), nullable=True))
