"""events in order: the chat and the time of an inbound event"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("inbound_events") as table:
        table.add_column(sa.Column("chat", sa.String(64), nullable=True))
        table.add_column(sa.Column("occurred_ms", sa.BigInteger(), server_default="0", nullable=False))
        table.create_index("ix_inbound_events_queue", ["status", "received_at"])
        table.create_index("ix_inbound_events_chat", ["chat", "status", "occurred_ms"])


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("inbound_events") as table:
        table.drop_index("ix_inbound_events_chat")
        table.drop_index("ix_inbound_events_queue")
        table.drop_column("occurred_ms")
        table.drop_column("chat")
