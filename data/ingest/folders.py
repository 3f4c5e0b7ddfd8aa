"""Files and folders in: which files, in which order, one ingest at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from core.home import Home
from core.locks import locked
from core.progress import Progress, quiet
from data.contracts import all_feeds
from data.file_names import Delivery
from data.ingest.ahead import Job, read_ahead
from data.ingest.publish import sweep
from data.ingest.report import IngestBusy, IngestError, IngestReport
from data.ingest.run import Run
from data.ingest.storage import os_words, storage_trouble
from data.lake_upgrade import hide_dwellings
from data.mapping import Mapping, read_mappings, told_of
from data.quarantine import sweep_quarantine
from data.vault import Vault

_HIDDEN = ("~$", ".")


def ingest_directory(home: Home, directory: Path, progress: Progress = quiet) -> IngestReport:
    """Take in every department file below `directory`, oldest delivery first.

    Files taken in before are skipped, so a second run changes nothing. A bad file becomes an
    entry with a reason and stops no other. `progress(label, done, total)` is called per file.
    Raises IngestError when there is no such folder or another ingest is running.
    """
    if not directory.is_dir():
        raise IngestError(
            f"没有文件夹 {directory}；请指定存放文件的文件夹",
            f"no folder {directory}; give the folder that holds the files",
        )
    jobs = _jobs(home, directory, directory)
    return _ingest(home, jobs, len(jobs), progress)


def ingest_arriving(
    home: Home, folders: Iterable[Path], progress: Progress = quiet
) -> IngestReport:
    """Take in folders below the home's incoming folder one after another, as they are named.

    `folders` may wait for a delivery that is still being written; it names each folder once, when
    all its files are there, and in order of delivery. Otherwise like `ingest_directory`.
    """
    jobs = (job for folder in folders for job in _jobs(home, folder, home.incoming))
    return _ingest(home, jobs, 0, progress)


def ingest_file(home: Home, path: Path, delivery: Delivery | None = None) -> IngestReport:
    """Take in one file, for example an upload; `delivery` says what its name does not.

    Raises IngestError when the file does not exist or another ingest is running.
    """
    if not path.is_file():
        raise IngestError(f"没有文件 {path}", f"no file {path}")
    label = readable(path.name)
    told = delivery or told_of(read_mappings(home), path, label)
    return _ingest(home, [Job(path, label, told)], 1, quiet)


def readable(name: str) -> str:
    """A file's name or path as people read it.

    Names from a Windows archive are often in GB18030, which Python shows as surrogates.
    """
    try:
        return name.encode("utf-8").decode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", errors="replace")


def _jobs(home: Home, folder: Path, root: Path) -> list[Job]:
    """The files below a folder, oldest delivery first, labelled as seen from `root`."""
    mappings = read_mappings(home)
    found = [_job(path, root, mappings) for path in _below(folder) if not _hidden(path, root)]
    return sorted(found, key=_age)


def _below(folder: Path) -> Iterator[Path]:
    """Everything below a folder that is no folder, and folders that cannot be entered."""
    closed: list[Path] = []

    def note(error: OSError) -> None:
        closed.append(Path(error.filename))

    for place, folders, names in os.walk(folder, onerror=note):
        yield from (Path(place, name) for name in names)
        yield from (Path(place, name) for name in folders if Path(place, name).is_symlink())
    yield from closed


def _job(path: Path, root: Path, mappings: Sequence[Mapping]) -> Job:
    label = "/".join(readable(part) for part in path.relative_to(root).parts)
    try:
        kind = path.stat().st_mode
    except OSError as error:
        return Job(path, label, None, os_words(error))
    if stat.S_ISREG(kind):
        return Job(path, label, told_of(mappings, path, readable(path.name)))
    if not stat.S_ISDIR(kind):
        return Job(path, label, None, ("不是普通文件", "it is no ordinary file"))
    if path.is_symlink():
        return Job(
            path, label, None, ("是文件夹的链接，未进入", "a link to a folder is not entered")
        )
    return Job(path, label, None, ("没有权限进入文件夹", "the folder cannot be entered"))


def _ingest(home: Home, jobs: Iterable[Job], total: int, progress: Progress) -> IngestReport:
    vault, done = Vault(home), 0
    with _storing(), alone(home), vault.kept_open():
        sweep(home.lake)
        sweep_quarantine(vault)
        hide_dwellings(home, vault)
        run = Run(home, vault)
        for job, opened in read_ahead(jobs, run.open):
            progress(job.label, done, total)
            run.take(job, opened)
            done += 1
        progress("", done, done)
        return run.report(done)


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(_HIDDEN) for part in path.relative_to(root).parts)


def _age(job: Job) -> tuple[date, int, str]:
    if job.delivery is None:
        return date.max, 0, job.label
    return job.delivery.delivered_on, all_feeds().index(job.delivery.feed), job.label


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Only one ingest at a time; the lock goes with the process, however it ends."""
    with locked(home.lake / ".lock", wait=False) as mine:
        if not mine:
            raise IngestBusy(
                "本目录正有另一个导入在运行，请稍候",
                "another ingest is running in this home; wait for it",
            )
        yield


@contextmanager
def _storing() -> Iterator[None]:
    """A disk that takes nothing more is told in one line."""
    try:
        yield
    except (OSError, DBAPIError) as error:
        if trouble := storage_trouble(error):
            raise trouble from error
        raise
