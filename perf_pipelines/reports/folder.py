"""All reports of a period in one folder, which is there whole or not at all.

It is a folder and no link to a version, as the published marts are: people copy it, send it and throw it away. A folder
cannot be renamed over another that holds something, so that for a moment neither has the name: whoever dies then leaves
the old one beside it, and the next run puts it back. Runs take turns at that, each with its reports already made.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import TYPE_CHECKING

from perf_pipelines.durable import alone_in, flush, flush_all
from perf_pipelines.errors import NotPublished, Problem, RunFailed
from perf_pipelines.reports.data_quality import data_quality
from perf_pipelines.reports.department_summary import department_summaries
from perf_pipelines.reports.layout.html import to_html
from perf_pipelines.reports.layout.sheets import to_xlsx
from perf_pipelines.reports.people import person_called
from perf_pipelines.reports.personal_file import personal_files
from perf_pipelines.reports.strategy_review import strategy_review

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from perf_pipelines.reports.edition import Edition
    from perf_pipelines.reports.layout.blocks import Report

RECORD = "reports.json"
"""What stands in a folder of reports and was made from what; a folder without it is not replaced."""


class Format(StrEnum):
    """What a report is written as: a page, a workbook of its tables, a document to print or send."""

    html = "html"
    xlsx = "xlsx"
    pdf = "pdf"


class Kind(StrEnum):
    """The reports of a period."""

    department_summaries = "department_summaries"
    personal_files = "personal_files"
    strategy_review = "strategy_review"
    data_quality = "data_quality"


def reports_of(
    edition: Edition, kinds: Collection[Kind], *, department: str | None = None, employee: str | None = None
) -> Iterator[Report]:
    """The reports of an edition, in the order of :class:`Kind`.

    With ``department`` (id or name) those of it and the departments below it, with ``employee`` (id or name) that
    person's alone; both leave out what is about the whole company. :class:`NotPublished` when nobody is called so.
    """
    with edition.marts.kept_open():
        people = _people(edition, department=department, employee=employee)
        if Kind.department_summaries in kinds and employee is None:
            yield from department_summaries(edition, list(dict.fromkeys(place for _, place in people)))
        if Kind.personal_files in kinds:
            yield from personal_files(edition, [person for person, _ in people])
        if department is None and employee is None:
            if Kind.strategy_review in kinds:
                yield strategy_review(edition)
            if Kind.data_quality in kinds:
                yield data_quality(edition)


def write_folder(reports: Iterator[Report], *, formats: Collection[Format], folder: Path, source: str) -> int:
    """Write ``reports`` into ``folder`` and say how many; the folder takes its place in one rename.

    A folder of reports that is there is replaced: it is moved aside, and gone once the new one stands. Any other
    that holds something is refused (:class:`RunFailed`). The same reports give the same bytes. What a run that was
    killed has moved aside is first put back.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone_in(folder.parent):
        _put_back(folder)
    if not may_be_replaced(folder):
        raise RunFailed(
            "no reports are written",
            [
                Problem(
                    file=str(folder),
                    what="the folder is there already, and no reports have made it",
                    todo="name a folder that is empty, or not there yet",
                )
            ],
        )
    making, before = (folder.with_name(f".{folder.name}-{state}-{os.getpid()}") for state in ("making", "before"))
    try:
        making.mkdir()
        count = _write_all(reports, formats, making)
        _write_record(making, source=source)
        flush_all(making)  # the old ones go when these stand, and a power cut must not have eaten them
        with alone_in(folder.parent):
            if (folder / RECORD).exists():
                folder.rename(before)
            making.rename(folder)
            flush(folder.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)
        with alone_in(folder.parent):
            _put_back(folder)
    return count


def _put_back(folder: Path) -> None:
    """Give ``folder`` its name back where a run broke off in between, and clear away what broken-off runs have left."""
    beside = re.compile(rf"\.{re.escape(folder.name)}-(making|before)-(\d+)")
    for left in sorted(folder.parent.iterdir()):
        if not (said := beside.fullmatch(left.name)):
            continue
        if said[1] == "making":
            if not _is_another(int(said[2])):
                shutil.rmtree(left, ignore_errors=True)
        elif not folder.exists() and (left / RECORD).exists():
            left.rename(folder)
        elif folder.exists():
            # without its record first: half of it must not be put back
            (left / RECORD).unlink(missing_ok=True)
            shutil.rmtree(left, ignore_errors=True)


def _is_another(process: int) -> bool:
    """Whether there is a process of this number beside this one, which may still be making its reports."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def may_be_replaced(folder: Path) -> bool:
    """Whether ``folder`` is not there, empty, or a folder of reports."""
    return not folder.exists() or (folder.is_dir() and ((folder / RECORD).exists() or not any(folder.iterdir())))


def _people(edition: Edition, *, department: str | None, employee: str | None) -> list[tuple[str, str | None]]:
    """Employees with their departments, those of a department one after the other."""
    if employee is not None:
        found = person_called(edition.marts, employee, period=edition.period)
        if isinstance(found, Problem):
            raise NotPublished(f"no personal file of `{employee}` in {edition.period}", [found])
        return [(found["employee_id"], found["department_id"])]
    below = None if department is None else _department_and_below(edition, department)
    rows = edition.rows(
        "rpt_score_table",
        """
        select employee_id, department_id from marts.rpt_score_table
        where period_id = $period and ($below is null or list_contains($below, department_id))
        order by department_id nulls last, employee_id
        """,
        below=below,
    )
    return [(row["employee_id"], row["department_id"]) for row in rows]


def _department_and_below(edition: Edition, department: str) -> list[str]:
    rows = edition.rows(
        "dim_department",
        """
        with recursive below (department_id) as (
            select department_id from marts.dim_department
            where department_id = $department or name_zh = $department or lower(name_en) = lower($department)
            union
            select department.department_id
            from below inner join marts.dim_department as department
                on below.department_id = department.parent_department_id
        )

        select department_id from below
        """,
        department=department,
    )
    if rows:
        return [row["department_id"] for row in rows]
    known = edition.marts.query("select department_id from marts.dim_department order by department_id")
    raise NotPublished(
        f"no summary of `{department}` in {edition.period}",
        [
            Problem(
                field="department",
                what=f"no department has the id or name `{department}`",
                todo=f"give one of {', '.join(row['department_id'] for row in known)}",
            )
        ],
    )


def _write_all(reports: Iterator[Report], formats: Collection[Format], folder: Path) -> int:
    """Write them and say how many; on every core, because documents are set outside of Python. Few wait in memory."""
    cores = os.cpu_count() or 1
    count = 0
    with ThreadPoolExecutor(cores) as pool:
        waiting: deque[Future[None]] = deque()
        for report in reports:
            count += 1
            waiting.append(pool.submit(_write, report, formats, folder))
            if len(waiting) > 2 * cores:
                waiting.popleft().result()
        for written in waiting:
            written.result()
    return count


def _write(report: Report, formats: Collection[Format], folder: Path) -> None:
    path = folder / report.name
    path.parent.mkdir(exist_ok=True)
    if Format.html in formats:
        path.with_name(f"{path.name}.html").write_text(to_html(report), encoding="utf-8")
    if Format.xlsx in formats:
        to_xlsx(report, path.with_name(f"{path.name}.xlsx"))
    if Format.pdf in formats:
        from perf_pipelines.reports.layout.pdf import to_pdf  # slow to import: it brings the letters

        path.with_name(f"{path.name}.pdf").write_bytes(to_pdf(report))


def _write_record(folder: Path, *, source: str) -> None:
    files = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    content = {"source": source, "files": files}
    (folder / RECORD).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
