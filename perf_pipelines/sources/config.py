"""The grammar of sources.yaml: business systems and their tables.

A kind of system is one class here, added to :data:`System`, and its connector (sql.py, rest.py), which the class's
``reader`` opens; files have no reader, because they come whole (deliveries.py).
"""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self, cast

from pydantic import AfterValidator, Field, PlainValidator, StrictBool, TypeAdapter, model_validator

from perf_pipelines.fields import ByKind, Entry, Identifier, Label, Text, Whole, refusal, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perf_pipelines.documents import Finding, Loc
    from perf_pipelines.sources.delta import Reader


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TEXT = TypeAdapter[str](Text).validate_python


def _encoding(value: str) -> str:
    try:
        # a round trip, because codecs also knows transformations such as `base64` that are no text encodings
        known = "a".encode(value).decode(value) == "a" and bool(codecs.lookup(value))
    except (LookupError, ValueError, TypeError):
        known = False
    if not known:
        raise refusal(f"{shown(value)} is not a text encoding", "write one like utf-8, gb18030 or cp1252")
    return value


def _delimiter(value: object) -> str:
    if not isinstance(value, str) or len(value) != 1 or value in "\"'\r\n":
        raise refusal(f"{shown(value)} is not a delimiter", 'write one character in quotes, like "," or ";" or "\\t"')
    return value


def _variable(value: str) -> str:
    if _VARIABLE.fullmatch(value) is None:
        # it may be the secret itself
        raise refusal("this cannot be the name of an environment variable", "write its name, like SHOP_URL")
    return value


class FromEnvironment(Entry):
    """A value that stands in an environment variable: addresses and secrets are never written into the folder."""

    env: Annotated[Text, AfterValidator(_variable)]

    @model_validator(mode="before")
    @classmethod
    def _not_the_value_itself(cls, value: object) -> object:
        if not isinstance(value, dict | FromEnvironment):
            # what stands there may be a secret, so it is not shown
            raise refusal(
                "this value has to come from the environment",
                "write {env: NAME_OF_A_VARIABLE}, and set that variable where the pipeline runs",
            )
        return cast("object", value)


def _folder(value: object) -> FromEnvironment | str:
    return FromEnvironment.model_validate(value) if isinstance(value, dict | FromEnvironment) else _TEXT(value)


class Table(Entry):
    """Files with a header line each, read into one table.

    ``file`` is a path below the system's folder, in which `*` stands for any part of the name; its ending says how it
    is read: .csv and all others as delimited text, .xlsx (``sheet``), .parquet. ``title_rows`` stand above the header.
    ``columns`` are those it must have; ``may_be_empty`` lets it come without rows.
    """

    file: Text
    description: Text
    columns: tuple[Text, ...] = Field(min_length=1)
    encoding: Annotated[Text, AfterValidator(_encoding)] = "utf-8"
    delimiter: Annotated[str, AfterValidator(_delimiter)] = ","
    title_rows: Annotated[int, Whole(at_least=0)] = 0
    sheet: Text | None = None
    may_be_empty: StrictBool = False

    @property
    def column_types(self) -> Mapping[str, str]:
        """Each declared column as text: a file has no types."""
        return dict.fromkeys(self.columns, "text")

    @model_validator(mode="after")
    def _distinct_columns(self) -> Self:
        for index, column in enumerate(self.columns):
            if column in self.columns[:index]:
                raise refusal(
                    f"the column {shown(column)} stands here twice", "keep one of the two", at=("columns", index)
                )
        return self


class ColumnType(StrEnum):
    """What a column of a database or service holds; in the lake it is text all the same."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


class Deletions(StrEnum):
    """How rows that vanish from the source are noticed."""

    IN_LOOK_BACK = "in_look_back"
    BY_KEY = "by_key"
    IGNORED = "ignored"


class WholeTable(Entry):
    """Read whole on every run, loaded when anything has changed: for small tables."""

    kind: Literal["snapshot"]


class Incremental(Entry):
    """Read from the largest ``cursor`` known on, less ``look_back`` days for rows that come late."""

    kind: Literal["incremental"]
    cursor: Text
    look_back: Annotated[int, Whole(at_least=0)] = 3
    deletions: Deletions = Deletions.IN_LOOK_BACK


class KeyedTable(Entry):
    """A table of a database or service: its primary ``key``, and the columns that it must have with their types."""

    description: Text
    key: tuple[Text, ...] = Field(min_length=1)
    columns: dict[Text, ColumnType] = Field(min_length=1)
    load: Annotated[WholeTable | Incremental, ByKind(by_name=True)]

    @property
    def column_types(self) -> Mapping[str, str]:
        """Type by declared column."""
        return {name: str(type_) for name, type_ in self.columns.items()}

    @model_validator(mode="after")
    def _key_and_cursor_are_declared(self) -> Self:
        for index, column in enumerate(self.key):
            if column not in self.columns:
                raise refusal(f"{shown(column)} is no declared column", "add it to `columns`", at=("key", index))
            if column in self.key[:index]:
                raise refusal(f"the column {shown(column)} stands here twice", "keep one of the two", at=("key", index))
        if isinstance(self.load, Incremental):
            declared = self.columns.get(self.load.cursor)
            if declared is None:
                raise refusal(f"{shown(self.load.cursor)} is no declared column", "add it to `columns`", at=("load",))
            if declared is not ColumnType.TIMESTAMP:
                raise refusal(
                    f"the cursor {shown(self.load.cursor)} is of type {declared}",
                    "take a column of type timestamp, or `load: snapshot`",
                    at=("load",),
                )
        return self


class SqlTable(KeyedTable):
    """A table or view; ``table`` is its name in the database where it differs from the id."""

    table: Text | None = None


class OffsetPaging(Entry):
    """Pages by `offset` and `limit`, ``size`` rows each."""

    kind: Literal["offset"]
    size: Annotated[int, Whole(at_least=1)] = 500


class RestTable(KeyedTable):
    """A resource: ``path`` below the address, the JSON paths of its ``rows`` and of their ``total`` number.

    ``since`` is the parameter by which it gives only what has changed from a moment on.
    """

    path: Text
    rows: Text = "data"
    total: Text | None = None
    paging: Annotated[OffsetPaging, ByKind()] = OffsetPaging(kind="offset")
    since: Text | None = None


class ClientCredentials(Entry):
    """OAuth 2.0 client credentials: a token that expires, asked for at ``token_path`` below the address."""

    kind: Literal["client_credentials"]
    token_path: Text
    client_id: FromEnvironment
    client_secret: FromEnvironment


class Bearer(Entry):
    """A token that does not expire."""

    kind: Literal["bearer"]
    token: FromEnvironment


class FilesSystem(Entry):
    """A system that delivers files into ``folder``: a path below the company's folder, or one in the environment."""

    kind: Literal["files"]
    name: Label
    description: Text | None = None
    folder: Annotated[FromEnvironment | str, PlainValidator(_folder)]
    tables: dict[Identifier, Table] = Field(min_length=1)

    def place(self, table_id: str) -> str:
        """Where a table comes from, as people read it."""
        folder = self.folder if isinstance(self.folder, str) else f"${self.folder.env}"
        return f"{folder}/{self.tables[table_id].file}"


class SqlSystem(Entry):
    """A database that SQLAlchemy can reach at ``url``; ``time_out`` in seconds, for each statement."""

    kind: Literal["sql"]
    name: Label
    description: Text | None = None
    url: FromEnvironment
    # not `schema`: pydantic keeps that name for itself
    schema_: Text | None = Field(default=None, alias="schema")
    time_out: Annotated[int, Whole(at_least=1)] = 300
    retries: Annotated[int, Whole(at_least=0)] = 3
    tables: dict[Identifier, SqlTable] = Field(min_length=1)

    def place(self, table_id: str) -> str:
        """Where a table comes from, as people read it."""
        name = self.tables[table_id].table or table_id
        return f"{self.schema_}.{name}" if self.schema_ else name

    def reader(self, system_id: str) -> Reader:
        """Its connector; :class:`SourceRefused` when a variable is not set."""
        from perf_pipelines.sources.sql import SqlReader

        return SqlReader(system_id=system_id, system=self)


class RestSystem(Entry):
    """A service with a JSON API at ``url``; ``time_out`` in seconds, for each answer."""

    kind: Literal["rest"]
    name: Label
    description: Text | None = None
    url: FromEnvironment
    auth: Annotated[ClientCredentials | Bearer, ByKind()] | None = None
    time_out: Annotated[int, Whole(at_least=1)] = 10
    retries: Annotated[int, Whole(at_least=0)] = 5
    tables: dict[Identifier, RestTable] = Field(min_length=1)

    def place(self, table_id: str) -> str:
        """Where a table comes from, as people read it."""
        return f"${self.url.env}/{self.tables[table_id].path}"

    def reader(self, system_id: str) -> Reader:
        """Its connector; :class:`SourceRefused` when a variable is not set."""
        from perf_pipelines.sources.rest import RestReader

        return RestReader(system_id=system_id, system=self)


System = Annotated[FilesSystem | SqlSystem | RestSystem, ByKind()]


class Sources(Entry):
    """A whole sources.yaml."""

    systems: dict[Identifier, System] = Field(min_length=1)


def misplaced_files(sources: Sources, *, company_folder: Path) -> list[Finding]:
    """Folders and files that leave the company's folder, by their path or through a link."""
    found: list[Finding] = []
    for system_id, system in sources.systems.items():
        if not isinstance(system, FilesSystem) or not isinstance(system.folder, str):
            continue
        loc: Loc = ("systems", system_id, "folder")
        if not _inside(company_folder, Path(system.folder), boundary=company_folder):
            found.append(_misplaced(loc, system.folder))
            continue
        for table_id, table in system.tables.items():
            if not _inside(company_folder / system.folder, Path(table.file), boundary=company_folder):
                found.append(_misplaced(("systems", system_id, "tables", table_id, "file"), table.file))
    return found


def _inside(start: Path, path: Path, *, boundary: Path) -> bool:
    if path.is_absolute() or ".." in path.parts:
        return False
    try:
        return (start / path).resolve().is_relative_to(boundary.resolve())
    except (OSError, RuntimeError, ValueError):
        # a link to itself, a name that is too long or that no file can have
        return False


def _misplaced(loc: Loc, path: str) -> Finding:
    return (
        loc,
        f"{shown(path)} leaves the company's folder",
        "put the files into the folder and write the path below it",
    )
