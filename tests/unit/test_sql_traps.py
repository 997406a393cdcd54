"""SQL that DuckDB takes and that must not be written."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
OVER_ALL_ROWS = re.compile(r"\bover\s*\(\s*\)")


def test_no_window_is_over_all_rows() -> None:
    """DuckDB 1.5.5 fails in it now and then, of few rows on several threads (duckdb/duckdb issue 25713)."""
    written = [
        path
        for folder, kind in (("dbt_project", "*.sql"), ("companies", "*.sql"), ("perf_pipelines", "*.py"))
        for path in (PROJECT / folder).rglob(kind)
    ]
    assert len(written) > 300
    assert [path.name for path in written if OVER_ALL_ROWS.search(path.read_text(encoding="utf-8"))] == []
