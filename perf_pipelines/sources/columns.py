"""Declared columns against those that a source has: a new one is kept, a lost or retyped one is refused."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from perf_pipelines.errors import Problem, SourceRefused
from perf_pipelines.fields import shown
from perf_pipelines.sources.config import ColumnType
from perf_pipelines.sources.files import lake_name
from perf_pipelines.sources.own_columns import DELETED, SOURCE_FILE, SOURCE_KEY, SOURCE_ROW, SUPERSEDES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from perf_pipelines.sources.lake import Snapshot

RETYPED = "have its type restored, or declare the new one in sources.yaml and mend its staging model"
"""What to do about a column of another type."""

_KEPT = {SOURCE_FILE, SOURCE_ROW, SOURCE_KEY, DELETED, SUPERSEDES}
"""Names of the lake's own columns."""

_ALSO_FITS = {(ColumnType.NUMBER, ColumnType.INTEGER)}
"""(declared, found) that are no contradiction: every whole number is a number."""


def check_columns(
    found: Mapping[str, ColumnType | None], declared: Mapping[str, ColumnType], *, place: str
) -> tuple[str, ...]:
    """The declared columns in order, then the others.

    :class:`SourceRefused` with all that are lost or retyped, or whose names the lake cannot keep. A found type of
    ``None`` is not known and fits none but text.
    """
    problems: list[Problem] = []
    others = [name for name in found if name not in declared]
    for name, type_ in declared.items():
        if name not in found:
            near = difflib.get_close_matches(name, others, n=1, cutoff=0.5)
            problems.append(
                Problem(
                    field=f"{place}.{name}",
                    what=f"the column is missing{f'; renamed to `{near[0]}`?' if near else ''}",
                    todo="have it delivered again, or write the new name in sources.yaml and its staging model",
                )
            )
        elif not fits(type_, found[name]):
            problems.append(
                Problem(
                    field=f"{place}.{name}",
                    what=f"the column is of type {found[name] or 'unknown'} and declared as {type_}",
                    todo=RETYPED,
                )
            )
    problems.extend(_nameless(found, place=place))
    if problems:
        raise SourceRefused(f"{place} has changed its shape; the lake is as before", problems)
    return (*declared, *others)


def _nameless(found: Iterable[str], *, place: str) -> Iterator[Problem]:
    """Columns that would be taken for others: DuckDB tells names apart without regard to case."""
    first: dict[str, str] = {}
    for name in found:
        folded = name.casefold()
        what = ""
        if folded in _KEPT or folded.startswith("_dlt_"):
            what = "this name is kept for the lake's own columns"
        elif lake_name(name) != name or not name.strip():
            what = f"the lake has no column named {shown(name)}"
        elif folded in first:
            what = f"`{first[folded]}` is named alike but for its capital letters"
        if what:
            yield Problem(field=f"{place}.{name}", what=what, todo="have the column renamed in the source")
        first.setdefault(folded, name)


def lacked(snapshot: Snapshot, columns: Collection[str]) -> dict[str, str]:
    """Of ``columns`` those that a load did not have, with the last such load: its rows and older ones are empty there.

    A source that gets a column does not say that the rows which it had before have changed.
    """
    return {name: part.load_id for part in snapshot.parts for name in columns if name not in part.columns}


def fits(declared: ColumnType, found: ColumnType | None) -> bool:
    """Whether a column found as ``found`` may be declared as ``declared``."""
    return found == declared or (declared, found) in _ALSO_FITS or (found is None and declared is ColumnType.TEXT)
