"""what a resident was last shown: its buttons, which may be typed, and its language, in which a button is answered"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Apply."""
    op.add_column("conversations", sa.Column("language", sa.String(8), nullable=True))
    op.add_column("conversations", sa.Column("buttons", sa.JSON(), nullable=True))
    op.add_column("conversations", sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True))
