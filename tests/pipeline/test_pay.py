"""A month from its closing to the ledger and back again by the commands, and what a posted month refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.publication import open_marts
from perf_pipelines.records.store import Records

if TYPE_CHECKING:
    from tests.conftest import Outcome, Place

MONTH = "2017-03"
WHO = "moses_frase"


def test_a_month_is_approved_posted_opened_again_and_pays_the_difference(closed_march: Place) -> None:
    before = closed_march.call("hash").out
    proposed = payouts(closed_march)
    assert {revision for _, revision in proposed.values()} == {1}

    assert "by Li Na: 1 more has to approve it" in pay(closed_march, "approve", "--by", "Li Na").out
    assert pay(closed_march, "approve", "--by", "LI NA").code == 11
    assert "revision 1: evaluated, to be approved" in pay(closed_march, "show").out
    assert pay(closed_march, "post", "--by", "payroll").code == 11
    assert "it can be posted" in pay(closed_march, "approve", "--by", "王伟").out
    assert "第1版：已批准，待过账" in pay(closed_march, "show", "--language", "zh").out
    assert pay(closed_march, "post", "--by", "payroll").out.startswith("posted: ")
    assert pay(closed_march, "post", "--by", "payroll").out.startswith("posted already, nothing was changed: ")
    assert ledger(closed_march) == {who: amount for who, (amount, _) in proposed.items() if amount}

    # what people are paid by is not closed again, and posting has changed nothing of it
    refused = closed_march.call("run", "--period", MONTH)
    assert (refused.code, "perf-pipelines pay reopen" in refused.err) == (5, True)
    assert closed_march.attempt(MONTH).code == 5
    better = {"--employee": WHO, "--grade": "excellent", "--by": "Li Na", "--reason": "carried the launch alone"}
    words = [word for option in better.items() for word in option]
    refused = closed_march.call("calibrate", "--period", MONTH, *words)
    assert (refused.code, "perf-pipelines pay reopen" in refused.err) == (10, True)
    assert records(closed_march).calibrations() == ()
    assert closed_march.call("hash").out == before

    number = appealed(closed_march)
    assert pay(closed_march, "reopen", "--by", "Li Na", "--appeal", number).code == 0
    assert pay(closed_march, "approve", "--by", "Li Na").code == 11
    himself = closed_march.call("calibrate", "--period", MONTH, *[*words[:5], "Moses Frase", *words[6:]])
    assert (himself.code, "nobody gives themselves a grade" in himself.err) == (10, True)
    assert closed_march.call("calibrate", "--period", MONTH, *words).code == 0
    closed_march.close(MONTH, reviewed=False)
    assert "excellent (computed: " in pay(closed_march, "show").out
    restated = payouts(closed_march)
    assert {revision for _, revision in restated.values()} == {2}
    assert [who for who in restated if restated[who][0] != proposed[who][0]] == [WHO]
    assert pay(closed_march, "approve", "--by", "Li Na").err == ""
    amount = restated["darcel_schlecht"][0]
    assert pay(closed_march, "approve", "--by", "Darcel Schlecht").err.startswith(
        f"! Darcel Schlecht is paid {amount:,.2f} USD by it"
    )
    assert "revision 2: 1 entries" in pay(closed_march, "post", "--by", "payroll").out
    assert ledger(closed_march) == {who: amount for who, (amount, _) in restated.items() if amount}
    [last] = [entry for entry in records(closed_march).ledger(MONTH) if entry.revision == 2]
    assert (last.kind, last.reason) == ("restatement", f"appeal {number} of {WHO}: he did carry it")

    verified = closed_march.call("records", "verify")
    assert verified.code == 0, verified.err
    anchor = verified.out.split()[-1]
    assert closed_march.call("records", "verify", "--anchor", anchor).code == 0
    backup = str(closed_march.home / "backup.sqlite")
    assert closed_march.call("records", "backup", backup).code == 0
    assert closed_march.call("records", "restore", backup).code == 12
    (closed_march.home / "crm_sales" / "records" / "records.sqlite").unlink()
    assert closed_march.call("records", "verify", "--anchor", anchor).code == 12
    assert anchor in closed_march.call("records", "restore", backup).out


def appealed(place: Place) -> str:
    """File an appeal and have it accepted; its number."""
    words = ("--by", "the works council", "--objection", "I carried the launch")
    assert "did you mean `moses_frase`?" in appeal(place, "file", "--employee", "moses_fras", *words).err
    filed = appeal(place, "file", "--employee", WHO, *words)
    assert filed.out.startswith("appeal ")
    number = filed.out.split()[1]
    assert f"appeal {number} is open" in appeal(place, "file", "--employee", WHO, *words).err
    assert "not answered yet" in pay(place, "reopen", "--by", "Li Na", "--appeal", number).err
    reason = ("--reason", "he did carry it")
    his_own = place.call("appeal", "answer", number, "--accept", "--by", "moses frase", *reason)
    assert (his_own.code, f"{WHO} objects" in his_own.err) == (11, True)
    answered = place.call("appeal", "answer", number, "--accept", "--by", "Li Na", *reason)
    assert f"--appeal {number}" in answered.out
    assert "Li Na: he did carry it" in place.call("appeal", "list").out
    return number


def appeal(place: Place, command: str, *arguments: str) -> Outcome:
    return place.call("appeal", command, "--period", MONTH, *arguments)


def pay(place: Place, command: str, *arguments: str) -> Outcome:
    return place.call("pay", command, "--period", MONTH, *arguments)


def records(place: Place) -> Records:
    return Records(f"sqlite:///{place.home}/crm_sales/records/records.sqlite", company_id="crm_sales")


def ledger(place: Place) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for entry in records(place).ledger(MONTH):
        sums[entry.employee_id] = sums.get(entry.employee_id, Decimal(0)) + entry.amount
    return {who: amount for who, amount in sorted(sums.items()) if amount}


def payouts(place: Place) -> dict[str, tuple[Decimal, int]]:
    """What is proposed to be paid to each employee, and of which revision."""
    with open_marts(place.published) as marts:
        rows = marts.execute(
            """
            select payout.employee_id, payout.amount, evaluation.revision
            from marts.fct_payout as payout
            inner join marts.fct_evaluation as evaluation using (period_id, employee_id, revision)
            where period_id = ?
            order by all
            """,
            [MONTH],
        ).fetchall()
    return {who: (amount, revision) for who, amount, revision in rows}
