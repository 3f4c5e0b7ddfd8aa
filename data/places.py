"""Townships and villages as departments write them: by code, or by one of many spellings.

东镇, 东 镇 and 东镇人民政府 are one place; the lake knows it by its code in the region table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from core.home import Home
from data.contracts import Contract
from data.regions import Region, Regions, RegionsError

# What follows a place's own name: its government, its committee.
_OFFICE = re.compile("(人民政府|政府|办事处|村民委员会|居民委员会|村委会|居委会|委员会)$")
_KIND = re.compile("(街道|社区|[镇乡村])$")
_ABOVE = re.compile(
    "^.{1,8}?([县区市]|街道|[镇乡])(?=.{2})"
)  # what a place lies in, written before it
_BLANKS = re.compile(r"\s+")
CODE = r"^[0-9]+$"


class Places:
    """The region table of a home, to look codes and names up in."""

    def __init__(self, regions: Regions) -> None:
        self._tables: dict[str, dict[str, Region]] = {
            "township": regions.townships,
            "village": regions.villages,
        }

    @classmethod
    def of(cls, home: Home) -> Places | None:
        """The places of a home; None while it has no region table."""
        try:
            return cls(Regions.load(home))
        except RegionsError:
            return None

    def known(self, field: str) -> pa.Array | None:
        """Codes a field `township_code` or `village_code` may have; None without such a table."""
        table = self._tables[field.removesuffix("_code")]
        return pa.array(sorted(table), pa.string()) if table else None

    def township_of(self, villages: pa.Array) -> pa.Array:
        """Township code of each village code; null for one that is not known."""
        table = self._tables["village"]
        own = pa.array(list(table), pa.string())
        parents = pa.array([v.parent for v in table.values()], pa.string())
        return parents.take(pc.index_in(villages, value_set=own))

    def code_of(self, level: str, name: str, township: str | None = None) -> str | None:
        """Code of the one place called `name`; None for none and for several.

        A village's name is looked for in its township where that is known.
        """
        plain, found = plain_place(name), None
        while found is None and plain:
            found = self._by_name[level].get(plain)
            shorter = _ABOVE.sub("", plain)
            plain = shorter if shorter != plain else ""
        found = found or frozenset()
        if level == "village" and township is not None:
            found = frozenset(c for c in found if self._tables[level][c].parent == township)
        return next(iter(found)) if len(found) == 1 else None

    @cached_property
    def _by_name(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        return {level: _names(table.values()) for level, table in self._tables.items()}


def plain_place(name: str) -> str:
    """A place's own name: half-width, without blanks, without its government or committee."""
    return _OFFICE.sub("", _BLANKS.sub("", unicodedata.normalize("NFKC", name)))


def settle(
    contract: Contract, value: Mapping[str, pa.Array], places: Places
) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Names in the contract's place columns made codes.

    Gives the columns that changed, and marks: `place_spelling` where a name became a code,
    `unknown_place` where the table has no such name and the place is now unknown.
    """
    changed: dict[str, pa.Array] = {}
    marks: dict[str, pa.Array] = {}
    for field in sorted((f for f in contract.fields if f.place), key=lambda f: f.place or ""):
        text = value[field.name]
        named = pc.invert(pc.match_substring_regex(text, CODE))
        if not pc.any(named).as_py():
            continue
        towns = changed.get("township_code", value.get("township_code"))
        codes = _codes(str(field.place), pc.if_else(named, text, None), towns, places)
        named = pc.fill_null(named, False)
        changed[field.name] = pc.if_else(named, codes, text)
        for mark, hit in (("place_spelling", pc.is_valid(codes)), ("unknown_place", None)):
            hit = pc.and_(named, pc.is_null(codes) if hit is None else hit)
            marks[mark] = pc.or_(marks[mark], hit) if mark in marks else hit
    return changed, marks


def _codes(level: str, names: pa.Array, towns: pa.Array | None, places: Places) -> pa.Array:
    """Codes of named places, each pair of name and township looked up once."""
    towns = pa.nulls(len(names), pa.string()) if towns is None or level == "township" else towns
    pairs = pc.binary_join_element_wise(pc.fill_null(towns, ""), names, "\n")
    coded = pairs.dictionary_encode()
    found = []
    for pair in coded.dictionary.to_pylist():
        town, name = pair.split("\n", 1)
        found.append(places.code_of(level, name, town or None))
    return pa.array(found, pa.string()).take(coded.indices)


def _names(regions: Iterable[Region]) -> dict[str, frozenset[str]]:
    """Codes by every spelling: the full name, and the name without 镇, 村 and the like where only
    one place has it.
    """
    found: dict[str, set[str]] = {}
    for region in regions:
        full = plain_place(region.name_zh)
        for name in {full, _KIND.sub("", full)}:
            found.setdefault(name, set()).add(region.code)
    return {name: frozenset(codes) for name, codes in found.items()}
