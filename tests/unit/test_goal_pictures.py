"""The cascade of goals as text that Mermaid reads."""

from __future__ import annotations

from perf_pipelines.reports.goal_pictures import mermaid
from perf_pipelines.reports.goals import Link
from perf_pipelines.wording import Language


def position(weight: str, *people: str) -> Link:
    return Link(kind="position", id="seller", name="Seller", remarks=("of target 3",), weight=weight, people=people)


def test_a_position_is_one_box_however_many_kpis_lead_to_it_and_each_line_has_its_weight() -> None:
    strategy = Link(
        kind="strategy",
        id="end",
        name="Grow",
        remarks=("progress 50.0 %",),
        below=[
            Link(kind="kpi", id="end__a", name="A", below=[position("40 %", "Ann")]),
            Link(kind="kpi", id="end__b", name="B", below=[position("60 %", "Ann")]),
        ],
    )
    assert mermaid([strategy], Language.en).splitlines() == [
        "flowchart LR",
        '    strategy_end(["Grow<br/>progress 50.0 %"])',
        '    kpi_end__a("A")',
        '    position_seller[["Seller<br/>Ann"]]',
        '    kpi_end__b("B")',
        "    strategy_end --> kpi_end__a",
        '    kpi_end__a -->|"40 %"| position_seller',
        "    strategy_end --> kpi_end__b",
        '    kpi_end__b -->|"60 %"| position_seller',
    ]


def test_what_mermaid_or_html_would_take_for_their_own_is_escaped() -> None:
    text = mermaid([Link(kind="strategy", id="s", name='"R&D" #1 <b>`x`')], Language.en)
    assert text == 'flowchart LR\n    strategy_s(["#34;R#38;D#34; #35;1 #60;b#62;#96;x#96;"])\n'


def test_of_many_people_six_are_named_and_the_others_counted() -> None:
    people = [f"Name {number}" for number in range(1, 10)]
    for language, more in ((Language.en, "Name 6<br/>and 3 more"), (Language.zh, "Name 6<br/>另有 3 人")):
        text = mermaid([position("1 %", *people)], language)
        assert more in text
        assert "Name 7" not in text
