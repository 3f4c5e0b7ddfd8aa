"""A row may name several people in roles: two spouses, each with a pseudonym of their own."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from data.contracts import ContractError, load_contract, read_contract
from data.docs import text
from data.ingest import ingest_directory
from data.lake import Lake
from data.quarantine import quarantined
from data.template import template
from data.vault import Vault
from data.vault_tables import DOCUMENT
from tests.data.offices import csv_bytes, number, post
from tests.made_up import WEDDINGS, forget, weddings  # noqa: F401 (a fixture)


def wedding(husband: int, wife: int, **changes: object) -> dict[str, object]:
    return {
        "register_no": f"J9903-2026-{husband:06d}",
        "husband_id": number(husband),
        "husband_name": "周甲",
        "wife_id": number(wife),
        "wife_name": "吴乙",
        "event": "结婚",
        "registered_on": "2026-06-03",
    } | changes


def take_in(home, incoming, *rows):
    post(incoming, "weddings", csv_bytes("weddings", rows))
    return ingest_directory(home, home.incoming).batches[0]


@pytest.mark.slow
@pytest.mark.usefixtures("weddings")
def test_each_person_of_a_row_gets_a_pseudonym_and_a_card(home, incoming, lake_rows):
    batch = take_in(home, incoming, wedding(1, 2))
    assert (batch.received, batch.accepted) == (1, 1)
    (row,) = lake_rows("weddings")
    vault = Vault(home)
    assert row["person_husband"] == vault.person(number(1))
    assert row["person_wife"] == vault.person(number(2))
    assert list(row) == list(Lake(home).schema("weddings"))
    known = [vault.masked(row[column])["name"] for column in ("person_husband", "person_wife")]
    assert [name[0] for name in known] == ["周", "吴"]


@pytest.mark.usefixtures("weddings")
def test_the_number_of_the_row_is_kept_for_everyone_it_names(home, incoming, lake_rows):
    take_in(home, incoming, wedding(1, 2))
    (row,) = lake_rows("weddings")
    vault = Vault(home)
    with vault.store.reading() as db:
        kept = db.execute(select(DOCUMENT.c.person, DOCUMENT.c.kind)).all()
    kind = "weddings.register_no"
    assert set(kept) == {(row["person_husband"], kind), (row["person_wife"], kind)}


@pytest.mark.slow
@pytest.mark.usefixtures("weddings")
def test_a_wrong_number_of_either_is_told_by_its_column(home, incoming):
    rows = [wedding(1, 2), wedding(3, 4, wife_id="123"), wedding(5, 6, husband_id="12345")]
    batch = take_in(home, incoming, *rows)
    assert (batch.accepted, batch.quarantined) == (1, 2)
    refused = quarantined(home, "weddings", batch.batch).to_pylist()
    assert [r["reason_field"] for r in refused] == ["女方身份证号", "男方身份证号"]


@pytest.mark.usefixtures("weddings")
def test_one_of_the_two_may_be_unknown_but_not_both(home, incoming, lake_rows):
    rows = [wedding(1, 2, wife_id=""), wedding(3, 4, wife_id="", husband_id="")]
    batch = take_in(home, incoming, *rows)
    assert (batch.accepted, batch.reasons) == (1, {"missing_required": 1})
    (row,) = lake_rows("weddings")
    assert row["person_wife"] is None


@pytest.mark.usefixtures("weddings")
def test_rules_ask_for_the_birth_of_a_role(home, incoming):
    young = number(4, born="20260610")
    batch = take_in(home, incoming, wedding(1, 2), wedding(3, 4, wife_id=young))
    assert batch.reasons == {"married_before_birth": 1}


@pytest.mark.usefixtures("weddings")
def test_a_row_that_comes_twice_counts_once_and_another_wife_is_another_row(home, incoming):
    batch = take_in(home, incoming, wedding(1, 2), wedding(1, 2), wedding(1, 4))
    assert (batch.accepted, batch.duplicates) == (2, 1)


@pytest.mark.usefixtures("weddings")
def test_the_reference_page_and_the_template_name_the_roles():
    page = text()
    assert "ID number of the wife (女方 wife) | string |  | vault; lake `person_wife` |" in page
    assert "女方身份证号出生日期 ≤ 登记日期" in page
    sheet = openpyxl.load_workbook(BytesIO(template("weddings"))).active
    hints = {cell.value: cell.comment.text for cell in sheet[1]}
    assert "角色 role: 女方 wife" in hints["女方身份证号"]


def test_a_feed_without_a_place_of_its_own_is_listed_last(weddings: Path):  # noqa: F811
    from data.contracts import all_feeds

    assert all_feeds()[-1] == "weddings"
    assert load_contract("weddings").called.en == "Weddings"


WIFE, HUSBAND = "{name: wife, zh: 女方, en: wife}", "{name: husband, zh: 男方, en: husband}"
ODD = {
    "two columns with the role 'husband' identify a person": (WIFE, HUSBAND),
    "wife_id.role must be {name": (WIFE, "wife"),
    "'born:bride', and no column has that": ("born:wife", "born:bride"),
    "register_no is of the role '', of which the row": ("value: document}", "value: phone}"),
}


@pytest.mark.parametrize("told", ODD)
def test_roles_that_cannot_be_told_apart_are_refused(weddings: Path, told: str):  # noqa: F811
    path = weddings / "contract.yaml"
    path.write_text(WEDDINGS.replace(*ODD[told]), encoding="utf-8")
    with pytest.raises(ContractError, match=f"weddings/contract.yaml.*{re.escape(told)}"):
        read_contract(path)


def test_a_folder_has_the_name_of_its_feed(weddings: Path):  # noqa: F811
    path = weddings / "contract.yaml"
    path.write_text(WEDDINGS.replace("- name: weddings\n", "- name: marriages\n"), encoding="utf-8")
    forget()
    with pytest.raises(ContractError, match="must have one name"):
        load_contract("weddings")
