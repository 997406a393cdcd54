"""What can go wrong at an HTTP system: a closed list, armed by tests and set off by requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any

Row = dict[str, Any]


@unique
class FaultKind(StrEnum):
    """The faults of an HTTP system.

    A fault is used up by each request that it meets; those of ``LASTING`` by each listing, that is by a request at
    offset 0 and all later pages of the same resource. ``SAME_PAGE_TWICE`` passes over requests at offset 0.
    """

    REFUSE = "refuse"
    """The connection is closed without an answer."""
    TIMEOUT = "timeout"
    """The answer stops in the middle until the client gives up, at most ``TIMEOUT_SECONDS``."""
    STATUS_429 = "status_429"
    """Too many requests, with Retry-After: 1."""
    STATUS_500 = "status_500"
    """Internal server error."""
    TRUNCATED_JSON = "truncated_json"
    """Status 200, a right Content-Length, and half a document."""
    TOKEN_EXPIRES = "token_expires"
    """All tokens issued so far end; where the token is a fixed one, this request is answered with 401."""
    SAME_PAGE_TWICE = "same_page_twice"
    """The rows of the page before, under the offset that was asked for."""
    PAGES_SHUFFLED = "pages_shuffled"
    """All rows of the listing once, but in no order, within pages and between them."""
    CURSOR_BACKWARDS = "cursor_backwards"
    """Up to ``ROWS_BACK`` rows older than ``updated_since`` come first, and count in ``total``."""


LASTING = frozenset({FaultKind.PAGES_SHUFFLED, FaultKind.CURSOR_BACKWARDS})
ROWS_BACK = 100
TIMEOUT_SECONDS = 20.0


@dataclass
class Armed:
    """A fault that waits for ``after`` requests to pass and then meets ``times`` of them."""

    kind: FaultKind
    times: int = 1
    resource: str | None = None
    after: int = 0

    def meets(self, resource: str, offset: int) -> bool:
        """Whether this request sets the fault off; counts the request."""
        if self.times == 0 or self.resource not in (None, resource):
            return False
        if offset == 0 and self.kind is FaultKind.SAME_PAGE_TWICE:
            return False
        if offset and self.kind in LASTING:
            return False
        if self.after:
            self.after -= 1
            return False
        self.times -= 1
        return True


@dataclass(frozen=True)
class Change:
    """A change of a resource's columns: ``rename`` to ``new``, ``add``, or ``retype`` numbers as words."""

    kind: str
    name: str
    new: str = ""
    resource: str | None = None

    def of(self, row: Row) -> Row:
        """The row as it is served after the change."""
        if self.kind == "add":
            return {**row, self.name: "new"}
        if self.name not in row:
            return row
        if self.kind == "rename":
            return {(self.new if name == self.name else name): value for name, value in row.items()}
        return {**row, self.name: in_words(row[self.name])}


@dataclass
class Faults:
    """The faults armed at one system. ``fault`` and the three column changes are for tests; they may be combined."""

    resources: tuple[str, ...]
    _armed: list[Armed] = field(default_factory=list[Armed])
    _changes: list[Change] = field(default_factory=list[Change])
    _listings: dict[str, frozenset[FaultKind]] = field(default_factory=dict[str, frozenset[FaultKind]])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, kind: FaultKind | str, times: int = 1, resource: str | None = None, after: int = 0) -> None:
        """Arm a fault for ``times`` requests (of ``resource``, if given), once ``after`` such requests have passed.

        Requests for tokens meet a fault only if ``resource`` is ``"oauth/token"``.
        """
        self._check(resource)
        with self._lock:
            self._armed.append(Armed(FaultKind(kind), times, resource, after))

    def rename_column(self, old: str, new: str, resource: str | None = None) -> None:
        """Serve column ``old`` as ``new`` until ``clear``."""
        self._change(Change("rename", old, new, resource))

    def add_column(self, name: str, resource: str | None = None) -> None:
        """Serve one more column, of text, until ``clear``."""
        self._change(Change("add", name, resource=resource))

    def retype_column(self, name: str, resource: str | None = None) -> None:
        """Serve the column's numbers as words, such as "four" for 4, until ``clear``."""
        self._change(Change("retype", name, resource=resource))

    def clear(self) -> None:
        """Disarm everything and take back the changes of columns."""
        with self._lock:
            self._armed.clear()
            self._changes.clear()
            self._listings.clear()

    def met(self, resource: str, offset: int) -> frozenset[FaultKind]:
        """The faults that a request meets."""
        with self._lock:
            met = frozenset(armed.kind for armed in self._armed if armed.meets(resource, offset))
            if offset == 0:
                self._listings[resource] = met & LASTING
            return met | self._listings.get(resource, frozenset())

    def changed(self, resource: str, rows: list[Row]) -> list[Row]:
        """The rows after all changes of columns."""
        for change in [change for change in self._changes if change.resource in (None, resource)]:
            rows = [change.of(row) for row in rows]
        return rows

    def _change(self, change: Change) -> None:
        self._check(change.resource)
        with self._lock:
            self._changes.append(change)

    def _check(self, resource: str | None) -> None:
        if resource is not None and resource not in self.resources:
            raise ValueError(f"no resource {resource!r} here; there are {', '.join(self.resources)}")


_WORDS = {
    "0": "zero",
    "1": "one",
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    ".": "point",
    "-": "minus",
}


def in_words(value: object) -> object:
    """``4`` as "four", ``0.5`` as "zero point five"; what is no number as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return " ".join(
        _WORDS[sign] for sign in (f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value))
    )
