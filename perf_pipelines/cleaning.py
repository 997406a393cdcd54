"""The grammar of `cleaning` in company.yaml: which rows of which table do not count, and by which rule.

A rule kind is one class here, added to :data:`CleaningRule`, and one macro ``cleaning_<kind>`` in
dbt_project/macros/cleaning/. Names are columns of the table's staging model.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from perf_pipelines.fields import ByKind, Entry, Identifier, Text, Whole, refusal, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perf_pipelines.documents import Finding

_TABLE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


class ExactDuplicate(Entry):
    """A row whose ``columns`` all equal those of another; the first by ``first_by`` stays."""

    kind: Literal["exact_duplicate"]
    columns: tuple[Identifier, ...] = Field(min_length=1)
    first_by: Identifier


class DuplicateKey(Entry):
    """A business ``key`` that stands several times with different contents; the newest by ``newest_by`` counts."""

    kind: Literal["duplicate_key"]
    key: tuple[Identifier, ...] = Field(min_length=1)
    newest_by: Identifier


class DuplicatePerson(Entry):
    """Somebody registered again: the row's ``id`` is not the id of the ``person`` (macro ``persons``)."""

    kind: Literal["duplicate_person"]
    id: Identifier
    person: Identifier


class TestAccount(Entry):
    """An account that the system itself flags as a test."""

    kind: Literal["test_account"]
    flag: Identifier


class TestOrder(Entry):
    """No customer's order: one of the ``flags`` is set, or the amount ``zero`` is 0."""

    kind: Literal["test_order"]
    flags: tuple[Identifier, ...] = Field(min_length=1)
    zero: Identifier | None = None


class Cancelled(Entry):
    """What was called off: ``column`` has one of the ``values``."""

    kind: Literal["cancelled"]
    column: Identifier
    values: tuple[Text, ...] = Field(min_length=1)


class ImpossibleTime(Entry):
    """Of each of the ``pairs`` the first time must not lie after the second."""

    kind: Literal["impossible_time"]
    pairs: tuple[tuple[Identifier, Identifier], ...] = Field(min_length=1)


def _pattern(value: object) -> object:
    if isinstance(value, str):
        try:
            re.compile(value)
        except re.error as error:
            raise refusal(
                f"{shown(value)} is no regular expression ({error})", "write one like (?i)bot|spider"
            ) from error
    return value


class Bot(Entry):
    """Visits that no person made: ``agent`` matches ``pattern``, or more than so many page views a visit."""

    kind: Literal["bot"]
    agent: Identifier
    pattern: Annotated[Text, BeforeValidator(_pattern)]
    views: Identifier
    visits: Identifier
    most_views_a_visit: Annotated[int, Whole(at_least=1)]


class Orphan(Entry):
    """A row whose ``parent`` does not count itself: the column ``used`` is false or empty."""

    kind: Literal["orphan"]
    parent: Identifier
    used: Identifier


CleaningRule = Annotated[
    ExactDuplicate
    | DuplicateKey
    | DuplicatePerson
    | TestAccount
    | TestOrder
    | Cancelled
    | ImpossibleTime
    | Bot
    | Orphan,
    ByKind(),
]


class RefundsCount(StrEnum):
    """On which day a refund reduces revenue: on its own, or on that of the order that it takes back."""

    REFUND_DAY = "refund_day"
    ORDER_DAY = "order_day"


class Refunds(Entry):
    """What a refund does to the month it belongs to; see docs/cleaning.md for what follows for a month that is paid."""

    count_on: RefundsCount = RefundsCount.REFUND_DAY


def _table(value: object) -> str:
    if not isinstance(value, str) or _TABLE.fullmatch(value) is None:
        raise refusal(f"{shown(value)} is not a table", "write it as <system>.<table>, like shop.orders")
    return value


CleanedTable = Annotated[str, BeforeValidator(_table)]
"""``<system>.<table>`` of sources.yaml."""


def staging_model(table: str) -> str:
    """The staging model of a :data:`CleanedTable`: ``stg_<system>__<table>``."""
    return f"stg_{table.replace('.', '__')}"


def tables_without_staging(rules: Mapping[str, object], *, staging: frozenset[str]) -> list[Finding]:
    """The tables that rules are given for and that the company has no staging model of."""
    return [
        (
            ("cleaning", table),
            f"there is no model {shown(staging_model(table) + '.sql')} for {shown(table)}",
            "correct the table's name, or write its staging model",
        )
        for table in rules
        if staging_model(table) not in staging
    ]
