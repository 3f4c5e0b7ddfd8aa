"""Reading ahead: the next file is opened and decoded while the last one is checked and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    jobs: Sequence[Job], open_file: Callable[[Job], Opened]
) -> Iterator[tuple[Job, Opened]]:
    """Every job with its file opened, in order, one file ahead: at most two are in memory."""
    if not jobs:
        return
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(open_file, jobs[0])
        for job, following in zip(jobs, [*jobs[1:], None], strict=True):
            opened = coming.result()
            if following is not None:
                coming = reader.submit(open_file, following)
            yield job, opened
