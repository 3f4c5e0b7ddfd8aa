"""What the history says of a feed is declared beside its contract, and checked against it."""

from __future__ import annotations

import re

import pytest

from data.contracts import ContractError, all_feeds, load_contract
from data.history import History, history_of, read_history

CLAIMS = "medical_claims"


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> History:
        path = tmp_path / CLAIMS / "history.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return read_history(path, load_contract(CLAIMS))

    return write


def test_all_feeds_but_members_of_a_visit_supporters_and_bills_have_lines():
    assert [feed for feed in all_feeds() if history_of(feed) is None] == [
        "home_visit_members",
        "supporters",
        "utilities",
    ]


CONDITIONS = """
skip: [{visit_type: [inpatient, chronic]}]
shocks:
  - {where: {self_paid: {at_least: 3000}, remote: true}, zh: 大额, en: large}
help:
  - where: {disease_group: {other_than: [cancer]}, medical_aid_paid: {above: 0}}
    zh: 救助
    en: aid
    amount: medical_aid_paid
"""


def test_a_condition_holds_when_all_its_fields_do(written):
    found = written(CONDITIONS)
    assert found.skips({"visit_type": "inpatient"})
    assert not found.skips({"visit_type": "outpatient"})
    assert found.shock({"self_paid": 3000.0, "remote": True}).zh == "大额"
    aid = {"disease_group": "other", "medical_aid_paid": 1}
    assert [one.en for one in found.helped(aid)] == ["aid"]
    assert list(found.helped(aid | {"disease_group": "cancer"})) == []
    assert list(found.helped(aid | {"medical_aid_paid": 0.0})) == []


@pytest.mark.parametrize(
    "row",
    [
        {"self_paid": 2999.0, "remote": True},
        {"self_paid": 3000.0, "remote": None},
        {"self_paid": float("nan"), "remote": True},
        {},
    ],
)
def test_what_is_unknown_or_too_little_is_no_blow(written, row):
    assert written(CONDITIONS).shock(row) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("say: [shoe_size]", "speaks of 'shoe_size', which is no field of medical_claims"),
        ("say: [name]", "speaks of 'name', which is no field of medical_claims that reaches"),
        ("skip: [{visit_type: overnight}]", "asks for visit_type 'overnight'; its codes are"),
        ("shock: []", "shock: Extra inputs are not permitted"),
        ("shocks: [{zh: 大额}]", "shocks.0.en: Field required"),
        ("help: [{amount: self_paid}]", "needs either zh and en, or say"),
        ("say: [", "is not valid YAML"),
    ],
)
def test_a_file_that_does_not_fit_its_contract_is_refused_in_one_line(written, text, told):
    with pytest.raises(ContractError, match=rf"medical_claims/history.yaml.*{re.escape(told)}"):
        written(text)
