"""a rule's approval stands in standing_approvals alone"""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("rules") as rules:
        rules.drop_column("approved_at")
