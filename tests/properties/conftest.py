"""What the property tests share: the SQL that they run."""

from __future__ import annotations

import pytest

from tests.conftest import made_once
from tests.properties.growth_sql import GrowthSql
from tests.properties.scoring_sql import ScoringSql, compiled


@pytest.fixture(scope="session")
def sql(tmp_path_factory: pytest.TempPathFactory) -> ScoringSql:
    """The project's SQL from contributions to evaluations, compiled by dbt once."""
    return ScoringSql(made_once(tmp_path_factory, "scoring", compiled))


@pytest.fixture(scope="session")
def growth(sql: ScoringSql) -> GrowthSql:
    """That from contributions to strengths and effects of courses, of the same compilation."""
    return GrowthSql(sql)
