"""What cannot be is refused with a reason of its own; what is not known breaks no rule."""

from __future__ import annotations

import json
from datetime import date

import pyarrow as pa
import pytest

from core.atomic import write_text
from data.checks import REASONS, WARNINGS
from data.contracts import FEEDS, ContractError, all_feeds, load_contract, read_contract
from data.crosschecks import cross_checks
from data.docs import in_words
from data.ingest import ingest_directory
from data.lake import Lake
from data.places import Places, plain_place
from data.quarantine import quarantined
from data.regions import Regions
from tests.data.offices import claim, csv_bytes, death, number, post, resident

pytestmark = pytest.mark.slow

EAST, WEST = "990321101", "990321102"


def reasons(home, feed: str, *rows, day: str = "20260628") -> list[tuple[str, str]]:
    """(reason, field) of each row that one delivery gets back."""
    post(home.incoming, feed, csv_bytes(feed, rows, "utf-8"), day=day)
    batch = ingest_directory(home, home.incoming).batches[-1]
    if not batch.quarantined:
        return []
    back = quarantined(home, feed, batch.batch)
    return list(zip(back["reason_code"].to_pylist(), back["reason_field"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"admitted_on": "2026-06-02", "discharged_on": "2026-06-01"},
            "discharge_before_admission",
        ),
        ({"admitted_on": "2026-06-20"}, "settled_before_admission"),
        ({"total_cost": "100", "self_paid": "60", "fund_paid": "50"}, "parts_exceed_total"),
        ({"total_cost": "100", "self_paid": "-60", "fund_paid": "160"}, "parts_exceed_total"),
        ({"total_cost": "-100", "self_paid": "-60", "fund_paid": "-60"}, "parts_exceed_total"),
        ({"total_cost": "(100)", "self_paid": "60", "fund_paid": "40"}, "parts_exceed_total"),
        ({"id_number": number(1, "20260901")}, "born_in_future"),
        ({"id_number": number(1, "20990101")}, "born_in_future"),
        ({"id_number": number(1, "18991231")}, "bad_birth_in_id"),
        ({"id_number": number(1, "20260625"), "settled_on": "2026-05-01"}, "born_after_event"),
        ({"total_cost": "999999999999"}, "out_of_range"),
        ({"total_cost": "1000000000000"}, "out_of_range"),
        ({"total_cost": "1.0E+13"}, "out_of_range"),
        ({"settled_on": "2062-06-03"}, "future_date"),
        ({"settled_on": "1926-06-03"}, "too_long_ago"),
        ({"settlement_no": "J" * 41}, "too_long"),
        ({"self_paid": "4,32"}, "decimal_comma"),
        ({"settled_on": "2026.1"}, "ambiguous_month"),
        ({"settled_on": "26-06-03"}, "short_year"),
        ({"visit_type": "住\x07院"}, "invisible_character"),
    ],
)
def test_a_settlement_that_cannot_be_is_refused(home, changes, reason):
    [(found, _)] = reasons(home, "medical_claims", claim(1, **changes), claim(2))
    assert found == reason
    assert all(REASONS[reason])


@pytest.mark.parametrize(
    "changes",
    [
        {"total_cost": "100", "self_paid": "60", "fund_paid": "40.9"},  # rounded part by part
        {"total_cost": "100", "self_paid": "60"},  # what the fund paid is not known
        {"total_cost": "-100", "self_paid": "-60", "fund_paid": "-40"},
        {"admitted_on": "2026-06-03", "discharged_on": "2026-06-03"},
        {"id_number": number(1, "20260610"), "settled_on": "2026-06-03"},  # a newborn's papers
        {"visit_type": "住\u200b 院"},
        {"self_paid": "３００", "settled_on": "2026．06．03"},
    ],
)
def test_what_can_be_is_taken(home, changes):
    assert reasons(home, "medical_claims", claim(1, **changes), claim(2)) == []


def test_parts_that_do_not_make_the_total_are_noted_and_kept(home):
    row = claim(1, total_cost=100, self_paid=10, fund_paid=20, serious_paid=0, medical_aid_paid=5)
    assert reasons(home, "medical_claims", row) == []
    assert Lake(home).batches()[0].warnings == {"parts_differ_from_total": 1}
    assert WARNINGS["parts_differ_from_total"][0] == "各项支付之和与总费用不符"


def test_nobody_dies_before_birth_or_is_cremated_before_death(home):
    rows = [
        death(1, id_number=number(1, "20260620"), died_on="2026-04-01"),
        death(2, cremated_on="2026-06-01"),
        death(3, cremated_on="2026-06-04"),
    ]
    told = reasons(home, "deaths", *rows)
    assert told == [("death_before_birth", "死亡日期"), ("cremated_before_death", "火化日期")]


def test_a_date_that_was_cut_does_not_become_another_day(home):
    whole = csv_bytes(
        "deaths", [death(s, died_on="2026-06-2" + str(s)) for s in range(1, 8)], "utf-8"
    )
    for lost in (1, 2, 3, 4, 5):
        post(home.incoming, "deaths", whole.rstrip()[:-lost] + b"\r\n", period=f"20260{lost}")
    for batch in ingest_directory(home, home.incoming).batches:
        assert (batch.accepted, batch.reasons) == (6, {"cut_date": 1}), batch.period


def test_months_alone_are_months_where_the_column_has_no_days(home):
    rows = [resident(s, born_on=f"1980-0{s}", change_type="在册") for s in range(1, 6)]
    assert reasons(home, "population_register", *rows) == []


REGION_TABLE = {
    "type": "FeatureCollection",
    "features": [
        {
            "properties": {
                "code": code,
                "name_zh": zh,
                "name_en": en,
                "villages": [{"code": code + "001", "name_zh": village, "name_en": "V"}],
            }
        }
        for code, zh, en, village in (
            (EAST, "东镇", "East", "柳湾村"),
            (WEST, "西街道", "West", "柳湾社区"),
        )
    ],
}


@pytest.fixture
def with_regions(home):
    home.regions_file.parent.mkdir(parents=True, exist_ok=True)
    write_text(home.regions_file, json.dumps(REGION_TABLE))
    return home


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"township_code": "990321999"}, "unknown_township"),
        ({"village_code": EAST + "777"}, "unknown_village"),
        ({"village_code": WEST + "001"}, "village_elsewhere"),
    ],
)
def test_a_code_that_no_place_has_is_refused(with_regions, changes, reason):
    [(found, _)] = reasons(with_regions, "population_register", resident(1, **changes), resident(2))
    assert found == reason


def test_without_a_region_table_every_code_is_taken(home):
    assert reasons(home, "population_register", resident(1, township_code="990321999")) == []


@pytest.mark.parametrize(
    "written",
    ["东镇", "东 镇", "东镇人民政府", " 东\u3000镇 ", "东", "望禾县东镇", "东\u200b镇", EAST],
)
def test_a_township_has_one_spelling(with_regions, lake_rows, written):
    reasons(with_regions, "population_register", resident(1, township_code=written))
    assert [r["township_code"] for r in lake_rows("population_register")] == [EAST]


def test_a_village_is_looked_for_in_its_township(with_regions, lake_rows):
    rows = [
        resident(1, township_code="西街道办事处", village_code="柳湾社区居民委员会"),
        resident(2, township_code=EAST, village_code="东镇柳湾村村民委员会"),
        resident(3, township_code=EAST, village_code="无此村"),
    ]
    assert reasons(with_regions, "population_register", *rows) == []
    found = [(r["township_code"], r["village_code"]) for r in lake_rows("population_register")]
    assert found == [(WEST, WEST + "001"), (EAST, EAST + "001"), (EAST, None)]
    batch = Lake(with_regions).batches()[0]
    assert batch.warnings["unknown_place"] == 1
    assert batch.repairs["place_spelling"] == 2


DATED = f"""code,name,parent,name_en,urban_rural,valid_from,valid_to,became
{EAST},东镇,,,,,,
{EAST}001,柳湾村,,,,,,
{EAST}002,石桥村,,,,2025-01-01,,
{WEST},西街道,,,,,,
{WEST}001,柳湾社区,,,,,,
990321300,老乡,,,,,2025-01-01,{EAST}
990321300001,石桥村,,,,,2025-01-01,{EAST}002
990321301,大乡,,,,,2025-01-01,{EAST};{WEST}
990321301001,杨村,,,,,2025-01-01,{WEST}001
"""


def test_old_codes_become_the_place_of_the_rows_day(with_regions, lake_rows):
    write_text(with_regions.region_table, DATED)
    old = {"township_code": "990321300", "village_code": "990321300001"}
    split = {"township_code": "990321301"}
    rows = [
        resident(1, changed_on="2024-12-31", **old),
        resident(2, changed_on="2025-01-01", **old),
        resident(3, changed_on="2026-01-01", township_code="老乡", village_code=""),
        resident(4, changed_on="2026-01-01", village_code="990321301001", **split),
        resident(5, changed_on="2026-01-01", village_code="", **split),
        resident(6, changed_on="2026-01-01", township_code=EAST, village_code=EAST + "001"),
    ]
    assert reasons(with_regions, "population_register", *rows) == []
    found = [(r["township_code"], r["village_code"]) for r in lake_rows("population_register")]
    assert found == [
        ("990321300", "990321300001"),  # history keeps what was
        (EAST, EAST + "002"),
        (EAST, None),
        (WEST, WEST + "001"),  # the township was split; the village says where to
        (None, None),
        (EAST, EAST + "001"),
    ]
    batch = Lake(with_regions).batches()[0]
    assert batch.repairs["old_place"] == 3
    assert batch.warnings["place_split"] == 1


def test_a_name_that_several_places_have_is_none_of_them():
    places = Places(Regions.of(REGION_TABLE))
    assert places.code_of("village", "柳湾") is None
    assert places.code_of("village", "柳湾", WEST) == WEST + "001"
    assert plain_place(" 东 镇 人民政府") == "东镇"


def test_rules_of_a_contract_are_declared_once_and_said_in_both_languages():
    told: dict[str, tuple[str, str]] = {}
    for feed in all_feeds():
        contract = load_contract(feed)
        for rule in contract.rules:
            assert told.setdefault(rule.name, (rule.zh, rule.en)) == (rule.zh, rule.en)
            assert in_words(contract, rule)
    assert set(told) <= {*REASONS, *WARNINGS}


def test_every_amount_has_a_plausible_range():
    for feed in all_feeds():
        for field in load_contract(feed).fields:
            if field.kind in ("number", "integer") and not field.codes:
                assert field.minimum is not None, (feed, field.name)
                assert field.maximum is not None, (feed, field.name)
                assert field.maximum <= 1e7


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("rule: order, first: died_on", "rule: order, first: fled_on", "speaks of 'fled_on'"),
        ("rule: order, first: died_on", "rule: sequence, first: died_on", "one of order, parts"),
        ("severity: error", "severity: grave", "has severity 'grave'; use one of error"),
        ("then: cremated_on", "until: cremated_on", "which takes first, then, apart"),
        ("engine: doudi", "engine: soda", "must be of type 'custom' with engine 'doudi'"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_refused_with_its_name(tmp_path, wrong, right, said):
    path = tmp_path / "deaths.yaml"
    good = (FEEDS / "deaths" / "contract.yaml").read_text(encoding="utf-8")
    path.write_text(good.replace(wrong, right), encoding="utf-8")
    with pytest.raises(ContractError, match=r"deaths.yaml: quality '\w+' " + f".*{said}"):
        read_contract(path)


def test_what_is_not_known_breaks_no_rule():
    contract = load_contract("medical_claims")
    nothing = {f.name: pa.nulls(2, pa.string()) for f in contract.fields}
    kinds = {"date": pa.date32(), "number": pa.float64(), "boolean": pa.bool_()}
    nothing |= {f.name: pa.nulls(2, kinds[f.kind]) for f in contract.fields if f.kind in kinds}
    found = cross_checks(contract, nothing, {"": pa.nulls(2, pa.date32())}, date(2026, 6, 28))
    assert not any(
        hit for rows, _, _ in found.faults for hit in rows.to_pylist() if hit is not None
    )
    assert not any(any(mark.to_pylist()) for mark in found.marks.values())


def titled(title: str, feed: str, rows, headers: dict[str, str] | None = None) -> bytes:
    return f"{title}\r\n".encode() + csv_bytes(feed, rows, "utf-8", headers=headers)


def test_amounts_below_a_title_in_ten_thousands_are_yuan_in_the_lake(home, lake_rows):
    rows = [claim(s, total_cost="0.12", self_paid="0.03") for s in range(3)]
    post(home.incoming, "medical_claims", titled("单位：万元,,", "medical_claims", rows))
    ingest_directory(home, home.incoming)
    found = {(r["total_cost"], r["self_paid"]) for r in lake_rows("medical_claims")}
    assert found == {(1200.0, 300.0)}


def test_a_header_that_names_its_unit_knows_better_than_the_title(home, lake_rows):
    rows = [claim(s, total_cost="0.12", self_paid="300") for s in range(3)]
    content = titled("单位：万元,,", "medical_claims", rows, {"self_paid": "个人负担（元）"})
    post(home.incoming, "medical_claims", content)
    ingest_directory(home, home.incoming)
    found = {(r["total_cost"], r["self_paid"]) for r in lake_rows("medical_claims")}
    assert found == {(1200.0, 300.0)}


def test_amounts_that_are_yuan_whatever_the_title_says_go_back(home):
    """300 yuan would be 3 million: possible for one row, not where others are 12 million."""
    rows = [claim(s, total_cost=cost, self_paid="30") for s, cost in enumerate(("1250", "300"))]
    post(home.incoming, "medical_claims", titled("金额单位：万元,,", "medical_claims", rows))
    [batch] = ingest_directory(home, home.incoming).batches
    assert batch.reasons == {"doubtful_unit": 2}
