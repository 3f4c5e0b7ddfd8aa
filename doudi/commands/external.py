"""`doudi train --profile FILE`: an external dataset, from its columns to its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.commands.card import Language
from doudi.progress import console
from models.risk.bench.config import ConfigError

if TYPE_CHECKING:
    from core.home import Home
    from core.progress import Progress
    from models.risk.run import TrainResult

PANEL = "A labelled table of one's own (--profile)"


def _option(text: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=text, rich_help_panel=PANEL, **more)


Profile = Annotated[
    Path | None, _option("Parquet or CSV, one row per household and time.", "--profile")
]
Label = Annotated[str, _option("Label column: 0 or 1, empty where unknown.", "--label")]
Time = Annotated[
    str, _option("Time column: 2024-03, 2024-03-31, 202403 or 2024Q1.", "--time")
]  # fmt: skip
Group = Annotated[
    str, _option("Column that says which rows are one household [household].", "--group")
]
Months = Annotated[
    int, _option("Months that a label looks ahead; 0: the county's, else 6.", "--horizon", min=0)
]
Gap = Annotated[int, _option("Months more until a label has arrived.", "--gap", min=0)]
Population = Annotated[
    str, _option("Column of populations, told apart in the report [population].", "--population")
]
Monotone = Annotated[
    Path | None, _option("YAML of 'feature: 1', -1 or 0: directions it must keep.", "--monotone")
]
Folds = Annotated[int, _option("How many starts in time.", "--folds", min=1, max=12)]
Drop = Annotated[
    list[str] | None, _option("A column not to learn from; may be given again.", "--drop")
]
Report = Annotated[Path | None, _option("Write the report as one HTML file.", "--report")]
Lang = Annotated[Language, _option("Language of --report: zh or en.", "--lang")]
Synthetic = Annotated[bool, _option("The table is invented: say so wherever shown.", "--synthetic")]


@dataclass(frozen=True)
class Given:
    """The options of the command that concern an external dataset."""

    profile: Path | None
    label: str
    time: str
    group: str
    horizon: int
    gap: int
    population: str
    monotone: Path | None
    folds: int
    drop: list[str] | None
    report: Path | None
    lang: Language
    synthetic: bool


def refuse_without_profile(given: Given) -> None:
    """Raise ConfigError when an option of --profile was given without it."""
    asked = {
        "--group": given.group, "--horizon": given.horizon, "--gap": given.gap,
        "--population": given.population, "--monotone": given.monotone, "--drop": given.drop,
        "--report": given.report, "--synthetic": given.synthetic,
    }  # fmt: skip
    named = ", ".join(name for name, value in asked.items() if value)
    if named:
        raise ConfigError(
            f"{named} 只用于自带数据表：请同时给 --profile 文件",
            f"{named} is for a table of one's own: give --profile FILE too",
        )


def train_external(folder: Home, given: Given, report: Progress) -> TrainResult:
    """Read, test on folds, train, register; write the HTML where one was asked for."""
    from core.atomic import write_text
    from models.risk.external import External, read_directions, report_html, train_from_file

    county = folder.county if folder.county_file.exists() else {}
    asked = External(
        path=given.profile or Path(),
        label=given.label,
        time=given.time,
        group=given.group or None,
        population=given.population or None,
        horizon=given.horizon or int(county.get("horizon_months", 6)),
        gap=given.gap,
        monotone=read_directions(given.monotone) if given.monotone else {},
        drop=tuple(given.drop or ()),
        folds=given.folds,
    )
    result = train_from_file(folder, asked, synthetic=given.synthetic, progress=report)
    if given.report:
        write_text(given.report, report_html(result.report, given.lang.value))
    return result


def tell(folder: Home, result: TrainResult, given: Given) -> None:
    """The candidates, what is suspected, what the gate says, and how to load the model."""
    from doudi.commands.rolling import tell_folds
    from models.risk.external.words import LEAKS
    from models.risk.registry import has_questions

    content = result.report
    tell_folds(content["table"], {**content["folds_report"], "synthetic": content["synthetic"]})
    for flag in content["folds_report"]["leaks"]["flags"]:
        console.print(f"[yellow]leak?[/yellow] {_leak(LEAKS, flag)}", highlight=False)
    for fault in content["faults"]:
        console.print(f"[yellow]gate:[/yellow] {fault['en']}", highlight=False)
    if given.report:
        console.print(f"Written: {given.report}", highlight=False)
    console.print(
        f"Version {result.version} is logged; load it with mlflow.pyfunc.load_model"
        f"('models:/doudi-risk/{result.version}').",
        highlight=False,
    )
    if has_questions(folder):
        console.print("It answers none of the county's two questions, so it scores no month here.")
    else:
        console.print(f"Put it to use with: doudi promote {result.version} --reason '…'",
                      highlight=False)  # fmt: skip


def _leak(words: Mapping[str, Any], flag: Mapping[str, Any]) -> str:
    """One flag in one line: the feature first."""
    compared = flag["compared"]
    shown = "–" if compared is None else f"{compared:.3f}"
    return str(words[flag["kind"]].en.format(feature=flag["feature"], auc=f"{flag['auc']:.3f}",
                                             compared=shown))  # fmt: skip
