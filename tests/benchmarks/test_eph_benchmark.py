from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.eph import adapt, benchmark, linkage
from benchmarks.eph.split import feature_quarters, quarter_end, shown_quarters, time_split
from core.home import Home, HomeError, add_months
from data.ingest import ingest_directory
from data.lake import Lake
from features.profile import write_profile
from tests.benchmarks.raw_panel import singles, write

pytestmark = pytest.mark.slow

PANEL = Path(__file__).resolve().parents[2].parent / "shared" / "panels" / "eph"
CHECKED_QUARTERS = ("07t1", "07t2", "08t1", "08t4", "09t1", "09t4")


def quarters(first: str, last: str, without: tuple[str, ...] = ()) -> list[date]:
    day, found, missing = quarter_end(first), [], {quarter_end(q) for q in without}
    while day <= quarter_end(last):
        found += [] if day in missing else [day]
        day = add_months(day, 3)
    return found


def test_a_quarter_is_written_like_2010q1() -> None:
    assert quarter_end("2010Q1") == date(2010, 3, 31)
    assert quarter_end("2011t4") == date(2011, 12, 31)
    with pytest.raises(HomeError, match="write it like 2010Q1"):
        quarter_end("2010-01")


def test_a_feature_quarter_needs_the_interview_before_and_the_third_after() -> None:
    there = quarters("2006Q4", "2008Q4", without=("2007Q3",))
    found = feature_quarters(there)
    # 2007Q3 is missing: neither a second interview, nor one whose first or third lies there.
    assert found == [quarter_end(q) for q in ("2007Q1", "2007Q2", "2008Q1")]


@pytest.mark.parametrize("first_test", ["2008Q1", "2009Q2", "2010Q1"])
def test_every_label_before_the_test_is_dated_before_its_first_feature_quarter(
    first_test: str,
) -> None:
    day = quarter_end(first_test)
    split = time_split(feature_quarters(quarters("2003Q3", "2011Q4", without=("2007Q3",))), day)
    starts = add_months(day, -2).replace(day=1)
    assert all(add_months(m, 9) < starts for m in (*split.train, *split.calibrate))
    assert min(split.test) >= day
    assert max(split.train) < min(split.calibrate)


def test_a_panel_without_quarters_to_learn_from_or_to_test_is_refused() -> None:
    pairs = feature_quarters(quarters("2008Q1", "2010Q4"))
    with pytest.raises(HomeError, match="nothing to learn from"):
        time_split(pairs, quarter_end("2008Q2"))
    with pytest.raises(HomeError, match="the last that has is 2010Q1"):
        time_split(pairs, quarter_end("2011Q1"))


def test_the_dashboard_also_shows_quarters_whose_third_interview_is_still_to_come() -> None:
    there = quarters("2009Q1", "2010Q4")
    assert shown_quarters(there, quarter_end("2010Q2")) == there[-3:]


def test_another_county_is_never_overwritten(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.data.mkdir()
    home.county_file.write_text("{region: '990321', source: bureau}", encoding="utf-8")
    with pytest.raises(HomeError, match="holds another county"):
        benchmark.run(tmp_path, home)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Households 1-9 answer in q, q+1, q+4; 20-24 begin a quarter later; 30 only once."""
    folder = tmp_path_factory.mktemp("eph")
    first = {n: 100.0 * n for n in range(1, 10)}
    begun = dict.fromkeys(range(20, 25), 900.0)
    write(folder, "2009Q1", **singles({**first, 30: 500.0}))
    write(folder, "2009Q2", **singles({**first, **begun}))
    write(folder, "2009Q3", **singles(begun))
    third = {n: income for n, income in first.items() if n != 9}
    write(folder, "2010Q1", **singles({**third, **begun}))
    home = Home(folder / "home")
    adapt(folder, home)
    report = ingest_directory(home, home.incoming)
    assert report.accepted == report.received > 0
    write_profile(home, date(2009, 6, 30))
    return home


def test_only_second_interviews_are_asked_about_each_once(followed: Home) -> None:
    names = list(benchmark.cards_of_panel())
    rows = benchmark.second_interviews(followed, [date(2009, 6, 30)], names)
    assert len(rows) == 9
    assert rows["household"].is_unique
    assert rows["label"].notna().sum() == 8


def test_poor_is_below_sixty_percent_of_the_third_quarters_median(followed: Home) -> None:
    names = list(benchmark.cards_of_panel())
    rows = benchmark.second_interviews(followed, [date(2009, 6, 30)], names)
    rows = rows.sort_values("visit_income_ratio")
    # Third quarter: 100 to 800 and five times 900, median 700, line 420.
    assert rows["label"].dropna().tolist() == [1, 1, 1, 1, 0, 0, 0, 0]
    # Second quarter: 100 to 900 and five times 900, median 750, line 450.
    assert rows["visit_income_ratio"].iloc[0] == pytest.approx(100 / 450, abs=1e-6)
    assert rows["population"].tolist()[:4] == ["on_roll"] * 4


def test_feeds_the_panel_does_not_have_are_absent_and_their_features_unknown(
    followed: Home,
) -> None:
    lake = Lake(followed)
    absent = ("assistance_rolls", "medical_claims", "disability_certificates", "deaths")
    assert not any(lake.present(feed) for feed in absent)
    names = ["on_dibao", "emergency_grants_12m", "medical_settlements_12m", "deaths_24m"]
    known = [n for n in names if n in benchmark.catalogue()]
    rows = benchmark.second_interviews(followed, [date(2009, 6, 30)], known)
    assert rows["on_dibao"].isna().all()
    assert rows["emergency_grants_12m"].isna().all()


def test_sums_of_money_and_nothing_else_are_left_to_their_year() -> None:
    cards = benchmark.cards_of_panel()
    assert "income_month" not in cards
    assert {"visit_income_ratio", "township_code", "n_met_working"} <= set(cards)


def test_following_is_counted_where_it_can_be_told(tmp_path: Path) -> None:
    panel = tmp_path / "panel"
    there = [f"{y}Q{n}" for y in (2008, 2009) for n in (1, 2, 3, 4)] + ["2010Q1", "2010Q2"]
    for place, quarter in enumerate(there):
        asked = {
            100 * start + n: 500.0
            for start in range(place - 5, place + 1)
            for n in range(1, 5)
            # Of four households that begin together one is lost after each round.
            if place - start in (0, 1, 4, 5) and n > (0, 1, 0, 0, 2, 2)[place - start]
        }
        write(panel, quarter, **singles({k + 1000: v for k, v in asked.items()}))
    home = Home(tmp_path / "home")
    report = adapt(panel, home)
    for path in home.incoming.rglob("*.csv"):
        if not path.name.startswith("入户调查"):
            path.unlink()  # following needs the visits only
    ingest_directory(home, home.incoming)
    found = linkage.linkage(home, [q.ends for q in report.quarters])
    assert found["second_share"] == pytest.approx(3 / 4)
    assert found["third_share"] == pytest.approx(2 / 4)
    assert found["third_of_second_share"] == pytest.approx(2 / 3)
    assert found["same_head_sex_third"] == 1.0


def test_the_real_panel_runs_end_to_end_on_six_quarters(tmp_path: Path) -> None:
    if not (PANEL / "hogar").is_dir():
        pytest.skip(f"the EPH micro-data are not beside the project ({PANEL.name} not found)")
    for kind in ("hogar", "indiv"):
        (tmp_path / "panel" / kind).mkdir(parents=True)
        for quarter in CHECKED_QUARTERS:
            name = f"{kind}_a{quarter}.tsv.gz"
            (tmp_path / "panel" / kind / name).symlink_to(PANEL / kind / name)
    home = Home(tmp_path / "home")
    found = benchmark.run(tmp_path / "panel", home, test_from="2009Q1", keep=True)
    rows = {(r["population"], r["scorer"]): r for r in found.rows}
    assert len(rows) == 12
    assert found.split["last_label_before_test"] < "2009-01-01"
    entry = rows["entry", "lightgbm"]
    assert 0.10 < entry["prevalence"] < 0.16
    assert 0.80 < entry["auc"] < 0.92
    assert entry["auc"] > rows["entry", "logistic"]["auc"] > rows["entry", "income_rank"]["auc"]
    assert rows["all", "lightgbm"]["ece"] < 0.05
    assert home.workflow_db.exists()
