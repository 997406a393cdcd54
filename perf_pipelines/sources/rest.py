"""Services with a JSON API: pages through dlt's `RESTClient`, whose client retries with back-off and keeps Retry-After.

The order of rows and pages is not trusted. Where the service says how many rows there are, fewer different ones than
that are read again and at last refused: a short answer must never look like deletions.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from perf_pipelines.errors import Problem, SourceRefused
from perf_pipelines.fields import shown
from perf_pipelines.sources.columns import RETYPED, check_columns, fits
from perf_pipelines.sources.config import Bearer, ColumnType
from perf_pipelines.sources.delta import Fetched
from perf_pipelines.sources.environment import from_environment, without_secrets
from perf_pipelines.sources.refusal import table_refused

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from perf_pipelines.sources.config import RestSystem, RestTable

_READINGS = 3
"""How often a table is read when an answer was short, or a token expired in the middle."""

_UNAUTHORIZED = 401
_LONGEST_WAIT = 120
"""Seconds between two attempts, also where the service asks for more by Retry-After."""


class RestReader:
    """The resources of one service. Everything it raises is a :class:`SourceRefused` that names the table."""

    def __init__(self, *, system_id: str, system: RestSystem) -> None:
        self._id = system_id
        self._system = system
        self._url = from_environment(system.url, system_id=system_id, field="url").rstrip("/")
        self._auth: Any = self._authenticated()

    def read(self, table_id: str, *, since: dt.datetime | None) -> Fetched:
        """The rows changed since ``since`` (all without it).

        Refused when a column is lost or a value is of another type.
        """
        table = self._system.tables[table_id]
        rows = self._complete(table_id, table, since=since)
        columns = self._checked(rows, table, place=f"{self._id}.{table_id}")
        arrays = {name: _array(rows, name, table.columns.get(name)) for name in columns}
        return Fetched(columns=columns, batches=_one_batch(pa.table(arrays)), at_once=False)

    def keys(self, table_id: str) -> Generator[pa.Table]:
        """The key columns of every row."""
        table = self._system.tables[table_id]
        rows = self._complete(table_id, table, since=None)
        yield pa.table({name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in table.key})

    def close(self) -> None:
        """Nothing is kept open."""

    def _complete(self, table_id: str, table: RestTable, *, since: dt.datetime | None) -> list[dict[str, Any]]:
        """All rows, read again while the service says that there are more than came."""
        found: dict[str, dict[str, Any]] = {}
        expected = 0
        for _ in range(_READINGS):
            rows, expected = self._read_once(table_id, table, since=since)
            self._columns(rows, table, place=f"{self._id}.{table_id}")
            found = {json.dumps(row, sort_keys=True, default=str): row for row in rows}
            different = {json.dumps([row.get(name) for name in table.key], default=str) for row in found.values()}
            if len(different) >= expected:
                return list(found.values())
        raise table_refused(
            self._id,
            table_id,
            what=f"the service says there are {expected} rows and gave {len(found)}, {_READINGS} times",
            todo="ask its owner why pages are missing; nothing was taken from it",
        )

    def _read_once(
        self, table_id: str, table: RestTable, *, since: dt.datetime | None
    ) -> tuple[list[dict[str, Any]], int]:
        import requests

        for reading in range(_READINGS):
            try:
                return self._pages(table, since=since)
            except requests.HTTPError as error:
                answer = cast("requests.Response", error.response)
                if answer.status_code == _UNAUTHORIZED and reading == 0 and self._system.auth is not None:
                    self._auth = self._authenticated()  # the token expired before its time
                    continue
                what = f"{answer.status_code} {answer.reason} from {self._system.place(table_id)}"
                raise table_refused(
                    self._id, table_id, what=what, todo="see that the service runs and the token is valid"
                ) from error
            except (requests.RequestException, ValueError, KeyError, TypeError) as error:
                said = without_secrets(str(error) or repr(error), self._url)
                raise table_refused(
                    self._id,
                    table_id,
                    what=f"no usable answer from {self._system.place(table_id)}: {said}",
                    todo="see that the service runs and can be reached, then run again",
                ) from error
        raise AssertionError("unreachable")

    def _pages(self, table: RestTable, *, since: dt.datetime | None) -> tuple[list[dict[str, Any]], int]:
        from dlt.sources.helpers.rest_client.client import RESTClient
        from dlt.sources.helpers.rest_client.paginators import OffsetPaginator

        class Offsets(OffsetPaginator):
            def update_state(self, response: Any, data: list[Any] | None = None) -> None:
                # a service may give fewer rows than asked for: what it left out would be stepped over
                self.value_step = len(data or ())
                super().update_state(response, data)

        client = RESTClient(
            base_url=self._url,
            auth=self._auth,
            session=self._session(),
        )
        params = {table.since: since.isoformat()} if table.since and since else {}
        rows: list[dict[str, Any]] = []
        total = 0
        for page in client.paginate(
            table.path,
            params=params,
            paginator=Offsets(limit=table.paging.size, total_path=table.total, stop_after_empty_page=True),
            data_selector=table.rows,
        ):
            rows.extend(_exact(page.response, table.rows))
            if table.total:
                total = int(_at(page.response.json(), table.total))
        return rows, total

    def _session(self) -> Any:
        from dlt.sources.helpers.requests import Client

        return Client(
            request_timeout=self._system.time_out,
            request_max_attempts=self._system.retries + 1,
            request_backoff_factor=0.2,
            request_max_retry_delay=_LONGEST_WAIT,
            retry_condition=_truncated,
        ).session

    def _authenticated(self) -> Any:
        from dlt.sources.helpers.rest_client.auth import BearerTokenAuth, OAuth2ClientCredentials

        auth = self._system.auth
        if auth is None:
            return None
        if isinstance(auth, Bearer):
            return BearerTokenAuth(token=from_environment(auth.token, system_id=self._id, field="auth.token"))
        return OAuth2ClientCredentials(
            access_token_url=f"{self._url}/{auth.token_path}",
            client_id=from_environment(auth.client_id, system_id=self._id, field="auth.client_id"),
            client_secret=from_environment(auth.client_secret, system_id=self._id, field="auth.client_secret"),
            session=self._session(),
        )

    def _columns(self, rows: list[dict[str, Any]], table: RestTable, *, place: str) -> tuple[str, ...]:
        names = list(dict.fromkeys(name for row in rows for name in row)) or list(table.columns)
        found = {name: table.columns.get(name, ColumnType.TEXT) for name in names}
        return check_columns(found, table.columns, place=place)

    def _checked(self, rows: list[dict[str, Any]], table: RestTable, *, place: str) -> tuple[str, ...]:
        columns = self._columns(rows, table, place=place)
        required = {*table.key, *([table.load.cursor] if table.load.kind == "incremental" else [])}
        problems: list[Problem] = []
        for name, type_ in table.columns.items():
            wrong = [row for row in rows if not _is(row.get(name), type_, required=name in required)]
            if wrong:
                key = ", ".join(str(wrong[0].get(column)) for column in table.key)
                problems.append(
                    Problem(
                        field=f"{place}.{name}",
                        row=key,
                        what=f"{len(wrong)} of {len(rows)} values are no {type_}, like {shown(wrong[0].get(name))}",
                        todo=RETYPED,
                    )
                )
        if problems:
            raise SourceRefused(f"{place} has changed its shape; the lake is as before", problems)
        return columns


def _one_batch(rows: pa.Table) -> Generator[pa.Table]:
    yield rows


def _exact(response: Any, path: str) -> list[dict[str, Any]]:
    """The rows of an answer with numbers as they are written: binary floats would change amounts."""
    found = _at(json.loads(response.text, parse_float=decimal.Decimal), path)
    if not isinstance(found, list):
        raise KeyError(f"`{path}` is no list of rows")
    return cast("list[dict[str, Any]]", found)


def _at(document: Any, path: str) -> Any:
    for part in path.split("."):
        document = document[part]
    return document


def _truncated(response: Any, error: BaseException | None) -> bool:
    """Whether an answer breaks off: it says that it is JSON and is none."""
    if response is None or error is not None or not response.ok:
        return False
    try:
        json.loads(response.text)
    except ValueError:
        return True
    return False


def _is(value: object, type_: ColumnType, *, required: bool) -> bool:
    if value is None:
        return not required
    return fits(type_, _type_of(value, type_))


def _type_of(value: object, wanted: ColumnType) -> ColumnType | None:
    if isinstance(value, bool):
        return ColumnType.BOOLEAN
    if isinstance(value, int):
        return ColumnType.INTEGER
    if isinstance(value, decimal.Decimal):
        return ColumnType.NUMBER
    if isinstance(value, str):
        parse: Mapping[ColumnType, Any] = {
            ColumnType.DATE: dt.date.fromisoformat,
            ColumnType.TIMESTAMP: _moment,
        }
        if wanted not in parse:
            return ColumnType.TEXT
        try:
            parse[wanted](value)
        except ValueError:
            return ColumnType.TEXT
        return wanted
    return None


def _array(rows: list[dict[str, Any]], name: str, type_: ColumnType | None) -> pa.Array[Any]:
    values = [row.get(name) for row in rows]
    if type_ is ColumnType.TIMESTAMP:
        # ISO 8601 has more ways to write a moment than DuckDB reads
        return pa.array([None if value is None else _moment(str(value)) for value in values], pa.timestamp("us", "UTC"))
    return pa.array([_text(value) for value in values], pa.string())


def _moment(text: str) -> dt.datetime:
    """Read a moment; one without an offset is taken for UTC. :class:`ValueError` when it is none."""
    moment = dt.datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError(f"{text} is out of range") from error


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)
