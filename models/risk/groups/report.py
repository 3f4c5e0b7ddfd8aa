"""The report by group that the page, the model card and the gate read.

data/reports/groups_<question>.json for the newest month, groups_<question>_<month>.json for one
that was asked for later: figures by ruler, what is absent, what equal recall would cost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from core.atomic import write_text
from core.home import Home
from core.words import Text
from models.risk import report as reports
from models.risk.groups.definitions import UNKNOWN, UNKNOWN_WORDS, definitions
from models.risk.groups.measured import Ruler, measured
from models.risk.groups.members import CROSS, columns_of, nearest
from models.risk.groups.naming import ALPHA, MEASURES, SMALL
from models.risk.rows import Question

RULERS = {
    "alerts": Text("实际发出的预警", "Alerts really raised"),
    "alerts_truth": Text(
        "实际发出的预警，对照模拟真实情况", "Alerts really raised, by sealed truth"
    ),
    "cutoff": Text("按模型风险排序、走访量用满时", "The model's cut-off at capacity"),
    "cutoff_truth": Text("模型排序，对照模拟真实情况", "The model's cut-off, by sealed truth"),
}


def build(
    home: Home,
    question: Question,
    as_of: date,
    rulers: Sequence[Ruler],
    missing: Mapping[str, str] | None = None,
    version: str | None = None,
) -> dict[str, Any]:
    """The report as plain values; `missing` says why a ruler could not be laid.

    `version` is that of the model whose cut-off is judged, None where none is.
    """
    columns = columns_of(home, nearest(home, as_of))
    known = definitions()
    return dict(
        reports.plain(
            {
                "question": question,
                "version": version,
                "as_of": as_of,
                "synthetic": bool(home.county.get("synthetic")),
                "small": SMALL,
                "alpha": ALPHA,
                "dimensions": [
                    {"code": d.code, "zh": d.zh, "en": d.en, "each": d.each,
                     "groups": [{"code": g.code, "zh": g.zh, "en": g.en} for g in d.groups]}
                    for d in known.there(columns)
                ],
                "absent": [{"code": d.code, "zh": d.zh, "en": d.en}
                           for d in known.absent(columns)],
                "rulers": {r.code: r.about for r in rulers},
                "missing": dict(missing or {}),
                "households": {r.code: r.households for r in rulers},
                "figures": [asdict(one) for r in rulers for one in r.figures],
                "calibration": {r.code: r.calibration for r in rulers},
                "equal": {r.code: [asdict(one) for one in r.equal] for r in rulers},
            }
        )
    )  # fmt: skip


def of_training(
    home: Home,
    question: Question,
    as_of: date,
    scored: Any,
    slots: int | None = None,
    false: float | None = None,
) -> dict[str, Any]:
    """The report of a version just trained, from its scored later months: cut-off rulers alone."""
    return build(home, question, as_of, measured(home, question, scored, slots, false))


def label(
    report: Mapping[str, Any],
    dimension: str,
    group: str,
    names: Mapping[str, Text] | None = None,
) -> Text:
    """Words of a group or a crossing; `names` are those of townships by code."""
    parts = [
        _one(report, *pair, names or {})
        for pair in zip(dimension.split(CROSS), group.split(CROSS), strict=True)
    ]
    return Text("、".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def _one(report: Mapping[str, Any], dimension: str, group: str, names: Mapping[str, Text]) -> Text:
    about = {d["code"]: d for d in report["dimensions"]}.get(dimension, {"groups": []})
    if group == UNKNOWN:
        before = Text(about.get("zh", dimension), about.get("en", dimension))
        return Text(f"{before.zh}{UNKNOWN_WORDS.zh}", f"{before.en}: {UNKNOWN_WORDS.en.lower()}")
    for one in about["groups"]:
        if one["code"] == group:
            return Text(one["zh"], one["en"])
    return names.get(group, Text(group, group))


def worst(report: Mapping[str, Any], ruler: str, crossed: bool = False) -> list[dict[str, Any]]:
    """The figures of a ruler that name a group as served worse, surest first."""
    rows = [
        one
        for one in report["figures"]
        if one["ruler"] == ruler and one["worse"] and one["crossed"] == crossed
    ]
    return sorted(rows, key=lambda one: one["adjusted"])


def sentence(one: Mapping[str, Any], words: Text) -> Text:
    """One named group in words, with interval and n."""
    measure = MEASURES[one["measure"]]
    if one["measure"] == "gap":
        return Text(
            f"{words.zh}：走访发现的困难比模型预计多 {one['value']:+.1%}"
            f"（95% 区间 {one['low']:+.1%} 至 {one['high']:+.1%}，n={one['n']:,}），"
            f"其余家庭为 {one['rest']:+.1%}。",
            f"{words.en}: visits found {one['value']:+.1%} more need than the model promised "
            f"(95% interval {one['low']:+.1%} to {one['high']:+.1%}, n={one['n']:,}); "
            f"among all others {one['rest']:+.1%}.",
        )
    return Text(
        f"{words.zh}：{measure.zh} {one['value']:.0%}（95% 区间 {one['low']:.0%}–"
        f"{one['high']:.0%}，n={one['n']:,}），其余家庭为 {one['rest']:.0%}。",
        f"{words.en}: {measure.en.lower()} {one['value']:.0%} (95% interval {one['low']:.0%}–"
        f"{one['high']:.0%}, n={one['n']:,}); among all others {one['rest']:.0%}.",
    )


def path_of(home: Home, question: str, as_of: date) -> Path:
    """Where the report of a month is kept; the newest month's has no date in its name."""
    months = home.months("scores")
    newest = not months or as_of >= months[-1]
    return home.reports / (f"groups_{question}.json" if newest else
                           f"groups_{question}_{as_of:%Y-%m}.json")  # fmt: skip


def write_groups(home: Home, report: Mapping[str, Any]) -> Path:
    """Keep a report where the pages look for it."""
    target = path_of(home, report["question"], date.fromisoformat(report["as_of"]))
    write_text(target, json.dumps(report, ensure_ascii=False, separators=(",", ":")))
    return target


def read_groups(home: Home, question: str, as_of: date) -> dict[str, Any] | None:
    """The kept report of a month; None where none was made of that very month."""
    path = path_of(home, question, as_of)
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found if found["as_of"] == as_of.isoformat() else None
