"""A hash of what stands in tables, to know whether anything has changed since."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping


def hash_of_tables(tables: Mapping[str, pa.Table], *more: str) -> str:
    """SHA-256 of the names, columns, types and rows (in their order) of ``tables``, and of ``more`` texts."""
    digest = hashlib.sha256()
    for name, table in sorted(tables.items()):
        digest.update(f"{name}\0".encode())
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table.combine_chunks())
        digest.update(sink.getvalue())
    for text in more:
        digest.update(f"{text}\0".encode())
    return digest.hexdigest()
