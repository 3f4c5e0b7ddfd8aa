"""Personal data where none belongs: an ID number, a phone or a name in a column for the lake.

Two swapped headers put names where settlement numbers should be. A column that holds such things
stops its file; a single cell in an otherwise fine column stops its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract, Field
from data.identity import AROUND_A_PHONE, RINGS, is_valid
from data.readers.raw import ReadError

Fault = tuple[pa.Array, str, str]

# A column is one of numbers or phones from this many cells on, when they are this share of it.
FEW, SHARE = 3, 0.01
NAMES_SHARE = 0.2  # names are told by their looks only: more of them are needed
SAMPLE = 2_000
# Serial numbers made of region, date and a count look like ID numbers, but only one in eleven has
# the check digit; those made by counting up share their beginnings, which phones do not.
VALID_SHARE, SPREAD = 0.5, 0.2
_ID = r"(?:^|[^0-9])(?P<id>[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx])"
_PHONE = r"(?:^|[^0-9])(?P<phone>1[3-9][0-9]{9})(?:$|[^0-9])"
_DIGITS = r"(?P<run>[0-9]{6,})[^0-9]*$"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩邓冯曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚"
    "沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔汤康尚"
    "易乔赖文庞樊殷施洪翟安颜倪牛温芦俞章鲁葛毕聂焦向柳邢岳齐梅庄辛管祝左涂谷耿牟卜路詹关苗凌费纪靳盛童欧"
    "甄项裴席屈鲍霍翁隋阮艾甘景娄柯华蒲申"
)
_NAME = f"^(?:[{_SURNAMES}]|欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐)[\u4e00-\u9fff]{{1,2}}$"
_PLACE = "[村镇乡县市区路街]$|街道|社区"
WHAT = {
    "id": ("身份证号", "ID numbers"),
    "phone": ("电话号码", "phone numbers"),
    "name": ("姓名", "names"),
    "household": ("户号", "household numbers"),
}


def personal_faults(
    contract: Contract, text: Mapping[str, pa.Array], value: Mapping[str, pa.Array]
) -> Iterator[Fault]:
    """Rows with personal data in a column that is not for it.

    `text` is tidy text by field, `value` the parsed columns. Raises ReadError (personal_data) for
    a column that holds such data, naming it.
    """
    numbers = [f for f in contract.fields if f.identifies in ("person", "household")]
    for field in contract.fields:
        if field.personal or field.kind != "string":
            continue
        # Of a column of codes only what is no code can be anything else.
        cells = text[field.name]
        if field.codes:
            cells = pc.if_else(pc.is_null(value[field.name]), cells, None)
        filled = len(cells) - text[field.name].null_count
        if cells.null_count == len(cells):
            continue
        hits = {what: hit for what, hit in _hits(cells, field).items() if pc.any(hit).as_py()}
        for what, hit in hits.items():
            _stop_if_many(field, what, pc.sum(hit).as_py(), filled)
            yield hit, "personal_data", field.name
        for known in numbers:
            if _contains(cells, text[known.name]):
                raise _stopped(field, "id" if known.identifies == "person" else "household")


def ringing(phones: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Phones with those nobody can ring left out, and which ones were."""
    bare = pc.replace_substring_regex(phones, AROUND_A_PHONE, "")
    rings = pc.match_substring_regex(bare, RINGS)
    return pc.if_else(rings, phones, None), pc.fill_null(pc.invert(rings), False)


def _hits(cells: pa.Array, field: Field) -> dict[str, pa.Array]:
    """Which cells hold what, for what any of them holds."""
    coded = cells.dictionary_encode()
    words = coded.dictionary
    longest = pc.max(pc.binary_length(words)).as_py() or 0
    found = {}
    if longest >= len("13800001234"):
        found = {"id": _ids(words), "phone": _phones(words)}
    if field.place is None and not pc.all(pc.string_is_ascii(words)).as_py():
        names = pc.match_substring_regex(words, _NAME)
        found["name"] = pc.and_not(names, pc.match_substring_regex(words, _PLACE))
    return {
        what: pc.fill_null(hit.take(coded.indices), False)
        for what, hit in found.items()
        if hit is not None
    }


def _ids(words: pa.Array) -> pa.Array | None:
    """Which texts hold a valid ID number; None when they only look as if they did."""
    numbers = pc.struct_field(pc.extract_regex(words, _ID), "id")
    shaped = pc.unique(numbers.drop_null())
    sample = [n for n in shaped.to_pylist()[:SAMPLE] if is_valid(n.upper())]
    seen = min(len(shaped), SAMPLE)
    if not sample or (seen >= FEW * FEW and len(sample) < VALID_SHARE * seen):
        return None
    valid = sample if len(shaped) <= SAMPLE else shaped
    return pc.is_in(numbers, value_set=pa.array(valid, pa.string()), skip_nulls=True)


def _phones(words: pa.Array) -> pa.Array | None:
    """Which texts hold a mobile number; None for numbers counted up."""
    numbers = pc.struct_field(pc.extract_regex(words, _PHONE), "phone")
    found = pc.unique(numbers.drop_null())
    if len(found) == 0:
        return None
    beginnings = pc.count_distinct(pc.utf8_slice_codeunits(found, 0, 7)).as_py()
    if len(found) >= FEW * FEW and beginnings < SPREAD * len(found):
        return None
    return pc.is_valid(numbers)


def _contains(cells: pa.Array, numbers: pa.Array) -> bool:
    """Whether a column repeats the digits of the rows' own ID or household numbers."""
    both = pc.and_(pc.is_valid(cells), pc.is_valid(numbers))
    rows = pc.sum(both).as_py() or 0
    if rows == 0:
        return False
    mine, theirs = (
        pc.struct_field(pc.extract_regex(column.filter(both), _DIGITS), "run")
        for column in (cells, numbers)
    )
    same = pc.sum(pc.equal(mine, theirs)).as_py() or 0
    return bool(same >= min(FEW, rows) and same >= NAMES_SHARE * rows)


def _stop_if_many(field: Field, what: str, hits: int, filled: int) -> None:
    share = NAMES_SHARE if what == "name" else SHARE
    if hits >= FEW and hits >= share * filled:
        raise _stopped(field, what)


def _stopped(field: Field, what: str) -> ReadError:
    zh, en = WHAT[what]
    return ReadError(
        "personal_data",
        f"“{field.zh}”一列出现{zh}，该列不应有个人信息；请检查表头是否对调，整份未收",
        f"the column {field.zh} ({field.en}) holds {en}, where no personal data belongs; check "
        "whether two headers were swapped. Nothing of the file was taken",
    )
