"""Recall, precision and calibration from visits that nobody chose.

Which share of the families in unmet need did the alerts find? Among the families whom we visited
because of an alert or an application the answer depends on whom we chose. The random survey and
audit visits do not: see `alerts.sampling_visits` for how they are weighted and `alerts.sampling`
for how recall is estimated from them.

Households are counted, over a period of (usually) twelve months. A family counts as found when an
alert raised in the period

- was followed by a visit of its own that found a need, or
- was raised at most six months before a random visit that found a need, or within the month after.

The audit lane's own draws are no alerts here: they are the measuring rod. A family in need at a
random visit without such an alert was missed.

What remains open: visits of all kinds overlook some needs (found and missed alike, so recall
hardly suffers, numbers of families do); false findings are measured on families who are well off
and taken to be as frequent among the others; families that could not be reached are taken to be
like those of the same month and stratum; how long needs last is estimated from families visited
twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from alerts import sampling_visits as visits
from alerts.sampling import (
    Drawn,
    Estimate,
    Evidence,
    Lane,
    Recalled,
    estimate,
    exit_rates,
    weighted_share,
)
from alerts.sampling_checks import Bin, PrecisionCheck, calibration, precision_checked, strata
from alerts.sampling_material import Material, gathered
from alerts.sampling_plan import WIDTHS, Plan, planned
from alerts.wilson import wilson
from core.home import Home

BEFORE, AFTER = 6, 1  # months between alert and random visit that count as an alert in time
CONTROL_MIN = 100  # fewer well-off families than this say too little about false findings
REPEAT_MONTHS = 12


@dataclass(frozen=True)
class AuditedRecall:
    """What random visits say about the alerts of a period; shares 0..1, counts of households.

    `recall`: families found ÷ families in unmet need at some time of the period. `found` and
    `missed` are its two parts, `in_need_a_day` the missed who are in need on one day. `n_visits`:
    random visits with a result; `n_asked` includes those without. `n_finds` of them found a need,
    `n_finds_counted` not at a family measured as well off, `n_missed` of these without an alert in
    time, `n_missed_followed` of these at a family already in process. `uncorrected` is the share of
    the finds of random visits that had an alert, false findings included. `naive` is the same
    among finds of the visits that we chose. `false_rate` is null where it could not be measured.
    `exit_rate`: the share of needs that end in a month, from `n_repeats` families visited twice.
    """

    since: str
    until: str
    n_asked: int
    n_visits: int
    n_lane: int
    n_finds: int
    n_finds_counted: int
    n_missed: int
    n_missed_followed: int
    recall: Estimate
    found: Estimate
    missed: Estimate
    in_need_a_day: Estimate
    uncorrected: Estimate | None
    naive: Estimate | None
    n_naive: int
    false_rate: Estimate | None
    n_control: int
    exit_rate: Estimate
    n_repeats: int
    households_alerted: int
    households_visited: int
    precision: PrecisionCheck
    calibration: tuple[Bin, ...]
    plan: Plan | None

    @property
    def sentence_zh(self) -> str:
        """The finding in one Chinese sentence."""
        r = self.recall
        return (
            f"{self.since[:7]} 至 {self.until[:7]} 真实有困难的家庭中，预警发现了 {r.value:.0%}"
            f"（95% 区间 {r.low:.0%}–{r.high:.0%}，n={self.n_visits:,} 次随机走访）。"
        )

    @property
    def sentence_en(self) -> str:
        """The finding in one English sentence."""
        r = self.recall
        return (
            f"Of the families truly in difficulty from {self.since[:7]} to {self.until[:7]}, alerts"
            f" found {r.value:.0%} (95 % interval {r.low:.0%} to {r.high:.0%}, "
            f"n = {self.n_visits:,} random visits)."
        )

    @property
    def difference_zh(self) -> str:
        """Why the naive figures differ, in Chinese."""
        naive = "自选走访没有发现困难家庭"
        if self.naive is not None:
            naive = (
                "自选走访中发现困难的家庭，多是因预警或申请才被走访，"
                f"其中有预警的占 {self.naive.value:.0%}，不能代表全县"
            )
        if self.false_rate is None:
            return f"{naive}；误判率无法测定（缺少明显宽裕的对照户），随机走访结果未校正。"
        return (
            f"{naive}；走访把 {self.false_rate.value:.1%} 的宽裕户误记为有困难，随机走访的"
            f" {self.n_finds} 次发现中约 {self._false_finds} 次属于误判，不扣除则发现率会被低估。"
        )

    @property
    def difference_en(self) -> str:
        """Why the naive figures differ, in English."""
        naive = "Visits of our choice found no need"
        if self.naive is not None:
            naive = (
                "Families found by visits of our choice were mostly visited because of an alert or "
                f"an application: {self.naive.value:.0%} of them had an alert, which says nothing "
                "about the county"
            )
        if self.false_rate is None:
            return (
                f"{naive}; false findings could not be measured (too few families who are clearly "
                "well off), so random visits stand uncorrected."
            )
        return (
            f"{naive}; visits found a need at {self.false_rate.value:.1%} of families who are well "
            f"off, so about {self._false_finds} of the {self.n_finds} finds of random visits are "
            "false, and recall would look lower with them."
        )

    @property
    def _false_finds(self) -> int:
        """About how many finds of the random visits are false."""
        rate = 0.0 if self.false_rate is None else self.false_rate.value
        return min(self.n_finds, round(rate * self.n_visits))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON and pages."""
        return {
            "sentence_zh": self.sentence_zh,
            "sentence_en": self.sentence_en,
            "difference_zh": self.difference_zh,
            "difference_en": self.difference_en,
            **asdict(self),
        }


def audited_recall(
    home: Home,
    session: Session,
    since: date,
    until: date,
    known_by: date | None = None,
    widths: Sequence[float] = WIDTHS,
) -> AuditedRecall:
    """Recall, precision and calibration of the alerts raised from `since` to `until`.

    `known_by` leaves out what became known later (default: everything known counts); `widths`:
    widths of the interval to plan visits for. Raises AlertsError when the period holds no random
    visit with a result, or no month was run.
    """
    return judged(gathered(home, session, since, until, known_by), widths)


def judged(material: Material, widths: Sequence[float] = WIDTHS) -> AuditedRecall:
    """The estimate from its tables."""
    random = classed(material.random, material.alerts)
    false, control = control_group(material.delivered, material.random)
    counted = random["found"] & ~(random["well_off"] & (false is not None))
    rates, repeats = needs_ending(material, known=false is not None)
    evidence = Evidence(
        material.households,
        _months(material.since, material.until),
        lanes_of(material.alerts),
        drawn_kind(random, counted, "missed", false is not None),
        drawn_kind(random, counted, "later", false is not None),
        None if false is None else (false, control),
        rates,
    )
    result = estimate(evidence)
    missed = random["kind"] == "missed"
    by_household = material.alerts.groupby("household")["verified"].any()
    naive, n_naive = _naive(material)
    share = 0.0 if false is None else false / control
    return AuditedRecall(
        since=material.since.isoformat(),
        until=material.until.isoformat(),
        n_asked=material.n_asked,
        n_visits=len(random),
        n_lane=int((random["sample"] == visits.LANE).sum()),
        n_finds=int(random["found"].sum()),
        n_finds_counted=int(counted.sum()),
        n_missed=int((counted & missed).sum()),
        n_missed_followed=int((counted & missed & random["followed"]).sum()),
        **_parts(result),
        uncorrected=_uncorrected(random),
        naive=naive,
        n_naive=n_naive,
        false_rate=None if false is None else _share(false, control),
        n_control=control,
        exit_rate=_of_draws(rates),
        n_repeats=repeats,
        households_alerted=len(by_household),
        households_visited=int(by_household.sum()),
        precision=precision_checked(random, counted, material.alerts, share),
        calibration=calibration(material.risks, share),
        plan=planned(
            strata(material, random, counted, share),
            result.recall,
            result.in_need_a_day,
            share,
            len(random),
            widths,
        ),
    )


def classed(random: pd.DataFrame, alerts: pd.DataFrame) -> pd.DataFrame:
    """The random visits with `kind`: counted (the alert's own visit found a need), later, missed.

    'later': an alert in time (see the head of this file) whose own visit found nothing; one whose
    own visit is still to come is 'counted' too, since the unvisited are estimated as a group.
    """
    needy = set(alerts.loc[alerts["needy"], "household"])
    both = random.reset_index(names="visit")[["visit", "household", "visited_on"]]
    both = both.merge(alerts, on="household")
    first = both["visited_on"] - pd.DateOffset(months=BEFORE)
    last = both["visited_on"] + pd.DateOffset(months=AFTER)
    both = both[(both["raised_on"] >= first) & (both["raised_on"] <= last)]
    seen = both.groupby("visit")["verified"].any()
    kind = pd.Series("missed", index=random.index)
    kind[seen.index[seen]] = "later"
    kind[seen.index[~seen]] = "counted"
    kind[random["household"].isin(needy)] = "counted"
    return random.assign(kind=kind, alerted=kind != "missed")


def lanes_of(alerts: pd.DataFrame) -> tuple[Lane, ...]:
    """Alerted households by the source of their first alert: verified, found, not reached."""
    ordered = alerts.sort_values("raised_on")
    a_home = ordered.groupby("household").agg(
        source=("source", "first"), verified=("verified", "any"), needy=("needy", "any")
    )
    return tuple(
        Lane(
            str(source),
            int(part["verified"].sum()),
            int(part["needy"].sum()),
            int((~part["verified"]).sum()),
        )
        for source, part in a_home.groupby("source", observed=True)
    )


def control_group(delivered: pd.DataFrame, random: pd.DataFrame) -> tuple[int | None, int]:
    """False findings and visits of the control group: families measured as well off.

    Rounds and random visits of all months; applications and alerts are left out, since somebody
    saw a reason there. (None, n) where they are too few to say.
    """
    kept = delivered[delivered["reason"].isin(("round", *visits.RANDOM_REASONS))]
    kept = kept[kept["well_off"] & kept["found"].notna()]
    lane = random[(random["sample"] == visits.LANE) & random["well_off"]]
    n = len(kept) + len(lane)
    false = int(kept["found"].astype(bool).sum() + lane["found"].sum())
    return (false, n) if n >= CONTROL_MIN else (None, n)


def drawn_kind(random: pd.DataFrame, counted: pd.Series, kind: str, corrected: bool) -> Drawn:
    """The finds of one kind (see `classed`) among the random visits; `counted` marks those kept
    once false findings at families measured as well off are taken out (`corrected`)."""
    mine = random["kind"] == kind
    finds = weighted_share(
        (mine & counted).to_numpy(dtype=float),
        random["weight"].to_numpy(),
        list(random["household"]),
    )
    open_to = mine & ~(random["well_off"] & corrected)
    exposed = float(random.loc[open_to, "weight"].sum() / random["weight"].sum())
    return Drawn(finds, exposed)


def needs_ending(material: Material, known: bool) -> tuple[Any, int]:
    """Draws of the monthly rate at which needs end, and the families visited twice behind it."""
    seen = material.delivered[material.delivered["found"].notna()]
    rows = seen.sort_values(["household", "visited_on"]).reset_index(drop=True)
    counted = rows["found"].astype(bool) & ~(rows["well_off"] & known)
    following = rows.shift(-1)
    gap = (following["visited_on"] - rows["visited_on"]).dt.days / 30.44
    pair = (following["household"] == rows["household"]) & counted & (gap > 0)
    pair &= (gap <= REPEAT_MONTHS) & (following["reason"] != "application")
    # Help that followed an alert ends a need; what is asked is how long it lasts without.
    pair &= ~rows["household"].isin(set(material.alerts["household"]))
    again = counted.shift(-1, fill_value=False)[pair]
    return exit_rates(list(gap[pair]), list(again)), int(pair.sum())


def _naive(material: Material) -> tuple[Estimate | None, int]:
    """Share with an alert among the families whom visits of our own choice found in need."""
    chosen = material.delivered
    chosen = chosen[chosen["reason"].isin(visits.CHOSEN_REASONS) & chosen["found"].fillna(False)]
    inside = chosen["visited_on"].between(
        pd.Timestamp(material.since), pd.Timestamp(material.until)
    )
    alerted = set(material.alerts["household"])
    needy = set(material.alerts.loc[material.alerts["needy"], "household"])
    families = set(chosen.loc[inside, "household"]) | needy
    return (
        (_share(len(families & alerted), len(families)), len(families))
        if families
        else (
            None,
            0,
        )
    )


def _uncorrected(random: pd.DataFrame) -> Estimate | None:
    finds = random[random["found"]]
    if finds.empty:
        return None
    share = weighted_share(
        finds["alerted"].to_numpy(dtype=float), finds["weight"].to_numpy(), list(finds["household"])
    )
    low, high = share.interval()
    return Estimate(share.share, low or 0.0, 1.0 if high is None else high)


def _share(hits: int, n: int) -> Estimate:
    low, high = wilson(hits, n)
    return Estimate(hits / n, low or 0.0, 1.0 if high is None else high)


def _of_draws(draws: Any) -> Estimate:
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate(float(np.mean(draws)), float(low), float(high))


def _parts(result: Recalled) -> dict[str, Estimate]:
    return {
        "recall": result.recall,
        "found": result.found,
        "missed": result.missed,
        "in_need_a_day": result.in_need_a_day,
    }


def _months(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month + 1
