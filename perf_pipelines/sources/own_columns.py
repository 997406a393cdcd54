"""Columns that the lake adds to those of a source."""

SOURCE_FILE = "_source_file"
"""The file's path below the company's folder, with slashes; of a database or service ``<system>.<table>``."""

SOURCE_ROW = "_source_row"
"""The line of the file on which the record starts, its first line being 1; null where it came from no file."""

SOURCE_KEY = "_source_key"
"""The key of the row in its table: the values of the key joined by `|`; of a file's row ``<file>:<line>``."""

LOAD_ID = "_dlt_load_id"
"""The load that brought the row, by the seconds since 1970 at which it began to be written."""

DELETED = "_deleted"
"""True where the row says that a key vanished; of databases and services."""

SUPERSEDES = "_supersedes"
"""True where the lake knew the key already; of databases and services."""
