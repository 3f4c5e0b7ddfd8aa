"""What the operating system says when it cannot read or store, in words for people."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError

from data.ingest.report import IngestError

_FULL = ("磁盘空间已满", "the disk is full")
_READ_ONLY = ("磁盘是只读的", "the disk is read-only")
_WORDS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: ("已用完磁盘配额", "the disk quota is used up"),
    errno.EROFS: _READ_ONLY,
    errno.EACCES: ("没有权限", "permission denied"),
    errno.EPERM: ("没有权限", "permission denied"),
    errno.ENOENT: ("文件已不在", "it is gone"),
    errno.EISDIR: ("是一个文件夹", "it is a folder"),
    errno.ELOOP: ("链接成环", "its links go round in a circle"),
    errno.EIO: ("磁盘读写出错", "the disk has errors"),
}
_STORAGE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
_SQLITE = {
    "full": _FULL,
    "readonly": _READ_ONLY,
    "unable to open": _WORDS[errno.EACCES],
    # SQLite says no more when it cannot make its working files.
    "disk i/o": ("磁盘已满或读写出错", "the disk is full or has errors"),
}


def os_words(error: OSError) -> tuple[str, str]:
    """What was wrong, in Chinese and English."""
    plain = error.strerror or "error"
    return _WORDS.get(error.errno or 0, (plain, plain))


def storage_trouble(error: BaseException) -> IngestError | None:
    """The one clear line for a disk that takes nothing more; None for any other error."""
    words, where = None, ""
    if isinstance(error, OSError) and error.errno in _STORAGE:
        words, where = os_words(error), error.filename or ""
    elif isinstance(error, DBAPIError):
        said = str(error.orig).lower()
        words = next((words for sign, words in _SQLITE.items() if sign in said), None)
    if words is None:
        return None
    zh, en = words
    at_zh, at_en = (f"（{where}）", f" ({where})") if where else ("", "")
    return IngestError(
        f"数据无法写入：{zh}{at_zh}；此前的数据完好，处理后请重新运行",
        f"cannot store: {en}{at_en}; what was there before is whole; mend it and run this again",
    )
