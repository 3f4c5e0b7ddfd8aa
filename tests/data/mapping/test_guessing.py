"""A file of unknown name and headers gets the reading that a person would give it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from data.contracts import load_contract
from data.mapping.guessing import guess
from data.mapping.looking import look, masked, shown
from tests.data.offices import number

IDS = [number(1, "19500101"), number(2, "19620304"), number(3, "19880908")]
CLAIMS = {
    "流水号": ["A1", "A2", "A3"],
    "参保人身份证": IDS,
    "参保人姓名": ["王小明", "李四", "欧阳一二"],
    "医疗类别": ["住院", "普通门诊", "住院"],
    "费用总额": ["1,200.50", "80", "30000"],
    "自付": ["200.50", "30", "9000"],
    "结算时间": ["2026-06-03", "2026/6/4", "20260605"],
    "经办人": ["赵六", "赵六", "钱七"],
}


def table(columns: dict[str, list[str]]) -> pa.Table:
    return pa.table({h: pa.array(c, pa.string()) for h, c in columns.items()})


@pytest.mark.slow
def test_the_feed_and_the_columns_are_told() -> None:
    found = guess(table(CLAIMS))
    assert found.feed == "medical_claims"
    told = found.headers
    assert told["参保人身份证"] == "id_number"
    assert told["参保人姓名"] == "name"
    assert told["医疗类别"] == "visit_type"
    assert told["费用总额"] == "total_cost"
    assert told["自付"] == "self_paid"
    assert told["结算时间"] == "settled_on"
    assert told["经办人"] != "name"


def test_a_header_that_promises_a_date_but_holds_names_is_not_taken() -> None:
    found = guess(table(CLAIMS | {"结算时间": ["甲", "乙", "丙"]}), "medical_claims")
    assert found.headers["结算时间"] != "settled_on"


@pytest.mark.slow
def test_no_column_means_two_fields_and_no_field_two_columns() -> None:
    fields = [f for f in guess(table(CLAIMS)).headers.values() if f]
    assert len(fields) == len(set(fields))


def test_an_empty_table_is_still_read_by_its_headers() -> None:
    found = guess(table({header: [] for header in CLAIMS}))
    assert found.feed == "medical_claims"


@pytest.mark.parametrize(
    ("field", "cell", "seen"),
    [
        (None, "王小明", "王*明"),
        (None, "13812345678", "1381***5678"),
        (None, f"证号{IDS[0]}", f"证号{IDS[0][:4]}{'*' * 10}{IDS[0][-4:]}"),
        ("id_number", IDS[0], f"{IDS[0][:4]}{'*' * 10}{IDS[0][-4:]}"),
        ("visit_type", "普通门诊", "普通门诊"),
        ("total_cost", "1,200.50", "1,200.50"),
    ],
)
def test_nobody_is_recognised_in_the_preview(field: str | None, cell: str, seen: str) -> None:
    contract = load_contract("medical_claims")
    assert masked(cell, contract.field(field) if field else None) == seen


def test_the_preview_says_what_each_cell_becomes(tmp_path: Path) -> None:
    path = tmp_path / "医保.csv"
    rows = zip(*CLAIMS.values(), strict=True)
    lines = [",".join(CLAIMS), *(",".join(f'"{c}"' for c in row) for row in rows)]
    path.write_text("\n".join(lines), encoding="gb18030")
    sample = look(path)
    contract = load_contract("medical_claims")
    assert sample.table.column_names == list(CLAIMS)
    assert shown(sample.table["医疗类别"], contract.field("visit_type")) == [
        ("住院", "住院"),
        ("普通门诊", "普通门诊"),
    ]
    assert shown(sample.table["费用总额"], contract.field("total_cost"))[0] == (
        "1,200.50",
        "1200.5",
    )
    assert shown(sample.table["结算时间"], contract.field("settled_on"))[1] == (
        "2026/6/4",
        "2026-06-04",
    )
    assert shown(sample.table["经办人"], contract.field("settled_on"))[0][1] is None
