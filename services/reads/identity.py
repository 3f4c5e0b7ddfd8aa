"""The review of who is one person: records that may be one person's, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data.same_person import Decision, decisions, standing
from data.vault import Vault
from data.vault_names import Names
from services.reads.base import cached, home_at

OPEN = "open"


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person's, masked.

    `kind` as in `data.vault_names.Candidate`; `differ` is the number of characters in which the
    names differ, None where one is not known; `state` is open, merge or apart, `decision` the
    number of what was decided.
    """

    kind: str
    person: str
    other: str
    masked: str
    masked_other: str
    number: str
    number_other: str
    feed: str
    seen_on: date
    differ: int | None
    state: str
    decision: int | None = None

    @property
    def key(self) -> str:
        """What a person types to name the pair."""
        return f"{self.person[:9]}-{self.other[:9]}"


@cached
def pairs(home: str) -> list[Pair]:
    """What somebody should look at: open pairs first, then what was decided about others."""
    vault = Vault(home_at(home))
    names = Names(vault)
    held = standing(decisions(home_at(home)))
    found, seen = [], set()
    candidates = names.candidates()
    masked = vault.masked_many([p for c in candidates for p in (c.person, c.other)])
    for one in candidates:
        pair = frozenset((one.person, one.other))
        if pair in seen:
            continue
        seen.add(pair)
        decided = held.get(pair)
        found.append(
            Pair(
                one.kind,
                one.person,
                one.other,
                masked[one.person]["name"],
                masked[one.other]["name"],
                masked[one.person]["id"],
                masked[one.other]["id"],
                one.feed,
                one.seen_on,
                None if decided else names.difference(one.person, one.other),
                decided.act if decided else OPEN,
                decided.number if decided else None,
            )
        )
    return sorted(found, key=lambda p: (p.state != OPEN, p.kind != "number", p.person, p.other))


def log(home: str) -> list[Decision]:
    """Every decision, newest first."""
    return decisions(home_at(home))[::-1]


def touched(home: str, since: date) -> list[date]:
    """Months that were built and end on or after a day: a decision known from then changes them."""
    return [month for month in home_at(home).months("profile") if month >= since]
