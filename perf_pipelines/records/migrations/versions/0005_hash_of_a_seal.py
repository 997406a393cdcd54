"""What was sealed, by its hash, stands in the period's step; of what is sealed already it is not known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column."""
    op.add_column("period_step", sa.Column("seal", sa.Text))
