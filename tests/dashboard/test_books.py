"""The workbooks of the pages, read back: cover, cells, and what must not be in them."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select, text

import services
from core.audit.models import AuditEvent
from core.db import open_session
from dashboard.app_pages.alerts import book as alerts_book
from dashboard.app_pages.precision import trust
from dashboard.i18n import translator
from dashboard.show import books, cover
from data.readers import read_content
from services import Context, NothingYet
from services.cache import forget_all
from services.purpose import PurposeRefused
from tests.accounts import EVERYTHING, context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors

TOWN = "990321102"
ZH, EN = translator("zh"), translator("en")


def here_of(made: Made, month: date = LAST, area: str = "") -> Context:
    return context(made.home.root, month, area)


def read(content: bytes) -> list[Worksheet]:
    return load_workbook(io.BytesIO(content)).worksheets


def facts(front: Worksheet) -> dict[str, object]:
    """Label -> what it says."""
    return {str(a.value): b.value for a, b in front.iter_rows(max_col=2) if a.value}


def table(sheet: Worksheet) -> list[dict[str, object]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def alerts(made: Made, say=ZH, area: str = "", seen: bool = False, month: date = LAST, **chosen):
    where = services.cases.choice(**chosen)
    here = here_of(made, month, area)
    return read(alerts_book.book(here, where, "urgent", seen, ["等级：红"], say))


def test_the_alerts_are_told_with_number_month_outcome_and_real_dates(county) -> None:
    _, sheet = alerts(county)
    rows = table(sheet)
    found = services.cases.everything(here_of(county), services.cases.choice(), "urgent").rows
    assert [r["预警编号"] for r in rows] == list(found["number"])
    assert [r["生成日期"].date() for r in rows] == list(found["raised_on"])
    assert all(isinstance(r["生成月份"], datetime) for r in rows)
    assert {type(r[ZH("Due")]) for r in rows} <= {datetime, type(None)}
    assert {r[ZH("Outcome")] for r in rows} >= {"属实-符合", "误报", None}
    shares = [r[ZH("Coverage")] for r in rows]
    assert shares == pytest.approx(list(found["coverage"].astype(float)))
    header = {cell.value: cell.column for cell in sheet[1]}
    shown = {name: sheet.cell(2, place).number_format for name, place in header.items()}
    assert shown["生成月份"] == "yyyy-mm"
    assert shown[ZH("Due")] == "yyyy-mm-dd"
    assert shown[ZH("Coverage")] == "0%"
    assert shown["预警编号"] == "@"
    assert sheet.auto_filter.ref.endswith(str(len(rows) + 1))
    assert sheet.freeze_panes == "B2"


def test_the_cover_says_what_where_when_and_for_whom(county) -> None:
    front, sheet = alerts(county, area=TOWN)
    told = facts(front)
    assert front["A1"].value == "预警列表"
    assert front["A2"].value == "合成数据 Synthetic"
    assert told["县（市、区）"] == "望禾县"
    assert told[ZH("Area")] == "柳堤镇"
    assert told[ZH("As of")] == "2026年6月（目前状态）"
    assert told["筛选条件"] == "等级：红"
    assert told[ZH("Order")] == ZH("Most urgent first")
    assert told["条数"] == sheet.max_row - 1 > 0
    now = datetime.now(cover.CHINA_TIME)
    assert told["导出时间"] in {ZH.moment(now - timedelta(minutes=back)) for back in range(3)}
    assert "预警编号" in told
    assert {row[ZH("Township")] for row in table(sheet)} == {"柳堤镇"}


def test_a_past_month_and_english_are_told_as_such(county) -> None:
    front, sheet = alerts(county, EN, month=date(2026, 4, 30))
    told = facts(front)
    assert front["A1"].value == "List of alerts"
    assert told["As of"] == "April 2026, as its last day left it (rebuilt from the record)"
    assert told["Area"] == "Whole county"
    assert "UTC" not in str(told)
    assert max(row["Raised on"].date() for row in table(sheet)) == date(2026, 4, 30)


def test_an_empty_list_is_a_file_that_says_so(county) -> None:
    front, sheet = alerts(county, bands=["red"], states=["lapsed"])
    assert facts(front)["条数"] == 0
    assert sheet.max_row == 1


def test_more_alerts_than_a_file_holds_are_counted_on_the_cover(county, monkeypatch) -> None:
    monkeypatch.setattr("services.reads.cases.EXPORT_LIMIT", 5)
    front, sheet = alerts(county)
    total = services.cases.page(here_of(county), services.cases.choice(), 1, "urgent").total
    assert sheet.max_row == 6
    assert facts(front)["条数"].startswith(f"前 5 条（共 {total} 条）")


@pytest.mark.slow
def test_a_reason_that_looks_like_a_formula_stays_text(own_county) -> None:
    with open_session(own_county.home) as session:
        session.execute(text("UPDATE alert_reason SET text_zh = '=cmd|/C calc' || text_zh"))
    forget_all()
    _, sheet = alerts(own_county)
    place = [cell.value for cell in sheet[1]].index(ZH("Strongest reasons")) + 1
    cells = [sheet.cell(row, place) for row in range(2, sheet.max_row + 1)]
    assert any(str(cell.value).startswith("=cmd") for cell in cells)
    assert {cell.data_type for cell in cells if cell.value} == {"s"}


@pytest.mark.slow
def test_filters_are_told_as_the_page_shows_them(county, open_page, monkeypatch) -> None:
    told = {}
    monkeypatch.setattr(alerts_book, "filters", _keeping(alerts_book.filters, told))
    address = "lang=zh&view=all&bands=red&bands=orange&states=raised&urgent=1&handlings=1"
    app = open_page(county.home.root, "alerts", address=address)
    assert errors(app) == []
    assert told["filters"] == [
        "处置类别：第1类 政策未落实",
        "等级：红、橙",
        "状态：待派单",
        "只看紧急",
    ]
    told.clear()
    open_page(county.home.root, "alerts", address="lang=zh&view=all")
    assert told["filters"] == []
    open_page(county.home.root, "alerts", address="lang=en")
    assert told["filters"] == ["Show: Still open"]


def _keeping(made, kept: dict):
    def one(*given):
        kept["filters"] = made(*given)
        return kept["filters"]

    return one


@pytest.mark.parametrize(("question", "say"), [("existing", ZH), ("coming", EN)])
def test_every_table_of_the_precision_page_has_a_tab(county, question, say) -> None:
    front, month, *others = read(books.precision(here_of(county), "concluded", question, say))
    groups = trust.groups(question)
    # Of the existing also every measure side by side, and the days of each step.
    told = 2 if question == "existing" else 0
    assert len(others) == len(groups) + told
    others = others[: len(groups)]
    assert f"{say(trust.QUESTIONS[question])}" in facts(front)[say("Filters")]
    assert all(isinstance(row[say("Month")], datetime) for row in table(month))
    for sheet, by in zip(others, groups, strict=True):
        frame = trust.grouped(here_of(county), by, "concluded", question, say)
        rows = table(sheet)
        assert [row[say("Group")] for row in rows] == list(frame["label"])
        assert [row[say("Denominator n")] for row in rows] == list(frame["n"])
        assert [row[say("Precision")] for row in rows] == [
            None if share != share or share is None else pytest.approx(share)
            for share in frame["precision"]
        ]
    shares = [cell for cell in others[0]["E"][1:] if cell.value is not None]
    assert {cell.number_format for cell in shares} == {"0.0%"}


def returned(made: Made, say=ZH, purpose: str = "退回更正") -> bytes:
    here = here_of(made)
    rows = services.deliveries.quarantined(here)
    feed, batch = rows.iloc[0][["feed", "batch"]]
    return books.returned(here, feed, batch, purpose, say)


def test_rows_to_give_back_are_text_behind_a_cover_and_recorded(own_county) -> None:
    front, sheet = read(returned(own_county))
    told = facts(front)
    assert told["领取人"] == f"Tester ({EVERYTHING})"
    assert told[ZH("What for")] == "退回更正"
    assert told[ZH("Feed")] == "医保结算"
    assert told["条数"] == 2
    assert "保密渠道" in told["知悉范围"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.number_format for cell in cells} == {"@"}
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [row["原行号"] for row in table(sheet)] == ["4", "9"]
    with open_session(own_county.home) as session:
        # The county is shared by a room of tests: what others took stands in its record too.
        taken = select(AuditEvent).where(AuditEvent.action == "export_quarantine")
        entry = session.scalars(taken.order_by(AuditEvent.seq.desc())).first()
        assert (entry.account, entry.purpose, entry.rows) == (EVERYTHING, "退回更正", 2)


def test_a_corrected_list_can_be_delivered_again(own_county) -> None:
    """The cover in front of it does not keep ingest from finding the table."""
    found = read_content(returned(own_county), frozenset({"姓名", "原因"}))
    assert found.table["姓名"].to_pylist() == ["测试", "测试"]


def test_a_purpose_that_names_a_person_gets_no_list(own_county) -> None:
    with pytest.raises(PurposeRefused):
        returned(own_county, purpose="核对 11010519491231002X 的记录")


def test_rows_that_are_gone_are_told(own_county) -> None:
    for path in (own_county.home.vault / "quarantine").rglob("*.sealed"):
        path.unlink()
    with pytest.raises(NothingYet):
        returned(own_county)


def test_files_are_named_in_the_reader_s_language(county) -> None:
    here = here_of(county, area=TOWN)
    assert cover.file_name(here, ZH("List of alerts"), "xlsx", ZH) == "预警列表_2026-06_柳堤镇.xlsx"
    assert cover.file_name(here_of(county), "List of alerts", "xlsx", EN) == (
        "List-of-alerts_2026-06.xlsx"
    )
