"""The reference page of features (docs/reference/features.md), from their declarations."""

from __future__ import annotations

from data.contracts import load_contract
from features.catalogue import FEATURES
from features.engine.feature import Feature

CATEGORIES = {
    "A": ("困难家庭人口基础信息", "Household population"),
    "B": ("家庭财产收入", "Assets and income"),
    "C": ("医疗", "Medical"),
    "D": ("教育", "Education"),
    "E": ("就业", "Employment"),
    "F": ("住房", "Housing"),
    "G": ("低边家庭", "Low-income edge"),
    "H": ("刚性支出困难家庭", "Rigid-expenditure hardship"),
    "X": ("其他", "Other"),
}
LEVELS = {"household": ("家庭", "household"), "person": ("个人", "person")}
SIGNS = {-1: "↓", 0: "", 1: "↑"}

HEAD = """# Features

Every column of the monthly profile, generated from the declarations in
`data/feeds/<feed>/features*.py` and `features/combined/`.

A feature uses only facts known by the month end (`known_on`) that happened within its window.
**Model** marks the columns the risk model may use; ↓ means that a higher value never raises risk,
↑ that it never lowers it. **Empty when** says what no record means: a value is filled in only while
the feed has been delivered and is fresh, otherwise the feature stays empty and coverage falls. Of
a feed that fell silent for longer than its contract allows (`freshness`) only what was recorded
stands: a death, a certificate, a disaster; sums and counts of windows that lack months do not.
"""


def text() -> str:
    """The page as Markdown."""
    parts = [HEAD, _summary()]
    for category, (zh, en) in CATEGORIES.items():
        chosen = [f for f in FEATURES if f.category == category]
        if not chosen:
            continue
        parts.append(f"## {category} {zh} / {en}\n")
        for level, (level_zh, level_en) in LEVELS.items():
            rows = [f for f in chosen if f.level == level]
            if rows:
                parts.append(f"### {level_zh} / {level_en}\n\n{_table(rows)}\n")
    return "\n".join(parts)


def _summary() -> str:
    total, model = len(FEATURES), sum(f.for_model for f in FEATURES)
    persons = sum(f.level == "person" for f in FEATURES)
    return (
        f"{total} features: {persons} of persons, {total - persons} of households; "
        f"{model} are offered to the model.\n"
    )


def _table(rows: list[Feature]) -> str:
    lines = [
        "| name | 中文 | English | unit | window | departments | empty when | model |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(f) for f in rows]
    return "\n".join(lines)


def _row(f: Feature) -> str:
    owners = "、".join(dict.fromkeys(load_contract(feed).owner_zh for feed in f.feeds))
    window = f"{f.months} m" if f.months else ""
    model = f"yes {SIGNS[f.monotone]}".strip() if f.for_model else ""
    meaning = f.description.replace("\n", " ").replace("|", "\\|")
    english = f"**{f.en}**"
    if meaning.rstrip(".") != f.en:
        english += f". {meaning}"
    cells = (
        f"`{f.name}`",
        f.zh,
        english,
        f.unit,
        window,
        owners,
        f.null_rule,
        model,
    )
    return f"| {' | '.join(cells)} |"
