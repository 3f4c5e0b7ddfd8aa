"""The page of the contest: what each candidate found, beside what the oracle would have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from core.atomic import write_text
from simulator.study.candidates import COMPARED, ORACLE
from simulator.study.contest import CAME, FUTURES, PLACES, VISITS, by_county, contest, judges_of
from simulator.study.runs import Run
from simulator.study.table import BY_HAND

Row = dict[str, Any]
NAMES = {
    "scorecard": "scorecard",
    "income": "income",
    "logistic": "logistic",
    "lightgbm": "LightGBM",
    "lightgbm_monotone": "LightGBM monotone",
    "both": "scorecard and model",
    "in_use": "the model in use",
    ORACLE: "oracle",
}
_QUESTIONS = {
    "existing": "## Existing: in unmet need now\n\nThe oracle knows the truth of the month: it "
    "finds as many families as there are, up to the number of visits.",
    "coming": "## Coming: in need within six months\n\nFamilies in need already are left out. The "
    "oracle ranks by the share of many futures, lived from the true state, in which need comes.",
}
_JUDGES = {
    CAME: "counted by what came true",
    FUTURES: "counted by the futures' probabilities: neither the luck of one year nor the help "
    "that followed an alert disturbs them; the oracle is counted by futures it did not rank by",
}
_INTRO = """# {number} Share of the oracle of the alert model's candidates

**Synthetic 合成数据.** Every county here is invented; its truth is sealed and only judges: \
nothing was chosen or tuned by it. The figures compare methods in a world whose rules their \
authors did not look at; they do not say how one would fare in a real county.

Made by `doudi study candidates`: {counties}. Candidates are those of the rolling test, each \
taught what visits had found when its quarter began, by two thirds of the households, and ranking \
the others; *the model in use* is what really chose that month, taught by all. Ranked are the \
households at risk that nobody is on. *visits*: so many as the lane really had that month; the \
other columns visit a share of the ranked households. 95 % intervals from drawing households. \
Ties at the last place share it.
"""


def write_page(out: Path, rows: Mapping[str, pd.DataFrame], runs: Sequence[Run]) -> None:
    """Write the page to `out`; hand-written text below the mark is kept."""
    old = out.read_text(encoding="utf-8") if out.exists() else ""
    kept = old.split(BY_HAND, 1)[1] if BY_HAND in old else "\n\n"
    intro = _INTRO.format(number=out.stem.split("-")[0], counties=_told(runs))
    body = [intro]
    for question, part in rows.items():
        body += [_QUESTIONS[question], "", *_about(part)]
        for judge in judges_of(part):
            body += _judged(contest(part, judge), judge)
        body += _counties(part)
    write_text(out, "\n".join(body) + f"\n{BY_HAND}{kept}")


def _told(runs: Sequence[Run]) -> str:
    names = ", ".join(f"{run.setting} (seed {run.seed})" for run in runs)
    many = "1 county" if len(runs) == 1 else f"{len(runs)} counties"
    return f"{many} of {runs[0].households:,} households: {names}"


def _about(rows: pd.DataFrame) -> Iterator[str]:
    months = rows.groupby(["county", "month"]).agg(
        n=("need", "size"), cases=("need", "sum"), visits=("visits", "first")
    )
    yield (
        f"{len(months)} months, {len(rows):,} household-months ranked, {months['cases'].sum():,.0f}"
        f" of them in need ({100 * rows['need'].mean():.1f} %); "
        f"{months['visits'].mean():.1f} visits a month.\n"
    )


def _judged(found: Sequence[Row], judge: str) -> Iterator[str]:
    """Precision and share of the oracle by number of visits, the difference to logistic, ties."""
    yield f"Precision, {_JUDGES[judge]}:\n"
    yield from _table(found, "precision", (*COMPARED, ORACLE))
    yield "\nShare of the oracle's finds:\n"
    yield from _table(found, "share", COMPARED)
    yield "\nPoints of precision more than logistic regression:\n"
    yield from _table(found, "minus_logistic", [n for n in COMPARED if n != "logistic"])
    if judge == CAME:
        yield "\nRecall: share of all need there was in these months (no interval):\n"
        yield from _table(found, "recall", (*COMPARED, ORACLE))
        yield from _ties(found)
    yield ""


def _table(found: Sequence[Row], measure: str, candidates: Sequence[str]) -> Iterator[str]:
    cells = {(row["candidate"], row["capacity"]): _cell(row, measure) for row in found}
    heads = [VISITS, *(f"{100 * float(place):g} %" for place in PLACES[1:])]
    yield f"| candidate | {' | '.join(heads)} |"
    yield f"|{'---|' * (len(heads) + 1)}"
    for name in candidates:
        if (name, VISITS) in cells:
            yield f"| {NAMES[name]} | {' | '.join(cells[name, place] for place in PLACES)} |"


def _cell(row: Row, measure: str) -> str:
    value = row.get(measure)
    if value is None:
        return "–"
    points = measure == "minus_logistic"
    sign, unit = ("+", "") if points else ("", " %")
    said = f"{100 * value:{sign}.1f}"
    low, high = row.get(f"{measure}_low"), row.get(f"{measure}_high")
    if low is None or high is None:
        return f"{said}{unit}"
    if low == high == value:
        return f"{said}{unit}"
    return f"{said}{unit} ({100 * low:{sign}.1f} – {100 * high:{sign}.1f})"


def _ties(found: Sequence[Row]) -> Iterator[str]:
    """Where the order of tied households decides: precision if all were lost, if all were won."""
    told = [
        f"{NAMES[row['candidate']]} {_place(row['capacity'])} "
        f"{100 * row['tie_low']:.1f} – {100 * row['tie_high']:.1f} %"
        for row in found
        if row.get("tie_low") is not None and row["tie_high"] - row["tie_low"] >= 0.01
    ]
    if told:
        yield f"\nTies of a point or more (precision if lost – if won): {'; '.join(told)}."


def _place(name: str) -> str:
    return "at the visits" if name == VISITS else f"at {100 * float(name):g} %"


def _counties(rows: pd.DataFrame) -> Iterator[str]:
    """Each county apart, where there are several: share of the oracle at the visits and at 5 %."""
    if rows["county"].nunique() < 2:
        return
    yield "County by county, share of the oracle by what came true, at the visits and at 5 %:\n"
    each = dict(by_county(rows))
    yield f"| candidate | {' | '.join(f'{name}, visits | {name}, 5 %' for name in each)} |"
    yield f"|{'---|' * (2 * len(each) + 1)}"
    for candidate in COMPARED:
        cells = [
            _cell(row, "share")
            for found in each.values()
            for row in found
            if row["candidate"] == candidate and row["capacity"] in (VISITS, PLACES[-1])
        ]
        if cells:
            yield f"| {NAMES[candidate]} | {' | '.join(cells)} |"
    yield ""
