"""`doudi card`: the model card of a version as a file to print."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from core.atomic import write_text
from doudi.commands.options import HomeDir, home_of
from doudi.progress import console


class Language(StrEnum):
    """In which language the card is told."""

    zh = "zh"
    en = "en"


class Of(StrEnum):
    """Which question's model; `label` is the model of one label."""

    existing = "existing"
    coming = "coming"
    label = "label"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(card)


def card(
    version: Annotated[str, typer.Argument(help="Version number in the registry.")],
    question: Annotated[
        Of, typer.Option("--question", help="What the model answers.")
    ] = Of.existing,
    language: Annotated[Language, typer.Option("--lang", help="zh or en.")] = Language.zh,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; default: here, by its name.")
    ] = None,
    home: HomeDir = Path(),
) -> None:
    """Write a version's model card: one HTML file that prints and needs nothing else."""
    from models.risk.card import card_html, gather

    asked = "" if question is Of.label else question.value
    told = card_html(gather(home_of(home), version, asked), language.value)
    target = out or Path(f"model-card-{question.value}-{version}-{language.value}.html")
    write_text(target, told)
    console.print(f"Written: {target}", highlight=False)
