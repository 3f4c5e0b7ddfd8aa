"""One pass over department files: every file ends as a batch or as an entry with a reason."""

from __future__ import annotations

import hashlib
import logging
import traceback
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

import pyarrow as pa

from core.home import Home
from data.checks import wrong_columns
from data.contracts import Contract, load_contract
from data.file_names import SUFFIXES, Delivery
from data.ingest.ahead import Job, Opened
from data.ingest.judging import begin, flags, judged, keep_aside
from data.ingest.report import IngestError, IngestReport
from data.ingest.storage import os_words, storage_trouble
from data.ingest.taking import Taker, Taking
from data.manifest import (
    UNREADABLE,
    Batch,
    Manifest,
    Unrecognised,
    read_manifest,
    write_manifest,
)
from data.mapping import Mapping, mapping_of_headers, read_mappings
from data.mapping.applying import under_known_headers
from data.readers import ReadError, check_size
from data.readers.raw import RawTable
from data.readers.stream import open_table
from data.vault import Vault, VaultError

UNEXPECTED = "unexpected"  # an error of ours: the file is tried again by the next run
_PIECE = 1 << 20
_log = logging.getLogger(__name__)


class Run:
    """One pass over files. The manifest is written after every file that changed something."""

    def __init__(self, home: Home, vault: Vault) -> None:
        self._home, self._vault = home, vault
        self._manifest_path = home.lake / "manifest.json"
        self._manifest = read_manifest(self._manifest_path)
        self._new: list[tuple[str, str]] = []
        self._strangers: list[Unrecognised] = []
        self._skipped: list[str] = []

    def open(self, job: Job) -> Opened:
        """A file's fingerprint, and its table when it belongs to a feed and is new."""
        if job.trouble:
            return Opened("", unreadable=job.trouble)
        try:
            return self._opened(job.path, job.delivery)
        except OSError as error:
            return Opened("", unreadable=os_words(error))

    def take(self, job: Job, opened: Opened) -> None:
        """Take in one file, whatever it is."""
        if opened.unreadable:
            self._note_unreadable(job.label, *opened.unreadable)
            return
        self._save(self._manifest.without_unreadable(job.label))
        if job.delivery is None:
            self._note_stranger(Unrecognised(job.label, opened.sha256, *_why_stranger(job.path)))
        elif self._knows(job.delivery, opened.sha256):
            self._skipped.append(job.label)
        else:
            batch = begin(self._home, self._manifest, job.delivery, job.label, opened.sha256)
            self._take_delivery(opened, batch)

    def report(self, files: int) -> IngestReport:
        """What this pass brought, as the manifest now tells it."""
        new = tuple(b for b in self._manifest.batches if (b.feed, b.batch) in self._new)
        return IngestReport(new, tuple(self._strangers), tuple(self._skipped), files)

    def _opened(self, path: Path, delivery: Delivery | None) -> Opened:
        """Raises OSError where the file cannot be read."""
        try:
            check_size(path.stat().st_size)
        except ReadError as error:
            return Opened(_fingerprint(path), refusal=error)
        sha256 = _digest(path)
        if delivery is None or self._knows(delivery, sha256):
            return Opened(sha256)
        try:
            again = partial(self._table, path, delivery.feed)
            return Opened(sha256, again(), again)
        except ReadError as error:
            return Opened(sha256, refusal=error)
        except pa.ArrowException as error:
            return Opened(sha256, refusal=_unparsed(error))
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - one file's error ends that file only
            return Opened(sha256, refusal=_unexpected(error))

    def _table(self, path: Path, feed: str) -> RawTable:
        """The file's table, under the feed's own headers where a mapping of it is saved."""
        raw = open_table(path, _known_headers(feed))
        return under_known_headers(raw, mapping_of_headers(self._mappings, feed, raw.headers))

    @cached_property
    def _mappings(self) -> list[Mapping]:
        return read_mappings(self._home)

    def _knows(self, delivery: Delivery, sha256: str) -> bool:
        """Whether this content came before for this feed and period, and was seen through."""
        failed = {b.sha256 for b in self._manifest.batches if b.status == UNEXPECTED}
        known = self._manifest.knows(delivery.feed, delivery.period, sha256)
        return known and sha256 not in failed

    def _note_unreadable(self, label: str, zh: str, en: str) -> None:
        """A file that cannot be read is named until it can."""
        entry = Unrecognised(label, "", UNREADABLE, f"无法读取：{zh}", f"cannot be read: {en}")
        self._strangers.append(entry)
        self._save(self._manifest.with_unreadable(entry))

    def _note_stranger(self, entry: Unrecognised) -> None:
        known = self._manifest.with_unrecognised(entry)
        if known is self._manifest:
            self._skipped.append(entry.file)
            return
        self._strangers.append(entry)
        self._save(known)

    def _take_delivery(self, opened: Opened, batch: Batch) -> None:
        """Raises IngestError where the disk takes nothing more, VaultError as the vault does."""
        try:
            batch = self._checked(opened, batch)
        except ReadError as error:
            batch = _refused(batch, error)
        except (IngestError, VaultError):
            raise
        except Exception as error:
            if trouble := storage_trouble(error):
                raise trouble from error
            batch = _refused(batch, _unexpected(error))
        self._new.append((batch.feed, batch.batch))
        own = (batch.feed, batch.batch)
        others = tuple(b for b in self._manifest.batches if (b.feed, b.batch) != own)
        self._save(replace(self._manifest, batches=others).with_batch(batch))

    def _checked(self, opened: Opened, batch: Batch) -> Batch:
        """Check and publish; raises ReadError for a file that cannot be taken in."""
        if opened.refusal or opened.raw is None:
            raise opened.refusal or ReadError("empty", "文件为空", "the file is empty")
        with opened.raw as raw:
            _require_headers(load_contract(batch.feed), raw)
            earlier = self._manifest.batches
            with self._taker.taking(raw, batch, opened.again, earlier) as taking:
                return self._judged(raw, taking)

    def _judged(self, raw: RawTable, taking: Taking) -> Batch:
        """Set aside, store. The manifest, written after this, is what makes it current."""
        contract, home, manifest = taking.contract, self._home, self._manifest
        batch = judged(home, manifest, contract, taking.counted, taking.rows, taking.is_answer)
        batch = replace(batch, flags=flags(manifest, contract, raw, batch))
        taking.keep_refused()
        if batch.useful:
            taking.keep_news()
        if batch.kept:
            keep_aside(home, manifest, contract, batch, taking.rows.parent)
            taking.publish()
        return batch

    def _save(self, manifest: Manifest) -> None:
        if manifest is self._manifest:
            return
        write_manifest(self._manifest_path, manifest)
        self._manifest = manifest

    @cached_property
    def _taker(self) -> Taker:
        return Taker(self._home, self._vault)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _fingerprint(path: Path) -> str:
    """What tells a file that is too large to be read from others: its size and its beginning."""
    with path.open("rb") as file:
        return hashlib.sha256(f"{path.stat().st_size} ".encode() + file.read(_PIECE)).hexdigest()


def _refused(batch: Batch, error: ReadError) -> Batch:
    return replace(batch, status=error.reason, message_zh=error.zh, message_en=error.en)


def _unexpected(error: Exception) -> ReadError:
    """An error of ours, without its text: that may quote what the file says of people."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    kind = type(error).__name__
    _log.error("a file ended with an unexpected %s at %s", kind, at)
    return ReadError(
        UNEXPECTED,
        f"处理时发生意外错误（{kind}，{at}），本文件未收，其他文件不受影响；请联系维护人员",
        f"an unexpected {kind} at {at}: this file was not taken in, the others were; report it",
    )


def _unparsed(error: pa.ArrowException) -> ReadError:
    line = str(error).splitlines()[0]
    return ReadError("unreadable", "内容无法解析", f"cannot be parsed: {line}")


def _known_headers(feed: str) -> frozenset[str]:
    return frozenset(h for f in load_contract(feed).fields for h in f.headers)


def _require_headers(contract: Contract, raw: RawTable) -> None:
    """Refuse a file that lacks required columns or is another feed's."""
    if told := wrong_columns(contract, raw.headers):
        raise ReadError("wrong_columns", *told)


_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar")


def _why_stranger(path: Path) -> tuple[str, str, str]:
    if path.suffix.lower() in _ARCHIVES:
        return (
            "not_a_table",
            "压缩包，请解压后报送其中的文件",
            "an archive; unpack it and deliver the files in it",
        )
    if path.suffix.lower() not in SUFFIXES:
        return "not_a_table", "不是 CSV 或 Excel 文件", "not a CSV or Excel file"
    return (
        "unknown_name",
        "文件名应为 部门数据名_YYYYMM_YYYYMMDD，例如 医保结算_202606_20260628.csv",
        "the name should be feed_YYYYMM_YYYYMMDD, for example 医保结算_202606_20260628.csv",
    )
