"""The household page's first sentence, and what it shows of households that have left the data."""

from __future__ import annotations

import re
from datetime import date

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select, update

import services
from alerts.models import Alert, Need
from core.db import open_session
from dashboard.app_pages.household import answer as family_answer
from dashboard.app_pages.household import chain
from dashboard.i18n import translator
from services.cache import forget_all
from tests.accounts import context
from tests.dashboard.factory import LAST, Made, household_key
from tests.dashboard.test_pages import errors, page_text

pytestmark = pytest.mark.slow

UNKNOWN = "h" + "0" * 20


def answer(made: Made, household: str, language: str = "zh", month: date = LAST) -> str:
    """The sentence of a household in a month, read afresh."""
    forget_all()
    here = context(made.home.root, month)
    about = services.family.weighed(here, household)
    found = chain.newest(here, household)
    return family_answer.sentence(here, here, about, found, translator(language))


def change(made: Made, **values: object) -> str:
    """Set the columns of the alert of `made.alerted`; returns its household."""
    with open_session(made.home) as session:
        mine = update(Alert).where(Alert.household == made.alerted, Alert.state != "closed")
        session.execute(mine.values(**values))
    return made.alerted


def forgotten(made: Made, household: str, months: int = 1) -> None:
    """Take a household out of the profiles of the newest months."""
    for month in made.home.months("profile")[-months:]:
        for name in ("household", "person"):
            file = made.home.monthly("profile", month) / f"{name}.parquet"
            table = pq.read_table(file, partitioning=None)
            pq.write_table(table.filter(pc.not_equal(table["household"], household)), file)


def never_alerted(made: Made) -> list[str]:
    with open_session(made.home) as session:
        known = set(session.scalars(select(Alert.household)))
    return [h for h in map(household_key, range(120)) if h not in known]


OPEN = {
    "raised": ("县级监测专班应在 2026-07-08 前派单", "is to dispatch it by 2026-07-08"),
    "returned": ("已退单，县级监测专班应在 2026-07-08 前重新派单", "dispatch it anew by"),
    "dispatched": ("乡镇村核查员应在 2026-07-08 前接单", "worker is to accept it by 2026-07-08"),
    "accepted": ("乡镇村核查员应在 2026-07-08 前入户核查", "is to visit the family by"),
    "checking": ("核查员应在 2026-07-08 前登记结果", "record its result by 2026-07-08"),
    "retry": ("已访 2 次（最多 3 次）均未见到人", "nobody was met at 2 of 3 visits"),
    "watching": ("观察中，2026-07-08 前复查", "under watch and looked at again by 2026-07-08"),
}


@pytest.mark.parametrize(("state", "zh", "en"), [(s, *told) for s, told in OPEN.items()])
def test_an_open_alert_says_who_is_to_do_what_by_when(own_county, state, zh, en) -> None:
    household = change(
        own_county, state=state, due_on=date(2026, 7, 8), tries=2, question="coming", band="red"
    )

    told = answer(own_county, household)
    assert told.startswith("有未办结预警（红色），查明将至困难：")
    assert zh in told
    assert "逾期" not in told
    english = answer(own_county, household, "en")
    assert english.startswith("Open alert, band red, about need soon: ")
    assert en in english


def test_a_confirmed_need_names_the_departments_that_it_waits_for(own_county) -> None:
    household = change(own_county, state="assisting", due_on=date(2026, 7, 8), outcome="confirmed")
    with open_session(own_county.home) as session:
        mine = select(Alert.id).where(Alert.household == household)
        session.execute(
            update(Need).where(Need.alert_id.in_(mine)).values(
                state="confirmed", department="education"
            )
        )  # fmt: skip

    assert "走访已确认困难，由教育落实救助，最近一项应在 2026-07-08 前办理。" in answer(
        own_county, household
    )


def test_an_overdue_alert_says_since_how_many_days(own_county) -> None:
    household = change(own_county, due_on=date(2026, 6, 25), question="existing", urgent=True)

    assert answer(own_county, household).startswith("紧急：有未办结预警（")
    assert "已逾期 5 天。" in answer(own_county, household)
    assert "about need now" in answer(own_county, household, "en")
    assert ", overdue by 5 days." in answer(own_county, household, "en")
    change(own_county, due_on=date(2026, 6, 29))
    assert ", overdue by 1 day." in answer(own_county, household, "en")
    change(own_county, due_on=LAST)
    assert "overdue" not in answer(own_county, household, "en")


def test_an_alert_of_a_fact_asks_for_a_visit_whatever_the_score(own_county) -> None:
    household = change(own_county, question=None, band="none")

    assert "（蓝色及以下），因新发生的事实，不论得分均须走访" in answer(own_county, household)


def test_a_closed_alert_says_when_and_what_was_found(own_county) -> None:
    household = change(
        own_county, state="closed", outcome="false_alarm", closed_on=date(2026, 6, 20),
        due_on=None, question="existing",
    )  # fmt: skip

    told = answer(own_county, household)
    assert told.startswith("没有未办结预警；最近一件为 ")
    assert "现存困难生成，已于 2026-06-20 办结，核查结果：误报。" in told
    assert "逾期" not in told
    change_closed = update(Alert).where(Alert.household == household)
    with open_session(own_county.home) as session:
        session.execute(change_closed.values(outcome=None))
    assert "办结，一直未走访。" in answer(own_county, household)


def test_a_family_without_an_alert_says_so_and_whether_it_is_watched(own_county) -> None:
    here = context(own_county.home.root, LAST)
    families = [services.family.weighed(here, h) for h in never_alerted(own_county)]
    watched = next(f for f in families if f.rank)
    other = next(f for f in families if not f.rank and not f.profile.get("roll_class"))
    listed = next(f for f in families if not f.rank and f.profile.get("roll_class"))

    told = answer(own_county, watched.household)
    assert told.startswith("该户至今没有预警。该户为动态监测对象：")
    assert f"风险排第 {watched.rank} 位（共 {watched.at_risk} 户）" in told
    assert "该户不是动态监测对象" in answer(own_county, other.household)
    assert "该户在救助名册（低保边缘）" in answer(own_county, listed.household)
    assert "It is on a roll" in answer(own_county, listed.household, "en")


def test_too_little_data_is_no_all_clear(own_county) -> None:
    file = own_county.home.monthly("scores", LAST) / "scores.parquet"
    frame = pq.read_table(file, partitioning=None).to_pandas().assign(coverage=0.42)
    frame.to_parquet(file)

    told = answer(own_county, never_alerted(own_county)[0])
    assert told.endswith("所知数据不足，无法判断（数据覆盖 42%），不等于没有风险。")
    assert "所知数据不足" in answer(own_county, own_county.alerted)


def test_an_earlier_month_speaks_of_that_month(own_county) -> None:
    with open_session(own_county.home) as session:
        rows = session.scalars(select(Alert).where(Alert.raised_on == LAST)).all()
        again = set(session.scalars(select(Alert.household).where(Alert.raised_on < LAST)))
        first = next(a.household for a in rows if a.household not in again)

    assert answer(own_county, first).startswith("有未办结预警")
    before = answer(own_county, first, month=date(2026, 5, 31))
    assert before.startswith("2026-05 月末：该户至今没有预警。")
    assert "At the end of 2026-05: " in answer(own_county, first, "en", date(2026, 5, 31))


def test_a_past_alert_stands_as_its_month_left_it(own_county) -> None:
    with open_session(own_county.home) as session:
        old = select(Alert).where(Alert.raised_on == date(2026, 2, 28), Alert.state == "closed")
        household = session.scalars(old).first().household

    told = answer(own_county, household, month=date(2026, 2, 28))
    assert re.match(r"2026-02 月末：(紧急：)?有未办结预警（.*前派单。", told)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_household_with_nothing_on_record_gets_lines_instead_of_empty_charts(
    own_county, open_page, language
) -> None:
    home, household = own_county.home, never_alerted(own_county)[0]
    for month in home.months("scores"):
        file = home.monthly("scores", month) / "parts.parquet"
        table = pq.read_table(file, partitioning=None)
        pq.write_table(table.filter(pc.not_equal(table["household"], household)), file)
        file = file.with_name("scores.parquet")
        frame = pq.read_table(file, partitioning=None).to_pandas()
        frame.loc[
            frame["household"] == household, ["rule_score", *(f"cat_{c}" for c in "ABCDEFGH")]
        ] = 0.0
        frame.to_parquet(file)
    for path in home.lake.glob("*/batch=*/part-0.parquet"):
        table = pq.read_table(path, partitioning=None)
        pq.write_table(table.slice(0, 0), path)
    app = open_page(home.root, "household", language, household_open=household)

    text = page_text(app)
    assert errors(app) == []
    rules = {"zh": "没有规则给该户计分", "en": "No rule gives this family points"}
    money = {"zh": "这是不明，不是零", "en": "that is unknown, not zero"}
    assert rules[language] in text
    assert money[language] in text
    assert ("图：规则怎么看" if language == "zh" else "Chart: What the rules say") not in text


@pytest.mark.parametrize("page", ["overview", "precision"])
def test_an_area_without_an_alert_says_so_and_what_to_do(own_county, open_page, page) -> None:
    with open_session(own_county.home) as session:
        moved = update(Alert).where(Alert.village_code == "990321102200")
        session.execute(moved.values(village_code="990321102201"))
    app = open_page(
        own_county.home.root, page, address="township=990321102&village=990321102200&lang=en"
    )

    assert errors(app) == []
    told = {note.value for note in app.info}
    assert any(t.startswith("No alert was raised in this area in the twelve months") for t in told)
    assert not any("No alert has been raised yet" in t for t in told)


def test_a_first_month_without_results_draws_no_empty_precision_chart(county, open_page) -> None:
    app = open_page(county.home.root, "precision", "en", month="2026-02")

    text = page_text(app)
    assert errors(app) == []
    assert "shares appear when visits have settled what is true" in text
    assert "Chart: By source" not in text


def test_the_page_opens_with_the_sentence(own_county, open_page) -> None:
    app = open_page(own_county.home.root, "household", household_open=own_county.alerted)

    assert errors(app) == []
    assert answer(own_county, own_county.alerted) in page_text(app)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_household_gone_from_the_data_shows_its_last_profile_and_its_alert_of_now(
    own_county, open_page, language
) -> None:
    forgotten(own_county, own_county.alerted, months=2)
    app = open_page(own_county.home.root, "household", language, household_open=own_county.alerted)

    text = page_text(app)
    assert errors(app) == []
    assert app.selectbox("month").value == "2026-06"
    note = "画像为最近一个有其数据的月份 2026-04"
    assert (note if language == "zh" else "Its profile is that of 2026-04") in text
    assert ("规则怎么看" if language == "zh" else "What the rules say") in text
    assert "张*三" in text
    # Then it was watched, not now.
    assert "It is watched" not in text
    assert "该户为动态监测对象" not in text
    # What is to be done is of now: the alert of June can be acted on.
    assert any((w.key or "").startswith("household_outcome_") for w in app.selectbox)


def test_a_household_that_was_not_known_yet_leads_to_its_newest_month(
    own_county, open_page
) -> None:
    for month in own_county.home.months("profile")[:2]:
        file = own_county.home.monthly("profile", month) / "household.parquet"
        table = pq.read_table(file, partitioning=None)
        kept = table.filter(pc.not_equal(table["household"], own_county.quiet))
        pq.write_table(kept, file)
    app = open_page(
        own_county.home.root, "household", month="2026-03", household_open=own_county.quiet
    )

    assert errors(app) == []
    assert [note.value for note in app.info] == ["2026-03 时尚无该户数据。"]
    (there,) = [e.proto for e in app.main.get("page_link")]
    assert "month=2026-06" in there.query_string


def test_an_unknown_household_is_said_in_one_line(county, open_page) -> None:
    app = open_page(county.home.root, "household", address=f"household={UNKNOWN}")

    assert errors(app) == []
    assert [note.value for note in app.warning] == [
        f"系统中没有代码为 {UNKNOWN} 的家庭。请核对地址，或在上方查找。"
    ]
    assert "规则怎么看" not in page_text(app)


@pytest.mark.parametrize("key", ["h1", "h12345678", "../../etc"])
def test_a_damaged_key_in_the_address_is_said_in_one_line(county, open_page, key) -> None:
    app = open_page(county.home.root, "household", "en", address=f"household={key}&lang=en")

    assert errors(app) == []
    (note,) = [note.value for note in app.warning]
    assert "in the address is no key of a household" in note
    assert key[:2] in note


def test_an_alert_whose_household_no_month_knows_can_still_be_worked_on(
    own_county, open_page
) -> None:
    forgotten(own_county, own_county.alerted, months=5)
    app = open_page(own_county.home.root, "household", household_open=own_county.alerted)

    text = page_text(app)
    assert errors(app) == []
    assert "各月数据中均无该户" in text
    assert "有未办结预警" in text
    assert "规则怎么看" not in text
    assert any((w.key or "").startswith("household_outcome_") for w in app.selectbox)


def test_a_household_of_another_area_leads_to_it(county, open_page) -> None:
    home = str(county.home.root)
    own = services.family.family(context(home, county.last), county.alerted).profile[
        "township_code"
    ]
    other = next(t for t in ("990321101", "990321102") if t != own)
    app = open_page(county.home.root, "household", township=other, household_open=county.alerted)

    assert [note.value for note in app.info] == ["该户不在所选区域内。"]
    (there,) = [e.proto for e in app.main.get("page_link")]
    assert "township" not in there.query_string
    assert county.alerted in there.query_string
