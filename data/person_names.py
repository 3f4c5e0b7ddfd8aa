"""Whether two written names can be one person's: names are never compared byte for byte."""

from __future__ import annotations

import re
from functools import lru_cache

from data.identity import same_name

# Written where a character could not be: lost in transfer, masked, or of a font's own.
_UNREADABLE = re.compile("[?？*＊□■\ufffd\ue000-\uf8ff]")
# A former or other name behind the name: 张三（曾用名张山）.
_FORMER = re.compile(r"[(（\[【](?:曾用名|原名|又名|别名)?[::]?(.+?)[)）\]】]")

_AT_HAND = 1 << 15  # names whose plain form is kept: given and family names come again and again


def alike(one: str, other: str) -> bool:
    """Whether two names may be the same name, written otherwise.

    Width, blanks and kinds of middle dot do not count; a character that could not be read may be
    any; a former name in brackets is another name of the person. An empty name says nothing. Any
    other difference is a difference: brothers share all but one character.
    """
    ours, theirs = _forms(one), _forms(other)
    if not ours or not theirs:
        return True
    return any(_match(a, b) for a in ours for b in theirs)


def far(one: str, other: str) -> int:
    """In how many places two names of one length differ; the longer length where they have two."""
    a, b = plain(one), plain(other)
    return (
        max(len(a), len(b)) if len(a) != len(b) else sum(x != y for x, y in zip(a, b, strict=True))
    )


@lru_cache(maxsize=_AT_HAND)
def plain(name: str) -> str:
    """A name without what stands in brackets behind it, as it is compared."""
    return _FORMER.sub("", same_name(name)).replace("·", "").upper()


def _forms(name: str) -> list[str]:
    kept = same_name(name)
    found = [plain(kept), *(plain(former) for former in _FORMER.findall(kept))]
    return [form for form in found if form]


def _match(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    return all(
        a == b or _UNREADABLE.match(a) is not None or _UNREADABLE.match(b) is not None
        for a, b in zip(one, other, strict=True)
    )
