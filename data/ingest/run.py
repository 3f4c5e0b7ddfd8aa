"""One pass over department files: every file ends as a batch or as an entry with a reason."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from core.home import Home
from data.checks import REPAIRS, WARNINGS
from data.contracts import Contract, all_feeds, load_contract
from data.ingest.ahead import Job, Opened
from data.ingest.identities import Identities
from data.ingest.judging import begin, flags, judged, keep_aside
from data.ingest.news import News
from data.ingest.publish import (
    publish_folder,
    quarantined_rows,
    reason_counts,
    write_accepted,
)
from data.ingest.report import IngestReport
from data.ingest.shape import Checked, check
from data.manifest import Batch, Manifest, Unrecognised, read_manifest, write_manifest
from data.quarantine import write_private
from data.readers import RawFile, ReadError, check_size, read_content
from data.vault import Vault

SUFFIXES = (".csv", ".txt", ".xlsx", ".xls")


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
        """A file's content, and its table when it belongs to a feed and is new."""
        path, _, delivery = job
        try:
            check_size(path.stat().st_size)
            content = path.read_bytes()
        except OSError as error:
            return Opened("", unreadable=error.strerror or "error")
        except ReadError as error:
            return Opened(_fingerprint(path), refusal=error)
        sha256 = hashlib.sha256(content).hexdigest()
        if delivery is None or self._manifest.knows(delivery.feed, delivery.period, sha256):
            return Opened(sha256)
        try:
            return Opened(sha256, read_content(content, _known_headers(delivery.feed)))
        except ReadError as error:
            return Opened(sha256, refusal=error)
        except pa.ArrowException as error:
            return Opened(sha256, refusal=_unparsed(error))

    def take(self, job: Job, opened: Opened) -> None:
        """Take in one file, whatever it is."""
        path, label, delivery = job
        if opened.unreadable:
            why = opened.unreadable
            self._strangers.append(
                Unrecognised(
                    label, "", "unreadable", f"文件无法读取：{why}", f"cannot be read: {why}"
                )
            )
        elif delivery is None:
            self._note_stranger(Unrecognised(label, opened.sha256, *_why_stranger(path)))
        elif self._manifest.knows(delivery.feed, delivery.period, opened.sha256):
            self._skipped.append(label)
        else:
            batch = begin(self._home, self._manifest, delivery, label, opened.sha256)
            self._take_delivery(opened, batch)

    def report(self, files: int) -> IngestReport:
        """What this pass brought, as the manifest now tells it."""
        new = tuple(b for b in self._manifest.batches if (b.feed, b.batch) in self._new)
        return IngestReport(new, tuple(self._strangers), tuple(self._skipped), files)

    def _note_stranger(self, entry: Unrecognised) -> None:
        known = self._manifest.with_unrecognised(entry)
        if known is self._manifest:
            self._skipped.append(entry.file)
            return
        self._strangers.append(entry)
        self._save(known)

    def _take_delivery(self, opened: Opened, batch: Batch) -> None:
        try:
            batch = self._checked(opened, batch)
        except ReadError as error:
            zh, en = error.zh, error.en
            batch = replace(batch, status=error.reason, message_zh=zh, message_en=en)
        self._new.append((batch.feed, batch.batch))
        self._save(self._manifest.with_batch(batch))

    def _checked(self, opened: Opened, batch: Batch) -> Batch:
        """Check and publish; raises ReadError for a file that cannot be taken in."""
        if opened.refusal or opened.raw is None:
            raise opened.refusal or ReadError("empty", "文件为空", "the file is empty")
        contract = load_contract(batch.feed)
        _require_headers(contract, opened.raw)
        try:
            checked = check(contract, opened.raw, batch, self._identities)
            return self._publish(checked, opened.raw, batch)
        except pa.ArrowException as error:
            raise _unparsed(error) from error

    def _save(self, manifest: Manifest) -> None:
        write_manifest(self._manifest_path, manifest)
        self._manifest = manifest

    def _publish(self, checked: Checked, raw: RawFile, batch: Batch) -> Batch:
        """Set aside, store. The manifest, written after this, is what makes it current."""
        refused = quarantined_rows(checked, raw)
        counted = _counted(checked, raw, batch, reason_counts(refused))
        contract = checked.contract
        batch = judged(self._home, self._manifest, contract, counted, checked.accepted)
        batch = replace(batch, flags=flags(self._manifest, contract, raw, batch))
        if refused.num_rows:
            write_private(self._vault, refused, batch.feed, batch.batch)
        if batch.useful:
            self._news.tell(checked, batch.delivered_on)
        if batch.kept:
            target = self._home.lake / batch.feed / f"batch={batch.batch}"
            publish_folder(target, lambda folder: self._fill(checked, batch, folder))
        return batch

    def _fill(self, checked: Checked, batch: Batch, folder: Path) -> None:
        write_accepted(checked, folder)
        keep_aside(self._home, self._manifest, checked.contract, batch, folder)

    @cached_property
    def _identities(self) -> Identities:
        return Identities(self._vault)

    @cached_property
    def _news(self) -> News:
        return News(self._vault)


def _fingerprint(path: Path) -> str:
    """What tells a file that is too large to be read from others: its size and its beginning."""
    with path.open("rb") as file:
        return hashlib.sha256(f"{path.stat().st_size} ".encode() + file.read(1 << 20)).hexdigest()


def _counted(checked: Checked, raw: RawFile, batch: Batch, reasons: dict[str, int]) -> Batch:
    """The batch with its reconciliation."""
    accepted, quarantined = checked.accepted.num_rows, sum(reasons.values())
    repairs = {name: checked.count(name) for name in REPAIRS}
    warnings = {name: checked.count(name) for name in WARNINGS}
    return replace(
        batch,
        received=raw.rows,
        accepted=accepted,
        quarantined=quarantined,
        duplicates=raw.rows - quarantined - accepted,
        repaired=checked.count(*REPAIRS),
        late=checked.count("late"),
        reasons=reasons,
        repairs={name: n for name, n in repairs.items() if n},
        warnings={name: n for name, n in warnings.items() if n},
    )


def _unparsed(error: pa.ArrowException) -> ReadError:
    line = str(error).splitlines()[0]
    return ReadError("unreadable", "内容无法解析", f"cannot be parsed: {line}")


def _known_headers(feed: str) -> frozenset[str]:
    return frozenset(h for f in load_contract(feed).fields for h in f.headers)


def _require_headers(contract: Contract, raw: RawFile) -> None:
    """Refuse a file that lacks required columns, saying which feed it looks like."""
    matched = contract.match_headers(raw.headers)
    missing = [contract.field(n).zh for n in contract.required if n not in matched]
    if not missing:
        return
    scores = {f: len(load_contract(f).match_headers(raw.headers)) for f in all_feeds()}
    likeliest = load_contract(max(scores, key=lambda f: scores[f]))
    columns, zh, en = "、".join(missing), "", ""
    if likeliest.feed != contract.feed and scores[likeliest.feed] > len(matched):
        zh, en = f"；内容像是{likeliest.zh}", f"; it looks like {likeliest.en}"
    raise ReadError("wrong_columns", f"缺少列：{columns}{zh}", f"columns missing: {columns}{en}")


def _why_stranger(path: Path) -> tuple[str, str, str]:
    if path.suffix.lower() not in SUFFIXES:
        return "not_a_table", "不是 CSV 或 Excel 文件", "not a CSV or Excel file"
    return (
        "unknown_name",
        "文件名应为 部门数据名_YYYYMM_YYYYMMDD，例如 医保结算_202606_20260628.csv",
        "the name should be feed_YYYYMM_YYYYMMDD, for example 医保结算_202606_20260628.csv",
    )
