"""Every file ends by itself, whatever it is; the others go on."""

from __future__ import annotations

import errno
import os
from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError

from data.file_names import Delivery
from data.ingest import IngestError, ingest_directory, ingest_file, run, taking
from data.ingest.folders import readable
from data.ingest.storage import storage_trouble
from data.lake import Lake
from data.quarantine import quarantined
from data.vault import VaultError
from tests.data.offices import claim, csv_bytes, death, post
from tests.data.vaults import kept_key

pytestmark = pytest.mark.slow

GOOD = csv_bytes("deaths", [death(1)])


def taken(home):
    report = ingest_directory(home, home.incoming)
    assert report.balanced
    return report


def in_gbk(text: str) -> str:
    """A name as an archive from Windows leaves it: bytes that are no UTF-8."""
    return os.fsdecode(text.encode("gb18030"))


def test_a_name_in_gbk_is_read_and_shown_as_people_write_it(home):
    folder = home.incoming / in_gbk("东镇六月")
    folder.mkdir(parents=True)
    (folder / in_gbk("死亡殡葬_202606_20260628.csv")).write_bytes(GOOD)
    (folder / in_gbk("说明.docx")).write_bytes(b"x")
    report = taken(home)
    assert [b.file for b in report.batches] == ["东镇六月/死亡殡葬_202606_20260628.csv"]
    assert [u.file for u in report.unrecognised] == ["东镇六月/说明.docx"]
    assert (report.accepted, len(taken(home).skipped)) == (1, 2)
    assert Lake(home).batches()[0].file == report.batches[0].file
    assert readable("a\udcff") == "a\ufffd"


def test_a_folder_that_cannot_be_entered_is_named_and_others_go_on(home, incoming, monkeypatch):
    post(incoming, "deaths", GOOD)
    closed = home.incoming / "2026-07"
    closed.mkdir()
    look = os.scandir

    def scandir(path):
        if str(path) == str(closed):
            raise PermissionError(errno.EACCES, "Permission denied", str(closed))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = taken(home)
    assert report.accepted == 1
    told = [(u.file, u.reason) for u in report.unrecognised]
    assert told == [("2026-07", "unreadable")]
    assert "没有权限" in report.unrecognised[0].message_zh
    assert [u.file for u in Lake(home).unrecognised()] == ["2026-07"]
    assert [u.file for u in taken(home).unrecognised] == ["2026-07"]  # as long as it is so


def test_what_could_not_be_read_is_forgotten_once_it_can(home, incoming, monkeypatch):
    path, real = post(incoming, "deaths", GOOD), run._digest

    def broken(_path):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(run, "_digest", broken)
    assert [u.reason for u in taken(home).unrecognised] == ["unreadable"]
    assert [u.file for u in Lake(home).unrecognised()] == [f"2026-06/{path.name}"]
    monkeypatch.setattr(run, "_digest", real)
    assert taken(home).accepted == 1
    assert Lake(home).unrecognised() == []


def test_links_and_pipes_are_named_and_stop_nothing(home, incoming):
    real = post(home.root, "deaths", GOOD)
    (incoming / real.name).symlink_to(real)
    (incoming / "gone.csv").symlink_to(home.root / "nowhere.csv")
    (incoming / "round.csv").symlink_to(incoming / "round.csv")
    (incoming / "back").symlink_to(home.incoming)
    os.mkfifo(incoming / "pipe_202606_20260628.csv")
    report = taken(home)
    assert report.accepted == 1
    why = {u.file.removeprefix("2026-06/"): u.message_en for u in report.unrecognised}
    assert set(why) == {"gone.csv", "round.csv", "back", "pipe_202606_20260628.csv"}
    assert "it is gone" in why["gone.csv"]
    assert "circle" in why["round.csv"]
    assert "link to a folder" in why["back"]
    assert "no ordinary file" in why["pipe_202606_20260628.csv"]


def test_a_file_that_vanishes_while_others_are_read_is_told(home, incoming):
    post(incoming, "deaths", GOOD, day="20260626")
    post(incoming, "deaths", csv_bytes("deaths", [death(2)]), day="20260627")
    last = post(incoming, "deaths", csv_bytes("deaths", [death(3)]))
    report = ingest_directory(home, home.incoming, progress=lambda *_: last.unlink(missing_ok=True))
    assert [(u.file, u.reason) for u in report.unrecognised] == [
        (f"2026-06/{last.name}", "unreadable")
    ]
    assert report.files == 3
    assert report.accepted >= 1


def test_a_column_with_the_name_of_one_of_ours_is_a_column(home, incoming):
    rows = [death(1) | {"died_on": "?"}]
    plain = csv_bytes("deaths", rows, "utf-8").decode()
    head, row = plain.splitlines()
    spoiled = f"{head},reason_code,row_no,row_text\r\n{row},甲,乙,丙\r\n"
    post(incoming, "deaths", spoiled.encode())
    batch = taken(home).batches[0]
    back = quarantined(home, "deaths", batch.batch).to_pylist()[0]
    assert back["reason_code"] == "bad_date"
    assert {"甲", "乙", "丙"} <= set(back.values())


def test_a_period_that_no_calendar_has_ends_one_file(home, incoming):
    odd = incoming / "odd.csv"
    odd.write_bytes(GOOD)
    ended = ingest_file(home, odd, Delivery("deaths", "000005", date(2026, 6, 28))).batches
    assert [(b.status, b.received) for b in ended] == [("unexpected", 0)]
    odd.unlink()
    post(incoming, "deaths", GOOD)
    (incoming / "死亡殡葬_000005_20260629.csv").write_bytes(GOOD)
    report = taken(home)
    assert len(report.batches) == 2
    assert report.accepted >= 1


def test_an_error_of_ours_ends_one_file_in_one_line_and_is_tried_again(home, incoming, monkeypatch):
    post(incoming, "deaths", GOOD)
    post(incoming, "medical_claims", csv_bytes("medical_claims", [claim(1)]))
    real = taking.check

    def check(contract, *rest):
        if contract.feed == "deaths":
            raise LookupError("赵某 is quoted here")
        return real(contract, *rest)

    monkeypatch.setattr(taking, "check", check)
    report = taken(home)
    assert report.accepted == 1
    failed = report.failed[0]
    assert (failed.feed, failed.status) == ("deaths", "unexpected")
    assert "LookupError" in failed.message_en
    assert "赵某" not in failed.message_en + failed.message_zh
    assert not list((home.lake / "deaths").glob("batch=*"))
    before = (home.lake / "manifest.json").read_bytes()
    taken(home)
    assert (home.lake / "manifest.json").read_bytes() == before  # tried, with the same end
    monkeypatch.undo()
    assert taken(home).accepted == 1
    assert [b.status for b in Lake(home).batches()].count("accepted") == 2


FULL = OSError(errno.ENOSPC, "No space left on device", "/disk/x")
READ_ONLY = OSError(errno.EROFS, "Read-only file system", "/disk/x")


@pytest.mark.parametrize(("error", "words"), [(FULL, "disk is full"), (READ_ONLY, "read-only")])
@pytest.mark.parametrize(
    ("where", "step"),
    [(taking.Taking, "publish"), (run, "write_manifest"), (taking.Aside, "add")],
)
def test_a_disk_that_takes_no_more_is_one_line_and_half_a_state_is_none(
    home, incoming, monkeypatch, where, step, error, words
):
    post(incoming, "deaths", GOOD)

    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(where, step, refuse)
    with pytest.raises(IngestError, match=words) as told:
        taken(home)
    assert "\n" not in str(told.value)
    assert "/disk/x" in str(told.value)
    assert Lake(home).batches() == []
    monkeypatch.undo()
    assert taken(home).accepted == 1
    assert not list(home.lake.glob("*/.aside/*"))


def test_a_full_disk_under_the_database_is_not_called_a_broken_one():
    said = DBAPIError("INSERT", {}, Exception("disk I/O error"))
    assert "the disk is full or has errors" in str(storage_trouble(said))


def test_a_missing_key_makes_no_new_one(home, incoming):
    post(incoming, "deaths", GOOD)
    taken(home)
    key = kept_key(home)
    kept = key.read_bytes()
    key.unlink()
    post(incoming, "deaths", csv_bytes("deaths", [death(2)]), day="20260629")
    with pytest.raises(VaultError, match="the key of the vault is missing"):
        taken(home)
    assert not key.exists()
    key.write_bytes(kept)
    key.chmod(0o600)
    assert taken(home).accepted == 1


def test_quarantined_rows_without_their_vault_make_no_new_key(home, incoming):
    post(incoming, "deaths", csv_bytes("deaths", [death(1, died_on="?")]))
    assert taken(home).batches[0].status == "rejected"
    for path in home.vault.glob("vault.db*"):
        path.unlink()
    post(incoming, "deaths", GOOD, day="20260629")
    with pytest.raises(VaultError, match="restore"):
        taken(home)
