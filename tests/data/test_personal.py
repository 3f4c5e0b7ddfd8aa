"""Personal data where none belongs: two headers swapped, a name in a number, a hidden household."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.contracts import all_feeds, load_contract
from data.identity import household_number
from data.ingest import ingest_directory
from data.lake import Lake, lake_fields, lake_schema
from data.quarantine import quarantined
from data.vault import Vault
from tests.data.offices import claim, csv_bytes, number, post, resident

pytestmark = pytest.mark.slow

NAMES = ("王小明", "李娜", "欧阳修", "张伟", "陈建国", "刘洋")


def taken(home, feed, rows, **options):
    post(home.incoming, feed, csv_bytes(feed, rows, "utf-8", **options))
    return ingest_directory(home, home.incoming).batches[-1]


def house(serial: int, **changes):
    home = f"990321{serial:06d}"
    return {
        "dwelling_no": f"FW{home}",
        "household_no": home,
        "kind": "自有农村",
        "floor_area": 80,
        "recorded_on": "2026-06-01",
    } | changes


@pytest.mark.parametrize(
    ("column", "what", "cells"),
    [
        ("settlement_no", "names", NAMES),
        ("settlement_no", "ID numbers", [number(s) for s in range(6)]),
        ("settlement_no", "ID numbers", [f"No.{number(s)}" for s in range(6)]),
        ("settlement_no", "ID numbers", [number(s) + "43" for s in range(6)]),
        ("settlement_no", "phone numbers", [f"13{s}00{s}1{s}34{s}" for s in range(6)]),
        ("settlement_no", "phone numbers", [f"张三 13{s}00{s}1{s}34{s}" for s in range(6)]),
        ("visit_type", "names", NAMES),
        ("disease_group", "ID numbers", [number(s) for s in range(6)]),
    ],
)
def test_a_column_of_personal_data_stops_the_file_and_is_named(home, column, what, cells):
    rows = [claim(s, **{column: cell}) for s, cell in enumerate(cells)]
    batch = taken(home, "medical_claims", rows)
    field = load_contract("medical_claims").field(column)
    assert batch.status == "personal_data"
    assert f"the column {field.zh} ({field.en}) holds {what}" in batch.message_en
    assert field.zh in batch.message_zh
    assert not Lake(home).present("medical_claims")


def test_two_swapped_headers_stop_the_file(home):
    swapped = {"settlement_no": "姓名", "name": "结算号"}
    rows = [claim(s, name=name) for s, name in enumerate(NAMES)]
    fine = {**swapped, "settlement_no": "结算号", "name": "姓名"}
    assert taken(home, "medical_claims", rows, headers=swapped).status == "personal_data"
    post(home.incoming, "medical_claims", csv_bytes("medical_claims", rows, "utf-8", headers=fine))
    assert ingest_directory(home, home.incoming).accepted == len(NAMES)


@pytest.mark.parametrize("cell", ["王小明", number(5), "13912345678", f"X{number(5)}"])
def test_one_such_cell_in_a_fine_column_stops_its_row_only(home, cell):
    rows = [claim(s) for s in range(20)]
    batch = taken(home, "medical_claims", [*rows, claim(21, settlement_no=cell)])
    assert (batch.accepted, batch.reasons) == (20, {"personal_data": 1})
    back = quarantined(home, "medical_claims", batch.batch)
    assert back["reason_field"].to_pylist() == ["结算号"]


@pytest.mark.parametrize(
    "made",
    [
        lambda s: f"9903212026{1 + s // 28 % 12:02d}{1 + s % 28:02d}{s:04d}",  # region, date, count
        lambda s: f"{13_900_000_000 + s}",  # a count that begins like a phone
        lambda s: f"医结字第{s}号",
        lambda s: f"YB202606{s:07d}",
        lambda s: f"石桥镇{s}",
    ],
)
def test_numbers_of_an_offices_own_making_are_no_personal_data(home, made):
    batch = taken(home, "medical_claims", [claim(s, settlement_no=made(s)) for s in range(300)])
    assert batch.status == "accepted", batch.message_en
    assert batch.reasons.get("personal_data", 0) == 0


def test_places_by_name_are_no_personal_data(home):
    rows = [resident(s, township_code="石桥镇", village_code="柳湾村") for s in range(9)]
    assert taken(home, "population_register", rows).accepted == 9


def test_a_number_that_repeats_the_households_stops_the_file(home):
    rows = [
        {
            "visit_no": f"RH{h['household_no']}",
            "household_no": h["household_no"],
            "visited_on": "2026-06-03",
            "members": 2,
        }
        for h in map(house, range(6))
    ]
    batch = taken(home, "home_visits", rows)
    assert batch.status == "personal_data"
    assert "走访编号" in batch.message_zh
    assert "户号" in batch.message_zh


def test_a_dwelling_is_a_pseudonym_from_which_no_household_can_be_told(home, lake_rows):
    """Dwelling numbers were the household's number with a prefix: that reversed the pseudonym."""
    batch = taken(home, "housing", [house(s) for s in range(20)])
    assert batch.accepted == 20
    rows = lake_rows("housing")
    vault = Vault(home)
    for serial, row in enumerate(rows):
        written = house(serial)["dwelling_no"]
        assert row["dwelling"] == vault.dwelling_pseudonyms.of(written)
        assert row["dwelling"][1:] != row["household"][1:]
    # Nor when both are written alike.
    alike = (
        vault.household_pseudonyms.of("990321000001"),
        vault.dwelling_pseudonyms.of("990321000001"),
    )
    assert alike[0][1:] != alike[1][1:]
    assert "dwelling_no" not in rows[0]
    assert len({r["dwelling"] for r in rows}) == 20
    assert household_number("FW 990321000001") == "FW990321000001"


def test_a_dwelling_number_a_spreadsheet_damaged_is_sent_back(home):
    batch = taken(home, "housing", [house(1), house(2, dwelling_no="9.90321E+11")])
    assert batch.reasons == {"damaged_number": 1}


def test_free_text_in_the_lake_is_short_and_reviewed():
    """Every text column of the lake that is no code, with what keeps personal data out of it."""
    free = {
        (feed, f.name): f
        for feed in all_feeds()
        for f in lake_fields(load_contract(feed))
        if f.kind == "string" and not f.codes
    }
    assert set(free) == {
        ("medical_claims", "settlement_no"),
        ("medical_claims", "reversal_of"),
        ("school_rolls", "term"),
        ("population_register", "township_code"),
        ("population_register", "village_code"),
        ("home_visits", "visit_no"),
        ("home_visit_members", "visit_no"),
        ("compensation", "payment_no"),
        ("job_introductions", "offer_no"),
        ("supporters", "record_no"),
        ("supporters", "region_code"),
    }
    assert all(f.longest is not None and f.longest <= 40 for f in free.values())
    assert "dwelling" in lake_schema("housing")


def test_a_phone_nobody_can_ring_is_not_kept(home):
    rows = [resident(1), resident(2, phone="1380000123"), resident(3, phone="0712-8345678")]
    batch = taken(home, "population_register", rows)
    assert (batch.accepted, batch.warnings.get("bad_phone")) == (3, 1)
    vault = Vault(home)
    kept = [vault.reveal(vault.person(number(s)))["phone"] for s in (1, 2, 3)]
    assert kept == ["13800001234", "", "0712-8345678"]


@pytest.mark.parametrize(
    ("named", "columns", "rather"),
    [
        ("home_visits", "home_visit_members", "入户调查成员"),
        ("home_visit_members", "home_visits", "入户调查"),
    ],
)
def test_visits_and_members_are_told_apart_by_their_columns(home, named, columns, rather):
    contract = load_contract(columns)
    row = {"household_no": "H1", "visited_on": "2026-06-03", "visit_no": "V1"}
    row |= {f.name: "" for f in contract.fields if f.name not in row}
    content = csv_bytes(columns, [row], "utf-8")
    post(home.incoming, named, content)
    batch = ingest_directory(home, home.incoming).batches[-1]
    assert (batch.status, batch.message_zh) == ("wrong_columns", f"内容像是{rather}")
    assert "it looks like" in batch.message_en


def test_a_visits_file_with_few_columns_is_still_one(home):
    rows = [{"household_no": "H1", "visited_on": "2026-06-03", "members": 3}]
    assert taken(home, "home_visits", rows).accepted == 1


def test_a_lake_from_before_loses_its_plain_dwelling_numbers(home, lake_rows):
    taken(home, "housing", [house(s) for s in range(3)])
    [path] = home.lake.glob("housing/batch=*/part-0.parquet")
    rows = pq.ParquetFile(path).read()
    written = [house(s)["dwelling_no"] for s in range(3)]
    place = rows.column_names.index("dwelling")
    pq.write_table(rows.set_column(place, "dwelling_no", pa.array(written)), path)
    ingest_directory(home, home.incoming)
    hidden = Vault(home).dwelling_pseudonyms
    assert [r["dwelling"] for r in lake_rows("housing")] == [hidden.of(w) for w in written]
    assert "dwelling_no" not in lake_rows("housing")[0]
