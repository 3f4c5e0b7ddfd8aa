"""`doudi feeds template`: the Excel files that the departments fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.atomic import atomic
from core.home import HomeError
from doudi.progress import console


def register(app: typer.Typer) -> None:
    """Add the command to the group `doudi feeds`."""
    app.command()(template)


def template(
    out: Annotated[Path, typer.Argument(help="Folder to write the Excel files into.")],
    feed: Annotated[
        list[str] | None, typer.Option("--feed", help="Only this feed; repeatable.")
    ] = None,
) -> None:
    """Write the empty Excel file of each feed, for its department to fill in."""
    from data.contracts import all_feeds, load_contract
    from data.template import template as workbook

    wanted = feed or all_feeds()
    if unknown := [one for one in wanted if one not in all_feeds()]:
        raise HomeError(f"there is no feed '{unknown[0]}'; the feeds are {', '.join(all_feeds())}")
    out.mkdir(parents=True, exist_ok=True)
    for one in wanted:
        contract = load_contract(one)
        target = out / f"{contract.file_names[0]}.xlsx"
        if target.exists():
            raise HomeError(f"{target} is there already; choose another folder")
        with atomic(target) as aside:
            aside.write_bytes(workbook(one))
        console.print(f"{target}  {contract.owner_zh} {contract.owner_en}", highlight=False)
    console.print(
        "Filled in, a file is named like 医保结算_202606_20260628.xlsx: feed, month, day delivered."
    )
