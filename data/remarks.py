"""Rows that speak of nobody: totals below or between the rows, and lines that say "none".

They are counted and set aside under reason codes of their own, and go back to nobody: an office
that adds a total, or reports that nothing happened, has nothing to put right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.values import BLANKS, tidy

TOTAL, NOTHING = "total_row", "nothing_told"
NOBODYS = (TOTAL, NOTHING)

_HAN = "\u4e00-\u9fff"
# 合计 · 小计： · 云岭镇小计 · 合计（3 人） · 本页共计 12 户
_TOTAL = rf"^[(\[]?[{_HAN}]{{0,6}}[合小总共累] ?计(?:[ :()\]\d,.]|[户人条笔行元万次份名])*$"
_WHEN = r"(?:本|当|上|该|全)(?:月份?|期|季度?|旬|周|年度?|次|镇|村|社区|单位)"
# 本月无 · 本期无新增 · 无数据 · 零报告
_NOTHING = (
    rf"^[(\[]?(?:{_WHEN},? ?(?:暂|均|尚)?(?:无|没有|未|零)[{_HAN}]{{0,10}}"
    r"|(?:暂?无|没有|零)(?:数据|变动|变化|新增|记录|报告|发生|业务|情况|增减|人员))[。.!)\]]*$"
)
_SERIAL = r"^\d{1,4}$"  # a running number beside the words
_DIGIT = r"\d"


def remarks(
    table: pa.Table, people: pa.Array | None, homes: list[pa.Array]
) -> Iterator[tuple[pa.Array, str, str]]:
    """(which rows, reason code, no field) of a chunk's rows that speak of nobody.

    `table` holds the cells as delivered, `people` the ID numbers understood, `homes` texts that
    should be household numbers. A row that names somebody is no remark, whatever else it says.
    """
    rows = table.num_rows
    named = np.zeros(rows, bool)
    if people is not None:
        named |= pc.is_valid(people).to_numpy(zero_copy_only=False)
    for home in homes:
        numbered = pc.fill_null(pc.match_substring_regex(home, _DIGIT), False)
        named |= numbered.to_numpy(zero_copy_only=False)
    at = np.flatnonzero(~named)
    if not len(at):
        return
    cells = [tidy(_flat(c), ("",)) for c in table.take(pa.array(at)).columns]
    total, nothing = (_any(_like(c, form) for c in cells) for form in (_TOTAL, _NOTHING))
    blank = [_is_blank(c) for c in cells]
    silent = [b | _like(c, _SERIAL) | _empty(c) for b, c in zip(blank, cells, strict=True)]
    nothing |= _any(blank) & np.logical_and.reduce(silent)
    for which, code in ((total, TOTAL), (nothing, NOTHING)):
        if which.any():
            hit = np.zeros(rows, bool)
            hit[at[which]] = True
            yield pa.array(hit), code, ""


def remark_in(text: str) -> str | None:
    """The reason code of a line that fits no header, where it is a remark: `合计,,123`."""
    plain = unicodedata.normalize("NFKC", text)
    cells = [cell.strip(' "') for cell in re.split(r"[,;\t|\x1f]", plain)]
    filled = [cell for cell in cells if cell]
    if filled and re.search(_TOTAL, filled[0]):
        return TOTAL
    return NOTHING if len(filled) == 1 and re.search(_NOTHING, filled[0]) else None


def _like(cells: pa.Array, form: str) -> np.ndarray:
    return _plain(pc.match_substring_regex(cells, form))


def _is_blank(cells: pa.Array) -> np.ndarray:
    return _plain(pc.is_in(cells, value_set=pa.array(BLANKS, pa.string())))


def _empty(cells: pa.Array) -> np.ndarray:
    return _plain(pc.is_null(cells))


def _any(found: Iterable[np.ndarray]) -> np.ndarray:
    return np.logical_or.reduce(list(found))


def _plain(hit: pa.Array) -> np.ndarray:
    return pc.fill_null(hit, False).to_numpy(zero_copy_only=False)


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
