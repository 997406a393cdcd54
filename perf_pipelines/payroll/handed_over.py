"""What payroll has already: the lines of payroll files that were handed over before, by their references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perf_pipelines.errors import Problem
from perf_pipelines.payroll.lines import PayrollRefused, reference
from perf_pipelines.payroll.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from perf_pipelines.payroll.payables import Payable


def handed_over(files: Iterable[Path], entries: Iterable[Payable], *, revision: int) -> Mapping[str, Path]:
    """In which of ``files`` each payment of the revision stands, by its reference.

    :class:`PayrollRefused` where a file cannot be read, or holds none of them: another file must have been meant, and
    what was to be left out would be paid a second time.
    """
    posted = {reference(entry) for entry in entries if entry.revision == revision}
    found: dict[str, Path] = {}
    for file in files:
        there = posted.intersection(line.reference for line in read(file).lines)
        if not there:
            raise PayrollRefused(
                f"{file.name} is not what was handed over",
                [
                    Problem(
                        file=str(file),
                        what=f"none of its lines is posted with revision {revision}",
                        todo="name the file that payroll has of this period and revision",
                    )
                ],
            )
        found |= {key: file for key in sorted(there) if key not in found}
    return found
