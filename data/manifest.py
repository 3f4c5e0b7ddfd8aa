"""The lake's book of deliveries: which batch of which feed is current, and what each brought.

The file is replaced in one step, so a reader sees either the state before a batch or the state
after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from core.atomic import write_text
from data.remarks import NOBODYS, NOTHING

ACCEPTED = "accepted"
WAITING = "waiting"  # for a person to say what it is; its rows are kept, and count for nothing
REPEAT = "repeat"  # tells nothing that is not in force
REJECTED = "rejected"
UNREADABLE = "unreadable"

# What a delivery is to its period (`Batch.kind`).
FULL, PART, SUPPLEMENT, CORRECTION = "full", "part", "supplement", "correction"
EMPTY_MONTH = "empty_month"


@dataclass(frozen=True)
class Batch:
    """One delivery of a feed. received == accepted + quarantined + duplicates, always.

    `status` is accepted, waiting, repeat, rejected, or why a file could not be taken in (empty,
    unreadable, wrong_columns, no_header, ...); only accepted batches can be read. `reasons` counts
    quarantined rows by reason code; `repairs` and `warnings` count accepted rows. `late` counts
    accepted rows that happened before the batch's period.

    `kind` says what it is to its period, `part` which part ("2", a township's name). `doubt` is why
    it waits and `facts` the numbers that say so. `already` counts rows kept aside because the
    batch named holds the same number: they come back where that one is no longer in force.
    `withdrawn` are the spans of days, from and until, in which the delivery was undone.
    `answers` says by earlier delivery what became of rows that went back (`deliveries.returned`).
    """

    feed: str
    batch: str
    period: str
    delivered_on: date
    file: str
    sha256: str
    status: str = ACCEPTED
    message_zh: str = ""
    message_en: str = ""
    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    repaired: int = 0
    late: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    superseded_by: str | None = None
    kind: str = FULL
    part: str = ""
    doubt: str = ""
    facts: dict[str, int | str] = field(default_factory=dict)
    already: dict[str, int] = field(default_factory=dict)
    decided_on: date | None = None
    withdrawn: tuple[tuple[date, date | None], ...] = ()
    answers: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def readable(self) -> bool:
        """Whether its rows are in the lake."""
        return self.status == ACCEPTED

    @property
    def kept(self) -> bool:
        """Whether its rows lie in the lake, in force or waiting to be."""
        return self.status in (ACCEPTED, WAITING)

    @property
    def useful(self) -> bool:
        """Whether it was understood, even if it told nothing new."""
        return self.kept or self.status == REPEAT

    @property
    def waits(self) -> bool:
        """Whether a person must still say what it is: it waits, and nothing made that idle."""
        return self.status == WAITING and self.superseded_by is None

    @property
    def says_nothing(self) -> bool:
        """Whether it has no row of anybody, and at most a line that says so."""
        return self.received == self.quarantined == self.reasons.get(NOTHING, 0)

    @property
    def returned(self) -> int:
        """Quarantined rows that go back: all but those that speak of nobody."""
        return self.quarantined - sum(self.reasons.get(code, 0) for code in NOBODYS)

    def undone(self, as_of: date | None = None) -> bool:
        """Whether the delivery stood as undone at the end of a day (None: as things stand now)."""
        if as_of is None:
            return any(until is None for _, until in self.withdrawn)
        return any(
            since <= as_of and (until is None or as_of < until) for since, until in self.withdrawn
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return plain | {
            "delivered_on": self.delivered_on.isoformat(),
            "flags": list(self.flags),
            "decided_on": _written(self.decided_on),
            "withdrawn": [[_written(day) for day in span] for span in self.withdrawn],
        }

    @cached_property
    def line(self) -> str:
        """Its line in the manifest; made once, for the manifest is written after every file."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Batch:
        """The batch a manifest entry describes; unknown keys are ignored."""
        known = {f.name for f in fields(cls)}
        kept = {k: v for k, v in values.items() if k in known}
        kept["delivered_on"] = date.fromisoformat(kept["delivered_on"])
        kept["flags"] = tuple(kept.get("flags", ()))
        kept["decided_on"] = _day(kept.get("decided_on"))
        spans = kept.get("withdrawn", ())
        kept["withdrawn"] = tuple((_day(since), _day(until)) for since, until in spans)
        return cls(**kept)


def named(batch: Batch) -> str:
    """The period (YYYYMM) that a delivery's name has; a decision may have given it another."""
    return str(batch.facts.get("named_period", batch.period))


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@dataclass(frozen=True)
class Unrecognised:
    """A file that belongs to no feed, and why."""

    file: str
    sha256: str
    reason: str
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class Manifest:
    """All deliveries, in the order they were taken in."""

    batches: tuple[Batch, ...] = ()
    unrecognised: tuple[Unrecognised, ...] = ()

    def knows(self, feed: str, period: str, sha256: str) -> bool:
        """Whether this very content was already delivered for this feed and period."""
        return any(
            b.sha256 == sha256 and b.feed == feed and period in (b.period, named(b))
            for b in self.batches
        )

    def with_batch(self, batch: Batch) -> Manifest:
        """This manifest and one more delivery; predecessors learn what replaced them."""
        return replace(self, batches=tuple(supersede((*self.batches, batch))))

    def of_feed(self, feed: str) -> tuple[Batch, ...]:
        """The deliveries of a feed, in the order they were taken in."""
        return self._by_feed.get(feed, ())

    @cached_property
    def _by_feed(self) -> dict[str, tuple[Batch, ...]]:
        feeds = dict.fromkeys(b.feed for b in self.batches)
        return {feed: tuple(b for b in self.batches if b.feed == feed) for feed in feeds}

    def find(self, feed: str, batch: str) -> Batch | None:
        """The delivery of that name, if there is one."""
        return next((b for b in self.batches if (b.feed, b.batch) == (feed, batch)), None)

    def changed(self, batch: Batch) -> Manifest:
        """This manifest with a delivery's entry replaced by `batch`, which has its name."""
        name = (batch.feed, batch.batch)
        listed = [batch if (b.feed, b.batch) == name else b for b in self.batches]
        return replace(self, batches=tuple(supersede(listed)))

    def with_unreadable(self, entry: Unrecognised) -> Manifest:
        """This manifest with what was said last of a file that could not be read."""
        if entry in self.unrecognised:
            return self
        others = self.without_unreadable(entry.file).unrecognised
        return replace(self, unrecognised=(*others, entry))

    def without_unreadable(self, file: str) -> Manifest:
        """This manifest once a file that could not be read has been."""
        left = tuple(u for u in self.unrecognised if (u.file, u.reason) != (file, UNREADABLE))
        return self if len(left) == len(self.unrecognised) else replace(self, unrecognised=left)

    def with_unrecognised(self, entry: Unrecognised) -> Manifest:
        """This manifest and one more file that belongs to no feed (once per content)."""
        if any(u.sha256 == entry.sha256 and u.file == entry.file for u in self.unrecognised):
            return self
        return replace(self, unrecognised=(*self.unrecognised, entry))


def current(batches: Iterable[Batch], feed: str, as_of: date | None = None) -> list[Batch]:
    """The batches in force for `feed` as of a day, by period; several where parts or supplements
    make up a period, in the order in which they count (a later one corrects an earlier one).

    Of two delivered on the same day the one taken in later counts as the later one.
    """
    known = [
        (b.delivered_on, order, b)
        for order, b in enumerate(batches)
        if b.feed == feed
        and b.readable
        and (as_of is None or b.delivered_on <= as_of)
        and not b.undone(as_of)
    ]
    standing: dict[str, list[Batch]] = {}
    for _, _, batch in sorted(known, key=lambda entry: entry[:2]):
        standing[batch.period] = _joined(standing.get(batch.period, []), batch)
    return [b for period in sorted(standing) for b in standing[period]]


def _joined(before: list[Batch], batch: Batch) -> list[Batch]:
    """What is in force for a period once `batch` has come.

    Supplements and corrections add. A part replaces the same part. A whole delivery replaces
    everything, but for supplements that came before there was anything to be supplemented.
    """
    if batch.kind in (SUPPLEMENT, CORRECTION):
        return [*before, batch]
    if batch.kind == PART:
        return [*(b for b in before if not _same_part(b, batch)), batch]
    ahead = [] if any(is_base(b) for b in before) else before
    return [*ahead, batch]


def is_base(batch: Batch) -> bool:
    """Whether it is a period's delivery itself, whole or in part, not an addition to one."""
    return batch.kind not in (SUPPLEMENT, CORRECTION)


def _same_part(one: Batch, other: Batch) -> bool:
    return one.kind == PART and one.part == other.part


def by_period(batches: Iterable[Batch]) -> list[Batch]:
    """One entry a period, with the sums of the batches that make it up; by period."""
    sums: dict[str, Batch] = {}
    for batch in batches:
        known = sums.get(batch.period)
        sums[batch.period] = batch if known is None else _added(known, batch)
    return [sums[period] for period in sorted(sums)]


def _added(one: Batch, other: Batch) -> Batch:
    counts = ("received", "accepted", "quarantined", "duplicates", "repaired", "late")
    totals: dict[str, Any] = {c: getattr(one, c) + getattr(other, c) for c in counts}
    for name in ("reasons", "repairs", "warnings"):
        first, second = getattr(one, name), getattr(other, name)
        totals[name] = {k: first.get(k, 0) + second.get(k, 0) for k in {**first, **second}}
    return replace(one, delivered_on=max(one.delivered_on, other.delivered_on), **totals)


def supersede(batches: Iterable[Batch]) -> list[Batch]:
    """The same batches; each names the batch that took its place, if any.

    A delivery that waits for a decision has become idle once a whole one of its period, no older,
    is in force.
    """
    listed = list(batches)
    groups: dict[tuple[str, str], list[int]] = {}
    for order, batch in enumerate(listed):
        if batch.status in (ACCEPTED, WAITING):
            groups.setdefault((batch.feed, batch.period), []).append(order)
    for orders in groups.values():
        chain = sorted(orders, key=lambda o: (listed[o].delivered_on, o))
        for order, by in _replaced(listed, chain).items():
            if listed[order].superseded_by != by:
                listed[order] = replace(listed[order], superseded_by=by)
    return listed


def _replaced(listed: list[Batch], chain: list[int]) -> dict[int, str | None]:
    """Of one period's deliveries in their order: which batch took each one's place."""
    taken: dict[int, str | None] = dict.fromkeys(chain)
    standing: list[int] = []
    for order in chain:
        batch = listed[order]
        if batch.status == WAITING:
            standing.append(order)
            continue
        if batch.undone():
            continue
        kept = _joined([listed[o] for o in standing if listed[o].readable], batch)
        names = {b.batch for b in kept}
        whole = batch.kind in (FULL, EMPTY_MONTH)
        gone = [
            o for o in standing if (listed[o].batch not in names if listed[o].readable else whole)
        ]
        taken |= dict.fromkeys(gone, batch.batch)
        standing = [o for o in (*standing, order) if o not in gone]
    return taken


def read_manifest(path: Path) -> Manifest:
    """The manifest at `path`; an empty one when nothing was ever taken in."""
    if not path.exists():
        return Manifest()
    content = json.loads(path.read_text(encoding="utf-8"))
    return Manifest(
        tuple(Batch.from_dict(b) for b in content["batches"]),
        tuple(Unrecognised(**u) for u in content["unrecognised"]),
    )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Put `manifest` at `path` in one step; an unchanged manifest keeps its bytes."""
    strangers = [json.dumps(asdict(u), ensure_ascii=False) for u in manifest.unrecognised]
    deliveries, others = (",\n".join(x) for x in ([b.line for b in manifest.batches], strangers))
    text = f'{{"version": 1, "batches": [\n{deliveries}\n], "unrecognised": [\n{others}\n]}}\n'
    write_text(path, text)
