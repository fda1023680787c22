"""What one passed on can be asked for by who passed it on."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("permissions", "beside_permissions")


def upgrade() -> None:
    for table in _TABLES:
        op.create_index(op.f(f"ix_{table}_delegator"), table, ["delegator"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_index(op.f(f"ix_{table}_delegator"), table_name=table)
