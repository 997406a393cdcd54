"""A note of progress is of an employee whom the published marts know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Outcome, Place


def noted(place: Place, employee: str) -> Outcome:
    return place.call("note", "add", "--employee", employee, "--text", "策划老带新活动", "--by", "Moses Frase")


def test_a_note_is_of_somebody_who_is_known(closed_march: Place) -> None:
    refused = noted(closed_march, "moses_fras")
    assert refused.code == 10
    assert "nothing is noted of `moses_fras`" in refused.err
    assert "did you mean `moses_frase`?" in refused.err
    assert noted(closed_march, "moses_frase").out.startswith("note 1 of moses_frase, ")
    assert closed_march.call("note", "list").out.endswith("moses_frase: 策划老带新活动 (Moses Frase)\n")


def test_while_nothing_is_published_nobody_is_known(closed_march: Place) -> None:
    (closed_march.home / closed_march.name / "published").unlink()
    refused = noted(closed_march, "moses_frase")
    assert (refused.code, "nothing has been published for crm_sales" in refused.err) == (8, True)
