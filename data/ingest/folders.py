"""Files and folders in: which files, in which order, one ingest at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from core.home import Home
from core.progress import Progress, quiet
from data.contracts import all_feeds
from data.file_names import Delivery, parse_file_name
from data.ingest.ahead import Job, read_ahead
from data.ingest.publish import sweep
from data.ingest.report import IngestError, IngestReport
from data.ingest.run import Run
from data.vault import Vault

_HIDDEN = ("~$", ".")


def ingest_directory(home: Home, directory: Path, progress: Progress = quiet) -> IngestReport:
    """Take in every department file below `directory`, oldest delivery first.

    Files taken in before are skipped, so a second run changes nothing. A bad file becomes an
    entry with a reason and stops no other. `progress(label, done, total)` is called per file.
    Raises IngestError when there is no such folder or another ingest is running.
    """
    if not directory.is_dir():
        raise IngestError(f"no folder {directory}; give the folder that holds the files")
    jobs = _jobs(directory, directory)
    return _ingest(home, jobs, len(jobs), progress)


def ingest_arriving(
    home: Home, folders: Iterable[Path], progress: Progress = quiet
) -> IngestReport:
    """Take in folders below the home's incoming folder one after another, as they are named.

    `folders` may wait for a delivery that is still being written; it names each folder once, when
    all its files are there, and in order of delivery. Otherwise like `ingest_directory`.
    """
    jobs = (job for folder in folders for job in _jobs(folder, home.incoming))
    return _ingest(home, jobs, 0, progress)


def ingest_file(home: Home, path: Path, delivery: Delivery | None = None) -> IngestReport:
    """Take in one file, for example an upload; `delivery` says what its name does not.

    Raises IngestError when the file does not exist or another ingest is running.
    """
    if not path.is_file():
        raise IngestError(f"no file {path}")
    return _ingest(home, [(path, path.name, delivery or parse_file_name(path.name))], 1, quiet)


def _jobs(folder: Path, root: Path) -> list[Job]:
    """The files below a folder, oldest delivery first, labelled as seen from `root`."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not _hidden(p, root))
    jobs = [(path, path.relative_to(root).as_posix(), parse_file_name(path.name)) for path in files]
    return sorted(jobs, key=_age)


def _ingest(home: Home, jobs: Iterable[Job], total: int, progress: Progress) -> IngestReport:
    vault, done = Vault(home), 0
    with alone(home), vault.kept_open():
        sweep(home.lake)
        run = Run(home, vault)
        for job, opened in read_ahead(jobs, run.open):
            progress(job[1], done, total)
            run.take(job, opened)
            done += 1
        progress("", done, done)
        return run.report(done)


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(_HIDDEN) for part in path.relative_to(root).parts)


def _age(job: Job) -> tuple[date, int, str]:
    _, label, delivery = job
    if delivery is None:
        return date.max, 0, label
    return delivery.delivered_on, all_feeds().index(delivery.feed), label


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Only one ingest at a time; the lock goes with the process, however it ends."""
    home.lake.mkdir(parents=True, exist_ok=True)
    with (home.lake / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise IngestError("another ingest is running in this home; wait for it") from None
        yield
