"""Refused rows on their way: the ticket, the workbook handed out, and its coming back."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import services
from core.access.principal import Grant, Principal, Refused
from core.access.roles import Role
from core.db import upgrade
from core.home import Home
from dashboard.i18n import translator
from dashboard.show import books
from data.file_names import parse_file_name
from doudi.cli import app
from services import Context
from services.cache import forget_all
from tests.data.sending import CLAIMS, claims, deliver, known, send_claims

pytestmark = pytest.mark.slow

JUNE = date(2026, 6, 30)
HIDDEN = "2026-06-\x0103"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A county whose June file has three wrong rows: 42, 43 and 44."""
    made = Home(tmp_path / "home")
    wrong = claims(41, 42, settled_on="31号") + claims(43, 43, settled_on=HIDDEN)
    send_claims(made, claims(1, 40) + wrong)
    made.county_file.write_text(
        "region: '990321'\nname_zh: 测\nname_en: T\nsynthetic: true\nlast_as_of: '2026-06-30'\n",
        encoding="utf-8",
    )
    made.monthly("scores", JUNE).mkdir(parents=True)
    upgrade(made)
    forget_all()
    return made


def steward(home: Home, role: Role = Role.DATA_STEWARD) -> Context:
    return Context(Principal("s1", "S", (Grant(role),)), str(home.root), JUNE)


def batch(home: Home) -> str:
    return services.deliveries.tickets(steward(home)).iloc[0]["batch"]


def handed_out(home: Home, language: str = "zh") -> bytes:
    say = translator(language)
    return books.returned(steward(home), CLAIMS, batch(home), "退回更正", say)


def corrected(content: bytes, days: dict[str, str], column: str = "结算日期") -> bytes:
    """The workbook with other cells in a column, by the original row."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[1]
    header = [cell.value for cell in sheet[1]]
    at, row_no = header.index(column), next(header.index(n) for n in ROW if n in header)
    for row in sheet.iter_rows(min_row=2):
        if row[row_no].value in days:
            row[at].value = days[row[row_no].value]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ROW = ("原行号", "Original row")


def test_the_page_s_list_tells_rows_due_day_turn_and_reasons(home: Home) -> None:
    (ticket,) = services.deliveries.tickets(steward(home)).to_dict("records")
    assert (ticket["rows"], ticket["open"], ticket["right"]) == (3, 3, 0)
    assert ticket["due_on"] == date(2026, 7, 14), "ten working days after the first month was run"
    assert (ticket["turn"], ticket["late"]) == ("department", False)
    assert ticket["reasons"] == {"bad_date": 2, "invisible_character": 1}


def test_open_rows_have_the_numbers_that_excel_shows_and_no_contents(home: Home) -> None:
    rows = services.deliveries.open_rows(steward(home), CLAIMS, batch(home))
    assert list(rows.columns) == ["place", "reason_code", "field"]
    assert list(rows["place"]) == ["42", "43", "44"]
    assert set(rows["field"]) == {"结算日期"}


def test_the_workbook_marks_the_cell_and_shows_what_nobody_sees(home: Home) -> None:
    sheet = load_workbook(io.BytesIO(handed_out(home))).worksheets[1]
    header = [cell.value for cell in sheet[1]]
    assert header[:5] == ["退回批次", "原行号", "退回原因", "退回列", "作废填“是”"]
    dates = [row[header.index("结算日期")] for row in sheet.iter_rows(min_row=2)]
    assert dates[0].comment.text == "日期无法识别"
    assert "‹U+0001›" in dates[2].comment.text
    assert {cell.fill.fgColor.rgb for cell in dates} == {"FFFDF4EA"}
    others = [c for row in sheet.iter_rows(min_row=2) for c in row if c not in dates]
    assert [c for c in others if c.comment] == []


def test_the_file_is_named_as_ingest_reads_a_correction_of_that_month(home: Home) -> None:
    name = services.deliveries.returned_name(steward(home), CLAIMS, "202606")
    told = parse_file_name(name)
    assert told is not None
    assert (told.feed, told.period, told.sign) == (CLAIMS, "202606", "更正")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_comes_back_and_closes_what_it_puts_right(home: Home, language: str) -> None:
    back = corrected(handed_out(home, language), {"42": "2026-06-03", "44": "2026-06-09"})
    name = services.deliveries.returned_name(steward(home), CLAIMS, "202606")
    (taken,) = [b for b in deliver(home, name, back).batches if b.file == name]
    forget_all()
    assert (taken.status, taken.kind, taken.flags) == ("accepted", "correction", ())
    assert len(known(home)) == 42
    (ticket,) = services.deliveries.tickets(steward(home)).to_dict("records")
    assert (ticket["open"], ticket["right"]) == (1, 2)

    sheet = load_workbook(io.BytesIO(handed_out(home))).worksheets[1]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["43"]


def test_an_upload_of_the_workbook_is_the_same(home: Home) -> None:
    back = corrected(handed_out(home), {"42": "2026-06-03"})
    name = services.deliveries.returned_name(steward(home), CLAIMS, "202606")
    taken = services.deliveries.deliver(steward(home), CLAIMS, name, back)
    assert taken.batch is not None
    assert (taken.batch.kind, taken.batch.accepted) == ("correction", 1)
    assert services.deliveries.tickets(steward(home)).iloc[0]["open"] == 2


def test_a_row_marked_void_in_the_workbook_is_not_asked_for_again(home: Home) -> None:
    changed = {"42": "2026-06-03", "43": "2026-06-03"}
    back = corrected(corrected(handed_out(home), changed), {"44": "是"}, "作废填“是”")
    deliver(home, "医保结算_202606_20260702-更正.xlsx", back)
    forget_all()
    (ticket,) = services.deliveries.tickets(steward(home)).to_dict("records")
    assert (ticket["open"], ticket["right"], ticket["void"]) == (0, 2, 1)
    assert ticket["closed_on"] == date(2026, 7, 2)


def test_the_list_with_names_is_the_steward_s_alone(home: Home) -> None:
    with pytest.raises(Refused):
        books.returned(steward(home, Role.ANALYST), CLAIMS, batch(home), "x", translator("zh"))
    assert len(services.deliveries.tickets(steward(home, Role.ANALYST))) == 1


def test_the_command_lists_open_tickets(home: Home) -> None:
    asked = ["feeds", "tickets", "--home", str(home.root)]
    told = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert [(t["open"], t["due"], t["turn"]) for t in told] == [(3, "2026-07-14", "department")]
    assert told[0]["reasons_zh"][0] == "日期无法识别"
    assert "correction tickets" in CliRunner().invoke(app, asked).stdout
