"""The lines of a payroll file: one an employee and kind (or reward), with its reference, and control totals.

A payroll file is of one period and revision, because what an earlier revision paid stands in an earlier file. A
reward that is given after an export makes another file of the same revision, which leaves out what was handed over.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from perf_pipelines.errors import PerfError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from perf_pipelines.payroll.payables import Payable
    from perf_pipelines.payroll.payees import Payee

KINDS = {
    "bonus": ("奖金", "Bonus"),
    "restatement": ("更正差额", "Restatement"),
    "clawback": ("追回", "Clawback"),
    "reward": ("即时奖励", "Instant reward"),
}
"""What the kinds of ledger entries are called in Chinese and English; another one is called by its id."""


class PayrollRefused(PerfError):
    """No payroll file can be written, or the one that is there does not agree with the ledger."""

    exit_code: ClassVar[int] = 14


@dataclass(frozen=True, kw_only=True)
class PayrollLine:
    """A ledger entry, numbered from 1, with the names of whom it concerns (empty where nothing published knows them).

    ``amount`` has as many decimals as the currency.
    """

    line: int
    reference: str
    entry: Payable
    payee: Payee | None

    @property
    def kind_names(self) -> tuple[str, str]:
        """What the kind is called in Chinese and English."""
        return KINDS.get(self.entry.kind, (self.entry.kind, self.entry.kind))


@dataclass(frozen=True, kw_only=True)
class ControlTotal:
    """How many lines a file has in a currency, and their sum."""

    currency: str
    lines: int
    amount: Decimal


def reference(entry: Payable) -> str:
    """What identifies a payment for ever: ``P`` and 16 hexadecimal digits, the same whenever the file is written.

    Of company, period, revision, employee, kind and of a reward what for, of which the ledgers have one entry; so a
    payroll system can tell a line that it has paid already. It begins with a letter, so that no spreadsheet makes a
    number of it.
    """
    subject = (entry.company_id, entry.period_id, str(entry.revision), entry.employee_id, entry.kind, *entry.about)
    # lengths before the texts: no two subjects are written alike
    told = "".join(f"{len(part)}:{part}" for part in subject)
    return f"P{hashlib.sha256(told.encode()).hexdigest()[:16].upper()}"


def newest_revision(entries: Sequence[Payable], posted: Iterable[int], *, period: str) -> int:
    """The last revision that was ``posted``, or of which there is an entry; :class:`PayrollRefused` when none is.

    One that was posted and pays nothing is the last one all the same: what the one before paid was handed over.
    """
    revisions = {*posted, *(entry.revision for entry in entries)}
    if not revisions:
        raise nothing_posted(period)
    return max(revisions)


def payroll_lines(
    entries: Iterable[Payable],
    *,
    period: str,
    revision: int,
    payees: Mapping[str, Payee],
    handed_over: Collection[str] = (),
) -> tuple[PayrollLine, ...]:
    """The lines of a period's ``revision`` by employee and kind, without the references that were ``handed_over``.

    :class:`PayrollRefused` where nothing is posted, or nothing else.
    """
    posted = sorted(
        (entry for entry in entries if entry.revision == revision),
        key=lambda entry: (entry.employee_id, entry.kind, entry.about),
    )
    if not posted:
        raise nothing_posted(f"{period}, revision {revision},")
    references = Counter(map(reference, posted))
    twice = {reference(entry): entry for entry in posted if references[reference(entry)] > 1}
    if twice:
        raise PayrollRefused(
            f"no payroll file is written for {period}",
            [
                Problem(
                    field=each.employee_id,
                    what=f"the ledger holds its {each.kind} of revision {revision} more than once",
                    todo="have the records looked into; nothing was written",
                )
                for each in twice.values()
            ],
        )
    left = [entry for entry in posted if reference(entry) not in handed_over]
    if not left:
        raise PayrollRefused(
            f"there is nothing new for payroll of {period}, revision {revision}",
            [Problem(what="all that is posted was handed over", todo="post a reward or another revision first")],
        )
    return tuple(
        PayrollLine(line=number, reference=reference(entry), entry=entry, payee=payees.get(entry.employee_id))
        for number, entry in enumerate(left, start=1)
    )


def control_totals(entries: Iterable[Payable]) -> tuple[ControlTotal, ...]:
    """One total a currency, in the order of their codes."""
    by_currency = groupby(sorted(entries, key=lambda entry: entry.currency), key=lambda entry: entry.currency)
    listed = [(currency, list(group)) for currency, group in by_currency]
    return tuple(
        ControlTotal(currency=currency, lines=len(group), amount=sum((entry.amount for entry in group), Decimal(0)))
        for currency, group in listed
    )


def nothing_posted(subject: str) -> PayrollRefused:
    """The refusal where the ledger has no entry of ``subject``."""
    return PayrollRefused(
        f"there is no payroll of {subject.rstrip(',')}",
        [
            Problem(
                what="nothing that pays is posted to the ledger",
                todo="first run `perf-pipelines pay approve` and `pay post`, or `reward post`; or name a revision that "
                "is posted",
            )
        ],
    )
