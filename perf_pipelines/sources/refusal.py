"""How a connector says that a table of its system cannot be loaded."""

from __future__ import annotations

from perf_pipelines.errors import Problem, SourceRefused


def table_refused(system_id: str, table_id: str, *, what: str, todo: str) -> SourceRefused:
    """The refusal, which leaves the lake as it was."""
    return SourceRefused(
        f"{system_id} cannot be loaded; the lake is as before",
        [Problem(field=f"{system_id}.{table_id}", what=what, todo=todo)],
    )
