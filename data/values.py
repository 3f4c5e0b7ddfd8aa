"""From written text to values: the many ways departments write a date, an amount, a yes.

Arrow columns in, Arrow columns out; no loop over rows. A text that cannot be read gives null,
and the caller, who still has the text, says why. The usual form is tried first, so a clean
column costs little.
"""

from __future__ import annotations

import re
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Field

EDGES = " \t\r\n\u00a0\u3000\ufeff'`"
# Characters without a width: soft hyphen, zero-width spaces and joiners, marks of direction (which
# Windows wraps around a copied phone number), byte order marks, variation selectors, and the
# private character that GBK systems write for a wide blank. None of them can be part of a value.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ue5e5"
)
# A control character may stand for a lost one: what the cell meant is then not certain.
CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
DASHES = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
BLANKS = ("", "无", "-", "--", "—", "——", "/", "NULL", "null", "None", "nan", "NaN", "空", "不详")
TRUE = ("是", "有", "1", "Y", "y", "YES", "yes", "TRUE", "true", "True", "√")
FALSE = ("否", "无", "0", "N", "n", "NO", "no", "FALSE", "false", "False", "×", "没有")
FIRST_DAY, LAST_DAY = date(1880, 1, 1), date(2199, 12, 31)
LARGEST = 1e12
WHOLE_FOR_ONE = 3  # whole dates for every month alone, from which on the months look cut

_ISO = r"^\d{4}-\d{2}-\d{2}$"
_DAY = r"^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?|(\d{2})(\d{2}))(?:[ T].*)?$"
# 2026.1 may be January, or October after a spreadsheet dropped the zero: it is no month.
_MONTH = r"^(\d{4})(?:[-/年](\d{1,2})月?|\.(\d{2}|[2-9]|\d月)月?|(\d{2}))$"
_SERIAL = r"^[2-8]\d{4}(?:\.\d+)?$"
SERIAL_OF_1970 = 25_569  # a spreadsheet's number for 1970-01-01
_NUMBER = r"^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$"
_NOT_PLAIN = r"[^0-9.\-]|[0-9.]-"
_GROUPED = r"^[-+]?\d{1,3}(?:(?:, ?| )\d{3})+(?:\.\d*)?$"
_CURRENCY = r"^([-+(]?)\s*(?:[￥¥]|RMB|CNY|人民币)\s*"
_POINT_ZERO = r"^(\d+)\.0+$"

ARROW_TYPES = {
    "string": pa.string(),
    "date": pa.date32(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}


def tidy(text: pa.Array, blanks: tuple[str, ...] = BLANKS) -> pa.Array:
    """Half-width, without blanks or apostrophes around it, without characters that have no width;
    what says nothing is null.
    """
    if text.null_count == len(text):
        return text
    if pc.all(pc.string_is_ascii(text)).as_py():
        return _without(pc.utf8_trim(text, characters=EDGES), blanks)
    # Names and codes repeat: clean each distinct text once.
    coded = text.dictionary_encode()
    seen = pc.replace_substring_regex(coded.dictionary, f"[{INVISIBLE}]", "")
    clean = pc.utf8_trim(pc.utf8_normalize(seen, form="NFKC"), characters=EDGES)
    return _without(clean, blanks).take(coded.indices)


def tidy_field(text: pa.Array, field: Field) -> pa.Array:
    """`tidy` with the field's own blanks: 无 is a value where the contract lists it."""
    said = set(field.spellings) | ({*TRUE, *FALSE} if field.kind == "boolean" else set())
    return tidy(text, tuple(b for b in BLANKS if b not in said))


def is_blank(text: pa.Array) -> pa.Array:
    """Whether each cell says nothing; the text itself is left as it is."""
    trimmed = pc.utf8_trim(text, characters=EDGES)
    return pc.is_in(trimmed, value_set=pa.array([*BLANKS, None], pa.string()))


def parse(text: pa.Array, field: Field) -> pa.Array:
    """Values of a tidy column in the field's lake type; null where not understood."""
    if field.codes:
        return to_codes(text, field)
    readers = {
        "date": to_dates,
        "number": to_numbers,
        "integer": to_integers,
        "boolean": to_booleans,
    }
    return readers[field.kind](text) if field.kind in readers else text


def to_dates(text: pa.Array) -> pa.Array:
    """2025-02-28, 2025/2/28, 2025.2.28, 20250228, 2025年2月28日, a spreadsheet serial (45716).

    20250228.0 is what programs make of a column of numbers with gaps.
    A month alone (202502, 2025-02, 2025年2月, 2025.02) is its first day; a time of day is dropped,
    also that of a serial (45716.5). 2025.1 is null: January, or October without its zero.
    """
    coded = text.dictionary_encode()
    days = coded.dictionary
    if not _all_match(days, _ISO):
        even = pc.replace_substring_regex(days, f"[{DASHES}]", "-")
        even = pc.replace_substring_regex(even, r"^(\d{8})\.0+$", r"\1")
        even = pc.replace_substring_regex(even, r"\s*([-/.年月日])\s*", r"\1")
        written = pc.replace_substring_regex(even, _DAY, r"\1-\2\4-\3\5")
        written = pc.replace_substring_regex(written, _MONTH, r"\1-\2\3\4-1")
        written = pc.replace_substring(written, "月", "")
        days = pc.coalesce(_serial_dates(days), written)
    read = pc.strptime(days, format="%Y-%m-%d", unit="s", error_is_null=True).cast(pa.date32())
    # The engine takes 30 February for 2 March: the day must be the one that was written.
    written_day = pc.struct_field(pc.extract_regex(days, r"-(?P<day>\d{1,2})$"), "day")
    real = pc.equal(pc.day(read), written_day.cast(pa.int64()))
    for bound in (pc.greater_equal(read, FIRST_DAY), pc.less_equal(read, LAST_DAY)):
        real = pc.and_(real, bound)
    return pc.if_else(real, read, None).take(coded.indices)


def cut_short(text: pa.Array, month_allowed: bool) -> pa.Array | None:
    """Which dates look cut off, by what the column's other dates look like; None for none.

    2026-06-2 where days have two digits, 2026-06 or 20260 where nearly all others are whole. What
    is left can be read, as the wrong day.
    """
    counts = pc.value_counts(text)
    days, times = counts.field("values"), counts.field("counts")
    if _all_match(days, _ISO):
        return None
    padded = pc.any(pc.match_substring_regex(days, r"^\d{4}[-/.](0\d|\d\d[-/.]0\d)")).as_py()
    month = "0\\d|1[0-2]" if padded else "0\\d"
    cut = pc.match_substring_regex(days, rf"^\d{{4}}[-/.](?:{month})[-/.]\d$")
    whole = pc.match_substring_regex(days, r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|^\d{8}$")
    short = pc.match_substring_regex(days, r"^\d{4}[-/.]\d{1,2}$|^\d{4}年\d{1,2}月?$|^\d{6}$")
    compact = pc.any(pc.match_substring_regex(days, r"^\d{8}$")).as_py()
    if not month_allowed and _rows(times, whole) >= WHOLE_FOR_ONE * _rows(times, short):
        cut = pc.or_(cut, short)
    if compact:
        cut = pc.or_(cut, pc.match_substring_regex(days, r"^\d{5}$"))
    hit = days.filter(pc.fill_null(cut, False))
    return pc.is_in(text, value_set=hit) if len(hit) else None


def _rows(times: pa.Array, chosen: pa.Array) -> int:
    return pc.sum(times.filter(pc.fill_null(chosen, False))).as_py() or 0


def is_number(text: str) -> bool:
    """Whether a tidy cell is a number at all, however large."""
    return bool(re.fullmatch(_NUMBER, _plain(pa.array([text]))[0][0].as_py()))


def to_numbers(text: pa.Array) -> pa.Array:
    """1234.5, 1,234.50, ￥1234, 1234元, 1.2万, -3, −3, (3), 3-. Not finite or beyond 10^12: null.

    Commas must part groups of three: 4,32 and 4321,50 are null, whatever was meant.
    """
    plain, scale = _plain(text)
    readable = pc.if_else(pc.match_substring_regex(plain, _NUMBER), plain, None)
    read = readable.cast(pa.float64())
    if scale is not None:
        read = pc.if_else(scale, pc.multiply(read, 10_000.0), read)
    return pc.if_else(pc.less(pc.abs(read), LARGEST), read, None)


def _plain(text: pa.Array) -> tuple[pa.Array, pa.Array | None]:
    """Numbers without marks of thousands, currency and accounts; which of them count in 万."""
    if not pc.any(pc.match_substring_regex(text, _NOT_PLAIN)).as_py():
        return text, None
    plain = pc.replace_substring_regex(text, f"[{DASHES}]", "-")
    plain = pc.replace_substring_regex(plain, _CURRENCY, r"\1")
    plain = pc.replace_substring_regex(plain, r"\s*元整?$", "")
    scale = pc.ends_with(plain, "万")
    plain = pc.replace_substring_regex(plain, r"\s*万$", "")
    plain = pc.replace_substring_regex(plain, r"^\(([^-+()]+)\)$", r"-\1")
    plain = pc.replace_substring_regex(plain, r"^([^-+()]+)-$", r"-\1")
    plain = pc.replace_substring_regex(plain, r"^([-+])\s+", r"\1")
    grouped = pc.match_substring_regex(plain, _GROUPED)
    return pc.if_else(grouped, pc.replace_substring_regex(plain, "[, ]", ""), plain), scale


def to_integers(text: pa.Array) -> pa.Array:
    """Whole numbers, also written 3.0; anything with a fraction is null."""
    read = to_numbers(text)
    return pc.if_else(pc.equal(pc.floor(read), read), read, None).cast(pa.int64())


def to_booleans(text: pa.Array) -> pa.Array:
    """是/有/1/Y/√ is true, 否/无/0/N/× is false."""
    answers = dict.fromkeys(TRUE, True) | dict.fromkeys(FALSE, False)
    return _mapped(text, list(answers), pa.array(answers.values(), pa.bool_()))


def to_codes(text: pa.Array, field: Field) -> pa.Array:
    """The kept value for what a department writes (`在读` -> enrolled)."""
    kept = pa.array(field.spellings.values(), ARROW_TYPES[field.kind])
    return _mapped(text, list(field.spellings), kept)


def _mapped(text: pa.Array, written: list[str], kept: pa.Array) -> pa.Array:
    coded = text.dictionary_encode()
    whole = pc.replace_substring_regex(coded.dictionary, _POINT_ZERO, r"\1")
    whole = pc.replace_substring_regex(whole, r"\s+", "")
    places = pc.index_in(whole, value_set=pa.array(written, pa.string()))
    return kept.take(places.take(coded.indices))


def _serial_dates(days: pa.Array) -> pa.Array:
    """ISO texts for texts that are a spreadsheet's day number, null for others."""
    serial = pc.if_else(pc.match_substring_regex(days, _SERIAL), days, None)
    numbers = pc.floor(serial.cast(pa.float64())).cast(pa.int32())
    return (
        pc.subtract(numbers, pa.scalar(SERIAL_OF_1970, pa.int32()))
        .cast(pa.date32())
        .cast(pa.string())
    )


def visible(text: str) -> str:
    """A cell with what nobody sees made visible: a blank is ␣, others show their code, ‹U+200B›."""
    marked = re.sub("[ \u00a0\u3000]", "␣", text)
    return re.sub(f"[{INVISIBLE}{CONTROL}\t\r\n]", lambda found: f"‹U+{ord(found[0]):04X}›", marked)


def has_control(text: pa.Array) -> pa.Array:
    """Whether a cell holds a control character, after which nobody knows what it said."""
    return pc.fill_null(pc.match_substring_regex(text, f"[{CONTROL}]"), False)


def _all_match(text: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(text, pattern)).as_py())


def _without(text: pa.Array, blanks: tuple[str, ...]) -> pa.Array:
    return pc.if_else(pc.is_in(text, value_set=pa.array(blanks, pa.string())), None, text)
