"""`doudi precision`, `supervision`, `status`, `overdue`: what the pages show, for scripts.

The services are imported by the commands that need them, so that --help answers at once.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer

from core.home import HomeError, month_end
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console
from doudi.tables import listed, show

Groups = ["question", "source", "band", "indicator", "need", "department", "township", "month"]
Groups += ["phase", "handling", "any_source", "population"]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(precision)
    app.command()(supervision)
    app.command()(status)
    app.command()(overdue)


def precision(
    home: HomeDir = Path(),
    by: Annotated[str, typer.Option(help=f"One of {', '.join(Groups)}.")] = "",
    as_of: Annotated[
        str, typer.Option("--as-of", help="Twelve months up to this one, like 2026-06.")
    ] = "",
    every: Annotated[
        bool, typer.Option("--every", help="Every measure, breakdown, cause and step.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """How often alerts were right: with denominator, n, interval and the unverified share."""
    if by and by not in Groups:
        raise HomeError(f"cannot group by '{by}'; choose one of {', '.join(Groups)}")
    from doudi import figures

    month = month_end(as_of) if as_of else None
    if every:
        result = figures.everything(home_of(home), month)
    else:
        result = figures.precision(home_of(home), by or None, as_of=month)
    if as_json:
        print_json(result)
        return
    _show_precision(result)


def _show_precision(result: dict[str, Any]) -> None:
    """Tables of `figures.precision`, and of `figures.everything` where that was asked for."""
    columns = ["group", "n_alerts", "n", "confirmed_of_n"]
    columns += ["precision", "low", "high", "unverified_share"]
    label = " · synthetic 合成数据" if result["synthetic"] else ""
    title = f"precision = confirmed of n {result['denominator']} alerts, Wilson 95 %{label}"
    show(title, columns, [[r[c] for c in columns] for r in result["rows"]])
    for by, rows in result.get("breakdowns", {}).items():
        show(f"by {by}{label}", columns, [[r[c] for c in columns] for r in rows])
    if "measures" in result:
        names = ["en", "hits", "n", "share", "low", "high"]
        show("measures side by side", names, [[r[c] for c in names] for r in result["measures"]])
        names = ["step", "n", "mean", "median", "late"]
        show("working days per step", names, [[r[c] for c in names] for r in result["steps"]])


def supervision(
    home: HomeDir = Path(),
    as_of: Annotated[
        str, typer.Option("--as-of", help="A month like 2025-07, as it stood at its end.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Load, what is near due and late, working days per step, what was reported upwards."""
    from doudi import figures

    result = figures.supervision_figures(home_of(home), month_end(as_of) if as_of else None)
    if as_json:
        print_json(result)
        return
    label = " · synthetic 合成数据" if result["synthetic"] else ""
    counts = ("open", "late", "near", "owed")
    told = ", ".join(f"{name} {result[name]}" for name in counts)
    console.print(f"{result['as_of']}: {told}{label}", highlight=False)
    names = ["group", "open", "late", "near", "owed", "new", "sent", "visited", "capacity"]
    show("load by township", names, [[r[c] for c in names] for r in result["places"]])
    names = ["step", "n_now", "mean_now", "median_now", "late_now", "n_before", "mean_before"]
    show("working days per step", names, [[r[c] for c in names] for r in result["steps"]])
    names = ["department", "open", "late", "near", "met_now", "met_before"]
    show("needs by department", names, [[r[c] for c in names] for r in result["departments"]])
    waiting = [[name, count] for name, count in result["referrals"].items()]
    show("without an answer", ["what", "referrals"], waiting)
    names = ["number", "state", "due_on", "days_late"]
    show("overdue for longest", names, [[r[c] for c in names] for r in result["oldest"]], text=3)


def status(
    home: HomeDir = Path(),
    as_of: Annotated[
        str, typer.Option("--as-of", help="A month like 2025-07, as it stood at its end.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Where this county stands: months, households watched, alerts, model, freshness."""
    from doudi import figures

    result = figures.status(home_of(home), month_end(as_of) if as_of else None)
    if as_json:
        print_json(result)
        return
    rows = [(key, str(value)) for key, value in result.items() if not isinstance(value, dict)]
    show(f"{result['county']}", ["what", "value"], rows, text=2)
    for key, value in result["last_run"].items():
        console.print(f"last run, {key.replace('_', ' ')}: {listed(value)}", highlight=False)


def overdue(
    home: HomeDir = Path(),
    now: Annotated[
        str, typer.Option("--now", help="The day to look from, like 2026-06-15; today if left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Late steps: report them upwards, send forgotten cases back, close what nobody visited.

    Photos of visits whose time is over are removed.
    """
    from alerts.overdue import escalate_due
    from alerts.policy import load_policy
    from core.db import open_session, upgrade
    from core.workflow.calendar import CHINA_TIME
    from services import photos

    folder = home_of(home)
    _ = folder.county  # a home without a county has no deadlines
    moment = datetime.now(CHINA_TIME)
    if now:
        try:
            moment = datetime.combine(date.fromisoformat(now), time(8), CHINA_TIME)
        except ValueError as error:
            raise HomeError(f"'{now}' is not a day; write it like 2026-06-15") from error
    upgrade(folder)
    with open_session(folder) as session:
        done = escalate_due(session, moment, load_policy(folder, moment.date())).counts()
    done["photos_removed"] = photos.sweep(str(folder.root), moment.replace(tzinfo=None))
    if as_json:
        print_json({"now": moment.date().isoformat(), **done})
        return
    show(f"deadlines on {moment.date()}", ["what", "alerts"], list(done.items()))
