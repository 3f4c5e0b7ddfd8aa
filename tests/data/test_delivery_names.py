"""What file names say: kinds, parts, townships, and months that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.home import Home
from data.deliveries.names import Told, sign_of, told_by
from data.file_names import parse_file_name


@pytest.fixture
def county(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    about = {"code": "990321103", "name_zh": "东镇", "name_en": "East", "urban_rural": "rural"}
    towns = [about, about | {"code": "990321104", "name_zh": "柳堤镇", "name_en": "Willow"}]
    home.data.mkdir()
    features = [{"type": "Feature", "properties": t, "geometry": None} for t in towns]
    home.regions_file.write_text(json.dumps({"features": features}), encoding="utf-8")
    return home


@pytest.mark.parametrize(
    ("name", "kind", "part"),
    [
        ("医保结算_202606_20260628.csv", "", ""),
        ("医保结算_202606_20260628-补报.csv", "supplement", ""),
        ("医保结算_202606_20260628补充.csv", "supplement", ""),
        ("医保结算（补报）_202606_20260628.csv", "supplement", ""),
        ("医保结算_202606_20260628_1.csv", "part", "1"),
        ("医保结算_202606_20260628_２.csv", "part", "2"),
        ("医保结算_202606_20260628_02.csv", "part", "2"),
        ("医保结算_202606_20260628第1部分.csv", "part", "1"),
        ("医保结算_202606_20260628-第二批.csv", "part", "2"),
        ("医保结算_202606_20260628_part2.csv", "part", "2"),
        ("医保结算_202606_20260628（东镇）.csv", "part", "东镇"),
        ("医保结算_202606_20260628(柳堤).csv", "part", "柳堤镇"),
        ("医保结算（柳堤镇）_202606_20260628.csv", "part", "柳堤镇"),
        ("医保结算_202606_20260628（西河乡）.csv", "part", "西河乡"),
        ("医保结算_202606_20260628-更正.csv", "correction", ""),
        ("医保结算_202606_20260628（修订）.csv", "correction", ""),
        ("医保结算_202606_20260628_重报.csv", "full", ""),
        ("医保结算_202606_20260628-零报告.csv", "empty_month", ""),
        # A second download of the same file, a copy, and the digest of an upload are no parts.
        ("医保结算_202606_20260628 (1).csv", "", ""),
        ("医保结算_202606_20260628 - 副本.csv", "", ""),
        ("medical_claims_202606_20260628_12345678.csv", "", ""),
    ],
)
def test_a_name_says_which_kind_a_delivery_is(county: Home, name: str, kind: str, part: str):
    delivery = parse_file_name(name)
    assert delivery is not None
    assert told_by(delivery.sign, county) == Told(kind, part)


def test_what_a_name_told_can_be_written_into_another_name(county: Home):
    for told in (Told("supplement"), Told("correction"), Told("part", "2"), Told("part", "东镇")):
        again = parse_file_name(f"deaths_202606_20260628_{sign_of(told)}.csv")
        assert again is not None
        assert told_by(again.sign, county) == told


def test_a_month_that_cannot_be_is_doubted_and_never_stops_anything():
    ahead = parse_file_name("医保结算_202607_20260628.csv")
    assert (ahead.period, ahead.doubt) == ("202607", "period_ahead")
    never = parse_file_name("医保结算_000005_20260628.csv")
    assert (never.period, never.doubt, never.written) == ("202606", "period_impossible", "000005")
    assert parse_file_name("医保结算_202606_20260628.csv").doubt == ""
