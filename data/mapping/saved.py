"""Mappings as the data steward saved them: one line a form of file name, in the home.

A mapping holds column headers and a form of file name, never a cell: nothing personal is in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from core.atomic import write_text
from core.errors import Told
from core.home import Home
from data.contracts import Contract, all_feeds, load_contract, plain_header
from data.file_names import Delivery, parse_file_name
from data.mapping.names import follows, name_form, sign_of, told_by_name

LEFT_OUT = ""  # a column that is not taken in


class MappingError(Told):
    """A mapping that cannot be saved or used; the message says what would do."""


@dataclass(frozen=True)
class Mapping:
    """How one sender's files of a form are read.

    `headers` maps each delivered header to a field of the feed's contract, or to LEFT_OUT. A
    header that is not listed is read by the contract's own spellings.
    """

    form: str
    feed: str
    headers: dict[str, str]
    sender: str = ""
    made_on: date = date.min

    def field_of(self, header: str) -> str | None:
        """The field a header was mapped to, LEFT_OUT, or None where nothing was said."""
        plain = plain_header(header)
        return next((f for h, f in self.headers.items() if plain_header(h) == plain), None)

    def renamed(self, headers: Iterable[str]) -> dict[str, str]:
        """Delivered header -> the header that the contract knows, for those that change."""
        contract, changed = load_contract(self.feed), {}
        for header in headers:
            field = self.field_of(header)
            if field == LEFT_OUT:
                changed[header] = f"（不收）{header}"
            elif field is not None and plain_header(header) not in contract.field(field).headers:
                changed[header] = _with_unit(contract.field(field).zh, header)
        return changed

    def delivery(self, name: str, written_on: date) -> Delivery | None:
        """Which delivery a file of this form is; None where its name speaks of no month.

        Without a day in the name the file's own date is the day it came.
        """
        period, day = told_by_name(name)
        if period is None:
            return None
        return Delivery(self.feed, period, day or written_on, sign_of(name, self.form))


def _with_unit(label: str, header: str) -> str:
    """The contract's label, keeping a unit that the delivered header names (万元)."""
    return f"{label}（万元）" if "万元" in header else label


def _written_on(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone().date()


def mapping_for(mappings: Iterable[Mapping], name: str) -> Mapping | None:
    """The mapping for a file name: the longest form that it follows."""
    form = name_form(name)
    found = [m for m in mappings if follows(form, m.form)]
    return max(found, key=lambda m: len(m.form), default=None)


def told_of(mappings: Iterable[Mapping], path: Path, name: str) -> Delivery | None:
    """What a file's name says of it: by the form that all feeds share, else by a saved mapping."""
    if (told := parse_file_name(name)) is not None:
        return told
    mapping = mapping_for(mappings, name)
    return mapping.delivery(name, _written_on(path)) if mapping else None


def mapping_of_headers(
    mappings: Iterable[Mapping], feed: str, headers: Iterable[str]
) -> Mapping | None:
    """The newest mapping of a feed whose taken columns are all among the headers of a file."""
    plain = {plain_header(h) for h in headers}
    found = [
        m
        for m in mappings
        if m.feed == feed
        and plain >= {plain_header(h) for h, field in m.headers.items() if field != LEFT_OUT}
    ]
    return max(found, key=lambda m: (m.made_on, m.form), default=None)


def read_mappings(home: Home) -> list[Mapping]:
    """Saved mappings in order of their forms; none when nothing was ever saved."""
    path = _file(home)
    if not path.exists():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))["mappings"]
    return [Mapping(**{**m, "made_on": date.fromisoformat(m["made_on"])}) for m in kept]


def save(home: Home, mapping: Mapping) -> Mapping:
    """Keep a mapping; one of the same form is replaced.

    Raises MappingError for an unknown feed or field, two columns that become the same field, or a
    required field that no column becomes.
    """
    mapping = replace(mapping, form=name_form(mapping.form))
    _require_sound(mapping)
    _write(home, [*_others(home, mapping.form), mapping])
    return mapping


def withdraw(home: Home, form: str) -> None:
    """Forget the mapping of a form; what was taken in with it stays. MappingError for none."""
    others = _others(home, form)
    if len(others) == len(read_mappings(home)):
        raise MappingError(f"没有“{form}”的对应关系", f"no mapping for '{form}' is saved")
    _write(home, others)


def _others(home: Home, form: str) -> list[Mapping]:
    return [m for m in read_mappings(home) if m.form != form]


def _write(home: Home, mappings: list[Mapping]) -> None:
    ordered = sorted(mappings, key=lambda m: m.form)
    plain = [asdict(m) | {"made_on": m.made_on.isoformat()} for m in ordered]
    text = json.dumps({"version": 1, "mappings": plain}, ensure_ascii=False, indent=1)
    _file(home).parent.mkdir(parents=True, exist_ok=True)
    write_text(_file(home), text + "\n")


def _file(home: Home) -> Path:
    return home.data / "mappings.json"


def _require_sound(mapping: Mapping) -> None:
    if mapping.feed not in all_feeds():
        raise MappingError(f"没有数据“{mapping.feed}”", f"there is no feed '{mapping.feed}'")
    if not mapping.form.strip("#._-"):
        raise MappingError(
            "文件名只有数字，无法据此认出下月的文件，请改名后再保存",
            "the file name is digits only, so next month's file could not be told by it; rename it",
        )
    contract = load_contract(mapping.feed)
    _require_fields(contract, mapping.headers)


def _require_fields(contract: Contract, headers: Pairs[str, str]) -> None:
    taken = [f for f in headers.values() if f != LEFT_OUT]
    strange = next((f for f in taken if f not in contract.field_names), None)
    if strange is not None:
        raise MappingError(
            f"“{contract.zh}”没有字段“{strange}”", f"'{contract.en}' has no field '{strange}'"
        )
    twice = next((f for f in taken if taken.count(f) > 1), None)
    if twice is not None:
        label = contract.field(twice)
        raise MappingError(
            f"有两列都对应“{label.zh}”，请只留一列",
            f"two columns become '{label.en}'; keep one of them",
        )
    lacking = [contract.field(f) for f in contract.required if f not in taken]
    if lacking:
        zh, en = "、".join(f.zh for f in lacking), ", ".join(f.en for f in lacking)
        raise MappingError(f"必填项没有对应的列：{zh}", f"no column becomes the required: {en}")
