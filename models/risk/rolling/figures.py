"""What one candidate's scores are worth on judged rows: every figure with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from models.risk.compare import JUDGED_FROM, interval, picked, weighted_ece
from models.risk.measures import Capacity
from models.risk.rolling.candidates import RANKS
from models.risk.rolling.draws import Draws, calibration_slope, ranking, span

SHARES = (0.005, 0.01, 0.02, 0.05)
REAL = "real"

Figures = dict[str, Any]


def capacities(real: Capacity) -> dict[str, Capacity]:
    """The visits there really are, and shares of each month's households."""
    return {REAL: real, **{f"{share:g}": Capacity(share=share) for share in SHARES}}


class Judge:
    """One set of scored rows: who was seen, the draws over households, the months.

    `scored` has household, as_of, label (NaN: nobody looked), weight and a column a candidate.
    Rows nobody looked at are ranked with the others; only those seen tell how good the picks were.
    """

    def __init__(self, scored: pd.DataFrame) -> None:
        self.scored = scored.reset_index(drop=True)
        weight = self.scored["weight"].to_numpy(float)
        self.seen = np.flatnonzero(self.scored["label"].notna().to_numpy() & (weight > 0))
        self.outcome = self.scored["label"].to_numpy(float)[self.seen]
        self.month = pd.factorize(self.scored["as_of"], sort=True)[0]
        self.draws = Draws.of(self.scored["household"].iloc[self.seen], weight[self.seen])

    def score(self, name: str) -> np.ndarray:
        """The candidate's scores of all rows."""
        return self.scored[name].to_numpy(dtype=float)

    def row(self, name: str) -> Figures:
        """AP, AUC, and for a probability Brier, calibration slope and error, with intervals."""
        score, y = self.score(name)[self.seen], self.outcome
        cases = int(y.sum())
        found: Figures = {"candidate": name, "n": len(y), "n_cases": cases,
                          "n_households": int(self.scored["household"].nunique())}  # fmt: skip
        found["prevalence"] = span(self.draws.mean(y))[0] if len(y) else None
        if not 0 < cases < len(y):
            return found
        auc, average = ranking(score, y, self.draws)
        found |= _with_span("auc", auc) | _with_span("ap", average)
        if name in RANKS:
            return found
        found |= _with_span("brier", self.draws.mean((score - y) ** 2))
        found["ece"] = weighted_ece(score, y, self.draws.weight[0])
        if cases >= JUDGED_FROM and len(y) - cases >= JUDGED_FROM:
            found |= _with_span("slope", calibration_slope(score, y, self.draws))
        return found

    def picks(self, name: str, capacity: Capacity) -> np.ndarray:
        """Share of each row that the candidate picks; ties share the last places."""
        return picked(self.score(name), self.month, capacity)

    def at(self, name: str, capacity: Capacity) -> Figures:
        """Precision and recall of the picks, their intervals, and ties won or lost.

        `n_seen` counts every row seen that had a share in a place, tied ones too.
        """
        share = self.picks(name, capacity)
        got, y = share[self.seen], self.outcome
        tied = (got > 0) & (got < 1)
        found: Figures = {
            "candidate": name,
            "k": round(float(share.sum())),
            "n_seen": int((got > 0).sum()),
            "tie_low": span(self.draws.mean(np.where(tied, 0.0, y), got))[0],
            "tie_high": span(self.draws.mean(np.where(tied, 1.0, y), got))[0],
        }
        found |= self._share("precision", y, got)
        found |= self._share("recall", got, y)
        return found | self.lead(got)

    def _share(self, name: str, values: np.ndarray, counted: np.ndarray) -> Figures:
        """A share with its interval: the draws', or Wilson's where none or all of those seen count,
        because rows that are all alike are alike in every draw."""
        found = _with_span(name, self.draws.mean(values, counted))
        if found[name] in (0.0, 1.0):
            low, high = interval(found[name], self.draws.weight[0] * counted)
            found |= {f"{name}_low": low, f"{name}_high": high}
        return found

    def lead(self, got: np.ndarray) -> Figures:
        """Days from the month's end to the day need was found, among picks that were right."""
        if "need_on" not in self.scored.columns:
            return {}
        part = self.scored.iloc[self.seen]
        days = _days(part["need_on"]) - _days(part["as_of"])
        right = (got > 0) & (self.outcome > 0) & np.isfinite(days)
        if not right.any():
            return {"lead_days": None, "n_lead": 0}
        return {"lead_days": float(np.median(days[right])), "n_lead": int(right.sum())}

    def promise(self, name: str, capacity: Capacity) -> Figures:
        """What the picks were promised to hold, what was found, and the gap with its interval."""
        got = self.picks(name, capacity)[self.seen]
        promised = self.draws.mean(self.score(name)[self.seen], got)
        found = self.draws.mean(self.outcome, got)
        return {
            "candidate": name,
            "n_seen": int((got > 0).sum()),
            "promised": span(promised)[0],
            **self._share("found", self.outcome, got),
            **_with_span("gap", promised - found),
        }

    def difference(self, name: str, other: str, capacity: Capacity) -> list[Figures]:
        """Candidate minus reference in precision, AP and AUC, the same draws for both."""
        y, gaps = self.outcome, {}
        pair = [self.draws.mean(y, self.picks(n, capacity)[self.seen]) for n in (name, other)]
        gaps["precision"] = pair[0] - pair[1]
        if 0 < y.sum() < len(y):
            ranks = [ranking(self.score(n)[self.seen], y, self.draws) for n in (name, other)]
            gaps |= {"auc": ranks[0][0] - ranks[1][0], "ap": ranks[0][1] - ranks[1][1]}
        return [
            {"candidate": name, "reference": other, "measure": measure, "n": len(y),
             **_with_span("difference", gap)}
            for measure, gap in gaps.items()
        ]  # fmt: skip


def _with_span(name: str, found: np.ndarray) -> Figures:
    value, low, high = span(found)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _days(values: pd.Series) -> np.ndarray:
    stamps = pd.to_datetime(values)
    days = (stamps - pd.Timestamp(2000, 1, 1)).dt.days
    return days.to_numpy(dtype=float, na_value=np.nan)
