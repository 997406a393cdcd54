"""A rule kind or an aggregation is one class and one macro file of the same name, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from perf_pipelines import cleaning
from perf_pipelines.scheme import aggregations, rules

MACROS = Path(__file__).resolve().parents[2] / "dbt_project" / "macros"


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
