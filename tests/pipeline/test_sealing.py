"""A sealed month: what it holds, that whatever is changed in it is found, and that it is computed again from itself."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from perf_pipelines.code_version import code_at_hand
from perf_pipelines.home import CompanyHome
from perf_pipelines.periods import Period
from perf_pipelines.publication import content_of
from perf_pipelines.records.period_steps import PERIOD_STEPS, PeriodStep, Step
from perf_pipelines.records.store import Records
from perf_pipelines.sealing import SealRefused, read_seal, verify
from tests.conftest import place_made_once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome, Place

MARCH = Period.parse("2017-03")
WHO = "moses_frase"


@pytest.fixture(scope="module")
def sealed(_march: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """crm_sales with 2017-03 posted and sealed by the commands."""

    def make(root: Path) -> None:
        place = _march.copied(root)
        post(place)
        assert seal(place).code == 0

    return place_made_once(tmp_path_factory, "sealed", make)


def post(place: Place) -> None:
    for words in (("approve", "--by", "Li Na"), ("approve", "--by", "Wang Wei"), ("post", "--by", "payroll")):
        outcome = place.call("pay", *words, "--period", MARCH.id)
        assert outcome.code == 0, outcome.err


def seal(place: Place) -> Outcome:
    return place.call("seal", "create", "--period", MARCH.id, "--by", "Li Na")


def folder(place: Place) -> Path:
    return place.home / place.name / "seals" / MARCH.id / "r1"


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def copied(place: Place, root: Path) -> tuple[CompanyHome, Path]:
    """The seal alone, writable, in a state folder without lake, warehouse, records and publication."""
    home = CompanyHome(root / place.name)
    there = home.seals / MARCH.id / "r1"
    shutil.copytree(folder(place), there)
    for path in there.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return home, there


def forged(there: Path, path: str, rows: str | None) -> None:
    """Replace a sealed file by other rows (or take it out), and make the manifest agree."""
    manifest: dict[str, Any] = json.loads((there / "manifest.json").read_bytes())
    file = there / path
    if rows is None:
        file.unlink()
        del manifest["files"][path]
    else:
        with duckdb.connect() as connection:
            connection.execute(f"create table sealed as select * from read_parquet('{file}')")
            connection.execute(f"copy ({rows}) to '{file}' (format parquet)")
        content = content_of(file)
        manifest["files"][path] = {
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "rows": content.rows,
            "content_hash": content.hash,
        }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (there / "manifest.json").write_text(text, encoding="utf-8")
    (there / "manifest.sha256").write_text(f"{hashlib.sha256(text.encode()).hexdigest()}  manifest.json\n")


A_BONUS_RAISED = (
    f"select * replace (cast(amount + if(employee_id = '{WHO}', 1, 0) as decimal(18, 2)) as amount) from sealed "
    "order by all"
)


def test_a_seal_holds_what_was_published_what_was_read_and_by_which_code(sealed: Place) -> None:
    found = files(folder(sealed))
    published = sealed.published_bytes()
    marts = [path for path in found if path.startswith("marts/")]
    assert {"fct_kpi_contribution", "fct_kpi_score", "fct_evaluation", "fct_payout"} <= {
        path.removeprefix("marts/").removesuffix(".parquet") for path in marts
    }
    for path in marts:
        mart = path.removeprefix("marts/").removesuffix(".parquet")
        assert found[path] == published[f"parquet/{mart}/{MARCH}.parquet"]
    assert found["company/crm_sales/scheme.yaml"] == (sealed.company / "scheme.yaml").read_bytes()
    assert {"inputs/assignments.parquet", "kpis/kpi_revenue_won.parquet", "control/period.parquet"} <= found.keys()
    manifest = json.loads(found["manifest.json"])
    publication = json.loads(published["publication.json"])
    assert manifest["loads"] == publication["periods"][MARCH.id]["loads"]
    assert manifest["code"] == vars(code_at_hand())
    assert {path: described["sha256"] for path, described in manifest["files"].items()} == {
        path: hashlib.sha256(content).hexdigest()
        for path, content in found.items()
        if path not in {"manifest.json", "manifest.sha256"}
    }
    for path in marts:
        mart = path.removeprefix("marts/").removesuffix(".parquet")
        assert manifest["files"][path]["content_hash"] == publication["files"][mart][MARCH.id]["hash"]


def test_of_a_kpi_only_the_rows_of_the_days_that_count_are_sealed(sealed: Place) -> None:
    days = duckdb.sql(
        f"select min(occurred_on)::text, max(occurred_on)::text from read_parquet('{folder(sealed)}/kpis/*.parquet', "
        "union_by_name = true)"
    ).fetchall()
    [(first, last)] = days
    assert "2017-03-01" <= first <= last <= "2017-03-31"


def test_sealing_the_same_again_changes_nothing(sealed: Place) -> None:
    before = files(folder(sealed).parent)
    outcome = seal(sealed)
    assert outcome.code == 0
    assert "is sealed already, with the same results" in outcome.out
    assert files(folder(sealed).parent) == before
    assert "sealed" in sealed.call("pay", "show", "--period", MARCH.id).out


def test_other_results_for_a_sealed_revision_are_refused_and_the_seal_stays(sealed: Place, tmp_path: Path) -> None:
    place = sealed.copied(tmp_path)
    there = folder(place)
    for path in there.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    forged(there, "marts/fct_payout.parquet", A_BONUS_RAISED)
    before = files(there)
    refused = seal(place)
    assert refused.code == 15
    assert "2017-03, revision 1 is sealed already, with other results" in refused.err
    assert f"employee_id={WHO}): amount: sealed " in refused.err
    assert "reopen the period" in refused.err
    assert files(there) == before


@pytest.mark.parametrize(
    "path", ["marts/fct_payout.parquet", "inputs/assignments.parquet", "company/crm_sales/scheme.yaml", "manifest.json"]
)
def test_one_changed_byte_is_found(sealed: Place, tmp_path: Path, path: str) -> None:
    home, there = copied(sealed, tmp_path)
    content = bytearray((there / path).read_bytes())
    # in a value of the manifest, so that it can still be read
    at = content.index(b"crm-sales-2017") if path == "manifest.json" else len(content) // 2
    content[at] ^= 1
    (there / path).write_bytes(content)
    with pytest.raises(SealRefused, match=f"the seal of 2017-03, revision 1 is broken\n.*{path}"):
        verify(read_seal(home, MARCH))


def test_a_missing_file_and_one_too_many_are_found(sealed: Place, tmp_path: Path) -> None:
    home, there = copied(sealed, tmp_path)
    (there / "inputs" / "employees.parquet").unlink()
    (there / "note.txt").write_text("was here")
    with pytest.raises(SealRefused) as refused:
        verify(read_seal(home, MARCH))
    assert [(problem.file, problem.what) for problem in refused.value.problems] == [
        ("inputs/employees.parquet", "the file is missing"),
        ("note.txt", "the file was not sealed"),
    ]


def test_a_result_that_the_sealed_inputs_do_not_give_is_named_and_nothing_else(
    sealed: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what other code would seal otherwise is no difference: a column less, an input of the contract less."""
    home, there = copied(sealed, tmp_path)
    forged(there, "marts/fct_payout.parquet", A_BONUS_RAISED)
    forged(there, "control/period.parquet", "select * exclude (days) from sealed")
    forged(there, "inputs/attendance.parquet", None)
    for name, value in sealed.environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SealRefused) as refused:
        verify(read_seal(home, MARCH))
    assert "2017-03, revision 1 gives other results than were sealed (by the same code)" in str(refused.value)
    [problem] = refused.value.problems
    assert problem.where == f"fct_payout (row period_id=2017-03, employee_id={WHO})"
    sealed_amount, now = (part.split()[-1] for part in problem.what.removeprefix("amount: ").split(", "))
    assert float(sealed_amount) - float(now) == 1


def test_a_seal_that_was_replaced_with_its_manifest_is_told_by_the_records(sealed: Place, tmp_path: Path) -> None:
    place = sealed.copied(tmp_path)
    verified = place.call("seal", "verify", "--period", MARCH.id)
    assert (verified.code, verified.err) == (0, "")
    for path in folder(place).rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    forged(folder(place), "control/period.parquet", "select * exclude (days) from sealed")
    for refused in (place.call("seal", "verify", "--period", MARCH.id), seal(place)):
        assert refused.code == 15
        assert "manifest.json: its SHA-256 is " in refused.err
        assert "and recorded was the seal " in refused.err
    # without the records nothing tells it but the hash that was noted
    (place.home / place.name / "records" / "records.sqlite").unlink()
    verified = place.call("seal", "verify", "--period", MARCH.id)
    assert verified.code == 0
    assert "the records know no hash of this seal" in verified.err


def test_the_seal_of_another_revision_is_none_of_this_one(sealed: Place, tmp_path: Path) -> None:
    home, there = copied(sealed, tmp_path)
    there.rename(there.with_name("r2"))
    with pytest.raises(SealRefused, match="it is the seal of crm_sales, 2017-03, revision 1"):
        read_seal(home, MARCH)


def test_what_is_published_is_sealed_only_if_it_was_posted(closed_march: Place) -> None:
    records = Records(f"sqlite:///{closed_march.home}/crm_sales/records/records.sqlite", company_id="crm_sales")
    posted = PeriodStep(
        period_id=MARCH.id,
        revision=1,
        step=Step.POSTED,
        proposal="0" * 64,
        reason="",
        made_by="payroll",
        made_at=datetime(2017, 4, 2, 8, 30),  # noqa: DTZ001 — UTC without a zone, as it is recorded
    )
    with records.writing() as transaction:
        transaction.append(PERIOD_STEPS, posted)
    refused = seal(closed_march)
    assert refused.code == 15
    assert "is not what was posted, 000000000000" in refused.err
    assert not folder(closed_march).exists()


def test_what_was_never_sealed_or_published_is_told(sealed: Place) -> None:
    outcome = sealed.call("seal", "verify", "--period", "2017-03", "--revision", "2")
    assert outcome.code == 15
    assert "revision 2 of 2017-03 is not sealed" in outcome.err
    assert "sealed are r1" in outcome.err
    assert sealed.call("seal", "create", "--period", "2017-04", "--by", "Li Na").code == 8


def test_a_folder_that_somebody_has_put_beside_the_seals_is_none(tmp_path: Path) -> None:
    home = CompanyHome(tmp_path / "crm_sales")
    for name in ("r1-old", "r01", "r1 (copy)", "making-7", "rest"):
        (home.seals / MARCH.id / name).mkdir(parents=True)
    with pytest.raises(SealRefused, match="none is sealed"):
        read_seal(home, MARCH)


def test_what_is_not_posted_is_not_sealed(closed_march: Place) -> None:
    refused = seal(closed_march)
    assert refused.code == 15
    assert "2017-03, revision 1 is not sealed" in refused.err
    assert "it is not posted" in refused.err
    assert not folder(closed_march).exists()


def test_what_has_changed_in_the_code_is_said_in_words() -> None:
    now = code_at_hand()
    assert now.changed_since(now) == ()
    assert now.changed_since(replace(now, git="another commit")) == ()
    before = replace(now, package="0.0.9", models="other", python="other", git="abc")
    assert now.changed_since(before)[:3] == (
        f"perf-pipelines 0.0.9 → {now.package}",
        "other models in dbt_project/",
        "other Python code",
    )


@pytest.mark.slow
def test_restated_the_month_has_a_second_seal_and_both_verify_without_the_lake(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    post(closed_march)
    # the first is made of the lake, because the warehouse is gone
    (closed_march.home / closed_march.name / "warehouse.duckdb").unlink()
    assert seal(closed_march).code == 0
    first = files(folder(closed_march))
    reopened = closed_march.call(
        *("pay", "reopen", "--period", MARCH.id, "--by", "Li Na", "--reason", "excellent counts double")
    )
    assert reopened.code == 0, reopened.err
    change(closed_march.company / "scheme.yaml", "excellent: 1.5", "excellent: 2")
    closed_march.close(MARCH.id)
    assert seal(closed_march).code == 15
    post(closed_march)
    assert seal(closed_march).code == 0
    shutil.rmtree(closed_march.home / closed_march.name / "lake")
    for arguments in ((), ("--revision", "1")):
        verified = closed_march.call("seal", "verify", "--period", MARCH.id, *arguments)
        assert verified.code == 0, verified.err
        assert "rows computed again, all as sealed" in verified.out
    assert files(folder(closed_march)) == first


@pytest.mark.slow
def test_a_period_that_would_be_computed_otherwise_now_is_not_sealed(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    post(closed_march)
    change(closed_march.company / "scheme.yaml", "excellent: 1.5", "excellent: 2")
    refused = seal(closed_march)
    assert refused.code == 15
    assert "is not sealed: what is published is not what its inputs give now" in refused.err
    assert list((closed_march.home / closed_march.name / "seals").rglob("*.parquet")) == []
