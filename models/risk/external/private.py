"""Columns of an external dataset that name people: refused before anything is learned from them.

ID and phone numbers are recognised by `core.privacy`. Names are guessed: most different values of
a text column look like a Chinese name, or like two or three capitalised words, and nearly every
household has its own. A column of townships or occupations repeats itself and passes.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from core.privacy import Number, private_number, without_digests
from core.words import Text
from models.risk.errors import RiskError

# Nine of ten people in China bear one of these.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚"
    "邵万钱严覃武戴莫孔向汤"
)
_CHINESE = re.compile(rf"(?:[{SURNAMES}]|欧阳|司马|上官|诸葛|司徒)[\u4e00-\u9fff·]{{1,3}}")
# Places begin with surnames too: 黄陂区, 王庄村.
_PLACE = re.compile(r".*(?:省|市|区|县|镇|乡|村|庄|湾|街|道|路|组|社区|街道|学|中|科|业)")
_LATIN = re.compile(r"[A-Z][a-z'’-]+(?: [A-Z][a-z'’.-]*){1,2}")
# A few names in common look like any word; a column of names has one for nearly every household.
LIKE, DIFFERENT, OWN_SHARE = 0.5, 20, 0.3
NUMBERS_LIKE = 0.5
SAMPLE = 20_000
WHAT: dict[str, Text] = {
    "id": Text("身份证号码", "ID numbers"),
    "phone": Text("手机号码", "phone numbers"),
    "name": Text("姓名", "names of people"),
}


def refuse_private(frame: pd.DataFrame, households: pd.Series | None) -> None:
    """Raise RiskError naming the first column whose values name people; values are not repeated.

    `households` tells which rows are of one household (None: each row its own).
    """
    own = len(frame) if households is None else int(households.nunique())
    for name in frame.columns:
        found = names_people(frame[name], own)
        if found is not None:
            raise _refusal(str(name), WHAT[found])


def names_people(values: pd.Series, households: int) -> str | None:
    """'id', 'phone' or 'name' for a column that seems to hold such, else None."""
    known = pd.Series(values.dropna().unique())
    if known.empty or pd.api.types.is_bool_dtype(known):
        return None
    if pd.api.types.is_numeric_dtype(known):
        return _numbers(known)
    texts = known.astype(str)
    number = _first(texts)
    return number or ("name" if _are_names(texts, households) else None)


def _numbers(values: pd.Series) -> Number | None:
    """A column of numbers counts when half of its values are such; sums of money may be long."""
    whole = values[values.to_numpy(dtype=float) >= 10**10]
    if len(whole) < NUMBERS_LIKE * len(values):
        return None
    kinds = [private_number(f"{int(value)}") for value in whole.head(SAMPLE)]
    found = [kind for kind in kinds if kind]
    return found[0] if found and len(found) >= NUMBERS_LIKE * len(kinds) else None


def _first(texts: pd.Series) -> Number | None:
    """One is enough in a text: notes hold phone numbers here and there."""
    for text in texts:
        found = private_number(without_digests(text))
        if found:
            return found
    return None


def _are_names(texts: pd.Series, households: int) -> bool:
    if len(texts) < max(DIFFERENT, OWN_SHARE * households):
        return False
    like = np.array([_like_a_name(text.strip()) for text in texts.head(SAMPLE)])
    return bool(like.mean() >= LIKE)


def _like_a_name(text: str) -> bool:
    if _CHINESE.fullmatch(text):
        return not _PLACE.fullmatch(text)
    return bool(_LATIN.fullmatch(text))


def _refusal(column: str, what: Text) -> RiskError:
    return RiskError(
        f"列“{column}”看起来是{what.zh}，不得用于训练；请删去该列，或以假名代替",
        f"column {column} seems to hold {what.en}, which no model may learn from; leave the "
        "column out or put pseudonyms in its place",
    )
