"""Planted troubles: how each ended, against the sealed list of what was planted where.

A county's files are taken into a home of their own. Of every kind of trouble it is counted how
many were repaired, noted or sent back with the right reason, and of all other rows how many were
sent back although nothing was wrong with them.
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from core.home import Home
from data.checks import REASONS
from data.ingest import ingest_directory
from data.lake import Lake
from data.manifest import Batch
from data.quarantine import quarantined
from simulator.study.troubles import TROUBLES, plant

# kind: (how it should end, the codes that are right). What the departments plant by themselves.
KNOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "bad_checksum": ("quarantined", ("bad_checksum",)),
    "excel_damaged": ("quarantined", ("damaged_number",)),
    "fifteen_digits": ("repaired", ("id15",)),
    "full_width": ("repaired", ("full_width",)),
    "lower_case_x": ("repaired", ("lower_x",)),
    "spaced": ("repaired", ("stripped",)),
    "wrong_phone": ("noted", ("bad_phone",)),
    "duplicate_row": ("counted", ("duplicates",)),
    "late_row": ("counted", ("late",)),
    "old_number": ("repaired", ("id15",)),
    "shareholder_without_id": ("quarantined", ("missing_required",)),
    "consent_expired": ("quarantined", ("consent_expired",)),
} | {t.kind: (t.ends, t.codes) for t in TROUBLES}
FILE_WIDE = ("date_style", "header_synonym", "thousands_marks")  # read as if nothing were
UNDETECTABLE = {
    "truncated_file": "rows that were never written; the delivery's size tells",
    "second_account": "two rows that are each right; only a person's accounts side by side tell",
    "insured_elsewhere": "said in the row as what it is: the account is in another province",
    "wrong_scheme": "a possible value; work and contributions beside it tell",
    "identity_misused": "wages like any others; only the person knows",
    "filed_and_registered": "one home in two files under two numbers; area, owner and dates tell",
    "rural_home_missing": "rows that were never written; the housing feed and a visit tell",
    "dead_owner": "the owner's death stands in other feeds",
    "dead_firm": "a firm that trades no more and told nobody; its turnover tells",
    "nominee": "a name lent to a firm; only the person knows",
    "sealed_as_paid": "an account called paid whose last month lies back",
    "sold_not_transferred": "the register's owner is no longer the owner; a visit tells",
    "no_price": "an optional cell that is empty",
    "tricycle_as_car": "a possible value; a price of some thousand yuan tells",
    "joint_in_full": "said in the row: the account has two holders, each told the whole amount",
    "listed_as_other": "a possible value; the local list has other names",
    "listed_by_register": "a member by the register who lives elsewhere; other feeds tell",
    "member_left_out": "rows that were never written, of those who are registered elsewhere",
    "only_yes": "optional cells that are empty: the office says yes and no more",
    "payer_not_user": "said in the row: who paid is another than the user",
    "account_of_the_dead": "a user whose death stands in other feeds",
    "shared_meter": "bills of two families on one meter; only the neighbours know",
    "paid_to_holder": "a payment in the name of who holds the policy; the bill is another's",
    "insured_outside": "rows that were never written; only the family knows",
    "refused_unasked": "a possible value; only the person knows that nobody asked",
    "found_not_cancelled": "rows that were never written; a visit tells",
    "married_elsewhere": "rows that were never written; the population register tells",
    "court_divorce": "rows that were never written; the population register tells",
    "arrears_paid_in_part": "the whole claim, of which a part was paid; the worker tells",
    "answered_late": "said in the row, by the days asked and answered",
    "supporter_without_id": "a number that may be missing; nothing is looked up then",
    "supporter_left_out": "rows that were never written; the number who share the duty tells",
    "paid_left_blank": "an optional cell that is empty; a visit tells what is paid",
    "income_told_low": "a possible value; only means looked up with consent tell",
    "consent_out_of_date": "said in the row by its day; nothing is looked up then",
}
# Troubles of a row, which a damaged number comes before.
FOR_THE_ROW = ("shareholder_without_id", "consent_expired")
ASKED = 0.99
Row = dict[str, Any]


@dataclass
class Ended:
    """How one kind of trouble ended."""

    planted: int = 0
    right: int = 0
    otherwise: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Outcome:
    """The whole table: kinds, and what became of rows nobody touched."""

    kinds: Mapping[str, Ended]
    clean: int
    clean_refused: Counter[tuple[str, str]]

    @property
    def detectable(self) -> int:
        """Planted troubles that can be seen in a row."""
        return sum(e.planted for e in self.kinds.values())

    @property
    def share(self) -> float:
        """Share of the detectable ones that ended as they should."""
        return sum(e.right for e in self.kinds.values()) / max(self.detectable, 1)

    def figures(self) -> Row:
        """The table for scripts."""
        return {
            "synthetic": True,
            "planted": self.detectable,
            "right": sum(e.right for e in self.kinds.values()),
            "share": self.share,
            "reached": self.share >= ASKED and not self.clean_refused.total(),
            "clean": self.clean,
            "clean_refused": self.clean_refused.total(),
            "kinds": {
                kind: {"planted": e.planted, "right": e.right, "otherwise": dict(e.otherwise)}
                for kind, e in self.kinds.items()
            },
        }


def judge(source: Home, home: Home, seed: int = 7, each: int = 40) -> Outcome:
    """Copy a county's files into `home`, plant more troubles, ingest, and compare.

    `home` must be empty; `source` is a simulated county with its sealed list.
    """
    shutil.copytree(source.incoming, home.incoming)
    for name in ("regions_file", "county_file"):
        if (path := getattr(source, name)).exists():
            shutil.copy2(path, getattr(home, name))
    sealed = pq.read_table(source.truth / "planted_errors.parquet").to_pylist()
    spared = defaultdict(set)
    for entry in sealed:
        spared[entry["file"]].add(entry["row"])
        if entry["kind"] == "duplicate_row":
            spared[entry["file"]].add(int(entry["was"]))
    added = [dict(e, row=int(e["row"])) for e in plant(home, seed, each, spared)]
    ingest_directory(home, home.incoming)
    return _outcome(home, [*sealed, *added])


def _outcome(home: Home, planted: Sequence[Row]) -> Outcome:
    batches = {Path(b.file).name: b for b in Lake(home).batches()}
    by_file: dict[str, list[Row]] = defaultdict(list)
    for entry in planted:
        by_file[entry["file"]].append(entry)
    kinds: dict[str, Ended] = defaultdict(Ended)
    clean, refused = 0, Counter()
    for name, batch in batches.items():
        told = _sent_back(home, batch)
        entries = by_file.get(name, [])
        for kind, ended in _ended(home, batch, entries, told).items():
            kinds[kind].planted += ended.planted
            kinds[kind].right += ended.right
            kinds[kind].otherwise += ended.otherwise
        touched = _touched(entries)
        clean += batch.received - len(touched)
        refused += Counter(
            (batch.feed, reason) for row, reason in told.items() if row not in touched
        )
    return Outcome(dict(sorted(kinds.items())), clean, refused)


def _sent_back(home: Home, batch: Batch) -> dict[int, str]:
    """Reason by row (from 1, below the header)."""
    if not batch.quarantined:
        return {}
    rows = quarantined(home, batch.feed, batch.batch)
    numbers = (n - 1 for n in rows["row_no"].to_pylist())
    return dict(zip(numbers, rows["reason_code"].to_pylist(), strict=True))


def _touched(entries: Iterable[Row]) -> set[int]:
    return {e["row"] for e in entries if e["row"] > 0}


def _ended(
    home: Home, batch: Batch, entries: Sequence[Row], told: Mapping[int, str]
) -> dict[str, Ended]:
    kinds: dict[str, Ended] = defaultdict(Ended)
    damaged = {e["row"] for e in entries if KNOWN.get(e["kind"], ("",))[0] == "quarantined"}
    # A row is sent back for one reason: its number's, where that is damaged too.
    number = {e["row"] for e in entries if e["kind"] in ("bad_checksum", "excel_damaged")}
    for kind in {e["kind"] for e in entries}:
        mine = [e for e in entries if e["kind"] == kind]
        if kind in FOR_THE_ROW:
            mine = [e for e in mine if e["row"] not in number]
        ended = kinds[kind]
        if kind.startswith(FILE_WIDE):
            ended.planted = len(mine)
            ended.right = len(mine) if batch.status == "accepted" else 0
        elif kind in KNOWN:
            if KNOWN[kind][0] != "quarantined":  # what is sent back for another trouble is
                mine = [e for e in mine if e["row"] not in damaged and not _copies(e, damaged)]
                mine = _once_a_row(mine)
            ended.planted = len(mine)
            _count(home, batch, kind, mine, told, ended)
        if kind not in KNOWN and not kind.startswith(FILE_WIDE):
            del kinds[kind]
    return kinds


def _copies(entry: Row, damaged: set[int]) -> bool:
    return entry["kind"] == "duplicate_row" and int(entry["was"]) in damaged


def _once_a_row(entries: Sequence[Row]) -> list[Row]:
    """A delivery counts the rows it repaired: one person in two roles of a row is one repair."""
    rows = {e["row"]: e for e in entries if e["row"] > 0}
    return [*rows.values(), *(e for e in entries if e["row"] <= 0)]


def _count(
    home: Home,
    batch: Batch,
    kind: str,
    mine: Sequence[Row],
    told: Mapping[int, str],
    ended: Ended,
) -> None:
    ends, codes = KNOWN[kind]
    for entry in mine:
        reason = told.get(entry["row"])
        if ends == "quarantined" and reason in codes:
            ended.right += 1
        elif ends == "quarantined" or reason is not None:
            ended.otherwise[reason or "taken"] += 1
    kept = len(mine) - sum(e["row"] in told for e in mine)
    if ends == "quarantined":
        return
    marks = {**batch.repairs, **batch.warnings, "duplicates": batch.duplicates, "late": batch.late}
    if codes:
        found = min(kept, sum(marks.get(code, 0) for code in codes))
    else:
        found = sum(_as_meant(home, batch, e) for e in mine if e["row"] not in told)
    ended.right += found
    if found < kept:
        ended.otherwise["not noticed"] += kept - found


def _as_meant(home: Home, batch: Batch, entry: Row) -> bool:
    """Whether the lake has what was in the cell before it was spoilt."""
    path = home.lake / batch.feed / f"batch={batch.batch}" / "part-0.parquet"
    names = {"settled_on": "happened_on", "id_number": "person"}
    column = names.get(entry["field"], entry["field"])
    rows = pq.ParquetFile(path).read(columns=["settlement_no", column]).to_pylist()
    found = [r[column] for r in rows if r["settlement_no"] == entry["key"]]
    if not found or found[0] is None:
        return False
    if column == "total_cost":
        return abs(found[0] - float(entry["was"].replace(",", ""))) < 0.01
    return column != "happened_on" or str(found[0]) == entry["was"]


def page(outcome: Outcome, number: str, about: str) -> str:
    """The study's page, as Markdown."""
    lines = [
        f"# {number} Planted troubles, and how they ended",
        "",
        f"**Synthetic 合成数据.** {about} Made by `doudi study planted`.",
        "",
        f"Of {outcome.detectable:,} troubles that a row can show, {outcome.share:.2%} were "
        f"repaired, noted or sent back with the right reason (asked: {ASKED:.0%}). Of "
        f"{outcome.clean:,} rows nobody touched, {sum(outcome.clean_refused.values()):,} were "
        "sent back (asked: none).",
        "",
        "The departments' own troubles stand in `simulator/world/departments/faults.py`; the "
        "rest stand in `simulator/study/troubles.py` and are habits the rules were written for: "
        "the table shows that the rules do what they say, not that offices have no other habits.",
        "",
        "| trouble | planted | ends as it should | share | should end | otherwise |",
        "|---|---|---|---|---|---|",
    ]
    for kind, ended in outcome.kinds.items():
        ends, codes = KNOWN.get(kind, ("read", ()))
        should = ends + (f": {', '.join(f'`{c}`' for c in codes)}" if codes else "")
        other = ", ".join(f"{what} {n}" for what, n in ended.otherwise.most_common()) or "–"
        share = f"{ended.right / ended.planted:.1%}" if ended.planted else "–"
        lines.append(
            f"| {kind} | {ended.planted:,} | {ended.right:,} | {share} | {should} | {other} |"
        )
    lines += ["", "Not to be seen in any row:", ""]
    lines += [f"- `{kind}`: {why}." for kind, why in UNDETECTABLE.items()]
    if outcome.clean_refused:
        lines += ["", "Rows nobody touched that were sent back:", ""]
        lines += [
            f"- {feed}, `{reason}` ({REASONS[reason][1]}): {n}"
            for (feed, reason), n in outcome.clean_refused.most_common()
        ]
    return "\n".join(lines) + "\n"
