"""Precision: the arithmetic, the interval, and what the events say."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from alerts import service
from alerts.errors import AlertsError
from alerts.funnel import funnel
from alerts.models import Alert
from alerts.precision import XIAOCHANG, causes, precision, reliability, wilson
from alerts.selection import Candidate
from alerts.states import Band, Source
from core.db import store
from core.home import Home
from tests.alerts.factories import DAY, MONTH, TEAM, WORKER, candidate, raised, reason

pytestmark = pytest.mark.slow

# outcome of each of twelve alerts; the last two are dispatched, then not even that
OUTCOMES = [
    *["confirmed"] * 4,
    "already_covered",
    "false_alarm",
    "false_alarm",
    "not_eligible",
    "unreachable",
    "refused",
]


def twelve(session: Session) -> list[int]:
    """Twelve alerts: 4 confirmed (2 of them helped), 1 covered, 2 false, 1 not eligible,
    1 unreachable, 1 refused, 1 waiting for its visit, 1 waiting for dispatch."""
    ids = [a.id for a in raised(session, *[_mixed(n) for n in range(12)])]
    service.dispatch_many(session, ids[:11], now=DAY, **TEAM)
    rows = [
        service.OutcomeRow(
            alert_id,
            outcome,
            DAY,
            cause="stale" if outcome == "false_alarm" else None,
            needs=["medical_aid"] if outcome == "confirmed" else None,
            helped_at=DAY + timedelta(days=40) if number < 2 else None,
        )
        for number, (alert_id, outcome) in enumerate(zip(ids, OUTCOMES, strict=False))
    ]
    assert len(service.import_outcomes(session, rows, actor="import").done) == 10
    return ids


def _mixed(number: int) -> Candidate:
    """Even numbers are named by the rules, odd ones by the model."""
    if number % 2 == 0:
        return candidate(number)
    return candidate(
        number,
        by_rule=False,
        band=Band.NONE,
        risk=number / 20,
        risk_rank=number,
        reasons=(reason(Source.RISK, "wages_12m", 0.4),),
    )


def one(frame: pd.DataFrame, group: str = "all") -> pd.Series:
    (row,) = [r for _, r in frame.iterrows() if r["group"] == group]
    return row


@pytest.mark.parametrize(
    ("denominator", "n"),
    [
        # concluded: 4 confirmed + 1 covered + 2 false + 1 not eligible
        ("concluded", 8),
        # closed: 2 helped + 1 covered + 2 false + 1 refused, and 1 under watch after a finding
        ("closed", 7),
        # the older name of concluded
        ("verified", 8),
        ("dispatched", 11),
        ("raised", 12),
    ],
)
def test_precision_from_events(database: Home | str, denominator: str, n: int) -> None:
    with store.open_session(database) as session:
        twelve(session)
        row = one(precision(session, denominator=denominator))
    hits = 2 if denominator == "closed" else 4
    assert (row["n"], row["confirmed_of_n"], row["precision"]) == (n, hits, hits / n)
    assert (row["low"], row["high"]) == wilson(hits, n)
    assert row["small"] == (n < 10)
    assert (row["n_alerts"], row["n_verified"], row["n_confirmed"]) == (12, 8, 4)
    assert (row["n_covered"], row["n_helped"], row["n_closed"]) == (1, 2, 7)
    assert row["unverified_share"] == pytest.approx(4 / 12)


def test_groups_by_source_band_township_and_month_sum_to_all(session: Session) -> None:
    twelve(session)
    for by in ("source", "band", "township", "month", "population"):
        frame = precision(session, by=by, denominator="verified")
        assert frame[["n_alerts", "n", "confirmed_of_n"]].sum().tolist() == [12, 8, 4], by
    sources = precision(session, by="source")
    assert sources[["group", "label_zh", "label_en"]].to_numpy().tolist() == [
        ["risk", "风险模型", "Risk model"],
        ["rule", "规则得分", "Rule score"],
    ]


def test_an_indicator_counts_every_alert_that_names_it_and_no_model_feature(
    session: Session,
) -> None:
    twelve(session)
    frame = precision(session, by="indicator", denominator="raised")
    assert frame["group"].tolist() == ["B01", "C02"]
    assert frame["n"].tolist() == [6, 6]
    assert frame["label_zh"].iloc[0] != "B01"


def test_a_need_is_confirmed_only_where_that_very_need_was(database: Home | str) -> None:
    with store.open_session(database) as session:
        twelve(session)
        needs = precision(session, by="need", denominator="verified")
        departments = precision(session, by="department", denominator="verified")
    assert needs.set_index("group")["confirmed_of_n"].to_dict() == {
        "basic_living": 0,
        "medical_aid": 4,
    }
    assert one(departments, "medical_security")["label_en"] == "Medical security"


def test_a_household_named_by_two_voices_counts_for_both(session: Session) -> None:
    both = (reason(Source.RULE, "B01"), reason(Source.RISK, "wages_12m"))
    raised(session, candidate(1, risk_rank=1, reasons=both))
    assert precision(session, by="any_source")["group"].tolist() == ["risk", "rule"]
    assert precision(session, by="source")["group"].tolist() == ["rule"]


def test_precision_reads_the_events_and_not_the_state_columns(session: Session) -> None:
    twelve(session)
    before = precision(session, denominator="verified")
    session.execute(text("UPDATE alert SET state = 'closed', outcome = 'confirmed'"))
    pd.testing.assert_frame_equal(before, precision(session, denominator="verified"))


def test_the_past_can_be_asked_as_it_was_known(session: Session) -> None:
    twelve(session)
    assert one(precision(session, as_at=MONTH, denominator="raised"))["n_verified"] == 0
    on_the_day = one(precision(session, as_at=DAY.date(), denominator="raised"))
    assert (on_the_day["n_verified"], on_the_day["n_helped"]) == (8, 0)
    by_need = precision(session, by="need", as_at=MONTH, denominator="raised")
    assert by_need["confirmed_of_n"].sum() == 0


def test_a_reopened_case_has_no_finding_until_it_is_checked_again(session: Session) -> None:
    ids = twelve(session)
    service.move(session, ids[5], "reopen", now=DAY, note="抽查", **TEAM)
    row = one(precision(session, denominator="verified"))
    assert (row["n"], row["confirmed_of_n"]) == (7, 4)
    service.record_outcome(session, ids[5], "confirmed", now=DAY, **WORKER)
    row = one(precision(session, denominator="verified"))
    assert (row["n"], row["confirmed_of_n"]) == (8, 5)


def test_a_period_bounds_the_day_of_raising_on_both_sides(session: Session) -> None:
    twelve(session)
    assert one(precision(session, since=MONTH, until=MONTH))["n_alerts"] == 12
    assert precision(session, since=MONTH + timedelta(days=1)).empty
    assert precision(session, until=date(2026, 3, 30)).empty


def test_nothing_raised_gives_an_empty_table_for_every_grouping(session: Session) -> None:
    for by in (None, "source", "indicator", "need", "department", "month"):
        assert precision(session, by=by).empty
    assert reliability(session).empty
    assert causes(session).empty
    assert [step.n for step in funnel(session)] == [0, 0, 0, 0, 0]


def test_a_group_without_denominator_has_no_precision_rather_than_zero(session: Session) -> None:
    raised(session)
    row = one(precision(session))
    assert (row["n"], row["n_alerts"]) == (0, 1)
    assert pd.isna([row["precision"], row["low"], row["high"]]).all()
    assert row["unverified_share"] == 1.0


def test_unknown_words_are_refused_with_the_known_ones(session: Session) -> None:
    raised(session)
    with pytest.raises(AlertsError, match="denominator cannot be 'assisted'; choose concluded"):
        precision(session, denominator="assisted")  # type: ignore[arg-type]
    with pytest.raises(AlertsError, match="by cannot be 'moon'; choose question"):
        precision(session, by="moon")  # type: ignore[arg-type]


def test_causes_of_false_alarms_are_counted(session: Session) -> None:
    twelve(session)
    assert causes(session).to_numpy().tolist() == [["stale", 2, 1.0]]


def test_causes_are_those_of_the_alerts_that_the_page_is_about(session: Session) -> None:
    twelve(session)
    false = select(Alert).where(Alert.outcome == "false_alarm").order_by(Alert.id)
    first, second = session.scalars(false)
    first.source = "audit"
    session.flush()
    assert causes(session).to_numpy().tolist() == [["stale", 1, 1.0]]
    second.question = "coming"
    session.flush()
    assert causes(session).empty


def test_predicted_risk_stands_beside_the_confirmed_share(session: Session) -> None:
    twelve(session)
    frame = reliability(session, bins=2)
    assert frame["n"].tolist() == [4, 4]
    assert frame["mean_risk"].is_monotonic_increasing
    assert (frame["confirmed_share"] * frame["n"]).sum() == 4


def test_the_funnel_names_every_loss_and_loses_nobody(database: Home | str) -> None:
    with store.open_session(database) as session:
        twelve(session)
        steps = funnel(session)
    assert [(s.code, s.n) for s in steps] == [
        ("raised", 12),
        ("dispatched", 11),
        ("checked", 8),
        ("confirmed", 4),
        ("helped", 2),
    ]
    for step, following in pairwise(steps):
        assert step.n - sum(loss.n for loss in step.losses) == following.n
    assert [{loss.code: loss.n for loss in s.losses} for s in steps] == [
        {"not_dispatched": 1},
        {"unreachable": 1, "refused": 1, "not_accepted": 1},
        {"already_covered": 1, "not_eligible": 1, "false_alarm": 2},
        {"help_under_way": 2},
        {},
    ]


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Worked by hand from (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.96
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (404, 687, 0.5509, 0.6243),
    ],
)
def test_wilson_interval(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_without_observations_nothing_is_known() -> None:
    assert wilson(0, 0) == (None, None)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_within_bounds(pair: tuple[int, int]) -> None:
    low, high = wilson(*pair)
    assert low is not None
    assert high is not None
    assert 0 <= low <= pair[0] / pair[1] + 1e-12
    assert pair[0] / pair[1] - 1e-12 <= high <= 1


def test_the_published_reference_has_its_own_interval() -> None:
    assert round(XIAOCHANG.precision, 3) == 0.588
    assert XIAOCHANG.interval == wilson(404, 687)
