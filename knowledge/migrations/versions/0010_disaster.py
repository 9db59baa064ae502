"""disaster mode"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0011"


def upgrade() -> None:
    """Apply."""
    _disaster_requests()
    _disaster_warnings()
    _disaster_modes()
    _menu_deployments()
    _shelter_states()
    _staff_alerts()
    _testers()


def _disaster_requests() -> None:
    op.create_table(
        "disaster_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("world", sa.String(length=8), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("hazard", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("world IN ('live', 'drill')", name="ck_disaster_requests_world"),
        sa.CheckConstraint("confirmed_at IS NULL OR withdrawn_at IS NULL", name="ck_disaster_requests_one_end"),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> asked_by", name="ck_disaster_requests_two_persons"),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["confirmed_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "world", name="uq_disaster_requests_world"),
    )


def _disaster_warnings() -> None:
    op.create_table(
        "disaster_warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.String(length=32), nullable=False),
        sa.Column("identity", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=16), nullable=False),
        sa.Column("area", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(length=100), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("world IN ('live', 'drill')", name="ck_disaster_warnings_world"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="ck_disaster_warnings_level"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("feed", "identity", name="uq_disaster_warnings_identity"),
        sa.UniqueConstraint("id", "world", name="uq_disaster_warnings_world"),
    )
    with op.batch_alter_table("disaster_warnings", schema=None) as batch_op:
        batch_op.create_index("ix_disaster_warnings_newest", ["world", "issued_at"], unique=False)


def _disaster_modes() -> None:
    op.create_table(
        "disaster_modes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("world", sa.String(length=8), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("hazard", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("warning_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(request_id IS NULL) <> (warning_id IS NULL)", name="ck_disaster_modes_cause"),
        sa.ForeignKeyConstraint(
            ["request_id", "world"],
            ["disaster_requests.id", "disaster_requests.world"],
            name="fk_disaster_modes_request",
        ),
        sa.ForeignKeyConstraint(
            ["warning_id", "world"],
            ["disaster_warnings.id", "disaster_warnings.world"],
            name="fk_disaster_modes_warning",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", name="uq_disaster_modes_request"),
        sa.UniqueConstraint("warning_id", name="uq_disaster_modes_warning"),
    )
    with op.batch_alter_table("disaster_modes", schema=None) as batch_op:
        batch_op.create_index("ix_disaster_modes_newest", ["world", "id"], unique=False)


def _menu_deployments() -> None:
    op.create_table(
        "menu_deployments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["disaster_modes.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _shelter_states() -> None:
    op.create_table(
        "shelter_states",
        sa.Column("world", sa.String(length=8), nullable=False),
        sa.Column("shelter", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("world", "shelter"),
    )


def _staff_alerts() -> None:
    op.create_table(
        "staff_alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("world", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("tester_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("retry_key", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["tester_id"], ["testers.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("retry_key"),
    )
    with op.batch_alter_table("staff_alerts", schema=None) as batch_op:
        batch_op.create_index("ix_staff_alerts_waiting", ["closed_at", "not_before"], unique=False)


def _testers() -> None:
    with op.batch_alter_table("testers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_call", sa.Boolean(), server_default=sa.false(), nullable=False))
