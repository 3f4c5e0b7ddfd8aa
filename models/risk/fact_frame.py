"""The model's explanation by fact: one row for all features that tell the same, in words.

A reader is shown the strongest facts that push the risk up; the rest is told in one closing line,
so that what is on the page adds up to the household's risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from core.home import Home
from core.words import Text
from models.risk.fact_lines import FactLine, fact_lines
from models.risk.fact_phrases import amount
from models.risk.facts import facts
from models.risk.feature_words import feature_text

SHOWN = 6
COLUMNS = [
    *("household", "as_of", "question", "fact", "category", "position", "contribution", "shown"),
    *("value", "line", "source", "source_on", "text_zh", "text_en"),
    *("share_push", "share_all", "base_value", "margin", "risk", "model_version"),
]
_KEYS = ["household", "question"]


def fact_frame(home: Home, as_of: date, explained: pd.DataFrame) -> pd.DataFrame:
    """Contributions of `explained` (explain_households) added up by fact, strongest first.

    Columns: household, as_of, question, fact, category, position (1 = strongest by size),
    contribution (log-odds; above zero raises the risk), shown (one of the strongest SHOWN that
    raise it), value, line (numbers of the words), source, source_on, text_zh, text_en (the line
    with its source and age), share_push (0..1: what the shown carry of all that raises the risk;
    null where nothing does), share_all (what the strongest SHOWN of both directions carry of all
    contributions by size), base_value, margin, risk, model_version. Contributions of a household
    sum to margin - base_value.
    """
    summed = by_fact(explained)
    if not len(summed):
        return pd.DataFrame(columns=COLUMNS)
    wanted = {str(home): list(rows) for home, rows in summed.groupby("household")["fact"]}
    lines = fact_lines(home, as_of, wanted)
    strongest = _strongest(explained)
    told = [
        _told(household, fact, lines, strongest)
        for household, fact in zip(summed["household"], summed["fact"], strict=True)
    ]
    told_frame = pd.DataFrame(told, index=summed.index)
    for name in ("value", "line"):
        told_frame[name] = told_frame[name].astype("float64")
    same = explained.groupby(_KEYS, sort=False)[["base_value", "margin", "risk"]].first()
    version = explained["model_version"].iloc[0]
    frame = pd.concat([summed, told_frame], axis=1).join(same, on=_KEYS)
    return frame.assign(as_of=as_of, model_version=version)[COLUMNS]


def by_fact(explained: pd.DataFrame) -> pd.DataFrame:
    """Contributions added up by household, question and fact, with place, shown and shares."""
    question = explained.get("question", "existing")
    parts = explained.assign(question=question, size=explained["contribution"].abs())
    # The category of a fact is that of the declaration, else of its strongest feature.
    parts = parts.sort_values("size", ascending=False, kind="stable")
    summed = parts.groupby([*_KEYS, "fact"], sort=False, as_index=False).agg(
        contribution=("contribution", "sum"), category=("category", "first")
    )
    declared = {code: fact.category for code, fact in facts().by_code.items()}
    summed["category"] = summed["fact"].map(declared).fillna(summed["category"])
    summed["size"] = summed["contribution"].abs()
    summed = summed.sort_values([*_KEYS, "size", "fact"], ascending=[True, True, False, True])
    home = summed.groupby(_KEYS)
    summed["position"] = home.cumcount() + 1
    push = summed["contribution"].clip(lower=0)
    place = push.groupby([summed[k] for k in _KEYS]).rank(method="first", ascending=False)
    summed["shown"] = (push > 0) & (place <= SHOWN)
    summed["share_push"] = _share(summed, push.where(summed["shown"], 0.0), push)
    first = summed["position"] <= SHOWN
    summed["share_all"] = _share(summed, summed["size"].where(first, 0.0), summed["size"])
    return summed.drop(columns="size").reset_index(drop=True)


def _share(summed: pd.DataFrame, part: pd.Series, whole: pd.Series) -> pd.Series:
    """Sum of `part` over sum of `whole` within a household and question; null over zero."""
    keys = [summed[k] for k in _KEYS]
    total = whole.groupby(keys).transform("sum")
    return part.groupby(keys).transform("sum") / total.where(total > 0)


def _strongest(explained: pd.DataFrame) -> Mapping[tuple[str, str], dict[str, Any]]:
    """Label, unit and value of the strongest feature of each fact that is not declared."""
    other = explained[~explained["fact"].isin(facts().by_code)]
    rows = other.loc[other["contribution"].abs().sort_values().index].to_dict("records")
    return {(row["household"], row["fact"]): {str(k): v for k, v in row.items()} for row in rows}


def _told(
    household: str,
    fact: str,
    lines: Mapping[tuple[str, str], FactLine],
    strongest: Mapping[tuple[str, str], dict[str, Any]],
) -> dict[str, Any]:
    """The line of a fact; a feature of no declared fact speaks by its label and value."""
    line = lines.get((household, fact))
    if line is None:
        row = strongest[household, fact]
        value = None if pd.isna(row["value"]) else row["value"]
        text = feature_text(row["label_zh"], row["label_en"], row["unit"], value)
        line = FactLine(fact, text.zh, text.en)
    return {
        "value": line.value,
        "line": line.line,
        "source": line.source,
        "source_on": line.source_on,
        "text_zh": line.text.zh,
        "text_en": line.text.en,
    }


def closing(facts_of_one: pd.DataFrame, shown: pd.Series | None = None) -> Text | None:
    """The line under the shown facts of one household and question: what the rest adds up to.

    `shown` marks the rows that a reader sees (default: the column). None when all are seen.
    """
    seen = facts_of_one["shown"] if shown is None else shown
    rest = facts_of_one.loc[~seen, "contribution"]
    if not len(rest):
        return None
    push = facts_of_one["contribution"].clip(lower=0)
    carried = push[seen].sum() / push.sum() if push.sum() > 0 else None
    return closing_words(len(rest), float(rest.sum()), carried)


def closing_words(count: int, net: float, carried: float | None) -> Text:
    """'其余 31 项事实合计拉低风险；以上占全部推高作用的 68%'.

    `net`, in log-odds, gives the direction only: to a reader its number means nothing.
    """
    zh, en = ("推高", "raise") if net > 0 else ("拉低", "lower")
    en += "s" * (count == 1)
    share_zh = share_en = ""
    if carried is not None:
        told = amount(carried, "share")[0]
        share_zh = f"；以上占全部推高作用的 {told}"
        share_en = f"; the lines above carry {told} of all that raises it"
    return Text(
        zh=f"其余 {count} 项事实合计{zh}风险{share_zh}",
        en=f"{count} other fact{'s' * (count > 1)} together {en} the risk{share_en}",
    )
