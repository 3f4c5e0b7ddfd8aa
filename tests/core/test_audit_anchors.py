"""Anchors: written outside, chained, when due, in every place set; and what the check says."""

from __future__ import annotations

import base64
import json
import logging
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from core.audit import Entry, anchors, record, record_many
from core.audit.anchors import anchor, anchor_if_due, anchors_path, read_anchors
from core.audit.errors import AnchorFailed
from core.audit.stamps import StampFailed, fault
from core.audit.verifying import verify, verify_home
from core.db import open_session
from core.home import Home

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
LOOK = Entry("wang", "look")


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's anchors go."""
    path = tmp_path / "elsewhere" / "anchors.jsonl"
    monkeypatch.setenv("DOUDI_AUDIT_ANCHOR", str(path))
    monkeypatch.setattr(anchors, "_failed", {})
    return path


def look(database: Home | str, times: int = 1) -> None:
    with open_session(database) as session:
        record_many(session, [LOOK] * times)


def test_anchors_say_where_the_record_ended_and_are_chained(
    database: Home | str, path: Path
) -> None:
    assert anchor(database) is None  # an empty record has no head
    look(database)
    first = anchor(database, NOW)
    assert anchor(database) is None  # nothing new
    look(database, 2)
    second = anchor(database, NOW)
    assert first is not None
    assert second is not None
    assert (first.n, first.seq, second.n, second.seq) == (1, 1, 2, 3)
    assert second.previous == first.anchor == first.digest()
    book = read_anchors(path)
    assert (book.anchors, book.findings) == ([first, second], [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    verdict = verify_home(database)
    assert (verdict.ok, verdict.anchored, verdict.anchored_at) == (True, 3, second.at)


def test_the_own_place_lies_outside_the_home_and_differs_by_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOUDI_AUDIT_ANCHOR")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    one, two = anchors_path(Home(tmp_path / "one")), anchors_path(Home(tmp_path / "two"))
    assert one != two
    assert one.parent == tmp_path / "state" / "doudi" / "anchors"
    server = anchors_path("postgresql://doudi:secret@db/county")
    assert server == anchors_path("postgresql://doudi:changed@db/county")


def test_an_anchor_is_due_after_500_events_or_24_hours(home: Home) -> None:
    assert anchor_if_due(home, NOW) is None
    look(home)
    assert anchor_if_due(home, NOW) is not None  # the first event begins
    look(home, 499)
    assert anchor_if_due(home, NOW + timedelta(hours=23)) is None
    look(home)
    assert anchor_if_due(home, NOW + timedelta(hours=23)) is not None
    assert anchor_if_due(home, NOW + timedelta(hours=60)) is None  # nothing new to vouch for
    look(home)
    assert anchor_if_due(home, NOW + timedelta(hours=46)) is None
    assert anchor_if_due(home, NOW + timedelta(hours=47)) is not None


def test_an_anchor_that_fails_is_logged_and_tried_again_later(
    home: Home, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    look(home)
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(AnchorFailed, match="cannot be written"):
        anchor(home, NOW)
    with caplog.at_level(logging.ERROR):
        assert anchor_if_due(home, NOW) is None
    assert "cannot be written" in caplog.text
    path.parent.unlink()
    assert anchor_if_due(home, NOW + timedelta(minutes=9)) is None
    assert anchor_if_due(home, NOW + timedelta(minutes=11)) is not None


def test_the_command_gets_the_line_and_its_failure_is_told(
    home: Home, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = tmp_path / "sent.jsonl"
    command = f"{sys.executable} -c 'import sys; open(sys.argv[1], \"a\").write(sys.stdin.read())'"
    monkeypatch.setenv("DOUDI_AUDIT_ANCHOR_COMMAND", f"{command} {sent}")
    look(home)
    anchor(home)
    assert sent.read_text() == path.read_text()
    look(home)
    monkeypatch.setenv(
        "DOUDI_AUDIT_ANCHOR_COMMAND", f"{sys.executable} -c 'import sys; sys.exit(\"no post\")'"
    )
    with pytest.raises(AnchorFailed, match=r"anchored in the file, but .* exit code 1 no post"):
        anchor(home)
    assert len(read_anchors(path).anchors) == 2


def test_a_changed_or_missing_anchor_is_told(home: Home, path: Path) -> None:
    for _ in range(3):
        look(home)
        anchor(home)
    whole = path.read_text().splitlines(keepends=True)
    changed = json.loads(whole[1]) | {"hash": "0" * 64}
    forged = anchors.Anchor(**changed)  # with its own digest made anew
    forged = replace(forged, anchor=forged.digest())
    for lines, told in (
        ([whole[0], json.dumps(changed) + "\n", whole[2]], [("anchor", 2), ("rewritten", 0)]),
        (
            [whole[0], json.dumps(asdict(forged)) + "\n", whole[2]],
            [("anchor", 3), ("rewritten", 0)],
        ),
        ([whole[0], whole[2]], [("anchor", 2)]),
        ([whole[1], whole[0], whole[2]], [("anchor", 1), ("anchor", 2), ("anchor", 3)]),
        ([whole[0], "not JSON\n", whole[2]], [("anchor", 2), ("anchor", 3)]),
        ([whole[0], "{}\n"], [("anchor", 2)]),
    ):
        path.write_text("".join(lines))
        findings = verify_home(home).findings
        assert sorted((f.kind, f.line) for f in findings) == told
        assert all(f.zh and f.en for f in findings)


def test_a_missing_or_empty_file_is_told_once_it_must_have_held_something(
    home: Home, path: Path
) -> None:
    look(home, 499)
    verdict = verify_home(home)
    assert verdict.ok
    assert "events 1 to 499; run 'doudi audit anchor'" in verdict.notes[0][1]
    look(home)
    assert [f.kind for f in verify_home(home).findings] == ["no_anchors"]
    path.parent.mkdir()
    path.touch()
    assert [f.kind for f in verify_home(home).findings] == ["no_anchors"]


def test_a_missing_file_is_told_of_a_short_record_that_is_a_day_old_or_was_anchored(
    home: Home, path: Path
) -> None:
    begun = datetime.now(UTC)
    look(home, 3)
    with open_session(home) as session:
        for hours, found in ((23, []), (25, ["no_anchors"])):
            verdict = verify(session, read_anchors(path), begun + timedelta(hours=hours))
            assert [f.kind for f in verdict.findings] == found
        record(session, Entry("system", "anchor", object_kind="record"))
    assert [f.kind for f in verify_home(home).findings] == ["no_anchors"]


def test_many_events_since_the_last_anchor_are_noted(home: Home) -> None:
    look(home)
    anchor(home)
    look(home, 500)
    assert verify_home(home).notes == []
    look(home)
    assert "events 2 to 502" in verify_home(home).notes[0][1]


def test_the_check_goes_on_while_others_write(database: Home | str, path: Path) -> None:
    stop: list[bool] = []

    def write() -> None:
        while not stop:
            with open_session(database) as session:
                record(session, LOOK)

    writers = [Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        found = [verify_home(database).findings for _ in range(20)]
    finally:
        stop.append(True)
        for writer in writers:
            writer.join()
    assert found == [[]] * 20


# The time-stamping authority is OpenSSL's own, started here: no code of ours answers.

_AUTHORITY = """[tsa]
default_tsa = here
[here]
serial = {0}/serial
signer_cert = {0}/tsa.pem
signer_key = {0}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
[stamping]
extendedKeyUsage = critical,timeStamping
basicConstraints = critical,CA:false
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[req]
distinguished_name = empty
[empty]
"""


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of a time-stamping authority, and the file of its root."""
    pytest.importorskip("rfc3161_client", reason="rfc3161-client is not installed")
    folder = tmp_path_factory.mktemp("authority")
    (folder / "tsa.cnf").write_text(_AUTHORITY.format(folder))
    (folder / "serial").write_text("01\n")
    new = ("req", "-newkey", "rsa:2048", "-nodes", "-config", "tsa.cnf")
    days = ("-x509", "-days", "2")
    _openssl(
        folder,
        *new,
        *days,
        "-subj",
        "/CN=root",
        "-extensions",
        "root",
        "-keyout",
        "root.key",
        "-out",
        "root.pem",
    )
    _openssl(
        folder,
        *new,
        *days,
        "-subj",
        "/CN=tsa",
        "-extensions",
        "stamping",
        "-CA",
        "root.pem",
        "-CAkey",
        "root.key",
        "-keyout",
        "tsa.key",
        "-out",
        "tsa.pem",
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            (folder / "asked.tsq").write_bytes(asked)
            _openssl(
                folder,
                "ts",
                "-reply",
                "-config",
                "tsa.cnf",
                "-queryfile",
                "asked.tsq",
                "-out",
                "answer.tsr",
            )
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((folder / "answer.tsr").read_bytes())

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder / "root.pem"
    server.shutdown()
    server.server_close()


def test_an_anchor_carries_the_stamp_of_an_authority(
    home: Home, path: Path, authority: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, roots = authority
    monkeypatch.setenv("DOUDI_AUDIT_TSA", url)
    look(home)
    made = anchor(home)
    assert made is not None
    assert made.stamp
    assert "time stamps were not checked" in verify_home(home).notes[0][1]
    monkeypatch.setenv("DOUDI_AUDIT_TSA_ROOTS", str(roots))
    verdict = verify_home(home)
    assert (verdict.findings, verdict.notes) == ([], [])
    assert fault(made.stamp, made.anchor) is None
    assert "Mismatch" in str(fault(made.stamp, "0" * 64))

    look(home)
    anchor(home)
    first, second = path.read_text().splitlines()
    borrowed = json.dumps(json.loads(second) | {"stamp": made.stamp})
    path.write_text(f"{first}\n{borrowed}\n")
    (finding,) = verify_home(home).findings
    assert (finding.kind, finding.seq, finding.line) == ("stamp", 2, 2)


def test_a_stamp_of_another_authority_is_not_trusted(
    home: Home, authority: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOUDI_AUDIT_TSA", authority[0])
    (tmp_path / "tsa.cnf").write_text(_AUTHORITY.format(tmp_path))
    _openssl(
        tmp_path,
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-config",
        "tsa.cnf",
        "-x509",
        "-subj",
        "/CN=other",
        "-extensions",
        "root",
        "-keyout",
        "k",
        "-out",
        "other.pem",
    )
    monkeypatch.setenv("DOUDI_AUDIT_TSA_ROOTS", str(tmp_path / "other.pem"))
    look(home)
    anchor(home)
    assert [f.kind for f in verify_home(home).findings] == ["stamp"]


def test_an_authority_that_is_silent_stops_no_anchor(
    home: Home, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_AUDIT_TSA", "http://127.0.0.1:9")
    look(home)
    with pytest.raises(AnchorFailed, match="anchored in the file, but"):
        anchor(home)
    assert len(read_anchors(path).anchors) == 1


def test_stamps_that_cannot_be_checked_say_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(StampFailed, match="install it"):
        fault(base64.b64encode(b"x").decode(), "0" * 64)
