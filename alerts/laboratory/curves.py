"""Every cut-off at once: visits, finds, precision and recall from the strictest to the loosest.

Each point is a replay of all months in which the cut-off alone decides, without a ceiling for its
lane; the other lanes, open cases, cool-downs and families in process count as always. The figures
are of one lane: visits for a need now (by the model, by the rules, or by both together) or for a
need to come.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from alerts.laboratory.below import Below, Recall
from alerts.laboratory.chances import Chances
from alerts.laboratory.estimates import Found, estimates
from alerts.laboratory.material import Material
from alerts.laboratory.replay import By, Replayed, replay
from alerts.policy import Policy
from alerts.states import Band
from models.scorecard import RuleSet

Asked = Literal["existing", "coming"]
# Cut-offs looked at by default: probabilities, and for the rules shares of the households above.
PROBABILITIES = tuple(round(0.05 * step, 2) for step in range(2, 19))
SHARES = (0.002, 0.004, 0.006, 0.01, 0.015, 0.02, 0.03, 0.045, 0.06, 0.09, 0.12, 0.15)


@dataclass(frozen=True)
class Point:
    """One cut-off (a probability, or points for the rules): visits and finds a month.

    `found` has counts, precision and its interval over all months; `recall` is None without a
    random visit. `name` is set where the point is one that somebody asked for (today, proposed).
    """

    cut_off: float
    visits: float
    finds: float
    found: Found
    recall: Recall | None
    name: str = ""


def curve(
    material: Material,
    rules: RuleSet,
    policy: Policy,
    chances: Chances,
    *,
    by: By = "both",
    asked: Asked = "existing",
    named: dict[str, float] | None = None,
    months: Collection[int] | None = None,
    known: Below | None = None,
    cut_offs: Sequence[float] | None = None,
) -> tuple[Point, ...]:
    """The points of one lane, the loosest cut-off first.

    `named` adds cut-offs by name, such as today's and the proposed; `known` (`below.below`) gives
    recall. Default cut-offs: see PROBABILITIES and SHARES.
    """
    if cut_offs is None:
        cut_offs = scores_at(material, SHARES) if by == "rules" else PROBABILITIES
    labels = {value: name for name, value in (named or {}).items()}
    found = []
    for cut_off in sorted({*cut_offs, *labels}):
        replayed = at_cut_off(material, rules, policy, cut_off, by=by, asked=asked, chances=chances)
        told = estimates(replayed, chances, months, known)
        one, length = told.questions[asked], max(1, len(told.months))
        name = labels.get(cut_off, "")
        visits, finds = one.alerts / length, one.expected / length
        found.append(Point(float(cut_off), visits, finds, one, told.recall, name))
    return tuple(found)


def at_cut_off(
    material: Material,
    rules: RuleSet,
    policy: Policy,
    cut_off: float,
    *,
    by: By,
    asked: Asked,
    chances: Chances | None = None,
) -> Replayed:
    """The months replayed with one lane's cut-off and no ceiling for it.

    Families that nobody watches keep the distance of their floor from the others'.
    """
    changed = with_cut_off(policy, cut_off, by, asked)
    return replay(material, rules, changed, by=by, chance=chances, unlimited=[asked])


def with_cut_off(policy: Policy, cut_off: float, by: By, asked: Asked) -> Policy:
    """The policy with one lane's cut-off set; raises PolicyError's cause for a value out of range.

    For the rules the score alone decides: every band may open an alert from there on.
    """
    if by == "rules":
        bands = tuple(Band)
        closing = min(policy.close_score, cut_off)
        change: dict[str, Any] = {"open_score": cut_off, "close_score": closing, "bands": bands}
    elif asked == "coming":
        change = {"open_coming": cut_off}
    else:
        gap = policy.open_unwatched - policy.open_existing
        change = {
            "open_existing": cut_off,
            "open_unwatched": min(1.0, max(0.0, cut_off + gap)),
            "close_existing": min(policy.close_existing, cut_off),
        }
    return Policy.model_validate(policy.model_dump() | change)


def scores_at(material: Material, shares: Sequence[float]) -> tuple[float, ...]:
    """Rule scores above which so large shares of the household-months lie, each once."""
    scores = np.concatenate([month.score for month in material.months])
    found = np.quantile(scores, [1 - share for share in shares])
    return tuple(sorted({round(float(score), 2) for score in found}))
