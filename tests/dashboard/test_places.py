"""What the overview says about the month's places, the steady state and what alerts were worth."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import yaml

import services
from alerts.runs import write_run
from alerts.states import Source
from core.db import open_session
from dashboard import charts
from dashboard.app_pages.overview import figures as overview
from dashboard.i18n import translator
from services.cache import forget_all
from tests.accounts import context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors, page_text

RUN = {
    "as_of": LAST.isoformat(),
    "capacity": 43,
    "event_budget": 16,
    "joined": 10,
    "cooling": 88,
    "by_source": {"event": 16, "secured": 15, "risk": 18, "audit": 2, "explore": 3},
    "by_question": {"event": 16, "existing": 34, "coming": 4},
    "waiting": {"event": 84, "secured": 4, "coming": 335},
    "below": {"rule": 17, "risk": 124, "secured": 86, "coming": 686},
    "kinds": {"alerted": {"F02": 9, "C01": 3}, "waiting": {"C01": 60, "A01": 3}},
    "in_process": 327,
    "unanswered": 224,
    "followed": 112,
    "overdue": {"late": 60},
}
LIVES = {
    "synthetic": True,
    "months": ["2026-04", "2026-05", "2026-06", "2026-07"],
    "with": [90, 80, 70, 1],
    "without": [100, 100, 100, 1],
    "oracle": [80, 60, 40, 1],
}


@pytest.fixture
def told(own_county: Made) -> Made:
    """A county whose newest run and lives were kept."""
    write_run(own_county.home, LAST, RUN)
    path = own_county.home.reports / "lives.json"
    path.write_text(json.dumps(LIVES), encoding="utf-8")
    forget_all()
    return own_county


def test_the_months_places_add_up(told) -> None:
    found = services.places.places(context(told.home.root, LAST))

    assert (found.existing, found.coming, found.drawn, found.facts) == (29, 4, 5, 16)
    assert found.raised + found.drawn + found.free == found.capacity
    assert found.left == 339  # facts wait apart
    lanes = found.lanes.set_index("lane")
    assert lanes.loc["risk", "raised"] + lanes.loc["coming", "raised"] == 18
    assert lanes["raised"].sum() == sum(RUN["by_source"].values())
    assert list(found.kinds["indicator"]) == ["C01", "A01", "F02"]


@pytest.mark.slow
def test_the_overview_says_why_not_everybody_was_raised(told, open_page) -> None:
    app = open_page(told.home.root, "overview")

    assert errors(app) == []
    text = page_text(app)
    assert "本月走访上限 43 户；值得走访 372 户，已预警 33 户，等待 339 户" in text
    assert "办理中 327 户（其中超期未答复 224 户）" in text
    assert "余 5 户未用" in text
    assert "本月逾期督办" in text


@pytest.mark.slow
def test_a_month_without_numbers_of_its_run_says_what_to_run(county, open_page) -> None:
    app = open_page(county.home.root, "overview")
    assert any("还没有运行记录" in note.value for note in app.info)


@pytest.mark.slow
def test_no_change_on_last_month_is_told_of_what_the_ceiling_decides(told, open_page) -> None:
    for language in ("zh", "en"):
        app = open_page(told.home.root, "overview", language)
        new = next(m for m in app.metric if m.label in {"新增预警", "New alerts"})
        assert "上月" not in new.delta
        assert "last month" not in new.delta
        assert not any("+0" in str(m.delta) for m in app.metric)


def test_lives_are_cut_at_the_month_and_shares_follow(told) -> None:
    found = services.lives.lived(context(told.home.root, LAST))

    assert list(found.months["month"]) == ["2026-04", "2026-05", "2026-06"]
    assert found.avoided == 60
    assert found.share == pytest.approx(60 / 300)
    assert found.of_oracle == pytest.approx(60 / 120)


@pytest.mark.slow
def test_lives_belong_to_a_synthetic_county_only(told, open_page) -> None:
    assert "理论上限所减少的 50%" in page_text(open_page(told.home.root, "overview"))

    about = yaml.safe_load(told.home.county_file.read_text(encoding="utf-8"))
    told.home.county_file.write_text(yaml.safe_dump({**about, "synthetic": False}))
    app = open_page(told.home.root, "overview")
    assert errors(app) == []
    assert "应救未救（户·月）" not in page_text(app)


@pytest.mark.slow
def test_a_county_that_was_not_lived_again_says_so(told, open_page) -> None:
    (told.home.reports / "lives.json").unlink()
    forget_all()
    app = open_page(told.home.root, "overview")
    assert any("对照结果" in note.value for note in app.info)


def test_the_sentence_tells_the_questions_apart_and_warm_up_beside_the_steady_state() -> None:
    rates = services.trust
    head = services.overview.Headline(
        "2026-06",
        pd.DataFrame({"month": ["2026-06"], "households": [9.0], "persons": [20.0], "new": [7.0]}),
        questions={"existing": 4, "coming": 2, "event": 1},
        rates=rates.Steady(
            6,
            date(2025, 12, 31),
            steady=rates.Rate(0.6, 0.5, 0.7, 90, 0.1),
            warm_up=rates.Rate(0.5, 0.4, 0.6, 80, 0.0),
            existing=rates.Rate(0.65, 0.55, 0.75, 70, 0.1),
            coming=rates.Rate(0.3, 0.1, 0.6, 12, 0.0),
        ),
        overdue=3,
    )
    text = overview.sentence(head, translator("zh"))
    assert "新增预警 7 户（现存 4，将至 2，事件直报 1）" in text
    assert "准确率 60%［50–70%，n=90］" in text
    assert "起步期 50%［40–60%，n=80］" in text

    early = replace(head, rates=replace(head.rates, steady=None))
    assert "稳定期在其后" in overview.sentence(early, translator("zh"))


def test_the_coming_is_judged_only_when_its_months_have_passed(own_county) -> None:
    """Before that only the right ones count, and all would look right."""
    from sqlalchemy import text

    with open_session(own_county.home) as session:
        session.execute(text("UPDATE alert SET question = 'coming'"))
    forget_all()
    found = services.trust.steady(context(own_county.home.root, LAST))
    assert found.coming is None  # the county's first alert is four months old
    assert found.warm_up is None  # the visit does not judge them, so no other share counts them
    assert found.steady is None


def test_the_three_lives_start_at_zero_and_are_named_at_their_end() -> None:
    frame = pd.DataFrame(LIVES)[["months", "without", "with", "oracle"]].rename(
        columns={"months": "month"}
    )
    figure = charts.lives(frame, translator("en"))
    assert figure.layout.yaxis.range[0] == 0
    assert len({trace.line.dash for trace in figure.data}) == 2
    heights = [note.y for note in figure.layout.annotations]
    assert len(set(heights)) == 3


def test_every_source_has_a_colour_of_its_own() -> None:
    from dashboard.charts.style import SOURCE

    # Whoever may not know what raised an alert sees a visit, with a colour of its own.
    assert set(SOURCE) == {source.value for source in Source} | {"visit"}
    # It never stands beside those it is told for.
    apart = [colour for name, colour in SOURCE.items() if name != "visit"]
    assert len(set(apart)) == len(apart)


@pytest.mark.slow
def test_a_feed_silent_beyond_its_limit_is_told_apart_from_a_late_one(
    own_county, open_page
) -> None:
    manifest = own_county.home.lake / "manifest.json"
    content = manifest.read_text(encoding="utf-8")
    for month in ("202603", "202604", "202605", "202606"):  # employment may be silent two months
        content = content.replace(f'"employment_{month}.csv"', '"-"')
    batches = json.loads(content)
    kept = [b for b in batches["batches"] if b["file"] != "-"]
    manifest.write_text(json.dumps({**batches, "batches": kept}), encoding="utf-8")
    forget_all()

    frame = services.deliveries.feeds(context(own_county.home.root, LAST)).set_index("feed")
    assert frame.loc["employment", "state"] == "silent"
    assert frame.loc["medical_claims", "state"] == "fresh"
    assert "停报超过时限" in page_text(open_page(own_county.home.root, "data"))
    assert "停报，按不详处理" in page_text(open_page(own_county.home.root, "overview"))
