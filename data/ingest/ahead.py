"""Reading ahead: the next file is opened and decoded while the last one is checked and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from data.file_names import Delivery
from data.readers import RawFile, ReadError

Job = tuple[Path, str, Delivery | None]


@dataclass(frozen=True)
class Opened:
    """A delivered file as read: its fingerprint, and its table or why there is none.

    `unreadable` tells what the operating system said. A file of no feed, or one taken in before,
    has neither table nor refusal.
    """

    sha256: str
    raw: RawFile | None = None
    refusal: ReadError | None = None
    unreadable: str = ""


def read_ahead(
    jobs: Iterable[Job], open_file: Callable[[Job], Opened]
) -> Iterator[tuple[Job, Opened]]:
    """Every job with its file opened, in order, one file ahead: at most two are in memory."""
    with ThreadPoolExecutor(1) as reader:
        coming: tuple[Job, Future[Opened]] | None = None
        for job in jobs:
            begun = job, reader.submit(open_file, job)
            if coming is not None:
                yield coming[0], coming[1].result()
            coming = begun
        if coming is not None:
            yield coming[0], coming[1].result()
