"""Totals and "nothing this month": counted, set aside under their own name, sent back to nobody."""

from __future__ import annotations

import pytest

from data.deliveries.tickets import tickets
from data.ingest import ingest_directory
from data.lake import Lake
from data.manifest import EMPTY_MONTH
from data.remarks import NOTHING, TOTAL, remark_in
from tests.data.offices import claim, csv_bytes, death, post, resident


def taken(home, feed, rows, period="202606", day="20260628"):
    post(home.incoming, feed, csv_bytes(feed, rows), period, day)
    return ingest_directory(home, home.incoming).batches[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "label", ["合计", "小计：", "总 计", "云岭镇小计", "合计（2人）", "本页共计12户"]
)
@pytest.mark.parametrize("column", ["id_number", "name", "settlement_no"])
def test_a_row_of_totals_is_nobodys_and_asks_nobody(home, label, column):
    total = {"id_number": "", "name": "", "total_cost": "2400"} | {column: label}
    batch = taken(home, "medical_claims", [claim(1), claim(2), total])
    assert (batch.accepted, batch.quarantined, batch.returned) == (2, 1, 0)
    assert batch.reasons == {TOTAL: 1}
    assert tickets([batch], batch.delivered_on) == []


def test_a_total_among_wrong_rows_is_not_counted_in_their_ticket(home):
    wrong = claim(3, id_number="12345")
    total = {"name": "合计", "total_cost": "3600"}
    batch = taken(home, "medical_claims", [claim(1), claim(2), wrong, total])
    assert batch.reasons == {"bad_length": 1, TOTAL: 1}
    (ticket,) = tickets([batch], batch.delivered_on)
    assert (ticket.rows, ticket.open) == (1, 1)


def test_a_total_of_households_makes_no_household(home, lake_rows):
    batch = taken(home, "population_register", [resident(1), {"household_no": "合计"}])
    assert (batch.accepted, batch.reasons) == (1, {TOTAL: 1})
    assert len(lake_rows("population_register")) == 1


def test_a_line_of_totals_with_fewer_cells_than_the_header(home):
    content = csv_bytes(
        "medical_claims", [claim(1), claim(2)]
    ).rstrip() + "\r\n合计,2,2400\r\n".encode("gb18030")
    post(home.incoming, "medical_claims", content)
    (batch,) = ingest_directory(home, home.incoming).batches
    assert batch.reasons == {TOTAL: 1}
    assert remark_in("张三,2,2400") is None


@pytest.mark.parametrize("words", ["本月无", "本月无死亡人员", "本期，无新增", "零报告", "无"])
def test_a_month_in_which_nothing_happened_may_say_so_in_a_row(home, words):
    row = dict.fromkeys(death(1), "无" if words == "无" else "") | {"id_number": words}
    batch = taken(home, "deaths", [row])
    assert batch.reasons == {NOTHING: 1}
    assert (batch.kind, batch.status, batch.returned) == (EMPTY_MONTH, "accepted", 0)
    assert Lake(home).present("deaths")


def test_who_is_named_is_never_a_remark(home):
    """Words of totals and of nothing in other cells take nobody's row away."""
    rows = [
        death(1, name="合计"),
        death(2, certificate_no="无"),
        {"name": "王本月", "died_on": "2026-06-01"},
    ]
    batch = taken(home, "deaths", rows)
    assert (batch.accepted, batch.reasons) == (2, {"missing_required": 1})
