"""The project's SQL against a second computation of the scoring, on random companies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import duckdb
from hypothesis import event, given, settings

from perf_pipelines.periods import Cycle
from perf_pipelines.scheme.consistency import Surroundings, inconsistencies
from perf_pipelines.scheme.model import Scheme
from tests.properties.comparing import Difference, differences, readable
from tests.properties.covered import EVERYTHING, met
from tests.properties.schemes_and_rows import EXAMPLES, Drawn, companies
from tests.properties.scoring_sql import SPANS
from tests.properties.smaller import smallest
from tests.reference.evaluation import scored

if TYPE_CHECKING:
    from tests.properties.scoring_sql import ScoringSql
    from tests.reference.evaluation import Tables

COMPANIES, POSITIONS = 40, 56
"""A position with its people is a case; Hypothesis may draw fewer companies than it is asked for."""


def test_every_published_figure_equals_the_second_computation(sql: ScoringSql) -> None:
    cases = 0
    seen = Counter[str]()

    @settings(EXAMPLES, max_examples=COMPANIES)
    @given(companies(positions=POSITIONS))
    def agree(drawn: Drawn) -> None:
        nonlocal cases
        expected = scored(SPANS, drawn.rows, drawn.scheme)
        assert not disagreements(drawn, expected, sql), told(drawn, sql)
        assert not sql.faults()
        cases += len(drawn.scheme["positions"])
        for name in sorted(met(drawn, expected)):
            event(name)
            seen[name] += 1

    agree()
    assert cases >= 2_000
    never = sorted(EVERYTHING - seen.keys())
    assert not never


@settings(EXAMPLES, max_examples=10)
@given(companies(positions=5))
def test_the_drawn_schemes_are_such_as_a_company_may_have(drawn: Drawn) -> None:
    surroundings = Surroundings(
        available_kpis=frozenset(drawn.scheme["kpis"]),
        currency=drawn.scheme["currency"],
        cycles=[Cycle.WEEK, Cycle.MONTH, Cycle.QUARTER],
    )
    assert not inconsistencies(Scheme.model_validate(drawn.scheme), surroundings=surroundings)


def disagreements(drawn: Drawn, expected: Tables, sql: ScoringSql) -> list[Difference]:
    """Where the SQL differs; SQL that fails is one."""
    try:
        return differences(expected, sql.scored(drawn.scheme, drawn.rows))
    except duckdb.Error as failed:
        return [Difference("the SQL", type(failed).__name__, (), "an answer", failed)]


def told(drawn: Drawn, sql: ScoringSql) -> str:
    """The first disagreement and what comes of it, with the few rows that make it."""

    def found(candidate: Drawn) -> list[Difference]:
        return disagreements(candidate, scored(SPANS, candidate.rows, candidate.scheme), sql)

    first = found(drawn)[0][:2]
    small = smallest(drawn, lambda candidate: any(one[:2] == first for one in found(candidate)[:1]))
    return "\n".join([*map(str, found(small)[:5]), "", readable(small.scheme, small.rows)])
