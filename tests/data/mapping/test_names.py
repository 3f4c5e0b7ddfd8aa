"""What a sender's file name says, and what of it stays the same next month."""

from __future__ import annotations

from datetime import date

import pytest

from data.mapping.names import follows, name_form, sign_of, told_by_name


@pytest.mark.parametrize(
    ("name", "period", "day"),
    [
        ("医保中心结算明细2026年6月.xls", "202606", None),
        ("医保中心结算明细 2026年12月 报民政.xlsx", "202612", None),
        ("就业登记2026-06.csv", "202606", None),
        ("就业登记202606.csv", "202606", None),
        ("就业登记202606_20260703.csv", "202606", date(2026, 7, 3)),
        ("住建局危房20260628.xlsx", "202606", date(2026, 6, 28)),
        ("残联2026年第二季度.xlsx", "202606", None),
        ("残联2026Q3.xlsx", "202609", None),
        ("残联２０２６年１季度.xlsx", "202603", None),
        ("学籍2026年.xlsx", None, None),
        ("学籍.xlsx", None, None),
        ("学籍20261399.xlsx", None, None),
    ],
)
def test_a_name_says_its_month(name: str, period: str | None, day: date | None) -> None:
    assert told_by_name(name) == (period, day)


def test_next_month_has_the_same_form() -> None:
    june, july = "医保中心结算明细2026年6月.xls", "医保中心 结算明细２０２６年７月.XLSX"
    assert name_form(june) == name_form(july) == "医保中心结算明细#年#月"


def test_an_addition_behind_the_name_is_the_same_sender() -> None:
    known = name_form("医保结算2026年6月.xls")
    assert follows(name_form("医保结算2026年7月-补报.xls"), known)
    assert follows(name_form("医保结算2026年7月（东镇）.xls"), known)
    assert not follows(name_form("医保结算2026年7月退款.xls"), known)


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("医保结算2026年7月-补报.xls", "补报"),
        ("医保结算2026年7月（东镇）.xls", "东镇"),
        ("医保结算2026年7月_2.xls", "2"),
        ("医保结算2026年7月.xls", ""),
        ("残联2026年7月.xls", ""),
    ],
)
def test_the_addition_is_kept_as_a_sign(name: str, sign: str) -> None:
    assert sign_of(name, name_form("医保结算2026年6月.xls")) == sign
