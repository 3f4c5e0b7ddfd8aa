"""`doudi feeds map FILE`: say once what a sender's file is; next month it is understood."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.home import HomeError
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console
from doudi.tables import show

if TYPE_CHECKING:
    from services.mapping import Preview, Taken


def register(app: typer.Typer) -> None:
    """Add the command to the group of feeds."""
    app.command("map")(map_file)


def map_file(
    file: Annotated[Path, typer.Argument(help="A department's file.")],
    home: HomeDir = Path(),
    feed: Annotated[str | None, typer.Option(help="Which data it is; guessed if left out.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--set", help="HEADER=field, or HEADER= to leave it out; repeatable."),
    ] = None,
    sender: Annotated[str, typer.Option(help="Who sends it, for the list.")] = "",
    save: Annotated[bool, typer.Option("--save", help="Save the mapping.")] = False,
    take: Annotated[
        str, typer.Option("--take", metavar="MONTH", help="And take the file in for this month.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show what each column of a file would become; with --save remember it for that sender."""
    from services import mapping, operator

    if not file.is_file():
        raise HomeError(f"there is no file {file}")
    context = operator.context(str(home_of(home).root), date.max)
    seen = mapping.preview_file(context, file, feed)
    headers = {**seen.headers, **_changes(column or [], seen)}
    if as_json:
        print_json(_plain(seen, headers))
    else:
        _shown(seen, headers)
    if save or take:
        kept = mapping.keep(context, file.name, seen.feed, headers, sender)
        _say(f"saved: files like {kept.form} are {seen.feed}", as_json)
    if take:
        _say(_told(mapping.take_file(context, file, seen.feed, take)), as_json)
    elif not save:
        _say("nothing was saved; add --save, and --set HEADER=field to change a line", as_json)


def _say(words: str, as_json: bool) -> None:
    """What was done; beside --json, whose output is for programs, on the error stream."""
    typer.echo(words, err=as_json)


def _told(taken: Taken) -> str:
    if taken.again:
        return "the same content had been taken in before; nothing has changed"
    if taken.batch is None:
        return "another ingest is running: try again when it has ended"
    batch = taken.batch
    why = f"; {batch.status}: {batch.message_en}" if batch.status != "accepted" else ""
    return (
        f"{batch.batch}: received {batch.received:,}, accepted {batch.accepted:,}, "
        f"quarantined {batch.quarantined:,}, duplicates {batch.duplicates:,}{why}"
    )


def _changes(given: list[str], seen: Preview) -> dict[str, str]:
    told = {}
    for one in given:
        header, sign, field = one.partition("=")
        if not sign or header not in seen.headers:
            raise HomeError(
                f"'{one}' is not HEADER=field; the file's headers are {', '.join(seen.headers)}"
            )
        told[header] = field
    return told


def _shown(seen: Preview, headers: dict[str, str]) -> None:
    kind = "mapped before" if seen.known else f"likeness {seen.likeness:.2f}"
    console.print(
        f"{seen.name}: {seen.feed} ({kind}); month {seen.period or 'not in the name'}",
        highlight=False,
    )
    rows = [
        [
            c.header,
            headers[c.header] or "not taken in",
            f"{c.likeness:.2f}",
            " · ".join(text for text, _ in c.cells),
        ]
        for c in seen.columns
    ]
    show("columns", ["header", "becomes", "likeness", "first cells, masked"], rows, text=4)


def _plain(seen: Preview, headers: dict[str, str]) -> dict[str, object]:
    return {
        "file": seen.name,
        "form": seen.form,
        "feed": seen.feed,
        "likeness": round(seen.likeness, 3),
        "period": seen.period,
        "known": seen.known is not None,
        "columns": [
            {
                "header": c.header,
                "field": headers[c.header],
                "likeness": round(c.likeness, 3),
                "cells": [{"written": w, "read": r} for w, r in c.cells],
            }
            for c in seen.columns
        ],
    }
