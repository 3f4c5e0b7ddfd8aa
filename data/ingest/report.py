"""What an ingest did, in numbers that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import Told
from data.manifest import Batch, Unrecognised


class IngestError(Told):
    """Ingest cannot start or go on at all (no such folder, another is running, the disk is full).

    One clear line; what was taken in before stands.
    """


class IngestBusy(IngestError):
    """Another ingest is running in this home; whoever waits a little can go on."""


@dataclass(frozen=True)
class IngestReport:
    """Files taken in by one run. `batches` are new; `skipped` files were known already."""

    batches: tuple[Batch, ...] = ()
    unrecognised: tuple[Unrecognised, ...] = ()
    skipped: tuple[str, ...] = ()
    files: int = 0

    @property
    def received(self) -> int:
        """Rows in the new deliveries."""
        return sum(b.received for b in self.batches)

    @property
    def accepted(self) -> int:
        """Rows the lake got."""
        return sum(b.accepted for b in self.batches)

    @property
    def quarantined(self) -> int:
        """Rows set aside with a reason."""
        return sum(b.quarantined for b in self.batches)

    @property
    def duplicates(self) -> int:
        """Rows equal to another row of their delivery."""
        return sum(b.duplicates for b in self.batches)

    @property
    def repaired(self) -> int:
        """Accepted rows in which something certain was put right."""
        return sum(b.repaired for b in self.batches)

    @property
    def failed(self) -> tuple[Batch, ...]:
        """Deliveries of which nothing could be taken in."""
        return tuple(b for b in self.batches if not b.useful)

    @property
    def waiting(self) -> tuple[Batch, ...]:
        """Deliveries that a person must say something about."""
        return tuple(b for b in self.batches if b.waits)

    @property
    def all_taken(self) -> bool:
        """Whether nothing waits and nothing was refused."""
        return not (self.failed or self.waiting or self.unrecognised)

    @property
    def balanced(self) -> bool:
        """Whether received == accepted + quarantined + duplicates, batch by batch."""
        return all(b.received == b.accepted + b.quarantined + b.duplicates for b in self.batches)

    def totals(self) -> dict[str, int]:
        """The reconciliation over all new deliveries."""
        return {
            "files": self.files,
            "skipped": len(self.skipped),
            "unrecognised": len(self.unrecognised),
            "failed": len(self.failed),
            "waiting": len(self.waiting),
            "received": self.received,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "duplicates": self.duplicates,
            "repaired": self.repaired,
        }

    def by_feed(self) -> dict[str, dict[str, int]]:
        """The reconciliation of each feed that delivered."""
        feeds = dict.fromkeys(b.feed for b in self.batches)
        columns = ("received", "accepted", "quarantined", "duplicates", "repaired")
        return {
            feed: {"batches": sum(b.feed == feed for b in self.batches)}
            | {c: sum(getattr(b, c) for b in self.batches if b.feed == feed) for c in columns}
            for feed in feeds
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values for --json."""
        return {
            "totals": self.totals(),
            "balanced": self.balanced,
            "by_feed": self.by_feed(),
            "batches": [b.to_dict() for b in self.batches],
            "unrecognised": [vars(u) for u in self.unrecognised],
            "skipped": list(self.skipped),
        }
