"""Moving a vault from the file in its home into the bureau's PostgreSQL."""

from __future__ import annotations

from sqlalchemy import func, select

from core.db import URL_VARIABLE
from core.home import Home
from data.seals import Seals
from data.vault_keys import VaultError
from data.vault_tables import SEAL, TABLES, VaultStore

_ROWS = 5_000  # at a time


def move_to_database(home: Home) -> int:
    """Copy the vault's rows, encrypted as they are, in one transaction; returns how many.

    The file is put aside as `vault.moved.db` so that nobody goes on with it. Raises VaultError
    where DOUDI_DATABASE_URL names no PostgreSQL, where there is no file, or a vault already.
    """
    file, target = VaultStore(home, local=True), VaultStore(home)
    if not target.on_postgres:
        raise VaultError(f"{URL_VARIABLE} names no PostgreSQL; set it, then run this again")
    if not file.exists():
        raise VaultError(f"no vault to move: there is no file {file.path}")
    Seals(home, file, "").ready()  # its key is there and fits
    copied = 0
    with file.writing() as here, target.writing(alone=True) as there:
        if there.scalar(select(func.count()).select_from(SEAL)):
            raise VaultError(f"a vault is already in {target.where}; it is not written over")
        for table in TABLES.sorted_tables:
            for rows in here.execute(table.select()).mappings().partitions(_ROWS):
                there.execute(table.insert(), [dict(row) for row in rows])
                copied += len(rows)
    file.compact()  # writes the log back into the file
    file.path.rename(file.path.with_name("vault.moved.db"))
    return copied
