"""Small result tables as Dagster metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg


def table_metadata(label: str, rows: Sequence[Mapping[str, str]]) -> dict[str, dg.TableMetadataValue]:
    """``rows`` (text by column) as a table under ``label``; nothing when there are none."""
    if not rows:
        return {}
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return {
        label: dg.MetadataValue.table(
            records=[dg.TableRecord({column: row.get(column, "") for column in columns}) for row in rows],
            schema=dg.TableSchema([dg.TableColumn(column, "text") for column in columns]),
        )
    }
