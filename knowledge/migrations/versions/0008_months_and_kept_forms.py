"""months and kept forms"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
MEASURES = ("asked", "answered", "clarified", "not_found", "expired", "other", "solved", "wrong", "shown", "forms")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "month_counts",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in MEASURES),
        sa.PrimaryKeyConstraint("kind", "month", "value"),
    )
    op.create_table(
        "kept_forms",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id"),
    )
    with op.batch_alter_table("kept_forms", schema=None) as batch_op:
        batch_op.create_index("ix_kept_forms_kept_at", ["kept_at"], unique=False)
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.add_column(sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE sources SET indexed_at = updated_at")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_column("indexed_at")
    with op.batch_alter_table("kept_forms", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_forms_kept_at")
    op.drop_table("kept_forms")
    op.drop_table("month_counts")
