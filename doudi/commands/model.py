"""`doudi train`, `promote`, `rollback`: the risk model."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import models.risk
from alerts.slots import lane_slots
from core.home import add_months, month_end
from doudi.commands import external
from doudi.commands.card import Language
from doudi.commands.options import AsJson, HomeDir, home_of, print_json, recorded
from doudi.progress import console, step
from models.risk.bench.config import ConfigError, TrainingConfig, parse, read

if TYPE_CHECKING:
    from core.home import Home


class Asked(StrEnum):
    """Find the existing, foresee the coming, or both."""

    existing = "existing"
    coming = "coming"
    both = "both"


Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the model for good.")]
Which = Annotated[
    Asked, typer.Option("--question", help="What the model answers: in need now, or to come.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(train)
    app.command()(promote)
    app.command()(rollback)


def train(
    home: HomeDir = Path(),
    known_by: Annotated[
        str, typer.Option("--known-by", help="Use only what was known by this month's end.")
    ] = "",
    question: Which = Asked.both,
    refit: Annotated[
        bool,
        typer.Option(help="After the test learn once more, from all that is known by now."),
    ] = True,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="A training.yaml: everything that can be chosen."),
    ] = None,
    tune: Annotated[
        float,
        typer.Option(
            help="Minutes for seeking parameters, over both questions; 0: the usual ones."
        ),
    ] = 0.0,
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave it to the queue of jobs; see 'doudi jobs'.")
    ] = False,
    profile: external.Profile = None,
    label: external.Label = "label",
    time: external.Time = "as_of",
    group: external.Group = "",
    horizon: external.Months = 0,
    gap: external.Gap = 0,
    population: external.Population = "",
    monotone: external.Monotone = None,
    folds: external.Folds = 4,
    drop: external.Drop = None,
    report: external.Report = None,
    lang: external.Lang = Language.zh,
    synthetic: external.Synthetic = False,
    as_json: AsJson = False,
) -> None:
    """Train, calibrate, evaluate on later months and log to MLflow; promotion is a step apart."""
    given = external.Given(profile, label, time, group, horizon, gap, population, monotone, folds,
                           drop, report, lang, synthetic)  # fmt: skip
    folder = home_of(home)
    if profile is not None:
        _refuse_settings(bool(config or queue or tune))
        _train_table(folder, given, as_json)
        return
    external.refuse_without_profile(given)
    if folder.county.get("label") != "visited_income":
        chosen = _config(config, known_by, question, refit, tune)
        if queue:
            _queue(folder, chosen, as_json)
        else:
            _train_county(folder, chosen, as_json)
        return
    _refuse_settings(bool(config or queue or tune))
    _train_visited_income(folder, known_by, as_json)


def _refuse_settings(given: bool) -> None:
    if given:
        raise ConfigError(
            "--config、--tune 和 --queue 只用于本县的两个问题，不用于自带数据表",
            "--config, --tune and --queue are for the county's two questions, not for a table of "
            "one's own",
        )


def _train_table(folder: Home, given: external.Given, as_json: bool) -> None:
    with step("Train") as tell:
        result = external.train_external(folder, given, tell)
    recorded(folder, "train", "model", table=given.profile.name if given.profile else "",
             version=str(result.version))  # fmt: skip
    if as_json:
        print_json(result.report)
    else:
        external.tell(folder, result, given)


def _train_county(folder: Home, chosen: TrainingConfig, as_json: bool) -> None:
    """The county's two questions."""
    with step("Train") as report:
        found = models.risk.train_questions(
            folder, progress=report, slots=lane_slots(folder), config=chosen
        )
    results = {str(name): result for name, result in found.items()}
    recorded(folder, "train", "model", **{name: str(r.version) for name, r in results.items()})
    if as_json:
        print_json({name: result.report for name, result in results.items()})
        return
    for name, result in results.items():
        _tell(name, result)


def _train_visited_income(folder: Home, known_by: str, as_json: bool) -> None:
    """The one label of a county that has no findings of need: what a visit's income says."""
    last = month_end(folder.county["last_as_of"])
    day = month_end(known_by) if known_by else add_months(last, -12)
    with step("Train") as report:
        result = models.risk.train_month(folder, day, progress=report)
    recorded(folder, "train", "model", **{"": str(result.version)})
    if as_json:
        print_json(result.report)
    else:
        _tell("", result)


def _config(
    file: Path | None, known_by: str, question: Asked, refit: bool, tune: float
) -> TrainingConfig:
    """The one object that options and a file alike make."""
    if file is None:
        given = {"known_by": known_by or None, "questions": asked(question), "refit": refit}
        return parse(given | ({"tuning": {"minutes": tune}} if tune else {}))
    if known_by or question is not Asked.both or not refit or tune:
        raise ConfigError(
            "--config 已写明一切，请勿同时给 --known-by、--question、--no-refit 或 --tune",
            "--config says it all: leave out --known-by, --question, --no-refit and --tune",
        )
    return read(file.read_text(encoding="utf-8"))


def _queue(folder: Home, config: TrainingConfig, as_json: bool) -> None:
    from services import operator, training

    last = month_end(folder.county["last_as_of"])
    number = training.ask(operator.context(str(folder.root), last), config)
    if as_json:
        print_json({"job": number})
        return
    console.print(f"Job {number} is in the queue; follow it with: doudi jobs list")


def asked(question: Asked) -> tuple[Any, ...]:
    """Names of the questions meant by the option."""
    return ("existing", "coming") if question is Asked.both else (question.value,)


def _tell(name: str, result: Any) -> None:
    """One result's table and how to put it to use."""
    from doudi.tables import print_scorers

    if name:
        console.print(f"[bold]{name}[/bold]")
    print_scorers(result.report["rows"], synthetic=bool(result.report.get("synthetic")))
    for fault in result.report.get("faults") or []:
        console.print(f"[yellow]gate:[/yellow] {fault}", highlight=False)
    option = f" --question {name}" if name else ""
    console.print(f"Version {result.version} is logged; put it to use with: ", end="")
    console.print(f"doudi promote {result.version}{option} --reason '…'", highlight=False)


def promote(
    version: Annotated[str, typer.Argument(help="Version number in the registry.")],
    reason: Reason,
    home: HomeDir = Path(),
    question: Which = Asked.both,
    force: Annotated[
        bool, typer.Option("--force", help="Promote although a check speaks against it.")
    ] = False,
) -> None:
    """Make a version the champion; the one before is kept for a rollback."""
    folder = home_of(home)
    for name in _meant(folder, question):
        models.risk.promote(
            folder, version, reason=reason, actor="command line", force=force, question=name
        )
        recorded(
            folder, "promote", "model", version, question=name or "", reason=reason, forced=force
        )
        console.print(f"Version {version} is champion{_of(name)}.")


def rollback(reason: Reason, home: HomeDir = Path(), question: Which = Asked.both) -> None:
    """Return to the champion before this one."""
    folder = home_of(home)
    for name in _meant(folder, question):
        version = models.risk.rollback(folder, reason=reason, actor="command line", question=name)
        recorded(folder, "rollback", "model", str(version), question=name or "", reason=reason)
        console.print(f"Version {version} is champion again{_of(name)}.")


def _meant(folder: Home, question: Asked) -> tuple[str | None, ...]:
    """The questions of the option; a home with one label's model only has no questions."""
    from models.risk.registry import has_questions

    if question is Asked.both and not has_questions(folder):
        return (None,)
    return asked(question)


def _of(name: str | None) -> str:
    return f" of the question '{name}'" if name else ""
