"""Anchors: the head of the record, written down outside the database.

Whoever rules the database can rewrite the whole chain; an anchor elsewhere shows it. Each anchor is
one JSON line, chained to the line before. It goes

- to a file that only grows: DOUDI_AUDIT_ANCHOR (best on another disk or machine), or
  <XDG_STATE_HOME or ~/.local/state>/doudi/anchors/<database>.jsonl;
- to the standard input of DOUDI_AUDIT_ANCHOR_COMMAND, where set: an e-mail, a write-once store;
- with an RFC 3161 time stamp from DOUDI_AUDIT_TSA, where set (`core.audit.stamps`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shlex
import subprocess
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url, select

from core.atomic import PRIVATE
from core.audit import stamps
from core.audit.chain import GENESIS, canonical, chosen_algorithm, digest_of
from core.audit.errors import AnchorFailed
from core.audit.findings import Finding
from core.audit.models import HEAD
from core.db import database_url, open_session
from core.home import Home
from core.locks import locked

FILE_VARIABLE = "DOUDI_AUDIT_ANCHOR"
COMMAND_VARIABLE = "DOUDI_AUDIT_ANCHOR_COMMAND"
ANCHOR_EVENTS = 500
ANCHOR_HOURS = 24
ANCHORED = "anchor"  # the act by which the record itself says that it was anchored
_COMMAND_SECONDS = 60
_TAIL = 64 * 1024  # bytes that surely hold the last line, stamp and all
_RETRY = timedelta(minutes=10)
_failed: dict[Path, datetime] = {}
_busy = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Anchor:
    """One line of the anchors file."""

    n: int
    """1, 2, 3 … within the file."""
    at: str
    """When, ISO 8601 UTC."""
    seq: int
    """The last event then."""
    hash: str
    """Its hash."""
    algorithm: str
    """What `anchor` was made with."""
    previous: str
    """`anchor` of the line before; sixty-four zeros for the first."""
    anchor: str = ""
    """Digest over all of the above in canonical JSON."""
    stamp: str = ""
    """RFC 3161 time stamp over `anchor`, base64; '' without one."""

    def digest(self) -> str:
        """What `anchor` must be."""
        covered = {k: v for k, v in asdict(self).items() if k not in ("anchor", "stamp")}
        return digest_of(canonical(covered), self.algorithm)


@dataclass(frozen=True)
class AnchorBook:
    """The anchors of a file in their order, and what is wrong with the file itself."""

    path: Path
    anchors: list[Anchor]
    findings: list[Finding]


def anchors_path(home: Home | str) -> Path:
    """Where the anchors of a database are kept."""
    given = os.environ.get(FILE_VARIABLE, "")
    if given:
        return Path(given).expanduser()
    state = os.environ.get("XDG_STATE_HOME", "") or "~/.local/state"
    url = make_url(database_url(home))
    name = hashlib.sha256(f"{url.host}:{url.port}/{url.database}".encode()).hexdigest()[:16]
    return Path(state).expanduser() / "doudi" / "anchors" / f"{name}.jsonl"


def anchor(home: Home | str, now: datetime | None = None) -> Anchor | None:
    """Write the head of the record outside; None when that head is anchored already.

    Every place is tried even where another fails. Raises AnchorFailed, naming all that failed.
    """
    path = anchors_path(home)
    failures: list[str] = []
    try:
        made = _append(home, path, now or datetime.now(UTC), failures)
    except OSError as error:
        raise AnchorFailed(
            f"锚点文件 {path} 无法写入：{error.strerror}；请检查目录和权限",
            f"the anchors file {path} cannot be written: {error.strerror}; check folder and rights",
        ) from error
    if made:
        failures += _send(made)
    if failures:
        told = "; ".join(failures)
        raise AnchorFailed(f"锚点已写入文件，但：{told}", f"anchored in the file, but {told}")
    return made


def anchor_if_due(home: Home | str, now: datetime | None = None) -> Anchor | None:
    """Anchor every 500 events or 24 hours; for callers to use after a commit.

    Never fails the caller's act: a failure is logged, and tried again after ten minutes. The check
    of the record tells how far the last anchor reaches.
    """
    path = anchors_path(home)
    moment = now or datetime.now(UTC)
    if path in _failed and moment - _failed[path] < _RETRY:
        return None
    if not _busy.acquire(blocking=False):  # another thread is at it; nobody waits for an e-mail
        return None
    try:
        if not _due(home, path, moment):
            return None
        made = anchor(home, moment)
    except (AnchorFailed, OSError) as error:
        _failed[path] = moment
        _log.error("%s", error)
        return None
    finally:
        _busy.release()
    _failed.pop(path, None)
    return made


def read_anchors(path: Path) -> AnchorBook:
    """The anchors of a file, with a finding for every line that is changed or does not join.

    None where there is no file.
    """
    if not path.exists():
        return AnchorBook(path, [], [])
    found: list[Anchor] = []
    findings: list[Finding] = []
    previous, seq, n = GENESIS, 0, 0
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            given = _parse(line)
            whole = given is not None and given.anchor == given.digest()
            joined = given is not None and given.previous == previous and given.n == n + 1
            if given is None or not (whole and joined and given.seq >= seq):
                at = max(seq, 1)
                findings.append(Finding("anchor", at, max(at, given.seq if given else 0), number))
            if given is not None:
                previous, seq, n = given.anchor, max(seq, given.seq), given.n
                found.append(given)
    return AnchorBook(path, found, findings)


def _parse(line: str) -> Anchor | None:
    try:
        given = Anchor(**json.loads(line))
    except (ValueError, TypeError):
        return None
    kinds = [type(value) for value in asdict(given).values()]
    return given if kinds == [int, str, int, str, str, str, str, str] else None


def _head(home: Home | str) -> tuple[int, str]:
    with open_session(home) as session:
        seq, last = session.execute(select(HEAD.c.seq, HEAD.c.hash)).one()
    return seq, last


def _due(home: Home | str, path: Path, now: datetime) -> bool:
    seq, _ = _head(home)
    last = _last(path)
    if seq == 0 or last is None:
        return seq > 0
    late = now - datetime.fromisoformat(last.at) >= timedelta(hours=ANCHOR_HOURS)
    return seq - last.seq >= ANCHOR_EVENTS or late


def _last(path: Path) -> Anchor | None:
    """The last line of the file that can be read, without reading the file."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return next((a for line in reversed(lines) if (a := _parse(line))), None)


def _append(home: Home | str, path: Path, now: datetime, failures: list[str]) -> Anchor | None:
    """One line at the end of the file, under its lock: replicas on one disk take turns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE)
    with os.fdopen(handle, "r+b") as file, locked(path.with_name(f".{path.name}.lock")):
        seq, last_hash = _head(home)
        last = _last(path)
        if seq == 0 or (last and (last.seq, last.hash) == (seq, last_hash)):
            return None
        at = now.astimezone(UTC).isoformat(timespec="seconds")
        made = Anchor(
            n=last.n + 1 if last else 1,
            at=at,
            seq=seq,
            hash=last_hash,
            algorithm=chosen_algorithm(),
            previous=last.anchor if last else GENESIS,
        )
        made = Anchor(**{**asdict(made), "anchor": made.digest()})
        made = _stamped(made, failures)
        file.write(_line(made).encode())
        file.flush()
        os.fsync(file.fileno())
    return made


def _line(made: Anchor) -> str:
    return canonical(asdict(made)) + "\n"


def _stamped(made: Anchor, failures: list[str]) -> Anchor:
    url = os.environ.get(stamps.URL_VARIABLE, "")
    if not url:
        return made
    try:
        return Anchor(**{**asdict(made), "stamp": stamps.stamp(made.anchor, url)})
    except stamps.StampFailed as error:
        failures.append(str(error))
        return made


def _send(made: Anchor) -> list[str]:
    """Hand the line to the command, where one is set; what went wrong, if anything."""
    command = shlex.split(os.environ.get(COMMAND_VARIABLE, ""))
    if not command:
        return []
    try:
        # The command is the operator's own setting.
        done = subprocess.run(  # noqa: S603
            command,
            input=_line(made),
            text=True,
            encoding="utf-8",
            capture_output=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [f"{command[0]}: {error}"]
    words = " ".join(done.stderr.split())[:200]
    return [f"{command[0]}: exit code {done.returncode} {words}"] if done.returncode else []
