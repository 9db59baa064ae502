"""choices links"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0010"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "settings_visits",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest"),
    )
    with op.batch_alter_table("settings_visits", schema=None) as batch_op:
        batch_op.create_index("ix_settings_visits_resident", ["resident_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("settings_visits")
