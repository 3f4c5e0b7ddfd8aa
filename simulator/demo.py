"""The demo: an invented county from nothing to verified alerts.

Time is honest: the model is trained as known twelve months before the end, and those last twelve
months are lived month by month: files arrive, alerts are raised, workers visit, help changes lives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import models.risk
from alerts.slots import lane_slots
from core.home import Home, HomeError, add_months, month_end
from core.progress import Progress
from data.ingest import ingest_arriving
from doudi.months import build_months
from doudi.pipeline import MonthResult
from doudi.progress import console, step
from doudi.tables import print_ingest, print_months, print_scorers
from doudi.watched import watch_run
from models.risk.registry import gate_verdict
from models.risk.rows import profiled_months, taught_months
from models.scorecard.fitting import fit_bands
from simulator import lives
from simulator.arriving import deliveries
from simulator.life import Life
from simulator.world.county import state_file
from simulator.world.settings import SETTINGS
from simulator.world.state import load

MONTHS, LIVED_MONTHS = 36, 12
# A model is put to use after it has been tested on later visits: it learns what was known three
# months ago, is tested on the visits since, and then learns from those too. In the middle of the
# lived year it learns again, now also from what visits to its own alerts found.
TESTED_MONTHS = 3
# Scores rise as more is known of a county: bars are sized on the newest months.
BAND_MONTHS = 2
RETRAINED_AFTER = 6
# How the newest months look while people work in them: one department is two months behind, and
# some of the new alerts wait for somebody to dispatch them.
BEHIND, BEHIND_MONTHS = frozenset({"disability_certificates"}), 2
NOT_DISPATCHED = 6
FOUND = (
    "以此前走访结果训练，并以其后三个月走访检验 / learned from visits, tested on the visits since"
)
FIRST = "首个模型，未经检验通过即使用 / first model, put to use without having passed the gate"
NEWER = (
    "未证明更优，但未见更差，且学到了半年来的走访"
    " / not shown better, not seen worse, and taught by half a year of newer visits"
)
FORESEEN = (
    "首个预见模型：须满六个月方可检验 / first model that foresees: its test needs six months more"
)


def run_demo(
    home: Home,
    *,
    households: int,
    seed: int,
    setting: str = "normal",
    end: str = "2026-06",
    households_change: bool = False,
    withheld: Collection[str] = (),
) -> None:
    """Simulate two years, ingest, train, then live a year with Doudi in it.

    `setting` names the kind of county (`simulator.world.settings`), `end` its last month; with
    `households_change` its households split, merge and change their numbers. The bureau never gets
    the feeds in `withheld`. Raises HomeError if the home already holds a county that is not this
    demo.
    """
    _refuse_foreign(home)
    if setting not in SETTINGS:
        raise HomeError(f"no setting '{setting}'; choose one of {', '.join(SETTINGS)}")
    if home.workflow_db.exists():
        console.print("The demo county is complete here already; 'make clean' starts afresh.")
        return
    known_by = add_months(month_end(end), -LIVED_MONTHS)
    foreseen = prepare(
        home,
        known_by,
        households=households,
        seed=seed,
        setting=setting,
        households_change=households_change,
        withheld=withheld,
    )
    _live_year(home, known_by, foreseen)


def prepare(
    home: Home,
    known_by: date,
    *,
    households: int,
    seed: int,
    setting: str,
    households_change: bool = False,
    withheld: Collection[str] = (),
) -> models.risk.QuestionResult:
    """Two years of a county and the models they teach, up to the eve of the lived year.

    Returns the model that foresees, which is measured again when more is known.
    """
    history = MONTHS - LIVED_MONTHS
    with step(f"Simulate {households:,} households for {history} months, ingest") as report:
        arriving = deliveries(
            home, households=households, seed=seed, setting=setting, months=history,
            end=f"{known_by:%Y-%m}", households_change=households_change, withheld=withheld,
        )  # fmt: skip
        ingested = ingest_arriving(home, arriving, report)
    print_ingest(ingested)
    taught = taught_months(month_end(home.county["first_as_of"]), known_by)
    with step("Build the profiles to learn from") as report:
        build_months(home, dict.fromkeys(taught, False), report)
    with step(f"Fit the bands and train as known by {known_by}") as report:
        fit_bands(home, known_by, taught[-BAND_MONTHS:])
        _teach(home, known_by, report)
        return _foresee(home, known_by, report)


def _teach(home: Home, today: date, report: Progress) -> None:
    """Train the model that finds, test it on the visits of the last months, put it to use if the
    gate lets it pass.

    A county without any model takes its first all the same, and the record says so: a small one
    has too few visits to test it on.
    """
    before = add_months(today, -TESTED_MONTHS)
    months = [*profiled_months(home, before), add_months(before, 1)]
    found = models.risk.train_questions(
        home,
        before,
        months,
        progress=report,
        questions=("existing",),
        closed_by=today,
        refit=True,
        slots=lane_slots(home),
    )["existing"]
    print_scorers(found.report["rows"], synthetic=True)
    try:
        models.risk.promote(home, found.version, reason=FOUND, actor="demo", question="existing")
    except models.risk.RiskError as refused:
        if _only_not_better(home, found.version):
            # As a bureau would that wants newer data in its model: a second person, in writing.
            models.risk.promote(
                home, found.version, reason=FOUND, actor="demo", question="existing",
                second="demo-leader", override=NEWER,
            )  # fmt: skip
            return
        if models.risk.champion_version(home, "existing") is not None:
            console.print(f"[yellow]note:[/yellow] the champion stays: {refused}", highlight=False)
            return
        models.risk.promote(
            home, found.version, reason=FIRST, actor="demo", question="existing", force=True
        )
        console.print(f"[yellow]note:[/yellow] first model put to use by force: {refused}")


def _only_not_better(home: Home, version: str) -> bool:
    """Whether all that speaks against a version is that it was not shown better than the one in
    use."""
    if models.risk.champion_version(home, "existing") is None:
        return False
    found = gate_verdict(home, version, "existing")
    return bool(found) and all(one.code == "unshown" for one in found)


def _foresee(home: Home, today: date, report: Progress) -> models.risk.QuestionResult:
    """Train the first model that foresees; its outcomes are seen only half a year later."""
    made = models.risk.train_questions(
        home,
        today,
        progress=report,
        questions=("coming",),
        closed_by=today,
        slots=lane_slots(home),
    )["coming"]
    models.risk.promote(
        home, made.version, reason=FORESEEN, actor="demo", question="coming", force=True
    )
    return made


def _live_year(home: Home, known_by: date, foreseen: models.risk.QuestionResult) -> None:
    """The last months side by side with Doudi; then the same months without it."""
    start = state_file(home, f"{known_by:%Y-%m}")
    life = Life.resume(home, start)
    results = list(lived_months(life, known_by))
    life.county.close()
    print_months(results)
    # The other lives need neither models nor the lake: they are lived while the model is measured.
    with ProcessPoolExecutor(1, get_context("spawn")) as aside:
        others = aside.submit(_other_lives, start, life.unmet, life.visits)
        with step("Measure on all later months what was known before the lived year") as report:
            slots = lane_slots(home)
            models.risk.train_questions(
                home, known_by, progress=report, questions=("existing",), slots=slots
            )
            models.risk.measure_again(home, foreseen, report, slots=slots)
        with step("Watch the model in the last month"):
            watched = watch_run(home, results[-1].as_of)
        with step("The same year without Doudi, and with the oracle"):
            lived = others.result()
    for line in watched.warnings:
        console.print(f"[yellow]note:[/yellow] {line}", highlight=False)
    lived.write(home)
    told = lived.to_dict()
    console.print(
        f"Family-months of unmet need: {sum(lived.without):,} without Doudi, "
        f"{sum(lived.with_doudi):,} with it, {sum(lived.oracle):,} with the oracle: "
        f"{told['need_avoided']:.1%} avoided, {told['need_avoided_of_oracle']:.0%} of what the "
        "oracle avoids",
        highlight=False,
    )


def lived_months(life: Life, known_by: date) -> Iterator[MonthResult]:
    """The months of the lived year, each lived when asked for; in the middle Doudi learns again."""
    for number in range(1, LIVED_MONTHS + 1):
        month = add_months(known_by, number)
        with step(f"Month {month:%Y-%m}: life, files, run, visits") as report:
            left = LIVED_MONTHS - number
            late = BEHIND if left < BEHIND_MONTHS else frozenset[str]()
            result = life.month(report, leave=0 if left else NOT_DISPATCHED, late=late)
        if number == RETRAINED_AFTER:
            with step("Learn again, from the visits to alerts too") as report:
                _teach(life.home, month, report)
        yield result


def _other_lives(start: Path, unmet: list[int], visits: list[int]) -> lives.Lives:
    return lives.compare(load(start), unmet, visits)


def _refuse_foreign(home: Home) -> None:
    if home.county_file.exists() and not home.county.get("synthetic"):
        raise HomeError(
            f"{home.root} holds the data of a real county; run the demo in another --home"
        )
