"""Reading the published marts. Nobody but the pipeline reads the warehouse."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from perf_pipelines.errors import NotPublished, Problem
from perf_pipelines.fields import Label
from perf_pipelines.publication import open_marts, read_publication

if TYPE_CHECKING:
    import duckdb

    from perf_pipelines.home import CompanyHome
    from perf_pipelines.publication import PeriodRecord


class PublishedMarts:
    """The version that was published when this object was made; it stays readable while a newer one is made."""

    def __init__(self, home: CompanyHome) -> None:
        self._company = home.root.name
        self._publication = read_publication(home)
        self._version = home.published.resolve()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def require(self, period: str, *, mart: str | None = None) -> None:
        """:class:`NotPublished` unless ``period`` is among the published ones, and has rows in ``mart``."""
        if period not in self._publication.periods:
            raise NotPublished(
                f"{period} is not published for {self._company}",
                [
                    Problem(
                        field="period",
                        what=f"published are {', '.join(self._publication.periods) or 'none'}",
                        todo=f"run `perf-pipelines run --company {self._company} --period {period}`",
                    )
                ],
            )
        if mart is not None and period not in self._publication.files.get(mart, {}):
            raise NotPublished(
                f"{period} of {self._company} was published by a version that did not make {mart} yet",
                [
                    Problem(
                        field="period",
                        what=f"the published marts have no {mart} of {period}",
                        todo=f"close it again: `perf-pipelines run --company {self._company} --period {period}`",
                    )
                ],
            )

    @property
    def company(self) -> str:
        """The company's id."""
        return self._company

    def knows(self, mart: str) -> bool:
        """Whether the published version has this mart at all; an earlier version of the code may not have made it."""
        return mart in self._publication.files

    def record(self, period: str) -> PeriodRecord:
        """How a published period came about."""
        return self._publication.periods[period]

    def hash_of(self, period: str) -> str:
        """Content hash of the period's rows: the same inputs give the same."""
        return self._publication.hash_of(period)

    def query(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries by column; decimals are exact."""
        with self.kept_open() as connection:
            result = connection.execute(sql, dict(parameters) if isinstance(parameters, Mapping) else list(parameters))
            columns = [column[0] for column in result.description]
            return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    @contextmanager
    def kept_open(self) -> Generator[duckdb.DuckDBPyConnection]:
        """One connection for all queries inside; without it each query opens the file, which costs more than most."""
        if self._connection is not None:
            yield self._connection
            return
        with open_marts(self._version) as self._connection:
            try:
                yield self._connection
            finally:
                self._connection = None


def position_names(home: CompanyHome) -> dict[str, Label]:
    """What the positions are called, by id; empty while nothing is published."""
    if not home.published.exists():
        return {}
    rows = PublishedMarts(home).query("select position_id, name_zh, name_en from marts.dim_position")
    return {row["position_id"]: Label(zh=row["name_zh"], en=row["name_en"]) for row in rows}


def employee_names(home: CompanyHome) -> dict[str, tuple[str, ...]]:
    """What each employee is called, in Chinese and in English, by id; empty while nothing is published."""
    if not home.published.exists():
        return {}
    rows = PublishedMarts(home).query("select distinct employee_id, name_zh, name_en from marts.dim_employee")
    return {row["employee_id"]: tuple(name for name in (row["name_zh"], row["name_en"]) if name) for row in rows}
