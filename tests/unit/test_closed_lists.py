"""What is said in several places is the same: closed lists in classes and macros, money in every contract."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import yaml

from perf_pipelines import cleaning
from perf_pipelines.currencies import FINEST
from perf_pipelines.scheme import aggregations, rules

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MACROS = DBT_PROJECT / "macros"


def kinds(union: object) -> set[str]:
    members = get_args(get_args(union)[0]) or get_args(union)
    return {get_args(member.model_fields["kind"].annotation)[0] for member in members}


def macros(folder: str, prefix: str) -> set[str]:
    return {
        path.stem
        for path in (MACROS / folder).glob("*.sql")
        if f"macro {prefix}_{path.stem}(" in path.read_text("utf-8")
    }


def test_every_rule_kind_has_a_macro_of_its_name_and_every_macro_a_class() -> None:
    assert kinds(rules.Rule) == macros("rules", "rule")


def test_every_aggregation_has_a_macro_of_its_name_and_every_macro_a_class() -> None:
    assert kinds(aggregations.Aggregation) == macros("aggregations", "aggregation")


def test_every_cleaning_rule_has_a_macro_of_its_name_and_every_macro_a_class() -> None:
    assert kinds(cleaning.CleaningRule) == macros("cleaning", "cleaning")


def test_every_rule_kind_says_in_words_how_it_gives_points() -> None:
    in_words = {
        path.stem
        for path in (MACROS / "rules").glob("*.sql")
        if f"macro rule_{path.stem}_in_words(" in path.read_text("utf-8")
    }
    assert kinds(rules.Rule) == in_words


def test_money_of_every_input_has_the_decimals_of_the_finest_currency() -> None:
    contracts = yaml.safe_load((DBT_PROJECT / "models" / "inputs" / "_inputs__models.yml").read_text("utf-8"))
    types = {
        (model["name"], column["name"]): column["data_type"]
        for model in contracts["models"]
        for column in model["columns"]
        if column["name"] in {"amount", "value", "list_price", "unit_cost", "bonus_base"}
    }
    assert len(types) == 7
    assert set(types.values()) == {f"decimal(18,{FINEST})"}
