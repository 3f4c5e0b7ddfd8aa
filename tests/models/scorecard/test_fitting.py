"""Bands fitted to visiting capacity on past months: what is seen, what is written, what holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.backends.duckdb import Backend

from core.home import Home
from data.lake import Lake
from models.scorecard import RuleSet, ScorecardError, load_rules, score_month
from models.scorecard.bands import BandCheck, read_fits
from models.scorecard.fitting import SHARES, falls, fit_bands
from tests.features.tables import feed_table

from .factory import Family, name, write_home

pytestmark = pytest.mark.slow

PAST, KNOWN_BY = date(2025, 5, 31), date(2025, 6, 30)
FAMILIES = 400


def county(root: Path, rules: RuleSet, month: date = PAST, unwatched: Sequence[int] = ()) -> Home:
    """400 households with 0, 5, 10, ... points; nobody on Dibao; all watched but those named."""
    steps = [
        {"unsafe_housing": "D"},  # 15
        {"labour_supply": "no_worker", "labour_counts": True},  # 12
        {"several_disabled_or_aged_carer": True},  # 10
        {"income_to_standard": 0.5},  # 30
        {"zero_employment": True},  # 15
    ]
    families = [
        Family(
            {k: v for bit, step in enumerate(steps) if number >> bit & 1 for k, v in step.items()}
        )
        for number in (n % 32 for n in range(FAMILIES))
    ]
    home = write_home(root, month, families, rules)
    path = home.monthly("profile", month) / "household.parquet"
    table = pq.read_table(path, partitioning=None)
    watched = pa.array([k not in unwatched for k in range(FAMILIES)])
    table = table.append_column("watched", watched)
    table = table.append_column("on_dibao_tekun", pa.array([False] * FAMILIES))
    pq.write_table(table, path)
    return home


def visits(home: Home, rows: Sequence[dict[str, Any]]) -> None:
    """The ledger's findings."""
    home.outcomes.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows)), home.outcomes / "findings.parquet")


def visit(
    number: int, found: bool, on: date = date(2025, 6, 10), known: date | None = None,
    source: str = "audit",
) -> dict[str, Any]:  # fmt: skip
    return {"household": name(number), "visited_on": on, "known_on": known or on, "found": found,
            "source": source}  # fmt: skip


def test_no_band_holds_more_than_its_share_of_the_watched(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    fit = fit_bands(county(tmp_path, rules), KNOWN_BY, [PAST], con)
    share = 0.0
    for band, limit in SHARES.items():
        share += fit.check[band].share
        assert share <= limit + 1e-9
    assert fit.household_months == FAMILIES
    bars = fit.bars
    assert bars.red > bars.orange > bars.yellow > bars.blue


def test_the_unwatched_do_not_move_the_bars(tmp_path: Path, con: Backend, rules: RuleSet) -> None:
    best = [n for n in range(FAMILIES) if n % 32 == 31]
    every = fit_bands(county(tmp_path / "a", rules), KNOWN_BY, [PAST], con)
    without = fit_bands(county(tmp_path / "b", rules, unwatched=best), KNOWN_BY, [PAST], con)
    assert without.bars.blue < every.bars.blue
    assert without.household_months == FAMILIES - len(best)


def test_the_bars_hold_from_the_day_they_were_known_and_not_before(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    home = county(tmp_path, rules)
    before = load_rules(KNOWN_BY, home=home)
    fit = fit_bands(home, KNOWN_BY, [PAST], con)
    after = load_rules(KNOWN_BY, home=home)
    assert (before.bars, after.bars) == (rules.bars, fit.bars)
    assert load_rules(PAST, home=home).bars == rules.bars
    assert after.since == KNOWN_BY
    assert after.version != before.version
    assert load_rules(KNOWN_BY).bars == rules.bars


def test_a_month_is_scored_with_the_bars_of_its_home(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    home = county(tmp_path, rules)
    fit_bands(home, PAST, [PAST], con)
    done = score_month(home, PAST, con)
    bands = pq.read_table(done.scores, partitioning=None)["band"].to_pylist()
    assert bands.count("red") <= FAMILIES * SHARES["red"]


def test_a_second_fit_adds_an_entry_and_leaves_the_first(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    home = county(tmp_path, rules)
    first = fit_bands(home, PAST, [PAST], con)
    fit_bands(home, KNOWN_BY, [PAST], con)
    assert list(read_fits(home).bands) == [PAST, KNOWN_BY]
    assert read_fits(home).bands[PAST] == first


def test_only_visits_known_by_the_day_are_seen(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    home = county(tmp_path, rules)
    visits(home, [visit(0, True), visit(1, True, known=date(2025, 7, 3))])
    fit = fit_bands(home, KNOWN_BY, [PAST], con)
    assert sum(c.visits for c in fit.check.values()) == 1


def test_a_visit_speaks_for_the_score_before_it_and_for_three_months(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    home = county(tmp_path, rules)
    days = [date(2025, 5, 31), date(2025, 6, 1), date(2025, 8, 31), date(2025, 9, 1)]
    visits(home, [visit(k, True, on=day) for k, day in enumerate(days)])
    fit = fit_bands(home, date(2025, 12, 31), [PAST], con)
    assert sum(c.visits for c in fit.check.values()) == 2


@pytest.mark.parametrize(
    ("source", "counted"), [("audit", 1), ("rule", 1), ("explore", 1), ("risk", 0), ("event", 0)]
)
def test_visits_chosen_for_what_the_score_does_not_see_are_left_out(
    tmp_path: Path, con: Backend, rules: RuleSet, source: str, counted: int
) -> None:
    home = county(tmp_path, rules)
    visits(home, [visit(0, True, source=source)])
    fit = fit_bands(home, KNOWN_BY, [PAST], con)
    assert sum(c.visits for c in fit.check.values()) == counted


def expected(home: Home, on: date, score: float) -> float | None:
    """What the rules in force in a home expect of a visit at a score."""
    return load_rules(on, home=home).expected(score)


def test_what_is_found_more_at_high_scores_gives_a_rising_curve(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    home = county(tmp_path, rules)
    assert expected(home, KNOWN_BY, 50.0) is None
    visits(home, [visit(k, k % 32 >= 24 or k % 5 == 0) for k in range(FAMILIES)])
    fit = fit_bands(home, KNOWN_BY, [PAST], con)
    assert fit.expected is not None
    low, high = (expected(home, KNOWN_BY, score) for score in (0.0, 80.0))
    assert low is not None
    assert high is not None
    assert 0 < low < high < 1
    assert expected(home, PAST, 80.0) is None


def test_a_score_that_finds_less_gives_a_flat_curve_and_says_so(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    home = county(tmp_path, rules)
    visits(home, [visit(k, k % 32 < 8) for k in range(FAMILIES)])
    fit = fit_bands(home, KNOWN_BY, [PAST], con)
    assert fit.expected is not None
    assert fit.expected.slope == 0
    assert expected(home, KNOWN_BY, 0.0) == expected(home, KNOWN_BY, 80.0)


def test_too_few_visits_give_bars_and_no_curve(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    home = county(tmp_path, rules)
    visits(home, [visit(k, True) for k in range(10)])
    assert fit_bands(home, KNOWN_BY, [PAST], con).expected is None
    assert expected(home, KNOWN_BY, 80.0) is None


@pytest.mark.parametrize(
    ("found", "answer"),
    [((60, 40, 20, 10, 5), "yes"), ((6, 7, 3, 2, 1), "unclear"), ((20, 60, 20, 10, 5), "no")],
)
def test_a_rise_from_one_band_to_the_next_is_named_unless_it_may_be_chance(
    found: tuple[int, ...], answer: str
) -> None:
    visited = 12 if max(found) < 10 else 100
    bands = dict.fromkeys([*SHARES, "none"], 0)
    check = {
        band: BandCheck(share=0.1, visits=visited, found=n)
        for band, n in zip(bands, found, strict=True)
    }
    assert falls(check) == answer


def test_without_a_past_month_it_says_what_to_run(tmp_path: Path, con: Backend) -> None:
    with pytest.raises(ScorecardError, match="no past month up to 2025-06-30 has a profile"):
        fit_bands(Home(tmp_path), KNOWN_BY, [PAST], con)


def test_a_month_after_the_day_is_never_used(tmp_path: Path, con: Backend, rules: RuleSet) -> None:
    home = county(tmp_path, rules, month=date(2025, 7, 31))
    with pytest.raises(ScorecardError, match="no past month"):
        fit_bands(home, KNOWN_BY, [date(2025, 7, 31)], con)


LAKE_VISITS = """
    household | happened_on | visit_reason | unmet_need
    h0000     | 2025-06-08  | round        | yes
    h0001     | 2025-06-08  | application  | yes
    h0002     | 2025-06-08  | alert        | yes
    h0003     | 2025-06-08  | survey       | -
    h0004     | 2025-06-20  | survey       | no
"""


def test_rounds_and_surveys_speak_and_applications_do_not(
    tmp_path: Path, con: Backend, rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = county(tmp_path, rules)
    table = con.create_table(
        "lake_visits",
        feed_table("home_visits", LAKE_VISITS).to_pyarrow(),
        temp=True,
        overwrite=True,
    )
    monkeypatch.setattr(Lake, "table", lambda *_: table)
    fit = fit_bands(home, KNOWN_BY, [PAST], con)
    assert [sum(getattr(c, n) for c in fit.check.values()) for n in ("visits", "found")] == [2, 1]
    # The ledger tells of the first visit too, four days later, and of one more household.
    visits(home, [visit(0, False, on=date(2025, 6, 12)), visit(5, True)])
    fit = fit_bands(home, KNOWN_BY, [PAST], con)
    assert [sum(getattr(c, n) for c in fit.check.values()) for n in ("visits", "found")] == [3, 1]
