"""Files that a power cut does not eat: written to the disk before a rename makes them what counts."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def alone_in(folder: Path) -> Generator[None]:
    """Wait until nobody else is in here for ``folder``; the machine lets go of it for a process that dies."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def flush(path: Path) -> None:
    """Have the machine write a file to disk, or which files a folder has."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_all(folder: Path) -> None:
    """The same with every file and folder in it, and then with the folder itself."""
    for path in [*folder.rglob("*"), folder]:
        flush(path)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader sees what was there before or all of ``content``."""
    making = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        making.write_bytes(content)
        flush(making)
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)
    flush(path.parent)
