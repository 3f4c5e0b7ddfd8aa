"""The contracts: valid by the standard, complete, and without ambiguous headers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from importlib.resources import files

import jsonschema
import open_data_contract_standard
import pytest
import yaml

from data.contracts import (
    FEEDS,
    ContractError,
    all_feeds,
    load_contract,
    plain_header,
    read_contract,
)
from data.docs import text
from data.file_names import Delivery, parse_file_name
from data.lake import lake_schema

DEPARTMENTS = 29


def test_there_is_a_contract_for_every_feed():
    assert len(all_feeds()) == DEPARTMENTS
    assert {load_contract(f).feed for f in all_feeds()} == set(all_feeds())


@pytest.mark.parametrize("feed", all_feeds())
def test_every_contract_is_valid_open_data_contract_standard(feed):
    content = yaml.safe_load((FEEDS / feed / "contract.yaml").read_text(encoding="utf-8"))
    schema = json.loads(files(open_data_contract_standard).joinpath("schema.json").read_bytes())
    jsonschema.Draft201909Validator(schema).validate(content)
    assert content["apiVersion"].startswith("v3.")


@pytest.mark.parametrize("feed", all_feeds())
def test_everything_users_read_exists_in_both_languages(feed):
    contract = load_contract(feed)
    assert all((contract.zh, contract.en, contract.owner_zh, contract.owner_en, contract.purpose))
    for field in contract.fields:
        assert field.zh, field.name
        assert field.en, field.name
        assert all(c.zh and c.en for c in field.codes), field.name


@pytest.mark.parametrize("feed", all_feeds())
def test_no_header_and_no_spelling_means_two_things(feed):
    contract = load_contract(feed)
    headers = [h for f in contract.fields for h in f.headers]
    assert len(headers) == len(set(headers)), "one header names two columns"
    for field in contract.fields:
        written = [s for c in field.codes for s in {c.zh, str(c.value), *c.spellings}]
        assert len(written) == len(set(written)), field.name


@pytest.mark.parametrize("feed", all_feeds())
def test_no_personal_column_is_in_the_lakes_schema(feed):
    contract = load_contract(feed)
    columns = set(lake_schema(feed))
    assert {f.name for f in contract.fields if f.personal}.isdisjoint(columns)
    assert {"happened_on", "known_on", "batch"} <= columns
    assert "born_on" not in columns


def test_a_header_is_known_with_units_blanks_and_full_width_brackets():
    contract = load_contract("medical_claims")
    found = contract.match_headers(["结算号", " 总 费用（元）", "个人自付(万元)", "备注"])
    assert found == {
        "settlement_no": "结算号",
        "total_cost": " 总 费用（元）",
        "self_paid": "个人自付(万元)",
    }
    assert plain_header("＊姓名＊") == "姓名"


def test_a_file_name_says_feed_period_and_delivery():
    told = Delivery("medical_claims", "202606", date(2026, 6, 28))
    assert parse_file_name("医保结算_202606_20260628.csv") == told
    assert parse_file_name("医保结算_202606_20260628_更正2.XLSX") == replace(told, sign="更正2")
    assert parse_file_name("medical_claims_202606_20260628.csv") == told
    for wrong in ("医保_202606_20260628.csv", "医保结算_202613_20260628.csv", "医保结算.csv",
                  "医保结算_202606_20260631.csv", "医保结算_202606_20260628.pdf"):  # fmt: skip
        assert parse_file_name(wrong) is None


def test_a_broken_contract_is_refused_with_file_and_key(tmp_path):
    path = tmp_path / "odd.yaml"
    good = (FEEDS / "deaths" / "contract.yaml").read_text(encoding="utf-8")
    path.write_text(good.replace("value: died_on", "value: dead_on"), encoding="utf-8")
    with pytest.raises(ContractError, match=r"odd.yaml.*happenedOn is 'dead_on'"):
        read_contract(path)
    path.write_text(good.replace("logicalType: date", "logicalType: time", 1), encoding="utf-8")
    with pytest.raises(ContractError, match=r"odd.yaml: cremated_on.logicalType is 'time'"):
        read_contract(path)
    path.write_text("kind: [", encoding="utf-8")
    with pytest.raises(ContractError, match=r"odd.yaml is not a valid data contract"):
        read_contract(path)


def test_an_unknown_feed_is_refused_with_the_known_ones():
    with pytest.raises(ContractError, match="no feed 'taxes'; the feeds are population_register"):
        load_contract("taxes")
    with pytest.raises(ContractError, match="has no field 'shoe_size'"):
        load_contract("deaths").field("shoe_size")


def test_the_reference_page_names_every_feed_field_and_reason():
    page = text()
    for feed in all_feeds():
        contract = load_contract(feed)
        assert f'<a id="{feed}"></a>{contract.zh}' in page
        assert all(f"| {f.zh} |" in page for f in contract.fields)
    assert "`damaged_number`" in page
    assert text() == page
