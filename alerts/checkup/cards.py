"""One report card per indicator, from stored months and what visits found after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy import sparse, stats

from alerts.checkup.months import BANDS, LOWERS, Flags, Month, flags, numbered, sides
from alerts.checkup.visits import SHARE, at_visits, attach, tally
from alerts.precision import SMALL
from models.scorecard.rules import RuleSet

# Two indicators of which so large a share of all firings is common say nearly the same.
REDUNDANT = 0.5
# Of the indicators called wrong in sign, at most this share is expected to be called so by chance.
FALSE_DISCOVERY = 0.10


@dataclass(frozen=True)
class Checkup:
    """Report cards of a period.

    `cards`: one row per indicator in force:
    - indicator, category, side (1 raises, -1 lowers), points (the tier furthest from zero);
    - fired (household-months), distinct (households), repeat (share of firings of a household
      counted before in the period), newest (households in the last month), series (by month);
    - SHARE after `visited_`: households visited while it fired, after `random_`: by visits that
      a lot decided, after `quiet_`: by such visits while it did not fire;
    - for each of BANDS `<band>_moved` (household-months carried across the bar), `<band>_distinct`
      and SHARE after `<band>_`;
    - silent (never fired), wrong_sign (fires against its sign beyond chance, on random visits),
      wrong_p (its one-sided Fisher p); twin (the indicator it shares most firings with), twin_share
      (common firings ÷ firings of either), redundant.
    `monthly` and `townships`: indicator, month or township, fired, households, rate and SHARE.
    `overlap`: twin shares, indicator by indicator.
    """

    months: tuple[date, ...]
    visits: int
    random_visits: int
    cards: pd.DataFrame
    monthly: pd.DataFrame
    townships: pd.DataFrame
    overlap: pd.DataFrame


def checkup(months: Sequence[Month], visits: pd.DataFrame, rules: RuleSet) -> Checkup:
    """The report cards of the months (oldest first), under the bars and caps of `rules`.

    `visits` are findings of the period: household, visited_on, reason, found.
    """
    marks = [flags(month, rules) for month in months]
    seen = attach(visits, months)
    fired = at_visits([m.fired for m in marks], seen)
    cards = pd.DataFrame(
        {
            "indicator": list(rules.indicators),
            "category": [i.category for i in rules.indicators.values()],
            "side": list(sides(rules).values()),
            "points": [
                max((t.points for t in i.tiers), key=abs) for i in rules.indicators.values()
            ],
        }
    )
    counted = _counts(months, [m.fired for m in marks])
    by_lot = seen["random"].to_numpy(dtype=bool)
    parts = [cards, counted, _found(fired, seen, "visited_")]
    parts += [_found(fired, seen, "random_", by_lot), _quiet(fired, seen, by_lot)]
    parts += [_margin(months, marks, seen, band) for band in BANDS]
    parts.append(_wrong_sign(fired, seen, cards["side"].to_numpy()))
    overlap = _overlap(marks, tuple(rules.indicators))
    parts.append(_twins(overlap))
    whole = pd.concat(parts, axis=1)
    return Checkup(
        tuple(month.as_of for month in months),
        len(seen),
        int(seen["random"].sum()),
        whole.assign(silent=whole["fired"] == 0),
        _monthly(months, marks, seen, fired),
        _townships(months, marks, seen, fired),
        overlap,
    )


def _counts(months: Sequence[Month], fired: Sequence[sparse.csr_array]) -> pd.DataFrame:
    """How often each indicator fired: fired, distinct, repeat, newest, series."""
    monthly = np.array([np.asarray(m.sum(axis=0)).ravel() for m in fired], dtype=int)
    distinct = _distinct(months, fired)
    total = monthly.sum(axis=0)
    return pd.DataFrame(
        {
            "fired": total,
            "distinct": distinct,
            "repeat": np.where(total > 0, 1 - distinct / np.maximum(total, 1), np.nan),
            "newest": monthly[-1],
            "series": [list(map(int, column)) for column in monthly.T],
        }
    )


def _distinct(months: Sequence[Month], matrices: Sequence[sparse.csr_array]) -> np.ndarray:
    """Households that an indicator marked in any month, each counted once."""
    numbers = numbered(months)
    cells = [matrix.tocoo().coords for matrix in matrices]
    rows = np.concatenate([own[c[0]] for own, c in zip(numbers, cells, strict=True)])
    columns = np.concatenate([c[1] for c in cells])
    size = matrices[0].shape[1]
    once = np.unique(rows.astype(np.int64) * size + columns) % size
    return np.bincount(once, minlength=size)


def _found(
    marked: sparse.csc_array, seen: pd.DataFrame, prefix: str, only: np.ndarray | None = None
) -> pd.DataFrame:
    """What visits found in the households that each indicator marked, SHARE after the prefix."""
    household, found = seen["household"].to_numpy(), seen["found"].to_numpy(dtype=bool)
    rows = []
    for column in range(marked.shape[1]):
        own = marked.indices[marked.indptr[column] : marked.indptr[column + 1]]
        own = own if only is None else own[only[own]]
        rows.append(tally(household[own], found[own]))
    return pd.DataFrame(rows, columns=SHARE).add_prefix(prefix)


def _quiet(fired: sparse.csc_array, seen: pd.DataFrame, by_lot: np.ndarray) -> pd.DataFrame:
    """What visits by lot found while each indicator did not fire."""
    household = seen["household"].to_numpy()[by_lot]
    found = seen["found"].to_numpy(dtype=bool)[by_lot]
    firing = fired.tocsr()[np.flatnonzero(by_lot)].toarray() > 0
    rows = [tally(household[~on], found[~on]) for on in firing.T]
    return pd.DataFrame(rows, columns=SHARE).add_prefix("quiet_")


def _margin(
    months: Sequence[Month], marks: Sequence[Flags], seen: pd.DataFrame, band: str
) -> pd.DataFrame:
    """Households that the indicator alone carried across a bar, and what visits found there."""
    across = [mark.across[band] for mark in marks]
    moved = np.sum([np.asarray(m.sum(axis=0)).ravel() for m in across], axis=0).astype(int)
    counted = pd.DataFrame({f"{band}_moved": moved, f"{band}_distinct": _distinct(months, across)})
    return pd.concat([counted, _found(at_visits(across, seen), seen, f"{band}_")], axis=1)


def _wrong_sign(fired: sparse.csc_array, seen: pd.DataFrame, side: np.ndarray) -> pd.DataFrame:
    """Whether need is found on the wrong side of an indicator beyond chance, on random visits.

    One-sided Fisher test of random visits while it fired against those while it did not; of all
    indicators called wrong, at most FALSE_DISCOVERY are expected to be so by chance (Benjamini
    and Hochberg 1995). Not tested with fewer than SMALL random visits on either side.
    """
    by_lot = seen["random"].to_numpy(dtype=bool)
    need = seen["found"].to_numpy(dtype=bool)[by_lot]
    inside = fired.tocsr()[np.flatnonzero(by_lot)].toarray() > 0
    values = np.full(inside.shape[1], np.nan)
    for column in range(inside.shape[1]):
        on = inside[:, column]
        if min(on.sum(), (~on).sum()) < SMALL:
            continue
        table = [[need[on].sum(), (~need[on]).sum()], [need[~on].sum(), (~need[~on]).sum()]]
        against = "greater" if side[column] == LOWERS else "less"
        values[column] = stats.fisher_exact(table, alternative=against).pvalue
    tested = ~np.isnan(values)
    wrong = np.zeros(len(values), dtype=bool)
    if tested.any():
        wrong[tested] = stats.false_discovery_control(values[tested]) <= FALSE_DISCOVERY
    return pd.DataFrame({"wrong_sign": wrong, "wrong_p": values})


def _overlap(marks: Sequence[Flags], ids: tuple[str, ...]) -> pd.DataFrame:
    """Common firings ÷ firings of either (Jaccard), of household-months; NaN without any."""
    both = sum((m.fired.T @ m.fired).toarray().astype(float) for m in marks)
    own = np.diag(both)
    either = own[:, None] + own[None, :] - both
    share = np.divide(both, either, out=np.full_like(both, np.nan), where=either > 0)
    return pd.DataFrame(share, index=ids, columns=ids)


def _twins(overlap: pd.DataFrame) -> pd.DataFrame:
    """With which indicator each shares most of its firings, "" for none."""
    others = overlap.to_numpy(copy=True)
    np.fill_diagonal(others, np.nan)
    rows = []
    for shares in others:
        best = int(np.nanargmax(shares)) if not np.isnan(shares).all() else -1
        known = best >= 0 and shares[best] > 0
        rows.append((overlap.columns[best] if known else "", shares[best] if known else np.nan))
    twins = pd.DataFrame(rows, columns=["twin", "twin_share"])
    return twins.assign(redundant=twins["twin_share"] >= REDUNDANT)


def _monthly(
    months: Sequence[Month], marks: Sequence[Flags], seen: pd.DataFrame, fired: sparse.csc_array
) -> pd.DataFrame:
    frames = []
    for number, (month, mark) in enumerate(zip(months, marks, strict=True)):
        counts = np.asarray(mark.fired.sum(axis=0)).ravel().astype(int)
        told = _found(fired, seen, "", (seen["month"] == number).to_numpy(dtype=bool))
        frames.append(_group(month.ids, "month", f"{month.as_of:%Y-%m}", counts,
                             len(month.households), told))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _townships(
    months: Sequence[Month], marks: Sequence[Flags], seen: pd.DataFrame, fired: sparse.csc_array
) -> pd.DataFrame:
    where = _township_of(months, seen)
    codes = sorted({str(c) for month in months for c in month.households["township"].unique()})
    frames = []
    for code in codes:
        counts, households = np.zeros(len(months[0].ids), dtype=int), 0
        for month, mark in zip(months, marks, strict=True):
            own = (month.households["township"] == code).to_numpy(dtype=bool)
            counts += np.asarray(mark.fired[np.flatnonzero(own)].sum(axis=0)).ravel().astype(int)
            households += int(own.sum())
        told = _found(fired, seen, "", (where == code).to_numpy(dtype=bool))
        frames.append(_group(months[0].ids, "township", code, counts, households, told))
    return pd.concat(frames, ignore_index=True)


def _township_of(months: Sequence[Month], seen: pd.DataFrame) -> pd.Series:
    places = zip(seen["month"], seen["row"], strict=True)
    towns = [month.households["township"].to_numpy(dtype=object) for month in months]
    return pd.Series([towns[month][row] for month, row in places], seen.index, dtype=object)


def _group(
    ids: tuple[str, ...], by: str, value: str, fired: np.ndarray, households: int,
    told: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    frame = pd.DataFrame({"indicator": list(ids), by: value, "fired": fired})
    rates = fired / households if households else np.full(len(fired), np.nan)
    return pd.concat([frame.assign(households=households, rate=rates), told], axis=1)
