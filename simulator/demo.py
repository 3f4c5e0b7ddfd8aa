"""The demo: an invented county from nothing to verified alerts.

Time is honest: the model is trained as known twelve months before the end, and those last twelve
months are lived month by month: files arrive, alerts are raised, workers visit, help changes lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import models.risk
from data.home import Home, HomeError, add_months, month_end
from data.ingest import ingest_arriving
from doudi.months import build_months
from doudi.progress import Report, console, step
from doudi.tables import print_ingest, print_months, print_scorers
from simulator import lives
from simulator.arriving import deliveries
from simulator.life import Life
from simulator.world.county import state_file
from simulator.world.settings import SETTINGS
from simulator.world.state import load

MONTHS, LIVED_MONTHS = 36, 12
# Months before the lived year that teach (two) and calibrate (two). Neighbours share most of
# their labels' window, and thrice the months ranked hardly better: AUC .834 against .833.
TAUGHT = (-16, -13, -7, -6)
REASON = "演示县首个模型，只用运行年度之前已知的数据 / first model of the demo county"


def run_demo(
    home: Home, *, households: int, seed: int, setting: str = "normal", end: str = "2026-06"
) -> None:
    """Simulate two years, ingest, train, then live a year with Doudi in it.

    `setting` names the kind of county (`simulator.world.settings`), `end` its last month. Raises
    HomeError if the home already holds a county that is not this demo.
    """
    _refuse_foreign(home)
    if setting not in SETTINGS:
        raise HomeError(f"no setting '{setting}'; choose one of {', '.join(SETTINGS)}")
    if home.workflow_db.exists():
        console.print("The demo county is complete here already; 'make clean' starts afresh.")
        return
    known_by = add_months(month_end(end), -LIVED_MONTHS)
    history = MONTHS - LIVED_MONTHS
    with step(f"Simulate {households:,} households for {history} months, ingest") as report:
        arriving = deliveries(
            home, households=households, seed=seed, setting=setting, months=history,
            end=f"{known_by:%Y-%m}",
        )  # fmt: skip
        ingested = ingest_arriving(home, arriving, report)
    print_ingest(ingested)
    with step("Build the profiles to learn from") as report:
        taught = [add_months(known_by, offset) for offset in TAUGHT]
        build_months(home, dict.fromkeys(taught, False), report)
    with step(f"Train as known by {known_by}") as report:
        _teach(home, known_by, taught, report)
    _live_year(home, known_by)


def _teach(home: Home, known_by: date, taught: Sequence[date], report: Report) -> None:
    """Train and promote the model of the lived year."""
    trained = models.risk.train_month(home, known_by, taught, report)
    print_scorers(trained.report["rows"], synthetic=True)
    models.risk.promote(home, trained.version, reason=REASON, actor="demo")


def _live_year(home: Home, known_by: date) -> None:
    """The last months side by side with Doudi; then the same months without it."""
    start = state_file(home, f"{known_by:%Y-%m}")
    life, results = Life.resume(home, start), []
    for number in range(1, LIVED_MONTHS + 1):
        month = add_months(known_by, number)
        with step(f"Month {month:%Y-%m}: life, files, run, visits") as report:
            results.append(life.month(report))
    life.county.close()
    print_months(results)
    with step("The same year without Doudi, and with the oracle"):
        lived = lives.compare(load(start), life.unmet, life.visits)
        lived.write(home)
    told = lived.to_dict()
    console.print(
        f"Family-months of unmet need: {sum(lived.without):,} without Doudi, "
        f"{sum(lived.with_doudi):,} with it, {sum(lived.oracle):,} with the oracle: "
        f"{told['need_avoided']:.1%} avoided, {told['need_avoided_of_oracle']:.0%} of what the "
        "oracle avoids",
        highlight=False,
    )


def _refuse_foreign(home: Home) -> None:
    if home.county_file.exists() and not home.county.get("synthetic"):
        raise HomeError(
            f"{home.root} holds the data of a real county; run the demo in another --home"
        )
