"""a guide's title stands beside its content: lists need not read 2,000 whole guides for it"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_GUIDES = sa.table("guides", sa.column("title", sa.Text), sa.column("content", sa.JSON))


def upgrade() -> None:
    """Apply."""
    op.add_column("guides", sa.Column("title", sa.Text(), nullable=False, server_default=""))
    op.execute(_GUIDES.update().values(title=_GUIDES.c.content["title"].as_string()))
