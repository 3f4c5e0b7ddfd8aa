"""Department files sent in pieces: a broken line costs a piece, not the file."""

from __future__ import annotations

from core.access.roles import Action
from data import staging
from data.staging import PIECE, StagingError, Upload
from services import record
from services.context import Context
from services.reads import base
from services.use_case import acting, reading

__all__ = ["PIECE", "StagingError", "Upload", "begin", "piece", "remove", "waiting"]


def _waiting(home: str) -> list[Upload]:
    """Uploads that have come whole and were not taken in yet, by name."""
    return [u for u in staging.staged(base.home_at(home)) if u.whole]


waiting = reading(Action.DELIVER, _waiting)


@acting(Action.DELIVER)
def begin(context: Context, name: str, size: int) -> Upload:
    """Begin an upload, or go on with one that broke off. Raises StagingError."""
    return staging.begin(base.home_at(context.home), context.principal.account, name, size)


@acting(Action.DELIVER)
def piece(context: Context, upload: str, at: int, content: bytes) -> Upload:
    """Add the bytes from `at` on to one's own upload. Raises StagingError."""
    home = base.home_at(context.home)
    found = staging.find(home, upload)
    if found.account != context.principal.account:
        raise StagingError(
            "这次上传属于另一个账号", "the upload belongs to another account; choose the file anew"
        )
    return staging.add(home, found, at, content)


@acting(Action.DELIVER)
def remove(context: Context, upload: str) -> None:
    """Remove an upload that was not taken in; recorded."""
    home = base.home_at(context.home)
    found = staging.find(home, upload)
    staging.remove(home, upload)
    record.write(context, "remove_upload", "upload", found.id, detail={"bytes": found.size})
