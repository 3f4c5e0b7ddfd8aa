"""Which kind of delivery a file is, and when a person must say: rules over what was counted.

Pure: the name's word, the counts of `overlap` and the sender's habit go in, a verdict comes out.
What happens to the rows follows from the kind (`data.manifest.current`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from data.contracts import Contract
from data.deliveries.names import Told
from data.deliveries.overlap import Echo, Shared
from data.manifest import CORRECTION, FULL, PART, SUPPLEMENT, Batch, is_base

# Why a delivery waits (`Batch.doubt`); `data.file_names` knows two more.
SMALLER, OTHER_ROWS, OTHER_PERIOD = "smaller", "other_rows", "other_period"
NAME_OR_CONTENT, NO_KEY, FALLEN = "name_or_content", "no_key", "fallen"
DELIVERY_AHEAD = "delivery_ahead"

MOST, ALMOST_ALL, HALF = 0.5, 0.9, 0.5
SMALLEST_ECHO = 5  # rows; fewer may be another month's by chance
USUAL_LOADS, FEWEST_LOADS = 6, 3
HABIT = 2  # decisions alike after which the next one like it needs no person


@dataclass(frozen=True)
class Verdict:
    """`kind` it is, or would most likely be; `doubt` says why it waits, with the `facts`."""

    kind: str = FULL
    part: str = ""
    doubt: str = ""
    facts: dict[str, int | str] = field(default_factory=dict)
    repeat: bool = False


def is_echo(contract: Contract, rows: int, echo: Echo, earlier: Sequence[Batch]) -> bool:
    """Whether a delivery is another month's over again, where the sender is not known for it."""
    if echo.rows < max(SMALLEST_ECHO, rows * contract.echo_percent / 100):
        return False
    return not sends_stock(earlier)


def sends_stock(earlier: Sequence[Batch]) -> bool:
    """Whether the sender's last delivery of another month also held most of a month before it."""
    return bool(earlier) and int(earlier[-1].facts.get("echo_percent", 0)) >= MOST * 100


def has_fallen(earlier: Sequence[Batch], received: int, percent: float | None) -> int | None:
    """The usual number of rows where a delivery is that much smaller, else None.

    Usual is the median of the last six periods, so that one month's peak (a yearly renewal) makes
    no ordinary month look small; the first period brings the stock and is left out. Small counts
    swing by chance: the gap must exceed three times their square root. `percent` None: no check.
    """
    loads = [b.received for b in earlier][1:][-USUAL_LOADS:]
    if percent is None or len(loads) < FEWEST_LOADS:
        return None
    usual = median(loads)
    fallen = received <= usual * (1 - percent / 100) and usual - received > 3 * usual**0.5
    return int(usual) if fallen else None


def first_of_period(told: Told, contract: Contract, received: int, usual: int | None) -> Verdict:
    """A delivery of a period of which nothing is in force. `usual`: see `has_fallen`."""
    if told.kind in (PART, SUPPLEMENT):
        return Verdict(told.kind, told.part)
    if usual is not None:
        return Verdict(FULL, doubt=FALLEN, facts={"rows": received, "usual": usual})
    return Verdict(FULL)


def another_of_period(
    told: Told, contract: Contract, before: Sequence[Batch], seen: Shared, has_key: bool
) -> Verdict:
    """A delivery of a period of which something is in force already."""
    facts: dict[str, int | str] = {
        "rows": seen.rows,
        "before": seen.before,
        "shared": seen.shared,
        "covered": seen.covered,
        "same": seen.same,
    }
    nothing_new = seen.same == seen.rows
    if nothing_new and (seen.covered == seen.before or told.kind not in ("", FULL)):
        return Verdict(told.kind or FULL, told.part, repeat=True, facts=facts)
    if told.kind == SUPPLEMENT:
        changes = seen.shared - seen.same > seen.rows * HALF
        return _unless(changes, NAME_OR_CONTENT, Verdict(SUPPLEMENT, facts=facts))
    if told.kind == PART:
        return _part(told, contract, before, seen, facts)
    if told.kind == CORRECTION:
        return _correction(seen, has_key, facts)
    return _whole(contract, before, seen, has_key, facts)


def _part(
    told: Told,
    contract: Contract,
    before: Sequence[Batch],
    seen: Shared,
    facts: dict[str, int | str],
) -> Verdict:
    """A part adds to the other parts; the same part again replaces itself."""
    verdict = Verdict(PART, told.part, facts=facts)
    same = sum(b.accepted for b in before if b.kind == PART and b.part == told.part)
    if same:
        small = seen.rows < same * contract.smallest_percent / 100
        return _unless(small, SMALLER, Verdict(PART, told.part, facts=facts | {"before": same}))
    return _unless(seen.shared > seen.rows * HALF, NAME_OR_CONTENT, verdict)


def _correction(seen: Shared, has_key: bool, facts: dict[str, int | str]) -> Verdict:
    """A correction of almost all rows is the month over again; else it needs keys to find them."""
    if seen.covered >= seen.before * ALMOST_ALL:
        return Verdict(FULL, facts=facts)
    if not has_key:
        return Verdict(CORRECTION, doubt=NO_KEY, facts=facts)
    strange = seen.shared < seen.rows * HALF
    return _unless(strange, NAME_OR_CONTENT, Verdict(CORRECTION, facts=facts))


def _whole(
    contract: Contract,
    before: Sequence[Batch],
    seen: Shared,
    has_key: bool,
    facts: dict[str, int | str],
) -> Verdict:
    """Nothing in the name says otherwise: the month over again, if it looks like the month."""
    if not any(is_base(b) for b in before):
        return Verdict(FULL, facts=facts)
    changes = has_key and seen.shared >= seen.rows * HALF
    likely = CORRECTION if changes else SUPPLEMENT
    if seen.rows < seen.before * contract.smallest_percent / 100:
        return Verdict(likely, doubt=SMALLER, facts=facts)
    if seen.covered < seen.before * HALF:
        return Verdict(SUPPLEMENT, doubt=OTHER_ROWS, facts=facts)
    return Verdict(FULL, facts=facts)


def _unless(doubtful: bool, why: str, verdict: Verdict) -> Verdict:
    if not doubtful:
        return verdict
    return Verdict(verdict.kind, verdict.part, why, verdict.facts)


def by_habit(batches: Sequence[Batch], feed: str, doubt: str) -> str:
    """How a person last decided deliveries of the feed that were doubtful like this one.

    '' unless the last two such decisions were the same; a refusal is no habit.
    """
    decided = [b for b in batches if b.feed == feed and b.doubt == doubt and b.decided_on]
    last = [b.kind if b.readable else "" for b in decided][-HABIT:]
    return last[0] if len(last) == HABIT and len(set(last)) == 1 else ""
