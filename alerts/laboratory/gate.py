"""The gate before a draft is activated: what it refuses, each with the figure and the limit.

Pure: it judges figures that others have made (`figures`). A refusal is a reason in both languages;
who may override it, and how, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alerts.laboratory.estimates import Estimates
from alerts.laboratory.lanes import BANDS, rule_band
from alerts.laboratory.links import linked
from alerts.laboratory.material import Material
from alerts.laboratory.replay import Replayed
from alerts.states import Band
from core.words import Text
from models.scorecard import RuleSet
from models.scorecard.bands import BandCheck
from models.scorecard.fitting import falls


@dataclass(frozen=True)
class Limits:
    """Where the gate closes. `flood`: visits of a township in a month, as a multiple of its
    capacity. `fires`: share of households that the draft names in a month, whether or not there is
    room. `months`: past months that a trial needs."""

    flood: float = 1.2
    fires: float = 0.05
    months: int = 6


@dataclass(frozen=True)
class Refusal:
    """Why a draft is refused: a code (months, flood, fires, bands) and the reason in words."""

    code: str
    reason: Text


@dataclass(frozen=True)
class Figures:
    """What the gate looks at, of one trial.

    `months`: past months it ran on. `visits`: the largest number of visits in a month by township
    code. `named`: the largest share of households named in a month (alerted, or waiting for a
    place). `bands`: what visits found in each rule band, from red down.
    """

    months: int
    visits: Mapping[str, int]
    named: float
    bands: Mapping[str, BandCheck]


def figures(replayed: Replayed, told: Estimates, rules: RuleSet) -> Figures:
    """The gate's figures of a trial; `told` are its estimates over all months."""
    material = replayed.material
    most = told.visits.max(axis=0) if len(told.visits) else []
    per_month = replayed.per_month
    shares = [
        (int(per_month[n]) + sum(count.waiting.values())) / max(1, count.households)
        for n, count in enumerate(replayed.counts)
    ]
    return Figures(
        len(material.months),
        {code: int(n) for code, n in zip(material.townships, most, strict=True)},
        max(shares, default=0.0),
        found_by_band(material, rules),
    )


def found_by_band(material: Material, rules: RuleSet) -> dict[str, BandCheck]:
    """What unasked visits found in each rule band, families in process left out."""
    seen = linked(material)
    seen = seen.only(~seen.asked)
    band = np.empty(len(seen), np.int8)
    busy = np.zeros(len(seen), bool)
    sizes = np.zeros(len(BANDS))
    for number, month in enumerate(material.months):
        here = seen.month == number
        band[here] = rule_band(month.score[seen.row[here]], rules.bars)
        busy[here] = month.in_process[seen.row[here]]
        sizes += np.bincount(rule_band(month.score, rules.bars), minlength=len(BANDS))
    checks = {}
    for place, name in enumerate(BANDS):
        inside = (band == place) & ~busy
        share = float(sizes[place] / max(1.0, sizes.sum()))
        found = int(seen.found[inside].sum())
        checks[name.value] = BandCheck(share=share, visits=int(inside.sum()), found=found)
    return checks


def refusals(
    current: Figures,
    draft: Figures,
    townships: Mapping[str, int] | None = None,
    limits: Limits | None = None,
) -> tuple[Refusal, ...]:
    """Why a draft is refused; empty when nothing stands against it.

    `townships`: visits a month that each can make, by code. What the current setting does already
    is no reason: a township is flooded only where the draft asks more of it than today.
    """
    limits = limits or Limits()
    found = [
        _too_few_months(draft, limits),
        *_floods(current, draft, townships or {}, limits),
        _fires(current, draft, limits),
        _upside_down(draft),
    ]
    return tuple(refusal for refusal in found if refusal is not None)


def _too_few_months(draft: Figures, limits: Limits) -> Refusal | None:
    if draft.months >= limits.months:
        return None
    return Refusal(
        "months",
        Text(
            f"只有 {draft.months} 个既往月份可以试算；至少需要 {limits.months} 个月",
            f"only {draft.months} past months to try it on; at least {limits.months} are needed",
        ),
    )


def _floods(
    current: Figures, draft: Figures, townships: Mapping[str, int], limits: Limits
) -> list[Refusal]:
    found = []
    for code, capacity in sorted(townships.items()):
        visits, today = draft.visits.get(code, 0), current.visits.get(code, 0)
        most = capacity * limits.flood
        if visits <= most or visits <= today:
            continue
        found.append(
            Refusal(
                "flood",
                Text(
                    f"乡镇 {code} 一个月最多 {visits} 次走访，超过其能力 {capacity} 次的 "
                    f"{limits.flood:g} 倍（现行 {today} 次）；请提高门槛或增加人手",
                    f"township {code} would get {visits} visits in a month, more than "
                    f"{limits.flood:g} times the {capacity} it can make (today {today}); "
                    "raise the cut-off or add visitors",
                ),
            )
        )
    return found


def _fires(current: Figures, draft: Figures, limits: Limits) -> Refusal | None:
    if draft.named <= limits.fires or draft.named <= current.named:
        return None
    return Refusal(
        "fires",
        Text(
            f"一个月有 {draft.named:.1%} 的家庭被点名，上限 {limits.fires:.1%}"
            f"（现行 {current.named:.1%}）；请提高门槛",
            f"{draft.named:.1%} of all households would be named in a month, the limit is "
            f"{limits.fires:.1%} (today {current.named:.1%}); raise the cut-off",
        ),
    )


def _upside_down(draft: Figures) -> Refusal | None:
    """Finds must not rise from one band to the next lower, beyond chance (one-sided 95 %)."""
    if falls(dict(draft.bands)) != "no":
        return None
    told = [(band, draft.bands[band.value]) for band in Band if draft.bands[band.value].visits]
    zh = "、".join(f"{b.zh} {c.found}/{c.visits}" for b, c in told)
    en = ", ".join(f"{b.en} {c.found} of {c.visits}" for b, c in told)
    return Refusal(
        "bands",
        Text(
            f"较低的等级反而发现更多困难家庭（发现/走访：{zh}）；请调整等级线或分值",
            f"a lower band finds more families in need than a higher one (found of visited: {en}); "
            "move the bars or the points",
        ),
    )
