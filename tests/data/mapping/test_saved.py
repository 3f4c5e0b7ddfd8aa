"""A mapping is saved once and reads next month's file of the same sender."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import pytest

from core.home import Home
from data.contracts import load_contract
from data.mapping import (
    LEFT_OUT,
    Mapping,
    MappingError,
    mapping_for,
    read_mappings,
    save,
    told_of,
    withdraw,
)

JUNE, JULY = "医保中心结算明细2026年6月.xls", "医保中心结算明细2026年7月.xls"
HEADERS = {
    "流水": "settlement_no",
    "参保人证件": "id_number",
    "参保人": "name",
    "类别": "visit_type",
    "总额(万元)": "total_cost",
    "自己出": "self_paid",
    "日子": "settled_on",
    "备注": LEFT_OUT,
}


def claims(**changed: str) -> Mapping:
    return Mapping(JUNE, "medical_claims", HEADERS | changed, "医保中心", date(2026, 7, 1))


def test_what_is_saved_reads_next_month(tmp_path: Path) -> None:
    home = Home(tmp_path)
    save(home, claims())
    found = mapping_for(read_mappings(home), JULY)
    assert found is not None
    assert found.feed == "medical_claims"
    assert found.made_on == date(2026, 7, 1)
    renamed = found.renamed(["流水", "总额(万元)", "备注", "结算日期"])
    assert renamed == {
        "流水": "结算号",
        "总额(万元)": "总费用（万元）",
        "备注": "（不收）备注",
    }


def test_what_is_left_out_is_no_field_of_the_feed() -> None:
    contract = load_contract("medical_claims")
    left = claims(结算日期=LEFT_OUT).renamed(["结算日期"])["结算日期"]
    assert contract.match_headers([left]) == {}


def test_the_files_own_date_is_the_day_it_came(tmp_path: Path) -> None:
    path = tmp_path / JULY
    path.write_bytes(b"x")
    noon = datetime(2026, 8, 5, 12).astimezone().timestamp()
    os.utime(path, (noon, noon))
    save(Home(tmp_path), claims())
    delivery = told_of(read_mappings(Home(tmp_path)), path, JULY)
    assert delivery is not None
    assert (delivery.period, delivery.delivered_on) == ("202607", date(2026, 8, 5))
    assert claims().delivery("医保中心结算明细.xls", date(2026, 8, 5)) is None


def test_the_longest_form_wins(tmp_path: Path) -> None:
    home = Home(tmp_path)
    save(home, claims())
    save(home, Mapping("医保中心结算明细2026年6月-异地.xls", "medical_claims", HEADERS))
    found = mapping_for(read_mappings(home), "医保中心结算明细2026年7月-异地.xls")
    assert found is not None
    assert found.form.endswith("-异地")


def test_a_second_save_replaces_and_a_withdrawal_forgets(tmp_path: Path) -> None:
    home = Home(tmp_path)
    save(home, claims())
    save(home, claims(备注="disease_group"))
    [kept] = read_mappings(home)
    assert kept.headers["备注"] == "disease_group"
    withdraw(home, kept.form)
    assert read_mappings(home) == []
    with pytest.raises(MappingError, match="no mapping"):
        withdraw(home, kept.form)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (claims(流水=LEFT_OUT), "required: Settlement number"),
        (claims(备注="self_paid"), "two columns become 'Paid out of pocket'"),
        (claims(备注="salary"), "has no field 'salary'"),
        (Mapping("202606.xls", "medical_claims", HEADERS), "digits only"),
        (Mapping(JUNE, "claims", HEADERS), "no feed 'claims'"),
    ],
)
def test_an_unsound_mapping_is_refused(tmp_path: Path, wrong: Mapping, why: str) -> None:
    with pytest.raises(MappingError, match=why):
        save(Home(tmp_path), wrong)
    assert read_mappings(Home(tmp_path)) == []
