"""`doudi recall`: which share of the families in difficulty the alerts found, from random visits.

The services are imported by the command, so that --help answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.home import HomeError, add_months, month_end
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.tables import show

if TYPE_CHECKING:
    from alerts.recall import AuditedRecall
    from alerts.sampling import Estimate

YEAR = 12


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(recall)


def recall(
    home: HomeDir = Path(),
    as_of: Annotated[
        str, typer.Option("--as-of", help="Twelve months up to this one, like 2026-06.")
    ] = "",
    width: Annotated[
        float, typer.Option(help="Width of the interval to plan audit visits for, like 0.2.")
    ] = 0.2,
    as_json: AsJson = False,
) -> None:
    """What the alerts missed: recall from random visits, with its interval and what narrows it."""
    if not 0 < width < 1:
        raise HomeError(f"--width must lie between 0 and 1, like 0.2; it is {width:g}")
    from alerts.recall import audited_recall
    from alerts.sampling_plan import WIDTHS
    from core.db import open_session, upgrade

    county = home_of(home)
    synthetic = bool(county.county.get("synthetic"))
    run = county.months("scores")
    if not run:
        raise HomeError("no month was run yet: 'doudi ingest DIR', then 'doudi run --as-of MONTH'")
    until = month_end(as_of) if as_of else run[-1]
    if until not in run:
        raise HomeError(f"{until:%Y-%m} was not run; the newest month is {run[-1]:%Y-%m}")
    since = add_months(until, 1 - YEAR).replace(day=1)
    upgrade(county)
    widths = sorted({*WIDTHS, width}, reverse=True)
    with open_session(county) as session:
        result = audited_recall(county, session, since, until, until, widths)
    if as_json:
        about = {"county": county.county["name_en"], "synthetic": synthetic}
        print_json({**about, "as_of": until.isoformat(), **result.to_dict()})
        return
    typer.echo(result.sentence_zh)
    typer.echo(result.sentence_en)
    _print(result, " · synthetic 合成数据" if synthetic else "")


def _print(result: AuditedRecall, label: str) -> None:
    columns = ["what", "value", "low", "high", "n"]
    show(f"corrected and naive 校正与未校正 (95 %){label}", columns, _figures(result))
    typer.echo(result.difference_zh)
    typer.echo(result.difference_en)
    columns = ["risk", "predicted", "found", "low", "high", "n", "predicted ", "found ", "n "]
    rows = []
    for b in result.calibration:
        drawn = (b.predicted, b.found, b.low, b.high, b.n)
        chosen = (b.chosen_predicted, b.chosen_found, b.chosen_n)
        rows.append([f"{b.above:.2f}–{b.up_to:.2f}", *drawn, *chosen])
    show("stored risk: random visits 随机走访 | visits of our choice 自选走访", columns, rows)
    if result.plan is None:
        return
    columns = ["score", "from", "to", "households", "share of visits"]
    parts = [[s.by, s.above, s.up_to, round(s.households), s.share] for s in result.plan.strata]
    show("audit visits drawn by score 按得分分层抽查", columns, parts)
    columns = ["width", "simple random", "by score", "by score, finds checked twice"]
    rows = [[w.width, w.simple, w.by_score, w.by_score_checked_twice] for w in result.plan.wanted]
    show("audit visits a year for a width 区间宽度所需抽查次数", columns, rows, text=0)
    columns[0] = "visits"
    rows = [[r.visits, r.simple, r.by_score, r.by_score_checked_twice] for r in result.plan.reached]
    show("width that visits reach 抽查次数可达到的区间宽度", columns, rows, text=0)


def _figures(r: AuditedRecall) -> list[list[Any]]:
    own = r.precision
    return [
        ["recall 发现率, random visits", *_numbers(r.recall), r.n_visits],
        ["  families found", *_whole(r.found), r.households_alerted],
        ["  families missed", *_whole(r.missed), r.n_missed],
        ["recall, finds as recorded (uncorrected)", *_numbers(r.uncorrected), r.n_finds],
        ["recall, visits of our choice (naive)", *_numbers(r.naive), r.n_naive],
        ["precision 准确率, random visits", own.share, own.low, own.high, own.n],
        ["precision, alerts' own visits (naive)", own.own, own.own_low, own.own_high, own.own_n],
        ["false findings 误判率, control group", *_numbers(r.false_rate), r.n_control],
        ["needs that end in a month", *_numbers(r.exit_rate), r.n_repeats],
    ]


def _whole(estimate: Estimate) -> list[int]:
    return [round(value) for value in (estimate.value, estimate.low, estimate.high)]


def _numbers(estimate: Estimate | None) -> list[float | None]:
    return [None] * 3 if estimate is None else [estimate.value, estimate.low, estimate.high]
