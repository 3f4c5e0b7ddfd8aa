"""Reading ahead: what comes next is read and decoded while the last piece is checked and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from data.file_names import Delivery
from data.readers import ReadError
from data.readers.raw import RawTable

Piece = TypeVar("Piece")


@dataclass(frozen=True)
class Job:
    """A file to take in: where it lies, what to call it, what its name (or the sender) says of it.

    `trouble` is why it cannot even be looked at, in Chinese and English.
    """

    path: Path
    label: str
    delivery: Delivery | None
    trouble: tuple[str, str] | None = None


@dataclass(frozen=True)
class Opened:
    """A delivered file as opened: its fingerprint, and its table or why there is none.

    `unreadable` tells what the operating system said, in Chinese and English. A file of no feed,
    or one taken in before, has neither table nor refusal. `again` opens the table anew.
    """

    sha256: str
    raw: RawTable | None = None
    again: Callable[[], RawTable] | None = None
    refusal: ReadError | None = None
    unreadable: tuple[str, str] | None = None


def read_ahead(
    jobs: Iterable[Job], open_file: Callable[[Job], Opened]
) -> Iterator[tuple[Job, Opened]]:
    """Every job with its file opened, in order, one file ahead."""
    with ThreadPoolExecutor(1) as reader:
        coming: tuple[Job, Future[Opened]] | None = None
        try:
            for job in jobs:
                begun = job, reader.submit(open_file, job)
                if coming is not None:
                    yield coming[0], coming[1].result()
                coming = begun
            if coming is not None:
                last, coming = coming, None
                yield last[0], last[1].result()
        finally:
            if coming is not None and (raw := coming[1].result().raw) is not None:
                raw.close()


def one_ahead(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The same pieces, each made in another thread while the last one is worked on."""
    end = object()
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, pieces, end)
        while (piece := coming.result()) is not end:
            coming = reader.submit(next, pieces, end)
            yield piece  # type: ignore[misc]
