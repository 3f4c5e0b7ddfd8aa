"""From written text to values: the many ways departments write a date, an amount, a yes.

Arrow columns in, Arrow columns out; no loop over rows. A text that cannot be read gives null,
and the caller, who still has the text, says why. The usual form is tried first, so a clean
column costs little.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Field

EDGES = " \t\r\n\u00a0\u3000\ufeff'`"
BLANKS = ("", "无", "-", "--", "—", "——", "/", "NULL", "null", "None", "nan", "NaN", "空", "不详")
TRUE = ("是", "有", "1", "Y", "y", "YES", "yes", "TRUE", "true", "True", "√")
FALSE = ("否", "无", "0", "N", "n", "NO", "no", "FALSE", "false", "False", "×", "没有")
FIRST_DAY, LAST_DAY = date(1880, 1, 1), date(2199, 12, 31)
LARGEST = 1e12

_ISO = r"^\d{4}-\d{2}-\d{2}$"
_DAY = r"^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?|(\d{2})(\d{2}))(?:[ T].*)?$"
_MONTH = r"^(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))$"
_SERIAL = r"^[2-8]\d{4}(?:\.0+)?$"
SERIAL_OF_1970 = 25_569  # a spreadsheet's number for 1970-01-01
_NUMBER = r"^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$"
_NOT_PLAIN = r"[^0-9.\-]"
_POINT_ZERO = r"^(\d+)\.0+$"

ARROW_TYPES = {
    "string": pa.string(),
    "date": pa.date32(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}


def tidy(text: pa.Array, blanks: tuple[str, ...] = BLANKS) -> pa.Array:
    """Half-width, without blanks or apostrophes around it; what says nothing is null."""
    if text.null_count == len(text):
        return text
    if pc.all(pc.string_is_ascii(text)).as_py():
        return _without(pc.utf8_trim(text, characters=EDGES), blanks)
    # Names and codes repeat: clean each distinct text once.
    coded = text.dictionary_encode()
    clean = pc.utf8_trim(pc.utf8_normalize(coded.dictionary, form="NFKC"), characters=EDGES)
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

    A month alone (202502, 2025-02, 2025年2月) is its first day; a time of day is dropped.
    """
    coded = text.dictionary_encode()
    days = coded.dictionary
    if not _all_match(days, _ISO):
        written = pc.replace_substring_regex(days, _DAY, r"\1-\2\4-\3\5")
        written = pc.replace_substring_regex(written, _MONTH, r"\1-\2\3-1")
        days = pc.coalesce(_serial_dates(days), written)
    read = pc.strptime(days, format="%Y-%m-%d", unit="s", error_is_null=True).cast(pa.date32())
    # The engine takes 30 February for 2 March: the day must be the one that was written.
    written_day = pc.struct_field(pc.extract_regex(days, r"-(?P<day>\d{1,2})$"), "day")
    real = pc.equal(pc.day(read), written_day.cast(pa.int64()))
    for bound in (pc.greater_equal(read, FIRST_DAY), pc.less_equal(read, LAST_DAY)):
        real = pc.and_(real, bound)
    return pc.if_else(real, read, None).take(coded.indices)


def to_numbers(text: pa.Array) -> pa.Array:
    """1234.5, 1,234.50, ￥1234, 1234元, 1.2万, -3. Not finite or beyond 10^12: null."""
    plain, scale = text, None
    if pc.any(pc.match_substring_regex(text, _NOT_PLAIN)).as_py():
        plain = pc.replace_substring_regex(text, "[,，￥¥\\s]|元$", "")
        scale = pc.ends_with(plain, "万")
        plain = pc.replace_substring_regex(plain, "万$", "")
    readable = pc.if_else(pc.match_substring_regex(plain, _NUMBER), plain, None)
    read = readable.cast(pa.float64())
    if scale is not None:
        read = pc.if_else(scale, pc.multiply(read, 10_000.0), read)
    return pc.if_else(pc.less(pc.abs(read), LARGEST), read, None)


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
    places = pc.index_in(whole, value_set=pa.array(written, pa.string()))
    return kept.take(places.take(coded.indices))


def _serial_dates(days: pa.Array) -> pa.Array:
    """ISO texts for texts that are a spreadsheet's day number, null for others."""
    serial = pc.if_else(pc.match_substring_regex(days, _SERIAL), days, None)
    numbers = serial.cast(pa.float64()).cast(pa.int32())
    return (
        pc.subtract(numbers, pa.scalar(SERIAL_OF_1970, pa.int32()))
        .cast(pa.date32())
        .cast(pa.string())
    )


def _all_match(text: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(text, pattern)).as_py())


def _without(text: pa.Array, blanks: tuple[str, ...]) -> pa.Array:
    return pc.if_else(pc.is_in(text, value_set=pa.array(blanks, pa.string())), None, text)
