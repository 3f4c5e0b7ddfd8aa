"""Everything a home holds in one file, and back: database, vault, lake, models, reports.

The keys are not in it: they are kept apart from the data, or a stolen backup would open itself.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.atomic import atomic
from core.db import dump as database
from core.errors import Told
from core.home import Home
from core.progress import Progress, quiet
from data.vault_tables import TABLES, VaultStore

ABOUT = "backup.json"
# Written by the engine while others use it: copied through it, or left out as it makes them anew.
MODELS, VAULT = "mlruns/mlflow.db", "vault"
_DATABASES = ("data/doudi.db", "data/vault/vault.db", MODELS)
_PASSING = ("-wal", "-shm", "-journal")
_OURS = ("data", "mlruns")
# The first part of the path of what belongs to the code where a home is its folder, not to it.
_CODE = {"feeds", "ingest", "readers", "setup", "__pycache__"}


class BackupError(Told):
    """A backup cannot be made or brought back; the message says why."""


@dataclass(frozen=True)
class Summary:
    """What a backup holds: files, bytes, and the database's rows by table."""

    made: str
    files: int
    bytes: int
    rows: dict[str, int]


def back_up(home: Home, target: Path, progress: Progress = quiet) -> Summary:
    """Write a home into one tar file, whole or not at all. The pages may go on meanwhile.

    Files appear in the lake before the manifest names them, so the manifest is copied first.
    """
    if not home.county_file.exists():
        raise BackupError(
            f"{home.root} 中没有县级数据", f"there is no county in {home.root}; give --home DIR"
        )
    with tempfile.TemporaryDirectory(prefix="doudi-backup-") as folder:
        aside = Path(folder)
        rows = database.dump(home, aside / "database")
        vault = _dump_vault(home, aside)
        if (home.root / MODELS).exists():
            _copy_database(home.root / MODELS, aside / MODELS)
        files = sorted(_files(home), key=lambda path: path.name != "manifest.json")
        size = sum(path.stat().st_size for path in files)
        made = Summary(datetime.now(UTC).isoformat(timespec="seconds"), len(files), size, rows)
        about = {"made": made.made, "files": made.files, "bytes": size, "rows": rows} | vault
        (aside / ABOUT).write_text(json.dumps(about, indent=1, sort_keys=True), encoding="utf-8")
        with atomic(target, private=True) as writing, tarfile.open(writing, "w") as tar:
            for path in sorted(aside.rglob("*")):
                tar.add(path, path.relative_to(aside), recursive=False)
            for number, path in enumerate(files, 1):
                tar.add(path, path.relative_to(home.root), recursive=False)
                progress(path.name, number, len(files))
    return made


def _dump_vault(home: Home, aside: Path) -> dict[str, dict[str, int]]:
    """The vault's tables, still sealed; {} without a vault."""
    store = VaultStore(home)
    if not store.exists():
        return {}
    (aside / VAULT).mkdir()
    with store.reading() as connection:
        return {VAULT: database.write_tables(connection, TABLES.sorted_tables, aside / VAULT)}


def _copy_database(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
        read.backup(write)


def _files(home: Home) -> Iterator[Path]:
    for top in _OURS:
        for path in (home.root / top).rglob("*"):
            name = path.relative_to(home.root).as_posix()
            code = path.suffix in {".py", ".pyc"} or name.split("/")[1] in _CODE
            passing = name.endswith(_PASSING) or name.startswith("data/vault/key")
            if path.is_file() and not (code or passing or name in _DATABASES):
                yield path


def restore(home: Home, source: Path, progress: Progress = quiet) -> Summary:
    """Bring a backup back into an empty home (and an empty database). Raises BackupError."""
    if home.county_file.exists() or home.workflow_db.exists():
        raise BackupError(
            f"{home.root} 已有数据；请恢复到空目录（--home DIR）",
            f"{home.root} holds data already; restore into an empty folder (--home DIR)",
        )
    home.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".doudi-restore-", dir=home.root) as folder:
        aside = Path(folder)
        about = _unpack(source, aside, progress)
        rows = database.load(home, aside / "database")
        for top in _OURS:
            if (aside / top).exists():
                shutil.copytree(
                    aside / top, home.root / top, dirs_exist_ok=True, copy_function=shutil.move
                )
        if VAULT in about:
            _load_vault(home, aside / VAULT)
    return Summary(about["made"], about["files"], about["bytes"], rows)


def _unpack(source: Path, aside: Path, progress: Progress) -> dict[str, Any]:
    try:
        with tarfile.open(source) as tar:
            size = source.stat().st_size or 1
            for member in tar:
                # Refuses paths outside the folder, links and devices.
                tar.extract(member, aside, filter="data")
                progress(member.name, member.offset, size)
        about: dict[str, Any] = json.loads((aside / ABOUT).read_text(encoding="utf-8"))
        return about
    except (tarfile.TarError, OSError, ValueError) as error:
        raise BackupError(
            f"{source} 不是完整的备份文件：{error}", f"{source} is no whole backup: {error}"
        ) from error


def _load_vault(home: Home, folder: Path) -> None:
    with VaultStore(home).writing(alone=True) as connection:
        database.read_tables(connection, TABLES.sorted_tables, folder)
