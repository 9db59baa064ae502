"""guide drafts and versions"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply; the guides that are there come from the content pack, and their present state is the version kept."""
    with op.batch_alter_table("guides", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("keeper", sa.String(length=16), server_default="pack", nullable=False))
        batch_op.add_column(sa.Column("pack_digest", sa.String(length=64), server_default="", nullable=False))
    _drafts()
    _versions()
    _golden_questions()
    _reminders()
    _fill()
    with op.batch_alter_table("guides", schema=None) as batch_op:
        batch_op.alter_column("owner", server_default=None)
        batch_op.alter_column("keeper", server_default=None)
        batch_op.alter_column("pack_digest", server_default=None)
        batch_op.create_index(batch_op.f("ix_guides_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_guides_review_by"), ["review_by"], unique=False)


def _drafts() -> None:
    op.create_table(
        "guide_drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("guide_id", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("rival", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed", sa.String(length=64), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("guide_drafts", schema=None) as batch_op:
        batch_op.create_index("ix_guide_drafts_guide", ["guide_id", "status"], unique=False)
        batch_op.create_index("ix_guide_drafts_work", ["owner", "status", "updated_at"], unique=False)


def _versions() -> None:
    op.create_table(
        "guide_versions",
        sa.Column("guide_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("author", sa.Integer(), nullable=True),
        sa.Column("reviewer", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("overruled", sa.Text(), nullable=True),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answerable_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["guide_id"], ["guides.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("guide_id", "version"),
    )
    with op.batch_alter_table("guide_versions", schema=None) as batch_op:
        batch_op.create_index("ix_guide_versions_waiting", ["answerable_at"], unique=False)


def _golden_questions() -> None:
    op.create_table(
        "golden_questions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.Column("guide_id", sa.String(length=64), nullable=True),
        sa.Column("expect", sa.JSON(), nullable=False),
        sa.Column("question_id", sa.String(length=32), nullable=True),
        sa.Column("kept_by", sa.Integer(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("golden_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_golden_questions_guide_id"), ["guide_id"], unique=False)


def _reminders() -> None:
    op.create_table(
        "review_reminders",
        sa.Column("guide_id", sa.String(length=64), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["guide_id"], ["guides.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("guide_id", "review_by", "days_before"),
    )
    with op.batch_alter_table("review_reminders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_reminders_owner"), ["owner"], unique=False)


def _fill() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, CAST(content AS TEXT) AS content FROM guides")).all()
    for row in rows:
        connection.execute(
            sa.text("UPDATE guides SET owner = :owner, pack_digest = digest WHERE id = :id"),
            {"id": row.id, "owner": json.loads(row.content)["owner"]},
        )
    connection.execute(
        sa.text(
            "INSERT INTO guide_versions "
            "(guide_id, version, status, content, digest, reason, published_at, answerable_at) "
            "SELECT id, version, status, content, digest, '', updated_at, updated_at FROM guides"
        )
    )
