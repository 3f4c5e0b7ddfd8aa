"""What a spreadsheet's numbers show: days, months with their zero, digits that were lost."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

EXACT_BELOW = 1e15  # a spreadsheet keeps 15 digits; longer numbers have lost some
DAY_OF_1970, DAYS_1904 = 25_569, 1_462
# Formats of dates and times, and with two decimals, that a workbook need not spell out (ECMA-376
# part 1, 18.8.30).
DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
TWO_DECIMAL_FORMATS = frozenset({2, 4, 39, 40})
_LAST_DAY = 2_958_466  # the day after 9999-12-31
_SECONDS = 86_400
_SAID = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')  # of a format: what is shown as it is
_LOST_ZERO = r"^(?:19|20)\d\d\.\d$"

Mask = npt.NDArray[np.bool_]


def numbers_shown(values: pa.Array) -> pa.Array:
    """Whole numbers without a point, digits lost by the spreadsheet shown as 3.6e+17."""
    whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), EXACT_BELOW))
    integers = pc.cast(pc.if_else(whole, values, None), pa.int64())
    return pc.coalesce(pc.cast(integers, pa.string()), pc.cast(values, pa.string()))


def dates_shown(values: pa.Array, epoch_1904: bool) -> pa.Array:
    """Day numbers as 2026-06-09, with a time as 2026-06-09 08:30:00, a time alone as 08:30:00.

    Null for what is no day: negative, or beyond the year 9999.
    """
    serial = values.to_numpy(zero_copy_only=False) + (DAYS_1904 if epoch_1904 else 0)
    possible = (serial >= 0) & (serial < _LAST_DAY)
    seconds = np.rint(np.where(possible, serial, 0) * _SECONDS).astype(np.int64)
    moment = pa.array(seconds - DAY_OF_1970 * _SECONDS).cast(pa.timestamp("s"))
    text = pc.strftime(moment, format="%Y-%m-%d %H:%M:%S")
    day, time = pc.utf8_slice_codeunits(text, 0, 10), pc.utf8_slice_codeunits(text, 11, 19)
    within = seconds % _SECONDS
    shown = pc.if_else(pa.array(within == 0), day, text)
    shown = pc.if_else(pa.array((seconds < _SECONDS) & (within > 0)), time, shown)
    return pc.if_else(pa.array(possible), shown, None)


def with_lost_zero(texts: pa.Array, two_decimals: Mask) -> tuple[pa.Array, Mask]:
    """Months typed as numbers: 2026.10 is kept as 2026.1.

    Where the format shows two decimals, the zero is put back; elsewhere the number is marked as
    unclear, and left as it is.
    """
    short = pc.match_substring_regex(texts, _LOST_ZERO)
    found = pc.fill_null(short, False).to_numpy(zero_copy_only=False)
    if not found.any():
        return texts, found
    longer = pc.binary_join_element_wise(texts, "0", "")
    return pc.if_else(pa.array(found & two_decimals), longer, texts), found & ~two_decimals


def is_date_format(code: str) -> bool:
    """Whether a number format shows a day or a time: `yyyy"年"m"月"`, not `0.00"元/day"`."""
    bare = _SAID.sub("", code.split(";")[0]).lower()
    return any(c in bare for c in "ymdhs") and "general" not in bare


def is_two_decimals(code: str) -> bool:
    """Whether a number format always shows two decimals: `0.00_ `, not `0.00E+00`."""
    bare = _SAID.sub("", code.split(";")[0])
    return re.search(r"0\.00(?![0#?])", bare) is not None and "E" not in bare and "%" not in bare
