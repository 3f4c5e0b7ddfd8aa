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

ACCEPTED = "accepted"


@dataclass(frozen=True)
class Batch:
    """One delivery of a feed. received == accepted + quarantined + duplicates, always.

    `status` is accepted, empty, unreadable, wrong_columns, no_header or rejected; only accepted
    batches can be read. `reasons` counts quarantined rows by reason code; `repairs` and
    `warnings` count accepted rows. `late` counts accepted rows that happened before the batch's
    period.
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

    @property
    def readable(self) -> bool:
        """Whether its rows are in the lake."""
        return self.status == ACCEPTED

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return plain | {
            "delivered_on": self.delivered_on.isoformat(),
            "flags": list(self.flags),
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
        return cls(**kept)


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
            b.sha256 == sha256 and b.feed == feed and b.period == period for b in self.batches
        )

    def with_batch(self, batch: Batch) -> Manifest:
        """This manifest and one more delivery; predecessors learn what replaced them."""
        return replace(self, batches=tuple(supersede((*self.batches, batch))))

    def with_unrecognised(self, entry: Unrecognised) -> Manifest:
        """This manifest and one more file that belongs to no feed (once per content)."""
        if any(u.sha256 == entry.sha256 and u.file == entry.file for u in self.unrecognised):
            return self
        return replace(self, unrecognised=(*self.unrecognised, entry))


def current(batches: Iterable[Batch], feed: str, as_of: date | None = None) -> list[Batch]:
    """The batch in force for each period of `feed` as of a day: the last one delivered by then.

    Of two delivered on the same day the one taken in later wins.
    """
    known = [
        (b.delivered_on, order, b)
        for order, b in enumerate(batches)
        if b.feed == feed and b.readable and (as_of is None or b.delivered_on <= as_of)
    ]
    last = {b.period: b for _, _, b in sorted(known, key=lambda entry: entry[:2])}
    return [last[period] for period in sorted(last)]


def supersede(batches: Iterable[Batch]) -> list[Batch]:
    """The same batches, each readable one naming the batch that replaced it, if any."""
    listed = list(batches)
    groups: dict[tuple[str, str], list[int]] = {}
    for order, batch in enumerate(listed):
        if batch.readable:
            groups.setdefault((batch.feed, batch.period), []).append(order)
    for orders in groups.values():
        chain = sorted(orders, key=lambda o: (listed[o].delivered_on, o))
        for order, following in zip(chain, [*chain[1:], None], strict=True):
            by = None if following is None else listed[following].batch
            if listed[order].superseded_by != by:
                listed[order] = replace(listed[order], superseded_by=by)
    return listed


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
