"""Townships and villages as departments write them: by code, or by one of many spellings.

东镇, 东 镇 and 东镇人民政府 are one place; the lake knows it by its code in the region table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
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
        self._today: dict[str, dict[str, Region]] = {
            "township": regions.townships,
            "village": regions.villages,
        }
        self._dated = regions.table
        self._tables = {level: self._ever(level) for level in self._today}

    def _ever(self, level: str) -> dict[str, Region]:
        """Every place of a level there is or was, as it was last."""
        found = {}
        for code in self._dated.codes(level):
            if (last := self._dated.newest(code)) is not None:
                parent = code[: 6 if level == "township" else 9]
                english = last.name_en or last.name_zh
                found[code] = Region(code, last.name_zh, english, level, parent, last.urban_rural)
        return {**found, **self._today[level]}

    @cached_property
    def ended(self) -> pa.Array:
        """Codes of places that are no more."""
        return pa.array(sorted(self._dated.ended()), pa.string())

    def on(self, code: str, day: date) -> str | None:
        """The code that a place has on a day; None where it was split or given up by then."""
        return self._dated.on(code, day)

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
        if len(found) > 1:  # a town that took others in may have kept one's name
            found = found & self._today[level].keys()
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
    """Places in the contract's columns made codes of the place on the day of the row.

    Codes that had ended by the day of the row become those of the day. Gives the columns that
    changed, and marks: `place_spelling` where a name became a code, `unknown_place` where the table
    has no such name and the place is now unknown, `old_place` where a code had ended, `place_split`
    where nobody can tell what it became.
    """
    changed: dict[str, pa.Array] = {}
    marks: dict[str, pa.Array] = {}
    _name(contract, value, places, changed, marks)
    if len(places.ended):
        _bring_up(contract, value, places, changed, marks)
    return changed, marks


def _name(
    contract: Contract,
    value: Mapping[str, pa.Array],
    places: Places,
    changed: dict[str, pa.Array],
    marks: dict[str, pa.Array],
) -> None:
    """Names made codes."""
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


def _bring_up(
    contract: Contract,
    value: Mapping[str, pa.Array],
    places: Places,
    changed: dict[str, pa.Array],
    marks: dict[str, pa.Array],
) -> None:
    """Codes that had ended by the day of their row made those of the places on that day.

    A township that was split is told by its village where that is known.
    """
    fields = {str(f.place): f.name for f in contract.fields if f.place}
    days = value[contract.happened_on]
    found: dict[str, pa.Array] = {}
    old = pa.repeat(pa.scalar(False), len(days))
    for level, name in fields.items():
        codes = changed.get(name, value[name])
        found[level] = _on_day(codes, days, places)
        differs = pc.coalesce(pc.not_equal(codes, found[level]), pc.is_valid(codes))
        old = pc.or_(old, differs)
    if not pc.any(old).as_py():
        return
    if {"township", "village"} <= set(found):
        lies_in = pc.utf8_slice_codeunits(found["village"], 0, 9)
        found["township"] = pc.if_else(
            pc.and_(old, pc.is_valid(lies_in)), lies_in, found["township"]
        )
    lost = pa.repeat(pa.scalar(False), len(days))
    for level, name in fields.items():
        codes = changed.get(name, value[name])
        lost = pc.or_(lost, pc.and_(pc.is_valid(codes), pc.is_null(found[level])))
        changed[name] = found[level]
    marks["old_place"] = pc.and_not(old, lost)
    marks["place_split"] = lost


def _on_day(codes: pa.Array, days: pa.Array, places: Places) -> pa.Array:
    """Each code as it was on its row's day, looked up once for each pair."""
    touched = pc.fill_null(pc.is_in(codes, value_set=places.ended), False)
    if not pc.any(touched).as_py():
        return codes
    text = pc.fill_null(days.cast(pa.string()), "")
    pairs = pc.binary_join_element_wise(pc.if_else(touched, codes, None), text, "\n")
    coded = pairs.dictionary_encode()
    found = []
    for pair in coded.dictionary.to_pylist():
        code, day = pair.split("\n", 1)
        found.append(places.on(code, date.fromisoformat(day)) if day else code)
    now = pa.array(found, pa.string()).take(coded.indices)
    return pc.if_else(touched, now, codes)


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
