"""staff work on questions"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
PERSONAL = sa.text("(text IS NOT NULL OR resident_id IS NOT NULL)")
BUTTONS = 'UPDATE questions SET pressed = true WHERE CAST(trace AS TEXT) LIKE \'%"step": "button"%\''


def upgrade() -> None:
    """Apply."""
    _chores()
    _counted_days()
    _question_counts()
    _question_groups()
    _missed_questions()
    _wishes()
    _questions()


def _chores() -> None:
    op.create_table(
        "chores",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _counted_days() -> None:
    op.create_table(
        "counted_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    with op.batch_alter_table("counted_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counted_days_changed"), ["changed"], unique=False)


def _question_counts() -> None:
    op.create_table(
        "question_counts",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("clarified", sa.Integer(), nullable=False),
        sa.Column("not_found", sa.Integer(), nullable=False),
        sa.Column("expired", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "day", "value"),
    )


def _question_groups() -> None:
    op.create_table(
        "question_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=True),
        sa.Column("assigned", sa.Boolean(), nullable=False),
        sa.Column("meaning", sa.LargeBinary(), nullable=True),
        sa.Column("neighbours", sa.JSON(), nullable=False),
        sa.Column("encoder", sa.String(length=120), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("nearest", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guide_id", sa.String(length=64), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("checked", sa.String(length=200), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("question_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_groups_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_groups_stale"), ["stale"], unique=False)
        batch_op.create_index("ix_question_groups_work", ["status", "department"], unique=False)


def _missed_questions() -> None:
    op.create_table(
        "missed_questions",
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("miss", sa.String(length=16), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meaning", sa.LargeBinary(), nullable=True),
        sa.Column("neighbours", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["question_groups.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("question_id"),
    )
    with op.batch_alter_table("missed_questions", schema=None) as batch_op:
        batch_op.create_index("ix_missed_questions_asked", ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_missed_questions_due_at"), ["due_at"], unique=False)
        batch_op.create_index("ix_missed_questions_group", ["group_id", "asked_at"], unique=False)


def _wishes() -> None:
    op.create_table(
        "wishes",
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guide_id", sa.String(length=64), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("retry_key", sa.String(length=36), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("question_id"),
    )
    with op.batch_alter_table("wishes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wishes_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_wishes_resident_id"), ["resident_id"], unique=False)


def _questions() -> None:
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pressed", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("forms_shown", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index("ix_questions_asked", ["asked_at"], unique=False)
        batch_op.create_index("ix_questions_guide", ["guide_id", "asked_at"], unique=False)
        batch_op.create_index(
            "ix_questions_personal", ["asked_at"], unique=False, sqlite_where=PERSONAL, postgresql_where=PERSONAL
        )
    op.execute(BUTTONS)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index("ix_questions_personal", sqlite_where=PERSONAL, postgresql_where=PERSONAL)
        batch_op.drop_index("ix_questions_asked")
        batch_op.drop_index("ix_questions_guide")
        batch_op.drop_column("forms_shown")
        batch_op.drop_column("pressed")

    with op.batch_alter_table("wishes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wishes_resident_id"))
        batch_op.drop_index(batch_op.f("ix_wishes_due_at"))

    op.drop_table("wishes")
    with op.batch_alter_table("missed_questions", schema=None) as batch_op:
        batch_op.drop_index("ix_missed_questions_group")
        batch_op.drop_index(batch_op.f("ix_missed_questions_due_at"))
        batch_op.drop_index("ix_missed_questions_asked")

    op.drop_table("missed_questions")
    with op.batch_alter_table("question_groups", schema=None) as batch_op:
        batch_op.drop_index("ix_question_groups_work")
        batch_op.drop_index(batch_op.f("ix_question_groups_stale"))
        batch_op.drop_index(batch_op.f("ix_question_groups_closed_at"))

    op.drop_table("question_groups")
    op.drop_table("question_counts")
    with op.batch_alter_table("counted_days", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counted_days_changed"))

    op.drop_table("counted_days")
    op.drop_table("chores")
