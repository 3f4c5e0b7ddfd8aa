"""Files sent in pieces, until their last piece has come and somebody takes them in.

They lie in the home's own folder, readable by the owner only, and nothing of them is in force.
What nobody finishes is removed after two days, what nobody takes in after thirty.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core.atomic import atomic
from core.errors import Told
from core.home import Home
from data.file_names import SUFFIXES
from data.readers import ReadError
from data.readers.limits import check_size

PIECE = 4 * 1024**2  # bytes of one piece at most
MOST = 20  # files of one account
_DAY = 24 * 3600
UNFINISHED_SECONDS, WHOLE_SECONDS = 2 * _DAY, 30 * _DAY
_ID = re.compile(r"[0-9a-f]{24}")


class StagingError(Told):
    """An upload cannot go on; the message says what would do."""


@dataclass(frozen=True)
class Upload:
    """A file on its way: `have` of `size` bytes have come; `name` is the sender's."""

    id: str
    name: str
    size: int
    account: str
    have: int = 0

    @property
    def whole(self) -> bool:
        """Whether every byte has come."""
        return self.have == self.size


def begin(home: Home, account: str, name: str, size: int) -> Upload:
    """Begin an upload, or go on with one of the same account, name and size that broke off.

    Raises StagingError for an ending that is no table, an empty or too large file, and too many
    files that were not dealt with.
    """
    name = re.split(r"[\\/]", name)[-1].strip()[-200:]
    _require_table(name, size)
    own = [u for u in staged(home) if u.account == account]
    same = next((u for u in own if (u.name, u.size) == (name, size) and not u.whole), None)
    if same is not None:
        return same
    if len(own) >= MOST:
        raise StagingError(
            f"已有 {MOST} 个文件等待处理，请先处理或删除",
            f"{MOST} files wait to be dealt with; settle or remove some first",
        )
    upload = Upload(secrets.token_hex(12), name, size, account)
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with atomic(content_of(home, upload.id), private=True) as aside:
        aside.write_bytes(b"")
    with atomic(_about(home, upload.id), private=True) as aside:
        aside.write_text(json.dumps(asdict(upload), ensure_ascii=False), encoding="utf-8")
    return upload


def add(home: Home, upload: Upload, at: int, content: bytes) -> Upload:
    """Add the bytes from `at` on. A piece that came before changes nothing.

    Raises StagingError for a piece that leaves a gap or goes beyond what was announced.
    """
    if len(content) > PIECE or at < 0 or at > upload.have or at + len(content) > upload.size:
        raise StagingError(
            f"文件片段不连续，请从第 {upload.have} 字节继续",
            f"the piece does not fit; go on from byte {upload.have}",
        )
    if at + len(content) <= upload.have:
        return upload
    with content_of(home, upload.id).open("r+b") as file:
        file.seek(at)
        file.write(content)
    return replace(upload, have=at + len(content))


def staged(home: Home) -> list[Upload]:
    """Every upload, by name; what nobody finished or took in in time is removed on the way."""
    found = []
    for about in _folder(home).glob("*.json"):
        content = about.with_suffix(".part")
        try:
            stat = content.stat()
            upload = Upload(**{**json.loads(about.read_text("utf-8")), "have": stat.st_size})
        except (OSError, ValueError, TypeError):
            continue
        if time.time() - stat.st_mtime > (WHOLE_SECONDS if upload.whole else UNFINISHED_SECONDS):
            remove(home, upload.id)
        else:
            found.append(upload)
    return sorted(found, key=lambda u: (u.name, u.id))


def find(home: Home, upload: str) -> Upload:
    """An upload by its id. Raises StagingError for none."""
    found = next((u for u in staged(home) if u.id == upload), None)
    if found is None:
        raise StagingError(
            "找不到这次上传，请重新选择文件", "there is no such upload; choose the file again"
        )
    return found


def remove(home: Home, upload: str) -> None:
    """Forget an upload and its content."""
    content_of(home, upload).unlink(missing_ok=True)
    _about(home, upload).unlink(missing_ok=True)


def content_of(home: Home, upload: str) -> Path:
    """Where the bytes of an upload lie. Raises StagingError for what is no id."""
    if not _ID.fullmatch(upload):
        raise StagingError("找不到这次上传", "there is no such upload")
    return _folder(home) / f"{upload}.part"


def _about(home: Home, upload: str) -> Path:
    return content_of(home, upload).with_suffix(".json")


def _folder(home: Home) -> Path:
    return home.data / "uploads"


def _require_table(name: str, size: int) -> None:
    if not name.lower().endswith(SUFFIXES):
        raise StagingError(
            "请上传 CSV、Excel 或 Parquet 文件", "upload a CSV, Excel or Parquet file"
        )
    if size <= 0:
        raise StagingError("文件为空", "the file is empty")
    try:
        check_size(size)
    except ReadError as error:
        raise StagingError(error.zh, error.en) from error
