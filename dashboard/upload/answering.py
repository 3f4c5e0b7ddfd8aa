"""What the server answers the upload page."""

from __future__ import annotations

from datetime import date
from typing import Any

import services
from core.access.principal import Principal
from dashboard.app_pages.data import mapping
from dashboard.i18n import Say
from services import Context
from services.uploads import Upload


def here(who: Principal, home: str) -> Context:
    """The county as a whole in its newest month: files are of no township."""
    start = Context(who, home, date.max)
    months = services.county.months(start) if services.setup.has_county(home) else []
    return start.at(max(months)) if months else start


def begun(context: Context, sent: dict[str, Any], say: Say) -> dict[str, Any]:
    """An upload to send pieces to, and from which byte on."""
    size = sent.get("size")
    upload = services.uploads.begin(
        context, str(sent.get("name", "")), size if isinstance(size, int) else 0
    )
    return _how_far(upload)


def added(context: Context, upload: str, at: int, content: bytes) -> dict[str, Any]:
    """How far an upload is after a piece."""
    return _how_far(services.uploads.piece(context, upload, at, content))


def finished(context: Context, sent: dict[str, Any], say: Say) -> dict[str, Any]:
    """What became of an upload: taken in, waiting, refused (`told`), or to be mapped (`map`)."""
    taken = services.mapping.finish(context, str(sent.get("id", "")))
    if taken is None:
        return {"map": True, "told": ""}
    good = taken.again or (taken.batch is not None and taken.batch.status == "accepted")
    return {"map": False, "good": good, "told": mapping.outcome(taken, say)}


def removed(context: Context, sent: dict[str, Any], say: Say) -> dict[str, Any]:
    """Nothing, once an upload is gone."""
    services.uploads.remove(context, str(sent.get("id", "")))
    return {}


def _how_far(upload: Upload) -> dict[str, Any]:
    return {"id": upload.id, "have": upload.have, "piece": services.uploads.PIECE}
