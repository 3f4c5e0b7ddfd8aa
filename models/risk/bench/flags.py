"""What speaks against a training whatever its precision: leaks by name, groups served worse.

As metrics of a run: `leak.flag` counts features, `leak.flag.<feature>` has the AUC of each;
`group.tested` counts the groups compared with the champion, `group.worse` those of which it finds
less, `group.worse.<dimension>.<group>` by how much (a negative share of the group's need).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from core.home import Home
from features.engine.feature import Feature
from models.risk import compare
from models.risk.groups.beside import beside_champion
from models.risk.groups.members import joined
from models.risk.rolling.leaks import find_leaks

LEAK, WORSE, TESTED = "leak.flag", "group.worse", "group.tested"
# Ranking a hundred features over so many households takes a second or two.
HOUSEHOLDS = 5000


def leaks_of(
    labelled: pd.DataFrame, features: Sequence[str], closes: int, cards: Mapping[str, Feature]
) -> dict[str, Any]:
    """Leaks among the rows that taught (see `rolling.leaks`), on at most 5,000 households."""
    homes = labelled["household"].drop_duplicates()
    if len(homes) > HOUSEHOLDS:
        chance = pd.util.hash_array(homes.to_numpy(object))
        homes = homes.iloc[chance.argsort()[:HOUSEHOLDS]]
    found = find_leaks(labelled[labelled["household"].isin(homes)], features, closes)
    for flag in found["flags"]:
        card = cards.get(flag["feature"])
        if card is not None:
            flag |= {"label_zh": card.zh, "label_en": card.en}
    return found


def groups_of(home: Home, part: pd.DataFrame, slots: int) -> list[dict[str, Any]]:
    """The challenger beside the champion by group; [] without a champion on these months.

    Visits to alerts are left out: they went where the model in use sent them.
    """
    if "champion" not in part.columns or part.empty:
        return []
    rows = compare.unchosen(part).reset_index(drop=True)
    found = beside_champion(rows, joined(home, rows["household"], rows["as_of"]), slots)
    return [asdict(one) for one in found]


def metrics_of(
    leaks: Mapping[str, Any] | None = None, groups: Sequence[Mapping[str, Any]] = ()
) -> dict[str, float]:
    """The metrics of a run."""
    named = {f["feature"]: float(f["auc"]) for f in (leaks or {}).get("flags", ())}
    worse = [one for one in groups if one["worse"]]
    return {
        LEAK: float(len(named)),
        **{f"{LEAK}.{name}": auc for name, auc in named.items()},
        TESTED: float(len(groups)),
        WORSE: float(len(worse)),
        **{f"{WORSE}.{o['dimension']}.{o['group']}": float(o["difference"]) for o in worse},
    }


def of_report(report: Mapping[str, Any]) -> dict[str, float]:
    """The same from a question's section of the report."""
    return metrics_of(report.get("leaks"), report.get("by_group") or ())
