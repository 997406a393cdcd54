"""The grammar of sources.yaml: business systems and their tables.

A kind of system is one class here, added to :data:`System`, and its connector.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, model_validator

from perf_pipelines.fields import ByKind, Entry, Identifier, Label, Text, refusal, shown

if TYPE_CHECKING:
    from perf_pipelines.documents import Finding, Loc


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


class Table(Entry):
    """A file with a header line. ``columns`` are those it must have; ``may_be_empty`` lets it come without rows."""

    file: Text
    description: Text
    columns: tuple[Text, ...] = Field(min_length=1)
    encoding: Annotated[Text, AfterValidator(_encoding)] = "utf-8"
    delimiter: Annotated[str, AfterValidator(_delimiter)] = ","
    may_be_empty: StrictBool = False

    @model_validator(mode="after")
    def _distinct_columns(self) -> Self:
        for index, column in enumerate(self.columns):
            if column in self.columns[:index]:
                raise refusal(f"the column `{column}` stands here twice", "keep one of the two", at=("columns", index))
        return self


class FilesSystem(Entry):
    """A system that delivers files into ``folder`` of the company's folder, each read whole on every run."""

    kind: Literal["files"]
    name: Label
    description: Text | None = None
    folder: Text
    tables: dict[Identifier, Table] = Field(min_length=1)


System = Annotated[FilesSystem, ByKind()]


class Sources(Entry):
    """A whole sources.yaml."""

    systems: dict[Identifier, System] = Field(min_length=1)


def misplaced_files(sources: Sources, *, company_folder: Path) -> list[Finding]:
    """Folders and files that leave the company's folder, by their path or through a link."""
    found: list[Finding] = []
    for system_id, system in sources.systems.items():
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
