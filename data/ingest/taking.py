"""One delivery on its way in: chunk after chunk is checked and put aside, then all of it kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from core.home import Home
from data.checks import REPAIRS, WARNINGS
from data.contracts import load_contract
from data.deliveries.returned import Origin, origins
from data.ingest.ahead import one_ahead
from data.ingest.answering import Answering
from data.ingest.identities import Identities
from data.ingest.news import News
from data.ingest.publish import Aside, quarantined_rows, reason_counts
from data.ingest.seen import Hasher
from data.ingest.shape import NONE_TORN, Checked, check
from data.manifest import Batch
from data.places import Places
from data.quarantine import SealedRows
from data.readers import ReadError
from data.readers.raw import Chunk, RawTable
from data.vault import Vault


@dataclass
class Tally:
    """What a delivery brought, added up over its chunks."""

    received: int = 0
    quarantined: int = 0
    repaired: int = 0
    late: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    def add(self, checked: Checked, chunk: Chunk, reasons: Counter[str]) -> None:
        """Count a chunk."""
        self.received += chunk.rows
        self.quarantined += reasons.total()
        self.reasons += reasons
        self.repaired += checked.count(*REPAIRS)
        self.late += checked.count("late")
        self.repairs += Counter({name: checked.count(name) for name in REPAIRS})
        self.warnings += Counter({name: checked.count(name) for name in WARNINGS})

    def on(self, batch: Batch, accepted: int) -> Batch:
        """The batch with its reconciliation: reasons by frequency, repairs as they are listed."""
        return replace(
            batch,
            received=self.received,
            accepted=accepted,
            quarantined=self.quarantined,
            duplicates=self.received - self.quarantined - accepted,
            repaired=self.repaired,
            late=self.late,
            reasons=dict(sorted(self.reasons.items(), key=lambda c: (-c[1], c[0]))),
            repairs={name: self.repairs[name] for name in REPAIRS if self.repairs[name]},
            warnings={name: self.warnings[name] for name in WARNINGS if self.warnings[name]},
        )


class Taker:
    """What all deliveries of a run share."""

    def __init__(self, home: Home, vault: Vault) -> None:
        self.home, self.vault = home, vault
        self.identities, self.news, self.hasher = Identities(vault), News(vault), Hasher()
        self.places = Places.of(home)

    @contextmanager
    def taking(
        self,
        raw: RawTable,
        batch: Batch,
        again: Callable[[], RawTable] | None = None,
        earlier: Sequence[Batch] = (),
    ) -> Iterator[Taking]:
        """A delivery, read and put aside; what is not kept when the block ends is gone.

        `earlier` are the deliveries so far: it may bring rows again that they had wrong.
        Where two rows share a key and differ, which shows only at the end, it is read `again`, and
        both are refused.
        """
        known = origins(self.home, load_contract(batch.feed), earlier, batch)
        with self._read(raw, batch, NONE_TORN, known) as taking:
            torn = taking.torn
            if not len(torn) or again is None:
                yield taking
                return
        with again() as anew, self._read(anew, batch, torn, known) as taking:
            yield taking

    @contextmanager
    def _read(
        self, raw: RawTable, batch: Batch, torn: pa.Array, known: Sequence[Origin]
    ) -> Iterator[Taking]:
        target = self.home.lake / batch.feed / f"batch={batch.batch}"
        with (
            Aside(target, load_contract(batch.feed), self.hasher) as aside,
            SealedRows(self.vault, batch.feed, batch.batch) as refused,
        ):
            taking = Taking(self, raw, batch, aside, refused, known)
            taking.read(torn)
            yield taking


class Taking:
    """One delivery of a `contract`."""

    def __init__(
        self,
        taker: Taker,
        raw: RawTable,
        batch: Batch,
        aside: Aside,
        refused: SealedRows,
        known: Sequence[Origin],
    ) -> None:
        self._taker, self._raw, self._batch = taker, raw, batch
        self.contract = load_contract(batch.feed)
        self._aside, self._refused = aside, refused
        self._hearing = taker.news.begin(batch)
        self._answering = Answering(self.contract, known, raw.headers)
        self._tally = Tally()

    @property
    def counted(self) -> Batch:
        """The batch with its reconciliation."""
        batch = self._tally.on(self._batch, self._aside.rows)
        return replace(batch, answers=self._answering.answers)

    @property
    def is_answer(self) -> bool:
        """Whether the file is a workbook of returned rows, come back."""
        return self._answering.is_answer

    @property
    def rows(self) -> Path:
        """The file with the rows for the lake, aside."""
        return self._aside.file

    @property
    def torn(self) -> pa.Array:
        """Numbers of good rows that share a key and differ."""
        return self._aside.torn()

    def read(self, torn: pa.Array) -> None:
        """Check every chunk and put it aside. Raises ReadError for what turns out no table.

        Three things go on at once: a chunk is decoded, the one before it checked, and the one
        before that stored: its rows by one thread, what the vault learns by this one.
        """
        with ThreadPoolExecutor(1) as storing:
            for checked, chunk in one_ahead(self._checked(torn)):
                self._hearing.settle(checked)
                stored = storing.submit(self._aside.add, checked)
                refused = quarantined_rows(checked, chunk)
                self._tally.add(checked, chunk, reason_counts(refused))
                self._refused.add(refused)
                self._hearing.hear(checked)
                self._answering.hear(checked, chunk)
                stored.result()
        self._aside.close()
        self._balance()

    def _checked(self, torn: pa.Array) -> Iterator[tuple[Checked, Chunk]]:
        taker = self._taker
        for chunk in one_ahead(_chunks(self._raw)):
            checked = check(
                self.contract, self._raw, chunk, self._batch, taker.identities, torn, taker.places
            )
            yield checked, chunk

    def keep_refused(self) -> None:
        """Keep the refused rows, to be given back."""
        self._refused.keep()

    def keep_news(self) -> None:
        """Tell the vault."""
        self._hearing.keep()

    def publish(self) -> None:
        """Put the rows into the lake; the manifest, written after this, makes them current."""
        self._aside.publish()

    def _balance(self) -> None:
        """Every line of the file is a row that was received, or part of one."""
        ending, rows = self._raw.ending(), self._tally.received
        if ending.lines != rows + ending.joined:
            raise ReadError(
                "unbalanced",
                f"文件有 {ending.lines:,} 行数据，只读出 {rows:,} 行，未收；请检查引号和换行",
                f"the file has {ending.lines:,} lines of data, of which {rows:,} could be read; "
                "nothing was taken; check its quotes and line ends",
            )


def _chunks(raw: RawTable) -> Iterator[Chunk]:
    try:
        yield from raw.chunks()
    except pa.ArrowException as error:
        line = str(error).splitlines()[0]
        raise ReadError("unreadable", "内容无法解析", f"cannot be parsed: {line}") from error
    except OSError as error:
        why = error.strerror or "error"
        raise ReadError("unreadable", f"文件无法读取：{why}", f"cannot be read: {why}") from error
