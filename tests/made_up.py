"""A made-up feed whose rows name two people in roles, for as long as a test runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import checks, contracts, file_names, history, lake
from features.engine import schema
from services import names

WEDDINGS = """\
apiVersion: v3.2.0
kind: DataContract
id: doudi-feed-weddings
version: 1.0.0
status: active
name: Weddings
domain: social-assistance
description: {purpose: Who married whom., limitations: Made up.}
team: {name: 民政局（婚姻登记）, description: "Civil affairs, marriages"}
slaProperties:
  - {property: frequency, value: 1, unit: m}
customProperties:
  - {property: fileNames, value: [婚事登记]}
  - {property: encoding, value: utf-8-sig}
  - {property: happenedOn, value: registered_on}
schema:
  - name: weddings
    businessName: 婚事登记
    description: Weddings
    dataGranularityDescription: One row a wedding or divorce.
    quality:
      - name: married_before_birth
        type: custom
        engine: doudi
        dimension: consistency
        severity: error
        description: registered before the wife was born
        implementation: {rule: order, first: "born:wife", then: registered_on}
        customProperties: [{property: zh, value: 登记日期早于女方出生日期}]
    properties:
      - name: register_no
        businessName: 登记字号
        description: Number of the registration
        logicalType: string
        classification: personal
        customProperties: [{property: identifies, value: document}]
      - name: husband_id
        businessName: 男方身份证号
        description: ID number of the husband
        logicalType: string
        classification: personal
        customProperties:
          - {property: identifies, value: person}
          - {property: role, value: {name: husband, zh: 男方, en: husband}}
      - name: husband_name
        businessName: 男方姓名
        description: Name of the husband
        logicalType: string
        classification: personal
        customProperties:
          - {property: identifies, value: name}
          - {property: role, value: {name: husband, zh: 男方, en: husband}}
      - name: wife_id
        businessName: 女方身份证号
        description: ID number of the wife
        logicalType: string
        classification: personal
        customProperties:
          - {property: identifies, value: person}
          - {property: role, value: {name: wife, zh: 女方, en: wife}}
      - name: wife_name
        businessName: 女方姓名
        description: Name of the wife
        logicalType: string
        classification: personal
        customProperties:
          - {property: identifies, value: name}
          - {property: role, value: {name: wife, zh: 女方, en: wife}}
      - name: event
        businessName: 登记事项
        description: What was registered
        logicalType: string
        required: true
        enum:
          - {value: married, label: 结婚, description: Marriage}
          - {value: divorced, label: 离婚, description: Divorce}
      - name: registered_on
        businessName: 登记日期
        description: Registered on
        logicalType: date
        required: true
"""
HISTORY = """\
say: [event]
shocks:
  - {where: {event: divorced}, zh: 离婚, en: divorce}
"""


@pytest.fixture
def weddings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The feeds with one more, `weddings`; gives its folder."""
    feeds = tmp_path / "feeds"
    shutil.copytree(contracts.FEEDS, feeds)
    own = feeds / "weddings"
    own.mkdir()
    (own / "contract.yaml").write_text(WEDDINGS, encoding="utf-8")
    (own / "history.yaml").write_text(HISTORY, encoding="utf-8")
    monkeypatch.setattr(contracts, "FEEDS", feeds)
    forget()
    yield own
    monkeypatch.undo()
    forget()


def forget() -> None:
    """Read the contracts anew."""
    for module in (contracts, file_names, history, lake, schema, names):
        for known in vars(module).values():
            if hasattr(known, "cache_clear"):
                known.cache_clear()
    for said in (checks.REASONS, checks.WARNINGS):
        said._all = None
