"""`doudi vault`: the key that names, ID numbers and quarantined rows are encrypted with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console, step
from doudi.tables import show

if TYPE_CHECKING:
    from data.vault_upkeep import Status

app = typer.Typer(
    help="The key and cipher of names, ID numbers and quarantined rows.", no_args_is_help=True
)
COLUMNS = (
    "key version",
    "cipher",
    "people",
    "households",
    "documents",
    "addresses",
    "quarantine files",
)
BACK_UP = "Back up the key: {where} (apart from the data; without it nothing opens)"

FORGET = "Then forget the old key: [bold]doudi vault rotate --drop-old[/bold]"
REMOVE = "After 'doudi vault rotate --drop-old', remove the old version from {where}"


@app.command()
def status(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Cipher, key versions, and how much lies under which."""
    from data.vault_upkeep import status as status_of

    found = status_of(home_of(home))
    if as_json:
        print_json(found.to_dict())
        return
    _print(found)


@app.command()
def rotate(
    home: HomeDir = Path(),
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Forget older keys once nothing lies under them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Encrypt everything anew under a new key; run again if it was interrupted."""
    from data.vault_upkeep import rotate as rotate_all

    with step("Encrypt under a new key") as report:
        found = rotate_all(home_of(home), drop_old=drop_old, progress=report)
    if as_json:
        print_json(found.to_dict())
        return
    _print(found)
    console.print(BACK_UP.format(where=found.key_from), highlight=False, soft_wrap=True)
    if min(found.ring) < found.key_version:
        console.print(FORGET if found.key_is_ours else REMOVE.format(where=found.key_from))


@app.command()
def cipher(
    name: Annotated[str, typer.Argument(help="sm4-gcm or aes-256-gcm.")],
    home: HomeDir = Path(),
    as_json: AsJson = False,
) -> None:
    """Encrypt everything anew with another cipher, under the same key."""
    from data.vault_upkeep import change_cipher

    with step(f"Encrypt with {name}") as report:
        found = change_cipher(home_of(home), name, progress=report)
    if as_json:
        print_json(found.to_dict())
        return
    _print(found)


@app.command(name="move-key")
def move_key(home: HomeDir = Path()) -> None:
    """Move the key of a home from before out of its data folder."""
    from data.vault_upkeep import move_key as move

    where = move(home_of(home))
    console.print(BACK_UP.format(where=where), highlight=False, soft_wrap=True)
    console.print("Backups of the data made until now still hold it: keep them locked, or rotate.")


@app.command(name="to-database")
def to_database(home: HomeDir = Path()) -> None:
    """Move the vault from the home's file into the PostgreSQL of DOUDI_DATABASE_URL."""
    from data.vault_move import move_to_database

    folder = home_of(home)
    copied = move_to_database(folder)
    console.print(
        f"{copied:,} rows are in the database, encrypted as before. "
        f"Remove {folder.vault / 'vault.moved.db'} once you have seen that all is well.",
        highlight=False,
        soft_wrap=True,
    )


def _print(found: Status) -> None:
    rows = []
    for under in found.under:
        tables = ("person", "household", "document", "address")
        counts = [under.values.get(table, 0) for table in tables]
        version = under.key_version or "from before"
        rows.append([version, under.cipher or "-", *counts, under.files])
    show(f"Vault in {found.stored_in}", COLUMNS, rows, text=2)
    console.print(
        f"In use: key version {found.key_version}, {found.cipher}; key from {found.key_from}",
        highlight=False,
        soft_wrap=True,
    )
    if found.key_beside_data:
        console.print("The key lies beside what it opens: run [bold]doudi vault move-key[/bold]")
