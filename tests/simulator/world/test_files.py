"""What departments deliver: the same every time, as their contracts say, wrong only where noted."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from core.home import Home
from data.contracts import Contract, all_feeds, load_contract
from simulator.world import simulate
from simulator.world.geography import TOWNSHIPS
from simulator.world.names import check_character

from .conftest import contents

pytestmark = pytest.mark.slow

Rows = list[dict[str, str]]


def rows_of(path: Path) -> tuple[Contract, Rows]:
    contract = next(
        c for c in map(load_contract, all_feeds()) if path.name.split("_")[0] in c.file_names
    )
    if path.suffix == ".xlsx":
        lines = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        headers, values = [str(v) for v in lines[0]], lines[1:]
    else:
        encoding = "gb18030" if contract.encoding == "gb18030" else "utf-8-sig"
        headers, *values = csv.reader(io.StringIO(path.read_bytes().decode(encoding)))
    field = {header: name for name, header in contract.match_headers(list(headers)).items()}
    names = [field[header] for header in headers]
    return contract, [dict(zip(names, map(str, line), strict=True)) for line in values]


@pytest.fixture(scope="module")
def delivered(county: Home) -> dict[str, tuple[Contract, Rows]]:
    return {p.name: rows_of(p) for p in sorted(county.incoming.rglob("*.*"))}


@pytest.fixture(scope="module")
def planted(county: Home) -> list[dict[str, object]]:
    return pq.read_table(county.truth / "planted_errors.parquet").to_pylist()


def test_every_feed_is_delivered_under_its_own_headers(delivered) -> None:
    feeds = {contract.feed for contract, _ in delivered.values()}
    # So small a county may have months without a term, a wedding, a claim or a person sought.
    quiet = {"marriages", "hard_up_workers", "custody", "lost_contact"}
    assert set(all_feeds()) - quiet <= feeds <= set(all_feeds())
    for contract, rows in delivered.values():
        # Optional columns: of the survey form by the townships, the insured household by the fund.
        assert not rows or set(contract.required) <= set(rows[0])
        missing = set(contract.field_names) - set(rows[0] if rows else contract.field_names)
        left_out = {"property_income", "aid_income", "family_income", "insured_household_no"}
        assert missing <= left_out, contract.feed


def test_coded_values_are_words_of_the_contract(delivered) -> None:
    wrong = set()
    for contract, rows in delivered.values():
        for spec in contract.fields:
            if spec.codes:
                seen = {r[spec.name] for r in rows} - {""}
                wrong |= {(contract.feed, spec.name, v) for v in seen - set(spec.spellings)}
    assert wrong == set()


def test_everybody_on_the_register_has_an_invented_address(delivered) -> None:
    """One a dwelling: the people of a living household share it."""
    towns = "|".join(t.name_zh for t in TOWNSHIPS)
    form = re.compile(rf"({towns})..(村|社区)([一二三四五六七八九]组\d+号|\d+栋\d单元\d{{3}}室)")
    told: dict[str, set[str]] = {}
    for contract, rows in delivered.values():
        if contract.feed == "population_register":
            for row in rows:
                assert re.fullmatch(form, row["address"]), row["address"]
                home = row["living_household_no"] or row["household_no"]
                told.setdefault(home, set()).add(row["address"])
    assert len(told) > 300
    assert {len(found) for found in told.values()} == {1}


def is_valid(number: str) -> bool:
    fine = len(number) == 18 and number[:17].isascii() and number[:17].isdigit()
    return fine and str(check_character(np.array([number[:17]]))[0]) == number[17]


def numbers(contract: Contract, row: dict[str, str]) -> list[str]:
    """The identity numbers of everybody a row names."""
    return [row[f.name] for f in contract.people if row.get(f.name)]


def test_identity_numbers_are_valid_except_where_planted(delivered, planted) -> None:
    fields = ("id_number", "user_id", "payer_id", "husband_id", "wife_id")
    noted = {(e["file"], e["row"]) for e in planted if e["field"] in fields}
    noted |= {
        (e["file"], e["row"])
        for e in planted
        if e["kind"] == "duplicate_row" and (e["file"], int(e["was"])) in noted
    }
    wrong = [
        (name, at)
        for name, (contract, rows) in delivered.items()
        for at, row in enumerate(rows, start=1)
        if not all(map(is_valid, numbers(contract, row))) and (name, at) not in noted
    ]
    assert wrong == []


def test_no_identity_number_or_region_belongs_to_a_real_place(delivered, planted) -> None:
    damaged = {(e["file"], e["row"]) for e in planted if e["kind"] != "bad_checksum"}
    prefixes = {
        number[:2]
        for name, (contract, rows) in delivered.items()
        for at, row in enumerate(rows, start=1)
        for number in numbers(contract, row)
        if (name, at) not in damaged
    }
    assert prefixes == {"99"} or prefixes <= {"99", "９９"}
    register = next(rows for c, rows in delivered.values() if c.feed == "population_register")
    assert {row["township_code"][:6] for row in register} == {"990321"}


def test_planted_errors_stand_in_the_row_they_are_noted_for(delivered, planted) -> None:
    kinds = {e["kind"] for e in planted}
    assert {"bad_checksum", "wrong_phone", "duplicate_row", "full_width"} <= kinds
    checked = 0
    for error in planted:
        if error["field"] in ("id_number", "phone") and error["row"] > 0:
            written = delivered[error["file"]][1][error["row"] - 1][error["field"]]
            if error["kind"] != "header_synonym":
                assert written == error["written"], error
                checked += 1
    assert checked > 100


def test_about_one_identity_number_in_a_hundred_is_wrong(delivered, planted) -> None:
    rows = sum(len(r) for c, r in delivered.values() if c.feed != "population_register")
    wrong = sum(e["kind"] == "bad_checksum" for e in planted)
    assert 0.003 < wrong / rows < 0.025


def test_reversed_bills_are_negative_and_name_the_bill(delivered) -> None:
    bills = [r for c, rows in delivered.values() if c.feed == "medical_claims" for r in rows]
    back = [r for r in bills if r["reversal_of"]]
    assert back
    assert all(float(r["total_cost"].replace(",", "")) <= 0 for r in back)


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    first, second, other = (Home(tmp_path / n) for n in "abc")
    for home, seed in ((first, 3), (second, 3), (other, 4)):
        simulate(home, households=120, months=2, seed=seed, end="2025-10")
    assert contents(first) == contents(second)
    assert contents(first) != contents(other)


def test_running_on_from_a_saved_month_equals_running_straight_through(
    county: Home, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    simulate(home, households=400, months=4, seed=11, end="2025-09")
    simulate(home, from_state=home.truth / "states" / "2025-09.npz", end="2025-12")
    assert contents(home) == contents(county)
    for name in ("need.parquet", "planted_errors.parquet"):
        ours, theirs = (pq.read_table(h.truth / name).to_pylist() for h in (home, county))
        assert ours == theirs
    assert home.county_file.read_text() == county.county_file.read_text()


def test_a_county_that_cannot_be_is_refused(tmp_path: Path, county: Home) -> None:
    with pytest.raises(ValueError, match="choose one of normal, calm"):
        simulate(Home(tmp_path), households=10, months=1, setting="paradise")
    with pytest.raises(ValueError, match="at least one household"):
        simulate(Home(tmp_path), households=10, months=0)
    with pytest.raises(ValueError, match="not before 2025-12"):
        simulate(county, from_state=county.truth / "states" / "2025-12.npz", end="2025-12")
