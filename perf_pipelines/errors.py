"""What can be wrong, said so that the reader can mend it: what, where, what to do.

Every refusal is a :class:`PerfError` with an exit code of its own, so that scripts can tell them apart,
and a list of :class:`Problem`, so that all faults are shown at once and not one a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True, kw_only=True)
class Problem:
    """One fault: ``what`` is wrong and what ``todo``; ``file``, ``line`` (1-based), ``field`` and ``row`` say where."""

    file: str | None = None
    line: int | None = None
    field: str | None = None
    row: str | None = None
    what: str
    todo: str

    @property
    def where(self) -> str:
        """``file:line field (row …)``, as far as known; empty when nothing is known."""
        place = self.file or ""
        if self.line is not None:
            place = f"{place}:{self.line}"
        if self.field:
            place = f"{place} {self.field}".strip()
        if self.row:
            place = f"{place} (row {self.row})".strip()
        return place

    def __str__(self) -> str:
        sentence = f"{self.what} → {self.todo}"
        return f"{self.where}: {sentence}" if self.where else sentence


class PerfError(Exception):
    """A refusal. ``problems`` has at least one entry; ``headline`` says what was refused."""

    exit_code: ClassVar[int] = 1

    def __init__(self, headline: str, problems: Iterable[Problem] = ()) -> None:
        self.headline = headline
        self.problems = tuple(problems)
        super().__init__("\n".join([headline, *(f"  {problem}" for problem in self.problems)]))

    def __reduce__(self) -> tuple[type[PerfError], tuple[str, tuple[Problem, ...]]]:
        """As it was made, so that it passes whole from one process to another."""
        return type(self), (self.headline, self.problems)


class CompanyRefused(PerfError):
    """The company's folder contradicts itself or the project; nothing was run."""

    exit_code = 3


class SourceRefused(PerfError):
    """A business system delivered something that cannot be loaded; the lake is as before."""

    exit_code = 4


class PeriodRefused(PerfError):
    """The period cannot be closed: unknown, not over yet, before the company's first, or its months are missing."""

    exit_code = 5


class GateFailed(PerfError):
    """A gate found rows that must not go further; what was published before is untouched."""

    exit_code = 6


class Busy(PerfError):
    """Another process is writing this company's warehouse."""

    exit_code = 7


class NotPublished(PerfError):
    """There is no published result for what was asked."""

    exit_code = 8


class RunFailed(PerfError):
    """A step failed for a reason of the machine or the code, not of the data."""

    exit_code = 9
