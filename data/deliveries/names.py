"""What a file's name says about the kind of delivery it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.home import Home
from data.manifest import CORRECTION, EMPTY_MONTH, FULL, PART, SUPPLEMENT
from data.regions import Regions, RegionsError

# Words that offices put into file names; the first kind that fits counts.
WORDS: dict[str, tuple[str, ...]] = {
    EMPTY_MONTH: ("零报告", "零申报", "无数据", "无新增"),
    CORRECTION: ("更正", "修订", "修正", "订正", "勘误", "改正"),
    SUPPLEMENT: ("补报", "补充", "补录", "补传", "补送", "增补", "追加", "漏报"),
    FULL: ("全量", "完整", "重报", "重新报送", "重传", "最终", "汇总"),
}
_CHINESE = {digit: n for n, digit in enumerate("一二三四五六七八九十", start=1)}
_NUMBER = r"(\d{1,2}|[一二三四五六七八九十])"
_PARTS = (
    re.compile(rf"第\s*{_NUMBER}\s*(?:部分|批|册|卷|份|片)"),
    re.compile(rf"(?:部分|分批|分卷|\bpart|\bp)\s*[-_]?{_NUMBER}$", re.I),
    re.compile(rf"^{_NUMBER}\s*(?:/|of|之|-)\s*{_NUMBER}$", re.I),
    re.compile(rf"^{_NUMBER}$"),
)
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,8}?(?:镇|乡|街道|办事处|开发区|园区|社区|村)")
_ENDINGS = ("街道办事处", "街道", "镇", "乡")
_COPY = re.compile(r"^(?:副本|copy)$", re.I)


@dataclass(frozen=True)
class Told:
    """A kind of delivery as the name says it; both empty where it says nothing."""

    kind: str = ""
    part: str = ""


def told_by(sign: str, home: Home) -> Told:
    """What a sign (`data.file_names.Delivery.sign`) says: a word, a part's number, a township."""
    if not sign or _COPY.match(sign):
        return Told()
    for kind, words in WORDS.items():
        if any(word in sign for word in words):
            return Told(kind)
    for form in _PARTS:
        if found := form.search(sign):
            return Told(PART, _digits(found[1]))
    place = _township(sign, home)
    return Told(PART, place) if place else Told()


def sign_of(told: Told) -> str:
    """A sign that says the same; '' where nothing was told."""
    if told.kind == PART:
        return f"第{told.part}部分" if told.part.isdigit() else told.part
    return WORDS[told.kind][0] if told.kind else ""


def _digits(text: str) -> str:
    return str(_CHINESE.get(text, text)).lstrip("0") or "0"


def _township(sign: str, home: Home) -> str:
    """The township that a sign names: as the region table spells it, else what looks like one."""
    try:
        known = [t.name_zh for t in Regions.load(home).townships.values()]
    except RegionsError:
        known = []
    for name in sorted(known, key=len, reverse=True):
        if name in sign or sign == _short(name):
            return name
    found = _PLACE.search(sign)
    return found[0] if found else ""


def _short(name: str) -> str:
    """A township's name without what kind of township it is."""
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name
